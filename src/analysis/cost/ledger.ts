import type { Portion } from '../power/figures.ts'
import { keyOf } from '../power/group.ts'
import type { Workload } from '../power/input.ts'
import { wholeWorkload, workloadKey } from '../power/shares.ts'
import { NO_INFRASTRUCTURE, type Infrastructure } from './infrastructure.ts'
import type { Share, Slot, Timeline } from './timeline.ts'

/** What energy is charged to: a workload, or what is idle or unattributed on a node. */
export interface Account {
  readonly cluster: string
  readonly workload: Workload | null
  readonly use: Portion['use']
  /** Where it was last; null for boards whose node nobody knows. */
  readonly node: string | null
}

/** The parts of a computer that energy is told apart by. `gpu` is all accelerators. */
export const PARTS = ['compute', 'gpu'] as const

export type Part = (typeof PARTS)[number]

/** Energy with what it costs and emits: whole microjoules, so that sums are exact. */
export interface Energy {
  readonly microjoules: bigint
  /** Σ microjoules × price of a kWh, of those that have one. */
  readonly priced: bigint
  readonly pricedMicrojoules: bigint
  /** Σ microjoules × kg for a kWh, of those that have one. */
  readonly emitted: bigint
  readonly emittedMicrojoules: bigint
  /** Of those, with an intensity that is estimated. */
  readonly estimatedMicrojoules: bigint
  /** Whose electricity is in the price of its node. */
  readonly includedMicrojoules: bigint
}

export const NO_ENERGY: Energy = {
  microjoules: 0n,
  priced: 0n,
  pricedMicrojoules: 0n,
  emitted: 0n,
  emittedMicrojoules: 0n,
  estimatedMicrojoules: 0n,
  includedMicrojoules: 0n,
}

/** The energy of both together. */
export function plus(a: Energy, b: Energy): Energy {
  return {
    microjoules: a.microjoules + b.microjoules,
    priced: a.priced + b.priced,
    pricedMicrojoules: a.pricedMicrojoules + b.pricedMicrojoules,
    emitted: a.emitted + b.emitted,
    emittedMicrojoules: a.emittedMicrojoules + b.emittedMicrojoules,
    estimatedMicrojoules: a.estimatedMicrojoules + b.estimatedMicrojoules,
    includedMicrojoules: a.includedMicrojoules + b.includedMicrojoules,
  }
}

/** What one account was charged in one period. */
export interface Entry extends Account {
  readonly bucket: number
  readonly energy: Readonly<Record<Part, Energy>>
  /** What the nodes that it holds cost, by price books. */
  readonly infrastructure: Infrastructure
  /** How long it had a share of anything. */
  readonly seconds: number
  /** Σ share of a board × time: 3600 for one GPU held for an hour. */
  readonly boardSeconds: number
}

/** All energy that the accounts of a cluster were charged. */
export function chargedIn(entries: readonly Entry[], cluster: string): Energy {
  return entries
    .filter((entry) => entry.cluster === cluster)
    .reduce((sum, { energy }) => plus(plus(sum, energy.compute), energy.gpu), NO_ENERGY)
}

interface Line {
  account: Account
  /** Joules by part and slot, and after those the same for what is in the price of a node. */
  readonly joules: Float64Array
  readonly boardSeconds: Float64Array
  readonly seconds: Float64Array
  lastStep: number
  /** The longest part of that step that it is known to have been there. */
  lastLived: number
}

/** Charges the portions of steps to accounts. One ledger is of one cluster and one stretch of time. */
export interface Ledger {
  /** Charges the portions of one step. */
  charge(step: number, portions: readonly Portion[]): void
  entries(): readonly Entry[]
}

export interface LedgerOptions {
  /** Whether the electricity of a portion is in the price of its node. */
  readonly isIncluded?: (portion: Portion) => boolean
  /** Whom a portion is charged to, where that is not whoever uses it. */
  readonly payerOf?: (portion: Portion) => Portion
}

/** An empty ledger over a timeline. */
export function createLedger(
  { slots, steps }: Timeline,
  { isIncluded = () => false, payerOf = (portion) => portion }: LedgerOptions = {},
): Ledger {
  const lines = new Map<string, Line>()

  function lineOf(portion: Portion): Line {
    const key = accountKey(portion)
    const known = lines.get(key)
    if (known !== undefined) return known
    const line = {
      account: accountOf(portion),
      joules: new Float64Array(slots.length * PARTS.length * 2),
      boardSeconds: new Float64Array(slots.length),
      seconds: new Float64Array(slots.length),
      lastStep: -1,
      lastLived: 0,
    }
    lines.set(key, line)
    return line
  }

  return {
    charge(step, portions) {
      const shares = steps[step] ?? []
      const boards = wattsOfBoards(portions)
      for (const portion of portions) {
        const line = lineOf(payerOf(portion))
        const offset = slots.length * placeOf(portion, isIncluded(portion))
        const held = heldShare(portion, boards)
        const more = livedLonger(line, step, portion)
        const watts = portion.power_watts
        spread(line.joules, shares, { offset, rate: watts })
        spread(line.boardSeconds, shares, { offset: 0, rate: held })
        if (more > 0) spread(line.seconds, shares, { offset: 0, rate: more })
      }
    },
    entries: () => [...lines.values()].flatMap((line) => entriesOf(line, slots)),
  }
}

