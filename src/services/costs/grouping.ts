import { chargedTogether, printCosts, type PrintedCost } from '../../analysis/cost/printed.ts'
import { entryKey } from '../../analysis/cost/ledger.ts'
import { compareText, groupBy, keyOf } from '../../analysis/power/group.ts'
import { invalidRequest } from '../../kernel/errors.ts'
import type { CostedEntry, CostWindow, WorkloadFacts } from './question.ts'
import { ownerOf } from './owners.ts'

export const GROUPINGS = ['cluster', 'namespace', 'node', 'pod', 'owner', 'workload_type'] as const

type Key = Readonly<Record<string, string>>

export interface CostGroup {
  readonly key: Key
  readonly kind: CostedEntry['use']
  readonly entries: readonly CostedEntry[]
}

type FactsOf = (entry: CostedEntry) => WorkloadFacts | undefined

/** The entries of a window by what they are charged to; what is nobody's is apart, by cluster. */
export function groupsOf({ entries, facts }: CostWindow, by: string): readonly CostGroup[] {
  const read = keyReader(by, (entry) => facts.get(entryKey(entry)))
  const placed = entries.map((entry) => ({ entry, ...placeOf(entry, by, read) }))
  const groups = groupBy(placed, ({ key, kind }) => kind + keyOf(...Object.entries(key).flat()))
  return [...groups.values()].map((group) => ({
    key: group[0].key,
    kind: group[0].kind,
    entries: group.map(({ entry }) => entry),
  }))
}

function placeOf(entry: CostedEntry, by: string, read: (entry: CostedEntry) => Key) {
  if (by === 'cluster') return { key: { cluster: entry.cluster }, kind: 'workload' as const }
  return entry.use === 'workload'
    ? { key: read(entry), kind: entry.use }
    : { key: { cluster: entry.cluster, [by]: entry.use }, kind: entry.use }
}

/** The name of an entry by a dimension or a label. Rejects with `invalid_request` for a dimension that is none. */
function keyReader(by: string, factsOf: FactsOf): (entry: CostedEntry) => Key {
  if (by.startsWith('label:')) return labelReader(by, factsOf)
  const read = READERS[by as (typeof GROUPINGS)[number]]
  if (!GROUPINGS.some((each) => each === by))
    throw invalidRequest('/query/by', `must be one of ${GROUPINGS.join(', ')} or label:<name>`)
  return (entry) => read(entry, factsOf(entry))
}

function labelReader(by: string, factsOf: FactsOf): (entry: CostedEntry) => Key {
  const label = by.slice('label:'.length)
  return (entry) => {
    const labels: Readonly<Record<string, string | undefined>> = factsOf(entry)?.labels ?? {}
    return { cluster: entry.cluster, [by]: labels[label] ?? '' }
  }
}

type Reader = (entry: CostedEntry, facts: WorkloadFacts | undefined) => Key

const byWorkloadType: Reader = ({ cluster }, facts) => ({
  cluster,
  workload_type: facts?.workloadType ?? 'unknown',
})

const READERS: Readonly<Record<(typeof GROUPINGS)[number], Reader>> = {
  cluster: ({ cluster }) => ({ cluster }),
  namespace: ({ cluster, workload }) => ({
    cluster,
    namespace: workload?.kind === 'pod' ? workload.namespace : '',
  }),
  node: ({ cluster, node }, facts) => ({ cluster, node: facts?.node ?? node ?? '' }),
  pod: ({ cluster, workload }) =>
    workload?.kind === 'pod'
      ? { cluster, namespace: workload.namespace, pod: workload.pod }
      : { cluster, vm: workload?.vm ?? '' },
  owner: (entry, facts) => {
    const { namespace, kind, name } = ownerOf(entry, facts)
    return { cluster: entry.cluster, namespace, owner_kind: kind, owner_name: name }
  },
  workload_type: byWorkloadType,
}

export type CostRow = PrintedCost & Pick<CostGroup, 'key' | 'kind'>

const PLACES = { workload: 0, idle: 1, unattributed: 2 } as const

/** The groups as rows, the dearest first and what is nobody's last; they add up to the total. */
export function costRows(groups: readonly CostGroup[]): {
  readonly rows: readonly CostRow[]
  readonly total: PrintedCost
} {
  const { rows, total } = printCosts(groups.map(({ entries }) => chargedTogether(entries)))
  const named = groups.flatMap(({ key, kind }, index) => {
    const row = rows[index]
    return row === undefined ? [] : [{ key, kind, ...row }]
  })
  return { rows: named.sort(inOrder), total }
}

function inOrder(a: CostRow, b: CostRow): number {
  const byKind = PLACES[a.kind] - PLACES[b.kind]
  if (byKind !== 0) return byKind
  if (a.cost !== b.cost) return b.cost - a.cost
  return compareText(Object.values(a.key).join(' '), Object.values(b.key).join(' '))
}
