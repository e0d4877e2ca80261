import type { Attribution, Basis, NodePower, Portion } from './figures.ts'
import type { Finding } from './findings.ts'
import { distinct } from './group.ts'
import type { IdlePolicy, WorkloadUse } from './input.ts'
import { ROUNDING } from './limits.ts'
import { shareOut } from './share-out.ts'
import { sumKnown, sumOf } from './sum.ts'
import { findingsOfUses, mergeUses, type MergedUse } from './uses.ts'

type Kind = 'cpu' | 'dram'

/** A component of a node that is not a board, and which uses are taken from it. */
interface Base extends Pick<Portion, 'method' | 'sources'> {
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
  const merged = mergeUses(uses)
  const implausible = findingsOfUses(uses)
  if (node.power_watts === null)
    return { portions: [], findings: [...implausible, ...unplaced(node, merged)] }
  const shared = basesOf(node).map((base) => shareBase(base, { node, uses: merged, policy }))
  return {
    portions: shared.flatMap(({ portions }) => portions),
    findings: [...implausible, ...shared.flatMap(({ findings }) => findings)],
  }
}

function unplaced({ cluster, node }: NodePower, uses: readonly MergedUse[]): readonly Finding[] {
  const watts = sumOf(uses.flatMap((use) => [use.cpu_watts ?? 0, use.dram_watts ?? 0]))
  if (watts === 0) return []
  const detail = `workloads of ${node} are said to draw ${watts} W, but nothing measures the node`
  return [{ code: 'inconsistent_sources', cluster, detail, size_watts: watts }]
}

function basesOf(node: NodePower): readonly Base[] {
  const { cpu_watts: cpu, dram_watts: dram, other_watts: other } = node.parts
  const base = (type: Base['type'], watts: number | null): readonly Base[] =>
    watts === null ? [] : [{ type, watts, holds: holdsOf(type, node), ...provenance(type, node) }]
  return [...base('cpu', cpu), ...base('dram', dram), ...base('other', other)]
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
  const taken = claims.map((claim, index) =>
    portionOf(base, node, { ...claim, watts: out.watts[index] ?? 0 }),
  )
  const use = isRest || claims.length === 0 ? 'unattributed' : 'idle'
  const left =
    out.idle > 0 || claims.length === 0 ? [remainderOf(base, node, { use, watts: out.idle })] : []
  return { portions: [...taken, ...left], findings: excessOf(out.excess, base, node) }
}

interface UseClaim {
  readonly use: MergedUse
  readonly watts: number
  readonly reserved: number
  readonly basis: Basis
}

function claimOf(use: MergedUse, { type, watts, holds }: Base): readonly UseClaim[] {
  const reserved = use.reserved_share ?? 0
  const known = sumKnown(holds.map((kind) => use[`${kind}_watts`]))
  if (known !== null) return [{ use, watts: known, reserved, basis: 'workload_watts' }]
  const follows = type === 'other' ? holds.includes('cpu') : holds.length > 0
  if (!follows || use.cpu_share === null) return []
  return [{ use, watts: use.cpu_share * watts, reserved, basis: 'cpu_time' }]
}

function portionOf(base: Base, node: NodePower, { use, watts, basis }: UseClaim): Portion {
  return {
    ...placeOf(base, node),
    use: 'workload',
    workload: use.workload,
    power_watts: watts,
    basis,
    sources: distinct([...base.sources, ...use.sources]),
  }
}

function remainderOf(
  base: Base,
  node: NodePower,
  { use, watts }: { readonly use: 'idle' | 'unattributed'; readonly watts: number },
): Portion {
  return {
    ...placeOf(base, node),
    use,
    workload: null,
    power_watts: watts,
    basis: 'remainder',
    sources: base.sources,
  }
}

function placeOf(
  { type, method }: Base,
  node: NodePower,
): Omit<Portion, 'use' | 'workload' | 'power_watts' | 'basis' | 'sources'> {
  return {
    cluster: node.cluster,
    node: node.node,
    resource_type: type,
    vendor: null,
    board: null,
    method,
    node_method: node.method ?? 'estimated',
    node_sources: totalSources(node),
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
