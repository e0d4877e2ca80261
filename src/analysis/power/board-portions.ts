import type { Basis, BoardPower, Portion } from './figures.ts'
import type { IdlePolicy, Share, Workload } from './input.ts'
import { ROUNDING } from './limits.ts'
import { shareOut } from './share-out.ts'
import { groupBy, keyOf } from './group.ts'
import { wholeWorkload, workloadKey } from './shares.ts'
import { apportion, sumOf } from './sum.ts'

/** A part of a component and who uses it. */
export type Use = Pick<Portion, 'use' | 'workload' | 'power_watts' | 'basis' | 'lived' | 'held'>

/**
 * The watts of a board by who uses them. Held by one pod or machine: all of them, idle or not, since nobody else
 * can have it. Divided or shared: the active part by measured activity, else by slices of the card, else in
 * equal parts; the idle part by policy. Held by nobody: idle. Holder unknown: unattributed.
 */
export function boardUses(board: BoardPower, policy: IdlePolicy): readonly Use[] {
  const { shares, power_watts: watts } = board
  if (watts === null) return []
  if (shares === null) return [rest('unattributed', watts)]
  if (shares.every(({ owner }) => owner === null)) return [rest('idle', watts)]
  if (isExclusive(shares)) return exclusiveUses(watts, shares)
  return sharedUses({ shares, watts, policy, board })
}

const rest = (use: 'idle' | 'unattributed', watts: number): Use => ({
  use,
  workload: null,
  power_watts: watts,
  basis: 'remainder',
})

function isExclusive(shares: readonly Share[]): boolean {
  const holders = shares.map(({ owner }) => holderOf(owner))
  return shares.every(({ partition }) => partition === null) && new Set(holders).size === 1
}

const holderOf = (owner: Workload | null): string =>
  owner === null ? '' : workloadKey(wholeWorkload(owner))

function exclusiveUses(watts: number, shares: readonly Share[]): readonly Use[] {
  const energy = sizesOf(shares, null)
  const time = sizesOf(shares, null, 'time')
  const free = 1 - sumOf(energy)
  const uses = shares.flatMap(({ owner, held }, index): readonly Use[] => {
    const share = { watts: watts * (energy[index] ?? 0), time: time[index] ?? 0, held }
    return owner === null ? [] : [useOf(owner, 'exclusive', share)]
  })
  return free > ROUNDING ? [...uses, rest('idle', watts * free)] : uses
}

interface Held extends Pick<Share, 'held'> {
  readonly watts: number
  readonly time: number
}

/** Whoever was there all the time holds what its watts are of the board. */
function useOf(workload: Workload, basis: Basis, { watts, time, held }: Held): Use {
  const use = { use: 'workload', workload, power_watts: watts, basis } as const
  return held === undefined ? use : { ...use, lived: held.lived, held: time }
}

interface Shared {
  readonly shares: readonly Share[]
  readonly watts: number
  readonly policy: IdlePolicy
  readonly board: BoardPower
}

function sharedUses({ shares, watts, policy, board }: Shared): readonly Use[] {
  const sizes = sizesOf(shares, board.slices)
  const times = sizesOf(shares, board.slices, 'time')
  const { basis, weights } = weightsOf(shares, sizes)
  const active = watts - Math.min(watts, board.idle_watts ?? 0)
  const claims = shares.map(({ owner, held: part }, index) => ({
    owner,
    part,
    time: times[index] ?? 0,
    reserved: sizes[index] ?? 0,
    watts: active * (weights[index] ?? 0),
  }))
  const strangers = claims.filter(({ owner }) => owner === null && basis === 'activity')
  const unattributed = sumOf(strangers.map((claim) => claim.watts))
  const held = claims.filter(({ owner }) => owner !== null)
  const out = shareOut(Math.max(0, watts - unattributed), held, policy)
  return [
    ...held.flatMap(({ owner, part, time }, index) =>
      owner === null
        ? []
        : [useOf(owner, basis, { watts: out.watts[index] ?? 0, time, held: part })],
    ),
    rest('idle', out.idle),
    rest('unattributed', unattributed),
  ].filter(({ workload, power_watts: own }) => workload !== null || own > 0)
}

/**
 * The share of the board that each holds: slices of a partition ÷ slices of the card, divided among those who
 * share the partition; equal parts where nothing is divided; of the time, or of the energy, in which it was held. They
 * add up to 1, or less when slices are free or the board was for a while.
 */
export function sizesOf(
  shares: readonly Share[],
  slices: number | null,
  of: 'time' | 'energy' = 'energy',
): readonly number[] {
  if (shares.every(({ partition }) => partition === null)) return partsOf(shares, of)
  const partitions = [...groupBy(shares, ({ partition }) => keyOf(partition)).values()]
  const divided = sumOf(partitions.map(([{ slices: own }]) => own ?? 1))
  const whole = Math.max(slices ?? 0, divided)
  const sizes = new Map<Share, number>()
  for (const held of partitions) {
    const parts = partsOf(held, of)
    for (const [index, share] of held.entries())
      sizes.set(share, (held[0].slices ?? 1) * (parts[index] ?? 0))
  }
  return shares.map((share) => (whole > 0 ? (sizes.get(share) ?? 0) / whole : 0))
}

/** The parts of those who hold one place, which are equal where nobody says for how long. */
function partsOf(shares: readonly Share[], of: 'time' | 'energy'): readonly number[] {
  const parts = shares.flatMap(({ held }) => (held === undefined ? [] : [held[of]]))
  return parts.length === shares.length ? parts : shares.map(() => 1 / shares.length)
}

/**
 * What the active part follows: how busy each part was, by its size, if that is known of all that are held; else
 * the sizes.
 */
function weightsOf(
  shares: readonly Share[],
  sizes: readonly number[],
): { readonly basis: Basis; readonly weights: readonly number[] } {
  const activities = shares.map(({ owner, activity }) =>
    owner === null ? (activity ?? 0) : activity,
  )
  if (activities.includes(null)) {
    const isDivided = shares.some(({ partition }) => partition !== null)
    return { basis: isDivided ? 'slices' : 'equal', weights: sizes }
  }
  const busy = sizes.map((size, index) => size * (activities[index] ?? 0))
  return { basis: 'activity', weights: apportion(1, busy) ?? busy }
}
