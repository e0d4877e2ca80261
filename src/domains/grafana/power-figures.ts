import { accountPower } from '../../analysis/power/account.ts'
import { BREAKDOWNS, type Portion } from '../../analysis/power/figures.ts'
import { warningsOf } from '../../analysis/power/findings.ts'
import { meanKnown } from '../../analysis/power/sum.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import {
  breakdownOf,
  detailsOf,
  needsWorkloads,
  RESOURCE_CHOICES,
  type ResourceChoice,
} from '../../services/fleet/index.ts'
import { readPowerSeries } from '../../services/series/index.ts'
import { CLUSTERS, NOTHING, type Asked, type Figure, type Line, type Told } from './figure.ts'
import type { Filters } from './filters.ts'

const BY = ['total', ...BREAKDOWNS] as const

const by = (choices: readonly string[], hint: string) =>
  ({ name: 'by', label: 'By', hint, choices }) as const

/** The fleet's power over time, every watt once. */
export const POWER: Figure = {
  name: 'power',
  label: 'Power of the fleet over time, every watt once',
  options: [
    CLUSTERS,
    by(BY, 'total'),
    { name: 'top', label: 'Top', hint: '20 series, and the others as one' },
  ],
  async read(needs, asked) {
    if (asked.steps === null) return NOTHING
    const { payload, steps } = asked
    const dimension = payload.choice('by', BY, 'total')
    const top = Math.min(1000, Math.max(1, Math.round(payload.number('top', 20))))
    const read = await readPowerSeries(needs, questionOf(asked), {
      by: dimension,
      top,
      range: steps,
      ...onlyOf(asked.filters),
    })
    return {
      ...read,
      lines: read.series.map(({ key, values }) => lineOf(key, values, { ...steps, unit: 'watt' })),
      coverage: meanKnown(read.coverage.filter((each) => each !== null)),
      sources: [...new Set(read.series.flatMap(({ sources }) => sources))],
    }
  },
}

/** How much of the fleet is measured, over time. */
export const COVERAGE: Figure = {
  name: 'coverage',
  label: 'Share of nodes whose power is measured, over time',
  options: [CLUSTERS],
  async read(needs, asked) {
    if (asked.steps === null) return NOTHING
    const { steps } = asked
    const {
      coverage,
      series: _,
      ...account
    } = await readPowerSeries(needs, questionOf(asked), {
      by: 'total',
      top: 1,
      range: steps,
    })
    const percent = coverage.map((each) => (each === null ? null : each * 100))
    const line = lineOf({}, percent, { ...steps, unit: 'percent' })
    return {
      ...account,
      lines: [{ ...line, name: 'coverage' }],
      notes: unfiltered(asked.filters),
    }
  },
}

const RESOURCES = Object.keys(RESOURCE_CHOICES) as [ResourceChoice, ...ResourceChoice[]]

/** The power of now by one dimension, with its remainders. */
export const BREAKDOWN: Figure = {
  name: 'power_breakdown',
  label: 'Power now by one dimension, with what is idle and unattributed',
  options: [
    CLUSTERS,
    by(BREAKDOWNS, 'cluster'),
    {
      name: 'idle',
      label: 'Idle power',
      hint: 'separate',
      choices: ['separate', 'proportional', 'reserved'],
    },
    { name: 'resource_type', label: 'Components', hint: 'all', choices: RESOURCES },
  ],
  async read({ fleet }, asked) {
    const { payload, filters } = asked
    const only = onlyOf(filters).only
    const question = {
      by: payload.choice('by', BREAKDOWNS, 'cluster'),
      idle: payload.choice('idle', ['separate', 'proportional', 'reserved'], 'separate'),
      resourceType: payload.choice('resource_type', RESOURCES, 'all'),
      only: only?.accepts,
    }
    const read = await fleet.now({
      ...questionOf(asked),
      workloads: needsWorkloads(question.by) || only?.workloads === true,
      details: detailsOf(question),
    })
    const { breakdown, account, findings } = breakdownOf(read, question)
    return { ...tableOf(breakdown), ...accountOf(read, findings), coverage: account.coverage }
  },
}

