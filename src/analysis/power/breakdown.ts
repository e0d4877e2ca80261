import type { Breakdown, BreakdownBy, BreakdownRow, Method, Portion } from './figures.ts'
import { compareText, distinct, groupBy, keyOf } from './group.ts'
import type { Workload } from './input.ts'
import { sumOf } from './sum.ts'

/** The type of a workload of a cluster: `training`, `inference`, … */
export type WorkloadTypeOf = (workload: Workload, cluster: string) => string

type Key = BreakdownRow['key']
type Row = Omit<BreakdownRow, 'percentage'>

/** A portion and the row it goes to: one with a key, or a remainder. */
interface Placed {
  readonly portion: Portion
  readonly key: Key
  readonly kind: BreakdownRow['kind']
}

/**
 * The portions as rows of one dimension, the largest first and the remainders last; the rows add up to the total.
 * By namespace, pod and workload type there is always a row for what is idle and one for what is unattributed; by
 * the others, what has no such name is unattributed. A virtual machine is a row of `pod`, and in no namespace.
 */
export function breakDown(
  portions: readonly Portion[],
  by: BreakdownBy,
  workloadTypeOf: WorkloadTypeOf,
): Breakdown {
  if (portions.length === 0) return { by, total_power_watts: null, rows: [] }
  const placed = portions.map((portion) => place(portion, KEYS[by](portion, workloadTypeOf), by))
  const groups = groupBy(placed, ({ kind, key }) => kind + textOf(key))
  const rows = [...groups.values()].map((group) => rowOf(by, group))
  const missing = OF_WORKLOADS.has(by) ? missingRemainders(by, rows) : []
  return withPercentages(by, [...rows, ...missing].sort(inOrder))
}

type KeyOf = (portion: Portion, workloadTypeOf: WorkloadTypeOf) => Key | null

const byResourceType: KeyOf = (portion) => ({ resource_type: portion.resource_type })
const byWorkloadType: KeyOf = ({ cluster, workload }, workloadTypeOf) =>
  workload === null ? null : { workload_type: workloadTypeOf(workload, cluster) }

/** The key of a portion by each dimension; null where it has none. */
const KEYS: Readonly<Record<BreakdownBy, KeyOf>> = {
  cluster: ({ cluster }) => ({ cluster }),
  node: ({ cluster, node }) => (node === null ? null : { cluster, node }),
  vendor: ({ vendor }) => (vendor === null ? null : { vendor }),
  namespace: ({ cluster, workload }) =>
    workload?.kind === 'pod' ? { cluster, namespace: workload.namespace } : null,
  pod: ({ cluster, workload }) => (workload === null ? null : podKey(cluster, workload)),
  resource_type: byResourceType,
  workload_type: byWorkloadType,
}

const OF_WORKLOADS: ReadonlySet<BreakdownBy> = new Set(['namespace', 'pod', 'workload_type'])

function podKey(cluster: string, workload: Workload): Key {
  if (workload.kind === 'vm') return { cluster, vm: workload.vm }
  return { cluster, namespace: workload.namespace, pod: workload.pod }
}

function place(portion: Portion, key: Key | null, by: BreakdownBy): Placed {
  if (key !== null) return { portion, key, kind: 'named' }
  const kind = portion.use === 'idle' && OF_WORKLOADS.has(by) ? 'idle' : 'unattributed'
  return { portion, key: { [by]: kind }, kind }
}

function rowOf(by: BreakdownBy, group: readonly [Placed, ...Placed[]]): Row {
  const { key, kind } = group[0]
  const portions = group.map(({ portion }) => portion)
  return {
    key,
    kind,
    power_watts: sumOf(portions.map((portion) => portion.power_watts)),
    method:
      kind === 'unattributed' || !OF_WORKLOADS.has(by) ? methodOf(by, portions) : 'attributed',
    sources: distinct(portions.flatMap((portion) => sourcesOf(by, portion))),
  }
}

const OF_NODES: ReadonlySet<BreakdownBy> = new Set(['cluster', 'node'])

/** The weakest of the methods by which the portions were had. */
function methodOf(by: BreakdownBy, portions: readonly Portion[]): Method {
  const methods = new Set(
    portions.map((portion) => (OF_NODES.has(by) ? portion.node_method : portion.method)),
  )
  if (methods.has('estimated')) return 'estimated'
  return methods.has('attributed') ? 'attributed' : 'measured'
}

const sourcesOf = (by: BreakdownBy, portion: Portion): readonly string[] =>
  OF_NODES.has(by) ? portion.node_sources : portion.sources

function missingRemainders(by: BreakdownBy, rows: readonly Row[]): readonly Row[] {
  return (['idle', 'unattributed'] as const)
    .filter((kind) => !rows.some((row) => row.kind === kind))
    .map((kind) => ({
      key: { [by]: kind },
      kind,
      power_watts: 0,
      method: 'attributed',
      sources: [],
    }))
}

const PLACES = { named: 0, idle: 1, unattributed: 2 } as const

function inOrder(a: Row, b: Row): number {
  const byKind = PLACES[a.kind] - PLACES[b.kind]
  if (byKind !== 0) return byKind
  const byWatts = b.power_watts - a.power_watts
  return byWatts === 0 ? compareText(textOf(a.key), textOf(b.key)) : byWatts
}

const textOf = (key: Key): string => keyOf(...Object.values(key))

function withPercentages(by: BreakdownBy, rows: readonly Row[]): Breakdown {
  const total = sumOf(rows.map((row) => row.power_watts))
  return {
    by,
    total_power_watts: total,
    rows: rows.map((row) => ({
      ...row,
      percentage: total > 0 ? (row.power_watts / total) * 100 : null,
    })),
  }
}
