import { increaseOf } from './counter.ts'
import {
  chargedSpan,
  energyOfPieces,
  inTime,
  type EnergyWindow,
  type Piece,
  type Samples,
  type WindowEnergy,
} from './window.ts'

/** What is known of an energy counter. */
export interface CounterRules {
  /** Where it begins again, in joules; null for a counter that only begins again when it is reset. */
  readonly wrapsAt: number | null
  /**
   * Whether it counts the workload alone, from zero when the workload began: then its first sample is energy of the
   * window in which the workload began. (prometheus/prometheus#3886: `increase` loses it.)
   */
  readonly isOfWorkload: boolean
}

/** The energy of a gauge of watts: the area below its samples, over the time that they cover. */
export function gaugeEnergy(watts: Samples, window: EnergyWindow): WindowEnergy {
  const samples = inTime(watts)
  const pieces = samples.flatMap((sample, index) => gaugePieces(sample, samples[index + 1], window))
  return energyOfPieces(pieces, window, 'integral')
}

type Sample = Samples[number]

/** What a sample says about the time until the next: all of it, or its own interval and then a gap. */
function gaugePieces(
  [from, watts]: Sample,
  next: Sample | undefined,
  { sampleSeconds, mostApartSeconds, gap, until }: EnergyWindow,
): readonly Piece[] {
  const [nextFrom, nextWatts] = next ?? [Math.max(until, from + sampleSeconds), watts]
  const line = { from, until: nextFrom, startWatts: watts, endWatts: nextWatts, filled: false }
  if (next !== undefined && nextFrom - from <= mostApartSeconds) return [line]
  const own = { ...line, until: Math.min(from + sampleSeconds, nextFrom), endWatts: watts }
  const rest = { ...line, from: own.until, filled: true }
  if (gap === 'hold') return [own, { ...rest, endWatts: watts }]
  return gap === 'interpolate' && next !== undefined ? [own, rest] : [own]
}

/**
 * The energy of a counter of joules: what it adds from sample to sample, spread evenly between them. A gap inside
 * the window is covered, since the counter went on; one across its edge is cut off, or filled when the gap policy
 * fills. Each list of samples is one run of one replica (`counterRuns`): nothing is counted from one to the next.
 */
export function counterEnergy(
  runs: readonly Samples[],
  window: EnergyWindow,
  rules: CounterRules,
): WindowEnergy {
  const ordered = runs.map(inTime).filter((run) => run.length > 0)
  const steps = ordered.flatMap((run) => stepsOf(run, window, rules))
  const [first] = ordered[0] ?? []
  const begin = first === undefined || !rules.isOfWorkload ? [] : firstStep(first, window)
  return energyOfPieces([...begin, ...steps], window, 'counter')
}

function stepsOf(run: Samples, window: EnergyWindow, rules: CounterRules): readonly Piece[] {
  const { from: chargedFrom, until: chargedUntil } = chargedSpan(window)
  return run.slice(1).flatMap(([until, now], index) => {
    const [from, before] = run[index] ?? [until, now]
    const piece = evenly({ from, until }, increaseOf(before, now, rules.wrapsAt))
    const isInside = from >= chargedFrom && until <= chargedUntil
    if (isInside || until - from <= window.mostApartSeconds) return [piece]
    return window.gap === 'exclude' ? [] : [{ ...piece, filled: true }]
  })
}

/** From the workload's begin in the window to its first sample. */
function firstStep([until, joules]: Sample, { from, lifetime }: EnergyWindow): readonly Piece[] {
  const isNew = lifetime !== null && lifetime.from >= from && until > lifetime.from
  return isNew ? [evenly({ from: lifetime.from, until }, joules)] : []
}

function evenly({ from, until }: Pick<Piece, 'from' | 'until'>, joules: number): Piece {
  const watts = joules / (until - from)
  return { from, until, startWatts: watts, endWatts: watts, filled: false }
}

/** In less time than this a counter moves too seldom to tell. */
const SHORTEST_COUNTED_SECONDS = 60

/** The energy of a window by counter and by gauge: the one that counts, and the other beside it. */
export function preferredEnergy(
  counter: WindowEnergy,
  gauge: WindowEnergy,
): { readonly counted: WindowEnergy; readonly other: WindowEnergy } {
  const isCounter =
    gauge.energy_joules === null ||
    (counter.energy_joules !== null && counter.charged_seconds >= SHORTEST_COUNTED_SECONDS)
  return isCounter ? { counted: counter, other: gauge } : { counted: gauge, other: counter }
}
