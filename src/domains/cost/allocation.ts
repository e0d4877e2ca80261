import { chargedTogether, printCosts, type PrintedCost } from '../../analysis/cost/printed.ts'
import { entryKey } from '../../analysis/cost/ledger.ts'
import { groupBy } from '../../analysis/power/group.ts'
import { invalidRequest } from '../../kernel/errors.ts'
import {
  ownerOf,
  type CostedEntry,
  type CostWindow,
  type WorkloadFacts,
} from '../../services/costs/index.ts'

// OpenCost's answer to /allocation, on the same charges: one map of allocations for each step.

export interface AllocationQuestion {
  readonly aggregate: readonly string[]
  readonly accumulate: boolean
  readonly includeIdle: boolean
  readonly idleByNode: boolean
}

export type AllocationSet = Readonly<Record<string, ReturnType<typeof item>>>

/** The sets of a window, by step; all as one when they are accumulated. */
export function allocationSets(
  window: CostWindow,
  question: AllocationQuestion,
): readonly AllocationSet[] {
  const named = window.entries.map((entry) => ({ entry, name: nameOf(window, entry, question) }))
  const groups = [
    ...groupBy(
      named,
      ({ entry, name }) => `${question.accumulate ? 0 : entry.bucket} ${name}`,
    ).values(),
  ].map((group) => ({
    name: group[0].name,
    bucket: question.accumulate ? 0 : group[0].entry.bucket,
    entries: group.map(({ entry }) => entry),
  }))
  const { rows } = printCosts(groups.map(({ entries }) => chargedTogether(entries)))
  const count = question.accumulate ? 1 : window.edges.length
  return Array.from({ length: count }, (_, bucket) =>
    Object.fromEntries(
      groups.flatMap((group, index) => {
        const printed = rows[index]
        const isShown = group.name.startsWith('__idle__') ? question.includeIdle : true
        return printed === undefined || group.bucket !== bucket || !isShown
          ? []
          : [[group.name, item(group.name, printed, shown(window, question, group))]]
      }),
    ),
  )
}

const NAMES: Readonly<
  Record<string, (entry: CostedEntry, facts: WorkloadFacts | undefined) => string>
> = {
  cluster: ({ cluster }) => cluster,
  node: ({ node }, facts) => facts?.node ?? node ?? '',
  namespace: ({ workload }) => (workload?.kind === 'pod' ? workload.namespace : ''),
  controllerKind: (entry, facts) => ownerOf(entry, facts).kind.toLowerCase(),
  controller: (entry, facts) => ownerOf(entry, facts).name,
  deployment: (entry, facts) => {
    const { kind, name } = ownerOf(entry, facts)
    return kind === 'Deployment' ? name : ''
  },
  pod: ({ workload }) => (workload?.kind === 'pod' ? workload.pod : (workload?.vm ?? '')),
}

const DEFAULT = ['cluster', 'node', 'namespace', 'pod']

/** Refuses what allocations cannot be aggregated by. */
export function checkAggregate(aggregate: readonly string[]): void {
  const wrong = aggregate.find((each) => !each.startsWith('label:') && !Object.hasOwn(NAMES, each))
  if (wrong !== undefined)
    throw invalidRequest(
      '/query/aggregate',
      `must be made of ${Object.keys(NAMES).join(', ')} and label:<name>`,
    )
}

function nameOf(window: CostWindow, entry: CostedEntry, question: AllocationQuestion): string {
  if (entry.use === 'idle')
    return question.idleByNode && entry.node !== null
      ? `__idle__/${entry.cluster}/${entry.node}`
      : '__idle__'
  if (entry.use === 'unattributed') return '__unallocated__'
  const facts = window.facts.get(entryKey(entry))
  const by = question.aggregate.length === 0 ? DEFAULT : question.aggregate
  return by.map((each) => partOf(each, entry, facts)).join('/')
}

function partOf(by: string, entry: CostedEntry, facts: WorkloadFacts | undefined): string {
  const labels: Readonly<Record<string, string | undefined>> = facts?.labels ?? {}
  const name = by.startsWith('label:')
    ? (labels[by.slice('label:'.length)] ?? '')
    : (NAMES[by]?.(entry, facts) ?? '')
  return name === '' ? '__unallocated__' : name
}

interface Group {
  readonly bucket: number
  readonly entries: readonly CostedEntry[]
}

interface Shown {
  readonly start: Date
  readonly end: Date
  readonly minutes: number
  readonly gpuHours: number
  readonly properties: Readonly<Record<string, string>>
}

function shown(window: CostWindow, { accumulate }: AllocationQuestion, group: Group): Shown {
  const begin = accumulate ? window.start : (window.edges[group.bucket] ?? window.start)
  const next = accumulate ? window.end : (window.edges[group.bucket + 1] ?? window.end)
  return {
    start: begin < window.start ? window.start : begin,
    end: next > window.end ? window.end : next,
    minutes: longest(group.entries) / 60,
    gpuHours: group.entries.reduce((sum, { boardSeconds }) => sum + boardSeconds, 0) / 3600,
    properties: propertiesOf(window, group.entries),
  }
}

/** The longest time that one of several accounts was charged: they live beside one another, and periods in turn. */
function longest(entries: readonly CostedEntry[]): number {
  const accounts = [...groupBy(entries, entryKey).values()]
  return Math.max(...accounts.map((own) => own.reduce((sum, { seconds }) => sum + seconds, 0)))
}

/** What all entries of an allocation have in common. */
function propertiesOf({ facts }: CostWindow, entries: readonly CostedEntry[]) {
  const each = entries.map((entry) => {
    const known = facts.get(entryKey(entry))
    return Object.entries(NAMES).map(([name, read]) => [name, read(entry, known)] as const)
  })
  const [first = []] = each
  const common = first.filter(
    ([name, value]) =>
      value !== '' && each.every((one) => one.some(([n, v]) => n === name && v === value)),
  )
  return Object.fromEntries(common)
}

/** What nothing tells apart costs nothing of its own, and its amounts are not known. */
const UNPRICED = {
  networkCostAdjustment: 0,
  loadBalancerCost: 0,
  loadBalancerCostAdjustment: 0,
  pvBytes: null,
  pvByteHours: null,
  pvCostAdjustment: 0,
  ramBytes: null,
  ramByteHours: null,
  ramCost: 0,
  ramCostAdjustment: 0,
  ramEfficiency: null,
  externalCost: 0,
  sharedCost: 0,
} as const

/** CPU and memory are one energy here: it stands under CPU. What is not known is null. */
function item(
  name: string,
  printed: PrintedCost,
  { start, end, minutes, gpuHours, properties }: Shown,
) {
  const hours = minutes / 60
  return {
    name,
    properties,
    window: { start: start.toISOString(), end: end.toISOString() },
    start: start.toISOString(),
    end: end.toISOString(),
    minutes,
    cpuCores: null,
    cpuCoreHours: null,
    cpuCost: printed.cost_breakdown.compute,
    cpuCostAdjustment: 0,
    cpuEfficiency: null,
    gpuCount: hours > 0 ? gpuHours / hours : 0,
    gpuHours,
    gpuCost: printed.cost_breakdown.gpu,
    gpuCostAdjustment: 0,
    gpuEfficiency: null,
    networkCost: printed.cost_breakdown.network ?? 0,
    pvCost: printed.cost_breakdown.storage ?? 0,
    ...UNPRICED,
    totalCost: printed.cost,
    totalEfficiency: null,
    energyKwh: printed.energy_kwh,
    carbonKg: printed.carbon_kg,
  }
}
