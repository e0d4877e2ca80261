import { groupBy } from '../../analysis/power/group.ts'
import type { HeldPart } from '../../analysis/power/input.ts'
import { sumOf } from '../../analysis/power/sum.ts'
import type { FleetReading } from './parts.ts'

/** How the rows of boards are told apart. */
interface Places {
  /** The board, or the part of it, that a row is about. */
  readonly placeOf: (row: FleetReading) => string
  /** Whether that is a part: its watts are those of the whole board. */
  readonly isPart: (row: FleetReading) => boolean
}

interface Counted {
  readonly row: FleetReading
  readonly own: number
  readonly all: number
  readonly watts: number
}

/**
 * What of a step each row's pod held its place. Rows without a pod are the time in which nobody did, as far as the samples
 * of the others leave any: a second exporter that knows nothing of pods tells it all the time. Where a row does not say
 * how many samples it has, nothing is said of its place.
 */
export function heldParts(
  rows: readonly FleetReading[],
  { placeOf, isPart }: Places,
): ReadonlyMap<FleetReading, HeldPart> {
  const parts = new Map<FleetReading, HeldPart>()
  for (const place of groupBy(rows, placeOf).values()) {
    const counted = place.flatMap((row) => countedOf(row, isPart(row)) ?? [])
    if (counted.length < place.length) continue
    for (const [row, part] of partsIn(counted)) parts.set(row, part)
  }
  return parts
}

function countedOf(row: FleetReading, isPart: boolean): Counted | undefined {
  const { samples, values } = row
  if (samples === undefined) return undefined
  return { row, ...samples, watts: isPart ? 1 : (values.power_watts ?? 0) }
}

function partsIn(counted: readonly Counted[]): readonly (readonly [FleetReading, HeldPart])[] {
  const owned = counted.filter(({ row }) => row.labels.pod !== undefined)
  const nobodys = counted.filter(({ row }) => row.labels.pod === undefined)
  if (owned.length === 0) return []
  const all = Math.max(...counted.map((each) => each.all))
  const samples = sumOf(owned.map(({ own }) => own))
  const spent = sumOf(owned.map(({ own, watts }) => own * watts))
  const mean = samples > 0 ? spent / samples : 0
  const { free, watts: freeWatts } = freeTime(owned, nobodys, { all, mean })
  const heldEnergy = mean * (all - free)
  const energy = heldEnergy + freeWatts * free
  return owned.map(({ row, own, watts }) => {
    const time = samples > 0 ? ((all - free) / all) * (own / samples) : 0
    const share = energy > 0 && spent > 0 ? (heldEnergy / energy) * ((own * watts) / spent) : time
    return [row, { time, energy: share, lived: Math.min(1, own / all) }]
  })
}

/**
 * The samples in which nobody held a place, and its watts then. Where the exporter does not tell of places without a pod,
 * they are what is left, and the watts are not known: those of its holders stand for them.
 */
function freeTime(
  owned: readonly Counted[],
  nobodys: readonly Counted[],
  { all, mean }: { readonly all: number; readonly mean: number },
): { readonly free: number; readonly watts: number } {
  if (nobodys.length === 0)
    return { free: Math.max(0, all - sumOf(owned.map(({ own }) => own))), watts: mean }
  const longest = Math.max(...owned.map(({ own }) => own))
  return {
    free: Math.min(Math.max(...nobodys.map(({ own }) => own)), all - longest),
    watts: Math.max(...nobodys.map(({ watts }) => watts)),
  }
}
