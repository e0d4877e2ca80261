import { entryKey } from '../../analysis/cost/ledger.ts'
import { chargedTogether, printCosts, type PrintedCost } from '../../analysis/cost/printed.ts'
import { costRows, groupsOf, GROUPINGS, type CostWindow } from '../../services/costs/index.ts'
import { CLUSTERS, NOTHING, type Asked, type Figure, type Line, type Told } from './figure.ts'
import type { Needs } from './needs.ts'
import { moneyUnit } from './units.ts'

const SHOWN = ['cost', 'energy_kwh', 'facility_energy_kwh', 'carbon_kg'] as const
type Shown = (typeof SHOWN)[number]

const MODELS = ['default', 'kcloud', 'facility'] as const
const IDLE = ['separate', 'proportional', 'reserved'] as const
const PERIODS = ['hour', 'day'] as const
const HOUR = 3600
const DAY = 24 * HOUR
/** Above so many hours, days are what is looked at. */
const MOST_HOURS = 96
const MOST_PERIODS = 1500

const OPTIONS: Figure['options'] = [
  CLUSTERS,
  { name: 'by', label: 'By', hint: 'cluster', choices: GROUPINGS },
  { name: 'model', label: 'Model', hint: 'that of the deployment', choices: MODELS },
  { name: 'idle', label: 'Idle power', hint: 'separate', choices: IDLE },
]

/** Cost, energy and carbon of each hour or day, UTC. */
export const COST: Figure = {
  name: 'cost',
  label: 'Cost, energy or carbon of each hour or day',
  options: [
    ...OPTIONS,
    { name: 'show', label: 'Show', hint: 'cost', choices: SHOWN },
    {
      name: 'period',
      label: 'Each',
      hint: 'hour up to four days, then day',
      choices: PERIODS,
    },
  ],
  async read(needs, asked) {
    const { payload } = asked
    const shown = payload.choice('show', SHOWN, 'cost')
    const hours = (asked.end.getTime() - asked.start.getTime()) / 1000 / HOUR
    const period = payload.choice('period', PERIODS, hours <= MOST_HOURS ? 'hour' : 'day')
    const edges = edgesIn(asked, period === 'hour' ? HOUR : DAY)
    const read = await readWindow(needs, asked, edges)
    if (read === null) return NOTHING
    const { window, by } = read
    const unit = shown === 'cost' ? moneyUnit(window.currency) : UNITS[shown]
    return {
      ...toldBy(window),
      lines: groupsOf(window, by).map((group) => lineOf(group, { window, shown, unit })),
    }
  },
}

const UNITS: Readonly<Record<Exclude<Shown, 'cost'>, string>> = {
  energy_kwh: 'kwatth',
  facility_energy_kwh: 'kwatth',
  carbon_kg: 'masskg',
}

/** What the window costs in all, by one dimension. */
export const COST_TABLE: Figure = {
  name: 'cost_table',
  label: 'Cost, energy and carbon of the window by one dimension',
  options: OPTIONS,
  async read(needs, asked) {
    const read = await readWindow(needs, asked, undefined)
    if (read === null) return { ...NOTHING, table: { columns: [], rows: [] } }
    const { window, by } = read
    const { rows } = costRows(groupsOf(window, by))
    const keys = [...new Set(rows.flatMap(({ key }) => Object.keys(key)))]
    const number = (text: string, unit: string) => ({ text, type: 'number' as const, unit })
    return {
      ...toldBy(window),
      table: {
        columns: [
          ...keys.map((text) => ({ text, type: 'string' as const })),
          number('cost', moneyUnit(window.currency)),
          number('energy_kwh', 'kwatth'),
          number('facility_energy_kwh', 'kwatth'),
          number('carbon_kg', 'masskg'),
        ],
        rows: rows.map((row) => [
          ...keys.map((name) => row.key[name] ?? null),
          ...SHOWN.map((shown) => row[shown]),
        ]),
      },
    }
  },
}

interface Read {
  readonly window: CostWindow
  readonly by: string
}

/** The costs of a window on whole minutes; null for one that is shorter than one. */
async function readWindow(
  { costs }: Needs,
  { payload, filters, ...asked }: Asked,
  edges: readonly Date[] | undefined,
): Promise<Read | null> {
  const by = payload.choice('by', GROUPINGS, 'cluster')
  const model = payload.choice('model', MODELS, 'default')
  const [start, end] = [floorMinute(asked.start), floorMinute(asked.end)]
  if (start >= end) return null
  const window = await costs.of({
    clusters: asked.clusters,
    at: asked.at('series'),
    signal: asked.signal,
    start,
    end,
    edges,
    idle: payload.choice('idle', IDLE, 'separate'),
    ...(model !== 'default' && { model }),
    workloads: by !== 'cluster' || filters.keys.some((key) => key !== 'cluster'),
  })
  const entries = window.entries.filter((entry) => {
    const facts = window.facts.get(entryKey(entry))
    const { cluster, node, workload } = entry
    const pod = workload?.kind === 'pod' ? workload : undefined
    return filters.accepts({
      cluster,
      node: facts?.node ?? node,
      namespace: pod?.namespace,
      pod: pod?.pod,
    })
  })
  return { window: { ...window, entries }, by }
}

const floorMinute = (time: Date): Date => new Date(Math.floor(time.getTime() / 60_000) * 60_000)

/** Where the periods of a window begin, the first at or before its start. */
function edgesIn({ start, end }: Pick<Asked, 'start' | 'end'>, seconds: number): readonly Date[] {
  const length = seconds * 1000
  const first = Math.floor(start.getTime() / length) * length
  const count = Math.min(MOST_PERIODS, Math.max(1, Math.ceil((end.getTime() - first) / length)))
  return Array.from({ length: count }, (_, index) => new Date(first + index * length))
}

interface Drawn {
  readonly window: CostWindow
  readonly shown: Shown
  readonly unit: string
}

function lineOf(
  { key, entries }: ReturnType<typeof groupsOf>[number],
  { window, shown, unit }: Drawn,
): Line {
  const { rows } = printCosts(
    window.edges.map((_, bucket) =>
      chargedTogether(entries.filter((entry) => entry.bucket === bucket)),
    ),
  )
  return {
    name: Object.values(key).join(' / '),
    labels: key,
    points: window.edges.map((edge, bucket) => [valueOf(rows[bucket], shown), edge.getTime()]),
    unit,
  }
}

const valueOf = (row: PrintedCost | undefined, shown: Shown): number | null => row?.[shown] ?? null

function toldBy({ clusters, warnings, costings, model }: CostWindow): Told {
  const known = costings.flatMap(({ nodeCoverage }) => nodeCoverage ?? [])
  return {
    clusters,
    warnings,
    coverage: known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length,
    notes: model === 'kcloud' ? ['by the model kcloud'] : [],
  }
}
