import { inOrder } from '../../analysis/power/account.ts'
import type { BreakdownBy, BreakdownRow, Portion } from '../../analysis/power/figures.ts'
import { warningsOf, type Finding } from '../../analysis/power/findings.ts'
import { compareText, distinct, keyOf } from '../../analysis/power/group.ts'
import { stepSums, sumKnown } from '../../analysis/power/sum.ts'
import { fleetTotal } from '../../analysis/power/totals.ts'
import type { Answer } from '../../kernel/answer.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import {
  accountOf,
  breakdownOf,
  detailsOf,
  needsWorkloads,
  type FleetReader,
  type Moment,
} from '../fleet/index.ts'
import type { GroupedSeries } from './grouped-series.ts'
import type { SeriesAsked } from './read-series.ts'

export interface PowerSeriesQuestion {
  readonly by: BreakdownBy | 'total'
  /** How many series at most; the smaller ones are one together. */
  readonly top: number
  readonly range: TimeRange
  /** Which portions of the power are meant, and whether that depends on who uses it. All without it. */
  readonly only?: { readonly accepts: (portion: Portion) => boolean; readonly workloads: boolean }
}

/** The fleet's power over a window by one dimension. */
export interface PowerSeries extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  /** At each point they add up to the total. */
  readonly series: readonly GroupedSeries[]
  /** Measured ÷ known nodes at each point; null without nodes. */
  readonly coverage: readonly (number | null)[]
}

/** One row of one dimension over the window. */
interface Line {
  readonly key: Readonly<Record<string, string>>
  readonly values: (number | null)[]
  readonly sources: Set<string>
}

/** What one moment comes to. */
interface Step {
  readonly rows: readonly Pick<BreakdownRow, 'key' | 'power_watts' | 'sources'>[]
  readonly coverage: number | null
  readonly findings: readonly Finding[]
}

/** The power of the fleet over a window by one dimension: at each point the series add up to the total. */
export async function readPowerSeries(
  { fleet }: { readonly fleet: Pick<FleetReader, 'during'> },
  asked: SeriesAsked,
  { by, top, range, only }: PowerSeriesQuestion,
): Promise<PowerSeries> {
  const read = readBy(by)
  const workloads = read.workloads || only?.workloads === true
  const question = { ...asked, range, ...read, workloads }
  const { results, clusters, warnings } = await fleet.during(question, (moment) =>
    stepOf(moment, by, only?.accepts),
  )
  const found = warningsOf(inOrder(results.flatMap(({ findings }) => findings)))
  return {
    clusters,
    warnings: [...warnings, ...found],
    series: largest(linesOf(results), by, top).map(({ key, values, sources }) => ({
      key,
      values,
      sources: distinct([...sources]),
    })),
    coverage: results.map(({ coverage }) => coverage),
  }
}

/** What is read of each moment for a dimension. */
const readBy = (by: PowerSeriesQuestion['by']) =>
  by === 'total'
    ? { workloads: false }
    : { workloads: needsWorkloads(by), details: detailsOf({ by, idle: 'separate' }) }

function stepOf(
  moment: Moment,
  by: BreakdownBy | 'total',
  only?: (portion: Portion) => boolean,
): Step {
  if (by !== 'total') return brokenDown(moment, by, only)
  if (only === undefined) return totalStep(moment)
  const { rows, ...told } = brokenDown(moment, 'cluster', only)
  const watts = sumKnown(rows.map(({ power_watts: each }) => each))
  const sources = distinct(rows.flatMap((row) => row.sources))
  return { rows: watts === null ? [] : [{ key: {}, power_watts: watts, sources }], ...told }
}

function brokenDown(
  moment: Moment,
  by: BreakdownBy,
  only: ((portion: Portion) => boolean) | undefined,
): Step {
  const { breakdown, account, findings } = breakdownOf(moment, { by, idle: 'separate', only })
  return { rows: breakdown.rows, coverage: account.coverage, findings }
}

function totalStep(moment: Moment): Step {
  const { account, findings } = accountOf(moment, { workloads: false })
  const { total_power_watts: watts, sources, coverage } = fleetTotal(account)
  const rows = watts === null ? [] : [{ key: {}, power_watts: watts, sources }]
  return { rows, coverage, findings }
}

function linesOf(steps: readonly Step[]): readonly Line[] {
  const lines = new Map<string, Line>()
  for (const [index, { rows }] of steps.entries())
    for (const row of rows) mark(lineFor(lines, row, steps.length), index, row)
  return [...lines.values()]
}

type Row = Step['rows'][number]

function lineFor(lines: Map<string, Line>, { key }: Row, length: number): Line {
  const name = keyOf(...Object.entries(key).flat())
  const line = lines.get(name) ?? emptyLine(key, length)
  lines.set(name, line)
  return line
}

function mark({ values, sources }: Line, index: number, row: Row): void {
  values[index] = row.power_watts
  for (const source of row.sources) sources.add(source)
}

const emptyLine = (key: Line['key'], length: number): Line => ({
  key,
  values: new Array<null>(length).fill(null),
  sources: new Set(),
})

const weight = ({ values }: Line): number => sumKnown(values) ?? 0
const textOf = ({ key }: Line): string => keyOf(...Object.values(key))

/** The largest lines; the others are one line, so that nothing is missing from the sum. */
function largest(lines: readonly Line[], by: string, top: number): readonly Line[] {
  const weights = new Map(lines.map((line) => [line, weight(line)]))
  const sorted = [...lines].sort((a, b) => {
    const difference = (weights.get(b) ?? 0) - (weights.get(a) ?? 0)
    return difference === 0 ? compareText(textOf(a), textOf(b)) : difference
  })
  const rest = sorted.slice(top)
  if (rest.length === 0) return sorted
  return [...sorted.slice(0, top), together(rest, { [by]: 'others' })]
}

function together(lines: readonly Line[], key: Line['key']): Line {
  return {
    key,
    values: [...stepSums(lines.map(({ values }) => values))],
    sources: new Set(lines.flatMap(({ sources }) => [...sources])),
  }
}