/** By how much longer a portion says that its user was there in a step than those before it. */
function livedLonger(line: Line, step: number, { lived = 1 }: Portion): number {
  if (line.lastStep !== step) line.lastLived = 0
  line.lastStep = step
  const more = Math.max(0, lived - line.lastLived)
  line.lastLived += more
  return more
}

/** Adds a rate over the seconds of each slot. */
function spread(
  sums: Float64Array,
  shares: readonly Share[],
  { offset, rate }: { readonly offset: number; readonly rate: number },
): void {
  for (const { slot, seconds } of shares)
    sums[offset + slot] = (sums[offset + slot] ?? 0) + rate * seconds
}

const partOf = ({ resource_type: type }: Portion): Part =>
  type === 'gpu' || type === 'npu' ? 'gpu' : 'compute'

const placeOf = (portion: Portion, included: boolean): number =>
  PARTS.indexOf(partOf(portion)) + (included ? PARTS.length : 0)

/** A workload is one account wherever its containers are; what is nobody's is told apart by node. */
function accountKey({ cluster, workload, use, node }: Portion): string {
  return workload === null
    ? keyOf(cluster, use, node)
    : keyOf(cluster, use, workloadKey(wholeWorkload(workload)))
}

function accountOf({ cluster, workload, use, node }: Portion): Account {
  return { cluster, workload: workload === null ? null : wholeWorkload(workload), use, node }
}

type BoardWatts = ReadonlyMap<string, number>

function wattsOfBoards(portions: readonly Portion[]): BoardWatts {
  const watts = new Map<string, number>()
  for (const { board, power_watts: own } of portions)
    if (board !== null) watts.set(board, (watts.get(board) ?? 0) + own)
  return watts
}

/** The share of a board that a portion is: boards that draw nothing are held by nobody that one could tell. */
function heldShare({ board, power_watts: own, held }: Portion, boards: BoardWatts): number {
  if (board !== null && held !== undefined) return held
  const whole = board === null ? 0 : (boards.get(board) ?? 0)
  return whole > 0 ? own / whole : 0
}

function entriesOf(line: Line, slots: readonly Slot[]): readonly Entry[] {
  const buckets = new Set(slots.map(({ bucket }) => bucket))
  return [...buckets].flatMap((bucket) => {
    const own = [...slots.keys()].filter((slot) => slots[slot]?.bucket === bucket)
    const sum = (values: Float64Array): number =>
      own.reduce((total, slot) => total + (values[slot] ?? 0), 0)
    const seconds = sum(line.seconds)
    const joulesOf = (place: number, slot: number): number =>
      line.joules[place * slots.length + slot] ?? 0
    const energyOf = (part: Part): Energy =>
      own.reduce((total, slot) => {
        const place = PARTS.indexOf(part)
        const charged = pricedEnergy(joulesOf(place, slot), slots[slot])
        const included = includedEnergy(joulesOf(place + PARTS.length, slot), slots[slot])
        return plus(total, plus(charged, included))
      }, NO_ENERGY)
    const energy = { compute: energyOf('compute'), gpu: energyOf('gpu') }
    // Who was there for no time that one can tell, and drew something, is charged for it.
    if (seconds === 0 && energy.compute.microjoules + energy.gpu.microjoules === 0n) return []
    const boardSeconds = sum(line.boardSeconds)
    const infrastructure = NO_INFRASTRUCTURE
    return [{ ...line.account, bucket, energy, infrastructure, seconds, boardSeconds }]
  })
}

/** Joules at the prices of a slot. */
export function pricedEnergy(joules: number, slot: Slot | undefined): Energy {
  if (joules === 0 || slot === undefined) return NO_ENERGY
  const microjoules = BigInt(Math.round(joules * 1e6))
  return {
    ...NO_ENERGY,
    microjoules,
    ...pricesOf(microjoules, slot),
    ...carbonOf(microjoules, slot),
  }
}

/** Joules whose electricity is in the price of a node: they emit, and cost nothing of their own. */
function includedEnergy(joules: number, slot: Slot | undefined): Energy {
  const energy = pricedEnergy(joules, slot)
  return {
    ...energy,
    priced: 0n,
    pricedMicrojoules: 0n,
    includedMicrojoules: energy.microjoules,
  }
}

function pricesOf(microjoules: bigint, { rate }: Slot): Partial<Energy> {
  if (rate === null) return {}
  return { priced: microjoules * rate.price, pricedMicrojoules: microjoules }
}

function carbonOf(microjoules: bigint, { kgPerKwh, estimated }: Slot): Partial<Energy> {
  if (kgPerKwh === null) return {}
  return {
    emitted: microjoules * kgPerKwh,
    emittedMicrojoules: microjoules,
    estimatedMicrojoules: estimated ? microjoules : 0n,
  }
}

/** What tells the account of an entry from all others. */
export function entryKey({ cluster, workload, use, node }: Account): string {
  return workload === null ? keyOf(cluster, use, node) : keyOf(cluster, use, workloadKey(workload))
}
