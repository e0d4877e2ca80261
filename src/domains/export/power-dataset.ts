import type { BreakdownBy, BreakdownRow } from '../../analysis/power/figures.ts'
import { compareText, keyOf } from '../../analysis/power/group.ts'
import type { IdlePolicy } from '../../analysis/power/input.ts'
import { fleetTotal } from '../../analysis/power/totals.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import { accountOf, breakdownOf, needsWorkloads, type Moment } from '../../services/fleet/index.ts'
import type { Cell, Column, Row } from '../../services/formats/index.ts'
import type { Asked, Needs } from './asked.ts'
import { SOURCES_COLUMN, textColumn, TIME_COLUMN, type Dataset } from './dataset.ts'

export interface PowerQuestion {
  readonly by: BreakdownBy | 'total'
  readonly idle: IdlePolicy
  readonly range: TimeRange
}

/** The power of the fleet over a window by one dimension: at each time the rows add up to the total. */
export function powerDataset({ fleet }: Needs, asked: Asked, question: PowerQuestion): Dataset {
  const { by, idle, range } = question
  const keys = by === 'total' ? [] : KEYS[by]
  return {
    name: 'power',
    title: by === 'total' ? 'Power' : `Power by ${by.replaceAll('_', ' ')}`,
    slug: by === 'total' ? 'total' : `by-${by.replaceAll('_', '-')}`,
    columns: [TIME_COLUMN, ...keys.map(keyColumn), ...(by === 'total' ? TOTAL : ROWS)],
    range,
    parameters: { by, idle },
    async read(part, signal) {
      const workloads = by !== 'total' && needsWorkloads(by)
      const { results, clusters, warnings } = await fleet.during(
        { ...asked, signal, range: part, workloads, once: true },
        (moment) => ({ ...stepOf(moment, question), values: sizeOf(moment) }),
      )
      return {
        rows: [results.flatMap((step, index) => rowsOf(step, keys, timeOf(part, index)))],
        values: results.reduce((sum, { values }) => sum + values, 0),
        coverage: results.flatMap(({ coverage }) => coverage ?? []),
        clusters,
        warnings,
      }
    },
  }
}

const KEYS: Readonly<Record<BreakdownBy, readonly string[]>> = {
  cluster: ['cluster'],
  node: ['cluster', 'node'],
  namespace: ['cluster', 'namespace'],
  pod: ['cluster', 'namespace', 'pod', 'vm'],
  vendor: ['vendor'],
  resource_type: ['resource_type'],
  workload_type: ['workload_type'],
}

const keyColumn = (name: string): Column =>
  textColumn(name, `The ${name.replaceAll('_', ' ')}; a remainder is called by its kind.`)

const WATTS: Column = {
  name: 'power_watts',
  type: 'number',
  unit: 'watts',
  description: 'The mean power over the step.',
}
const COVERAGE: Column = {
  name: 'coverage',
  type: 'number',
  unit: 'ratio',
  description: 'Measured ÷ known nodes at that time, from 0 to 1.',
}
const TOTAL: readonly Column[] = [WATTS, COVERAGE, SOURCES_COLUMN]
const ROWS: readonly Column[] = [
  textColumn('kind', '`named`, or the remainder that the row is: `idle` or `unattributed`.'),
  WATTS,
  {
    name: 'percentage',
    type: 'number',
    unit: 'percent',
    description: 'The share of the total at that time.',
  },
  textColumn('method', '`measured`, `estimated` (a lower bound) or `attributed` (a share).'),
  COVERAGE,
  SOURCES_COLUMN,
]

/** What one moment comes to. */
interface Step {
  /** The key of a total is empty. */
  readonly rows: readonly (Pick<BreakdownRow, 'key' | 'power_watts' | 'sources'> &
    Partial<BreakdownRow>)[]
  readonly coverage: number | null
}

function stepOf(moment: Moment, { by, idle }: PowerQuestion): Step {
  if (by !== 'total') {
    const { breakdown, account } = breakdownOf(moment, { by, idle })
    return { rows: [...breakdown.rows].sort(inOrder), coverage: account.coverage }
  }
  const total = fleetTotal(accountOf(moment, { workloads: false }).account)
  const { total_power_watts: watts, sources, coverage } = total
  return { rows: watts === null ? [] : [{ key: {}, power_watts: watts, sources }], coverage }
}

const PLACES = { named: 0, idle: 1, unattributed: 2 } as const

function inOrder(a: BreakdownRow, b: BreakdownRow): number {
  const byKind = PLACES[a.kind] - PLACES[b.kind]
  return byKind === 0 ? compareText(textOf(a), textOf(b)) : byKind
}

const textOf = ({ key }: BreakdownRow): string => keyOf(...Object.values(key))

/** How much was read; of what is seen in part, how much is seen. */
function sizeOf({ input, uses, loads, pods, seen }: Moment): number {
  if (seen !== null) return pods.length
  const { readings, components, boards } = input
  return readings.length + components.length + boards.length + uses.length + loads.length
}

const timeOf = ({ start, stepSeconds }: TimeRange, index: number): Date =>
  new Date(start.getTime() + index * stepSeconds * 1000)

function rowsOf({ rows, coverage }: Step, keys: readonly string[], time: Date): readonly Row[] {
  return rows.map(({ key, kind, power_watts: watts, percentage, method, sources }): Row => {
    const names: readonly Cell[] = keys.map((name) => key[name] ?? null)
    const from = sources.join(';')
    if (kind === undefined) return [time, watts, coverage, from]
    return [time, ...names, kind, watts, percentage ?? null, method ?? null, coverage, from]
  })
}