function tableOf({ rows, by: dimension }: ReturnType<typeof breakdownOf>['breakdown']): Told {
  const names = [...new Set(rows.flatMap(({ key }) => Object.keys(key)))]
  const keys = names.length === 0 ? [dimension] : names
  return {
    clusters: [],
    warnings: [],
    sources: [...new Set(rows.flatMap(({ sources }) => sources))],
    table: {
      columns: [
        ...keys.map((text) => ({ text, type: 'string' as const })),
        { text: 'power_watts', type: 'number', unit: 'watt' },
        { text: 'percentage', type: 'number', unit: 'percent' },
        { text: 'method', type: 'string' },
        { text: 'sources', type: 'string' },
      ],
      rows: rows.map(({ key, power_watts: watts, percentage, method, sources }) => [
        ...keys.map((name) => key[name] ?? null),
        watts,
        percentage,
        method,
        sources.join(', '),
      ]),
    },
  }
}

/** The nodes with their power of now, and which meter says so. */
export const NODES: Figure = {
  name: 'nodes',
  label: 'Nodes now: power, its parts, and which meter says so',
  options: [CLUSTERS],
  async read({ fleet }, asked) {
    const read = await fleet.now({ ...questionOf(asked), workloads: false })
    const account = accountPower(read.input)
    const watts = (text: string) => ({ text, type: 'number' as const, unit: 'watt' })
    const parts = ['cpu_watts', 'dram_watts', 'gpu_watts', 'npu_watts', 'other_watts'] as const
    return {
      ...accountOf(read, account.findings),
      coverage: account.coverage,
      table: {
        columns: [
          { text: 'cluster', type: 'string' },
          { text: 'node', type: 'string' },
          watts('power_watts'),
          ...parts.map(watts),
          { text: 'method', type: 'string' },
          { text: 'source', type: 'string' },
        ],
        rows: account.by_node
          .filter(({ cluster, node }) => asked.filters.accepts({ cluster, node }))
          .map((each) => [
            each.cluster,
            each.node,
            each.power_watts,
            ...parts.map((part) => each.parts[part]),
            each.method,
            each.source,
          ]),
      },
    }
  },
}

/** The account of an answer with what the accounting found. */
function accountOf(
  { clusters, warnings }: Pick<Told, 'clusters' | 'warnings'>,
  findings: Parameters<typeof warningsOf>[0],
): Pick<Told, 'clusters' | 'warnings'> {
  return { clusters, warnings: [...warnings, ...warningsOf(findings)] }
}

const questionOf = ({ clusters, at, signal }: Asked) => ({ clusters, at: at('summary'), signal })

const OF_WORKLOADS: ReadonlySet<string> = new Set(['namespace', 'pod'])

/** Which portions of the power a dashboard is filtered to. */
function onlyOf(filters: Filters) {
  const keys = filters.keys.filter((key) => key !== 'cluster')
  if (keys.length === 0) return {}
  const accepts = ({ cluster, node, vendor, workload }: Portion): boolean =>
    filters.accepts({
      cluster,
      node,
      vendor,
      ...(workload?.kind === 'pod' && { namespace: workload.namespace, pod: workload.pod }),
    })
  return { only: { accepts, workloads: keys.some((key) => OF_WORKLOADS.has(key)) } }
}

/** What is said where a figure is of whole clusters. */
export function unfiltered({ keys }: Filters): readonly string[] {
  const others = keys.filter((key) => key !== 'cluster')
  return others.length === 0
    ? []
    : [`not filtered by ${others.join(', ')}: this is of whole clusters`]
}

/** One line of a window. */
export function lineOf(
  key: Line['labels'],
  values: readonly (number | null)[],
  { start, stepSeconds, unit }: TimeRange & Pick<Line, 'unit'>,
): Line {
  const first = unixSeconds(start)
  const names = Object.values(key)
  return {
    name: names.length === 0 ? 'total' : names.join(' / '),
    labels: key,
    points: values.map((value, index) => [value, (first + index * stepSeconds) * 1000]),
    unit,
  }
}
