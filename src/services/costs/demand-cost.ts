import { decimalOf, divided, times, type Decimal } from '../../analysis/cost/decimal.ts'
import {
  billedDemand,
  demandsOf,
  highestDemand,
  type Demand,
  type PowerStep,
} from '../../analysis/cost/demand.ts'
import { localClock } from '../../analysis/cost/local-clock.ts'
import { scheduleOn } from '../../analysis/cost/rate.ts'
import type { DemandRule, Tariff } from '../../analysis/cost/tariff.ts'
import { localDay } from '../../analysis/power/local-days.ts'
import { groupBy } from '../../analysis/power/group.ts'
import type { DemandFigure } from './question.ts'

/** A quarter of an hour, which is what demand is measured over. */
const INTERVAL_SECONDS = 900

interface Measured {
  readonly power: readonly PowerStep[]
  /** What the facility draws for a watt of its computers. */
  readonly factor: number
  readonly from: number
  readonly until: number
}

/**
 * The demand charge of a window: of each local month in it, the part of the month that the window is, by the demand
 * that is billed. Nothing where the tariff has none, or nobody knows the demand.
 */
export function demandCost(tariff: Tariff, measured: Measured): readonly DemandFigure[] {
  const clock = localClock(tariff.zone)
  const monthOf = (seconds: number): string => clock(seconds * 1000).date.slice(0, 7)
  const months = groupBy(measured.power, ({ from }) => monthOf(from))
  const highest = new Map(
    [...months].flatMap(([month, steps]) => {
      const demand = isFine(steps) ? highestDemand(demandsOf(steps, INTERVAL_SECONDS)) : null
      return demand === null ? [] : [[month, scaled(demand, measured.factor)] as const]
    }),
  )
  return [...months.keys()].flatMap((month) => {
    const rule = scheduleOn(tariff, `${month}-01`)?.demand
    return rule === null || rule === undefined
      ? []
      : figureOf({ rule, month, highest, ...spanOf(month, tariff, measured) })
  })
}

const scaled = (demand: Demand, factor: number): Demand => ({
  ...demand,
  kilowatts: demand.kilowatts * factor,
})

const isFine = (steps: readonly PowerStep[]): boolean =>
  steps.every(({ from, until }) => until - from <= INTERVAL_SECONDS)

interface MonthSpan {
  /** Seconds of the month, and of it in the window. */
  readonly whole: number
  readonly inside: number
}

function spanOf(month: string, { zone }: Tariff, { from, until }: Measured): MonthSpan {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const next = new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10)
  const start = localDay(`${month}-01`, zone).start.getTime() / 1000
  const end = localDay(next, zone).start.getTime() / 1000
  return { whole: end - start, inside: Math.min(until, end) - Math.max(from, start) }
}

interface Billing extends MonthSpan {
  readonly rule: DemandRule
  readonly month: string
  readonly highest: ReadonlyMap<string, Demand>
}

function figureOf({ rule, month, highest, whole, inside }: Billing): readonly DemandFigure[] {
  const peaks = new Map(Object.entries(rule.knownPeaks))
  for (const [each, { kilowatts }] of highest)
    peaks.set(each, Math.max(kilowatts, peaks.get(each) ?? 0))
  const billed = billedDemand(rule, peaks, month)
  if (billed === null) return []
  return [
    {
      month,
      billedKilowatts: billed.kilowatts,
      setIn: billed.setIn,
      measuredKilowatts: highest.get(month)?.kilowatts ?? null,
      measuredCoverage: highest.get(month)?.coverage ?? null,
      monthShare: inside / whole,
      cost: partOf(times(decimalOf(billed.kilowatts), rule.price), inside, whole),
    },
  ]
}

const partOf = (amount: Decimal, inside: number, whole: number): Decimal =>
  divided(amount * BigInt(Math.round(inside)), BigInt(Math.round(whole)))
