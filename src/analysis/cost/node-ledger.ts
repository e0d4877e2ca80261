import { divideBy, divided, type Decimal } from './decimal.ts'
import { NO_INFRASTRUCTURE, plusInfrastructure, type Infrastructure } from './infrastructure.ts'
import { entryKey, type Account } from './ledger.ts'
import { NO_CATEGORIES, type Category } from './price-book.ts'
import type { Share, Timeline } from './timeline.ts'

/** What an account was charged for nodes in one period. */
export interface NodeEntry extends Account {
  readonly bucket: number
  readonly infrastructure: Infrastructure
  /** How long it held a part of anything. */
  readonly seconds: number
  /** Σ share of a board × time. */
  readonly boardSeconds: number
}

/** A part of what something costs, who pays for it and what it is for. */
export interface Portion {
  readonly account: Account
  readonly category: Category
  /** Relative to the other portions of the same charge. */
  readonly weight: number
  /** The share of a board that it is; 0 for what is no board. */
  readonly boards: number
  /** The part of the time in which its payer was there. */
  readonly lived: number
}

/** Something with a price: a node, or a board where its node has none. */
export interface Charge {
  /** What tells it from all others. */
  readonly key: string
  readonly perHour: Decimal
  readonly isSpot: boolean
  /** The part of the time in which it was there, 0 to 1. */
  readonly part: number
  readonly portions: readonly Portion[]
}

interface Cell {
  readonly account: Account
  readonly category: Category
  weight: number
  boardSeconds: number
}

/** One thing at one price in one slot. */
interface Unit {
  readonly perHour: Decimal
  readonly isSpot: boolean
  readonly slot: number
  seconds: number
  readonly cells: Map<string, Cell>
}

/** Charges prices by the hour to accounts. One ledger is of one cluster and one stretch of time. */
export interface NodeLedger {
  charge(share: Share, charges: readonly Charge[]): void
  entries(): readonly NodeEntry[]
}

/** An empty ledger over a timeline. Each thing is charged exactly its price × time, however many divide it. */
export function createNodeLedger({ slots }: Timeline): NodeLedger {
  const units = new Map<string, Unit>()
  const times = new Map<string, Time>()

  function unitOf({ key, perHour, isSpot }: Charge, slot: number): Unit {
    const place = `${key} ${perHour} ${isSpot} ${slot}`
    const known = units.get(place)
    if (known !== undefined) return known
    const unit = { perHour, isSpot, slot, seconds: 0, cells: new Map<string, Cell>() }
    units.set(place, unit)
    return unit
  }

  return {
    charge(share, charges) {
      const seen = new Map<string, Holding>()
      for (const each of charges) {
        const unit = unitOf(each, share.slot)
        const held = each.portions.filter(({ weight, boards }) => weight > 0 || boards > 0)
        const seconds = share.seconds * each.part
        unit.seconds += seconds
        for (const portion of held) addTo(unit.cells, portion, seconds)
        for (const { account, lived } of held)
          noteHolding(seen, { account, lived: lived * each.part })
      }
      for (const [key, own] of seen) noteTime(times, { key, ...own, share })
    },
    entries() {
      const bucketOf = (slot: number): number => slots[slot]?.bucket ?? 0
      return merged([
        ...[...units.values()].flatMap((unit) => pricedCells(unit, bucketOf(unit.slot))),
        ...[...times.values()].map(({ account, slot, seconds }) => ({
          ...emptyEntry(account, bucketOf(slot)),
          seconds,
        })),
      ])
    },
  }
}

/** How long an account held anything in one slot. */
interface Time {
  readonly account: Account
  readonly slot: number
  seconds: number
}

interface Holding {
  readonly account: Account
  readonly lived: number
}

interface Held extends Holding {
  readonly key: string
  readonly share: Share
}

/** An account was there for the longest time of all that it holds. */
function noteHolding(seen: Map<string, Holding>, holding: Holding): void {
  const key = entryKey(holding.account)
  if ((seen.get(key)?.lived ?? -1) < holding.lived) seen.set(key, holding)
}

function noteTime(
  times: Map<string, Time>,
  { key, account, lived, share: { slot, seconds } }: Held,
): void {
  const place = `${slot} ${key}`
  const known = times.get(place) ?? { account, slot, seconds: 0 }
  known.seconds += seconds * lived
  times.set(place, known)
}

function addTo(cells: Map<string, Cell>, portion: Portion, seconds: number): void {
  const { account, category, weight, boards } = portion
  const key = `${category} ${entryKey(account)}`
  const cell = cells.get(key) ?? { account, category, weight: 0, boardSeconds: 0 }
  cell.weight += weight * seconds
  cell.boardSeconds += boards * seconds
  cells.set(key, cell)
}

const emptyEntry = (account: Account, bucket: number): NodeEntry => ({
  ...account,
  bucket,
  infrastructure: NO_INFRASTRUCTURE,
  seconds: 0,
  boardSeconds: 0,
})

const MICRO = 1_000_000n
const HOUR = 3600n

/** The price of a unit over its time, divided among its cells: they add up to it, to the last unit of money. */
function pricedCells({ perHour, isSpot, seconds, cells }: Unit, bucket: number) {
  const amount = divided(perHour * BigInt(Math.round(seconds * 1e6)), HOUR * MICRO)
  const list = [...cells.values()]
  const amounts = divide(
    amount,
    list.map(({ weight }) => weight),
  )
  return list.map(({ account, category, boardSeconds }, index): NodeEntry => {
    const own = amounts[index] ?? 0n
    return {
      ...emptyEntry(account, bucket),
      infrastructure: {
        amounts: { ...NO_CATEGORIES, [category]: own },
        spot: isSpot ? own : 0n,
      },
      boardSeconds,
    }
  })
}

/** Parts of the seconds that are told apart. */
const FINEST = 1e9

/** An amount in proportion to weights; the parts add up to it. */
function divide(amount: Decimal, weights: readonly number[]): readonly Decimal[] {
  return divideBy(
    amount,
    weights.map((weight) => BigInt(Math.round(weight * FINEST))),
  )
}

function merged(entries: readonly NodeEntry[]): readonly NodeEntry[] {
  const found = new Map<string, NodeEntry>()
  for (const entry of entries) {
    const key = `${entryKey(entry)}${entry.bucket}`
    const known = found.get(key)
    found.set(
      key,
      known === undefined
        ? entry
        : {
            ...entry,
            infrastructure: plusInfrastructure(known.infrastructure, entry.infrastructure),
            seconds: known.seconds + entry.seconds,
            boardSeconds: known.boardSeconds + entry.boardSeconds,
          },
    )
  }
  return [...found.values()]
}
