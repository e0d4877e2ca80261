import type { Attribution, Basis, NodePower, Portion } from './figures.ts'
import type { Finding } from './findings.ts'
import { distinct } from './group.ts'
import type { IdlePolicy, NodeName, WorkloadUse } from './input.ts'
import { ROUNDING } from './limits.ts'
import { shareOut } from './share-out.ts'
import { sumKnown, sumOf } from './sum.ts'
import { findingsOfUses, mergeUses, type MergedUse } from './uses.ts'

type Kind = 'cpu' | 'dram'

/** A component of a node that is not a board, and which uses are taken from it. */
interface Base extends Pick<Portion, 'method' | 'sources' | 'node_sources'> {
  readonly type: Kind | 'other'
  readonly watts: number
  readonly holds: readonly Kind[]
}

/** How the uses of a node are shared out. */
interface Sharing {
  readonly node: NodePower
  readonly uses: readonly MergedUse[]
  readonly policy: IdlePolicy
}

/**
 * CPU, DRAM and the rest of a node by who uses them. Uses follow the watts that a source gives the workload, else
 * its share of CPU time. Uses of a component that nobody tells apart are taken from the one that contains it: DRAM
 * from a `psys` zone, CPU from the rest of a node that only a meter reads; where a board's meter holds the CPU they
 * go with the board. What no workload used is idle; of the rest, and where nobody tells of workloads, it is
 * unattributed. A node that nothing measures has no portions.
 */
export function nodePortions(
  node: NodePower,
  uses: readonly WorkloadUse[],
  policy: IdlePolicy,
): Attribution {
  if (node.power_watts === null) return { portions: [], findings: unplacedUses(node, uses) }
  const merged = mergeUses(uses)
  const shared = basesOf(node).map((base) => shareBase(base, { node, uses: merged, policy }))
  return {
    portions: shared.flatMap(({ portions }) => portions),
    findings: [...findingsOfUses(uses), ...shared.flatMap(({ findings }) => findings)],
  }
}

/** What workloads are said to draw of a node without watts to take them from. */
export function unplacedUses(
  { cluster, node }: NodeName,
  uses: readonly WorkloadUse[],
): readonly Finding[] {
  const drawn = mergeUses(uses).flatMap((use) => [use.cpu_watts ?? 0, use.dram_watts ?? 0])
  const watts = sumOf(drawn)
  if (watts === 0) return findingsOfUses(uses)
  const detail = `workloads of ${node} are said to draw ${watts} W, but nothing measures the node`
  return [
    ...findingsOfUses(uses),
    { code: 'inconsistent_sources', cluster, detail, size_watts: watts },
  ]
}

function basesOf(node: NodePower): readonly Base[] {
  return (['cpu', 'dram', 'other'] as const).flatMap((type) => {
    const watts = node.parts[`${type}_watts`]
    if (watts === null) return []
    const place = { holds: holdsOf(type, node), node_sources: totalSources(node) }
    return [{ type, watts, ...place, ...provenance(type, node) }]
  })
}

function holdsOf(type: Base['type'], { parts, cpu_zone: zone }: NodePower): readonly Kind[] {
  const place = (kind: Kind): Base['type'] | null => {
    if (parts[`${kind}_watts`] !== null) return kind
    if (zone === 'psys') return 'cpu'
    return zone === 'board' ? null : 'other'
  }
  return (['cpu', 'dram'] as const).filter((kind) => place(kind) === type)
}

function provenance(type: Base['type'], node: NodePower): Pick<Base, 'method' | 'sources'> {
  if (type === 'cpu') return { method: 'measured', sources: node.cpu_sources }
  if (type === 'dram') return { method: 'measured', sources: node.dram_sources }
  return { method: node.method ?? 'estimated', sources: totalSources(node) }
}

/** What the total of a node comes from. */
export function totalSources({ source, sources }: NodePower): readonly string[] {
  return source === null || source === 'components' ? sources : [source]
}

function shareBase(base: Base, { node, uses, policy }: Sharing): Attribution {
  const claims = uses.flatMap((use) => claimOf(use, base))
  const isRest = base.type === 'other'
  const out = shareOut(base.watts, claims, isRest ? 'separate' : policy)
  const isUnknown = isRest || claims.length === 0
  const portions = claims.map(({ use, basis }, index) =>
    portionOf(base, node, {
      use: 'workload',
      workload: use.workload,
      watts: out.watts[index] ?? 0,
      basis,
      sources: both(base.sources, use.sources),
      lived: use.lived,
    }),
  )
  const left = portionOf(base, node, {
    use: isUnknown ? 'unattributed' : 'idle',
    workload: null,
    watts: out.idle,
    basis: 'remainder',
    sources: base.sources,
  })
  if (out.idle > 0 || claims.length === 0) portions.push(left)
  return { portions, findings: excessOf(out.excess, base, node) }
}

interface UseClaim {
  readonly use: MergedUse
  readonly watts: number
  readonly reserved: number
  readonly basis: Basis
}

function claimOf(use: MergedUse, { type, watts, holds }: Base): readonly UseClaim[] {
  const reserved = (use.reserved_share ?? 0) * (use.lived ?? 1)
  const known = sumKnown(holds.map((kind) => use[`${kind}_watts`]))
  if (known !== null) return [{ use, watts: known, reserved, basis: 'workload_watts' }]
  const follows = type === 'other' ? holds.includes('cpu') : holds.length > 0
  if (!follows || use.cpu_share === null) return []
  return [{ use, watts: use.cpu_share * watts, reserved, basis: 'cpu_time' }]
}

const both = (some: readonly string[], more: readonly string[]): readonly string[] =>
  more.every((source) => some.includes(source)) ? some : distinct([...some, ...more])

interface Taken extends Pick<Portion, 'use' | 'workload' | 'basis' | 'sources' | 'lived'> {
  readonly watts: number
}

/** Written out, since there are tens of thousands and spreading objects takes most of the time. */
function portionOf(base: Base, node: NodePower, taken: Taken): Portion {
  return {
    cluster: node.cluster,
    node: node.node,
    resource_type: base.type,
    vendor: null,
    board: null,
    workload: taken.workload,
    use: taken.use,
    power_watts: taken.watts,
    basis: taken.basis,
    method: base.method,
    sources: taken.sources,
    node_method: node.method ?? 'estimated',
    node_sources: base.node_sources,
    lived: taken.lived,
  }
}

function excessOf(
  excess: number,
  { type, watts }: Base,
  { cluster, node }: NodePower,
): readonly Finding[] {
  if (excess <= ROUNDING * watts) return []
  const detail = `workloads of ${node} are said to draw ${excess} W more of ${type} than its ${watts} W`
  return [{ code: 'inconsistent_sources', cluster, detail, size_watts: excess }]
}
