import { accountPower, inOrder } from '../../analysis/power/account.ts'
import type { BreakdownBy, BreakdownRow } from '../../analysis/power/figures.ts'
import { warningsOf, type Finding } from '../../analysis/power/findings.ts'
import { compareText, distinct, keyOf } from '../../analysis/power/group.ts'
import { sumKnown } from '../../analysis/power/sum.ts'
import { fleetTotal } from '../../analysis/power/totals.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import { resolveWindow, type TimeRange, type WindowRequest } from '../../kernel/time-range.ts'
import { breakdownOf, detailsOf, needsWorkloads, type Moment } from '../../services/fleet/index.ts'
import { outcome, type Asked, type Needs } from './asked.ts'
import type { SeriesRow } from './schemas.ts'

export interface PowerSeriesQuestion {
  readonly by: BreakdownBy | 'total'
  /** How many series at most; the smaller ones are one together. */
  readonly top: number
  readonly window: WindowRequest
}

type Points = readonly (number | null)[]

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
export async function powerSeries({ fleet }: Needs, asked: Asked, question: PowerSeriesQuestion) {
  const { by, top, window } = question
  const range = resolveWindow(window, asked.at)
  const { results, ...account } = await fleet.during({ ...asked, range, ...readBy(by) }, (moment) =>
    stepOf(moment, by),
  )
  const lines = linesOf(results)
  const found = warningsOf(inOrder(results.flatMap(({ findings }) => findings)))
  const warnings = [...account.warnings, ...found]
  return outcome(
    asked,
    { ...account, warnings },
    {
      metric: 'power_watts',
      unit: 'watts',
      by,
      start: range.start,
      end: range.end,
      step_seconds: range.stepSeconds,
      coverage: coverageOf(results),
      series: largest(lines, by, top).map((line) => onAxis(line, range)),
    },
  )
}

/** What is read of each moment for a dimension. */
const readBy = (by: PowerSeriesQuestion['by']) =>
  by === 'total'
    ? { workloads: false }
    : { workloads: needsWorkloads(by), details: detailsOf({ by, idle: 'separate' }) }

function stepOf(moment: Moment, by: BreakdownBy | 'total'): Step {
  if (by === 'total') return totalStep(moment)
  const { breakdown, account, findings } = breakdownOf(moment, {
    by,
    idle: 'separate',
  })
  return { rows: breakdown.rows, coverage: account.coverage, findings }
}

function totalStep({ input }: Moment): Step {
  const account = accountPower(input)
  const { total_power_watts: watts, sources, coverage } = fleetTotal(account)
  const rows = watts === null ? [] : [{ key: {}, power_watts: watts, sources }]
  return { rows, coverage, findings: account.findings }
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
  const [first] = lines
  return {
    key,
    values: (first?.values ?? []).map((_, index) =>
      sumKnown(lines.map(({ values }) => values[index] ?? null)),
    ),
    sources: new Set(lines.flatMap(({ sources }) => [...sources])),
  }
}

function onAxis({ key, values, sources }: Line, range: TimeRange): SeriesRow {
  return { key, points: pointsOf(values, range), sources: [...distinct([...sources])] }
}

/** Values with their times: each point of the window once. */
export function pointsOf(values: Points, { start, stepSeconds }: TimeRange): SeriesRow['points'] {
  const first = unixSeconds(start)
  return values.map((value, index) => [first + index * stepSeconds, value])
}

function coverageOf(steps: readonly Step[]) {
  const known = steps.flatMap(({ coverage }) => (coverage === null ? [] : [coverage]))
  const sum = sumKnown(known)
  return {
    mean: sum === null ? null : sum / known.length,
    least: sum === null ? null : Math.min(...known),
  }
}
