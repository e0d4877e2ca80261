import { boardsOf } from './boards.ts'
import type { BoardPower, ClusterPower, NodePower, PowerAccount, PowerTotal } from './figures.ts'
import type { Finding } from './findings.ts'
import { compareText, distinct, groupBy, keyOf } from './group.ts'
import type { NodeName, PowerInput } from './input.ts'
import { DEFAULT_LIMITS, type PowerLimits } from './limits.ts'
import { nodePowerOf } from './node-power.ts'
import { sumKnown } from './sum.ts'

// Power accounting in three steps, each a pure function of rows in any order:
//
//     accountPower(input)            every watt once: nodes, boards, clusters, the fleet
//     attributePower(account, uses)  the same watts as portions: workload, idle or unattributed
//     breakDown(portions, by)        the same watts as rows of one dimension
//
// In: readings of whole nodes by several meters, RAPL zones, boards with who holds them, what workloads use. Names
// of nodes are those that `analysis/identity` gives; values that cannot be are judged here and not before.
//
// What holds for every input (test/analysis/power/properties.test.ts):
// - A total is the sum of its node totals and of the boards whose node has none; and the sum of its parts that
//   are not null; and the sum of its portions; and the sum of the rows of every breakdown.
// - No watts are negative, and a figure is null where nothing is read, never 0.
// - A node's total is its most trusted reading that its parts do not disprove. Where its parts exceed it, the
//   parts stand as their own sensors read them, `other` is 0, the total is their sum, and a finding says by how
//   much they disagree: a node cannot draw less than its parts.
// - `measured` nodes have a reading; `estimated` ones are a lower bound and do not count towards coverage.

/** Every watt of a fleet once, by fleet, cluster, node and board, and what was left out or contradicts itself. */
export function accountPower(
  input: PowerInput,
  limits: PowerLimits = DEFAULT_LIMITS,
): PowerAccount {
  const { boards, findings } = boardsOf(input.boards, limits)
  const nodes = nodesOf(input, { boards, limits })
  const byNode = nodes.map(({ node }) => node)
  const clusters = distinct([...byNode, ...boards].map(({ cluster }) => cluster))
  const nodesIn = groupBy(byNode, ({ cluster }) => cluster)
  const boardsIn = groupBy(boards, ({ cluster }) => cluster)
  return {
    ...totalOf(byNode, boards),
    by_cluster: clusters.map((cluster): ClusterPower => ({
      cluster,
      ...totalOf(nodesIn.get(cluster) ?? [], boardsIn.get(cluster) ?? []),
    })),
    by_node: byNode,
    boards,
    findings: inOrder([...findings, ...nodes.flatMap((node) => node.findings)]),
  }
}

/** Findings in one order, whatever the order of the rows. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const text = ({ cluster, code, detail }: Finding): string => keyOf(cluster, code, detail)
  return [...findings].sort((a, b) => compareText(text(a), text(b)))
}

interface Known {
  readonly boards: readonly BoardPower[]
  readonly limits: PowerLimits
}

function nodesOf(
  input: PowerInput,
  { boards, limits }: Known,
): readonly ReturnType<typeof nodePowerOf>[] {
  const placed = boards.flatMap((board) =>
    board.node === null ? [] : [{ ...board, node: board.node }],
  )
  const named: readonly NodeName[] = [
    ...input.nodes,
    ...input.readings,
    ...input.components,
    ...placed,
  ]
  const readings = groupBy(input.readings, nodeKey)
  const components = groupBy(input.components, nodeKey)
  const boardsOn = groupBy(placed, nodeKey)
  return [...groupBy(named, nodeKey)].map(([key, [name]]) =>
    nodePowerOf(
      {
        name,
        readings: readings.get(key) ?? [],
        components: components.get(key) ?? [],
        boards: boardsOn.get(key) ?? [],
      },
      limits,
    ),
  )
}

const nodeKey = ({ cluster, node }: NodeName): string => keyOf(cluster, node)

function totalOf(nodes: readonly NodePower[], boards: readonly BoardPower[]): PowerTotal {
  const measured = nodes.filter(({ method }) => method === 'measured').length
  return {
    total_power_watts: sumKnown([
      ...nodes.map((node) => node.power_watts),
      ...uncounted(nodes, boards).map((board) => board.power_watts),
    ]),
    coverage: nodes.length === 0 ? null : measured / nodes.length,
    parts: partsOf(nodes, boards),
    nodes: {
      known: nodes.length,
      measured,
      estimated: nodes.filter(({ method }) => method === 'estimated').length,
    },
  }
}

/** The boards whose node has no total that would contain them. */
function uncounted(
  nodes: readonly NodePower[],
  boards: readonly BoardPower[],
): readonly BoardPower[] {
  const counted = new Set(nodes.filter((node) => node.power_watts !== null).map(nodeKey))
  return boards.filter(
    ({ cluster, node }) => node === null || !counted.has(nodeKey({ cluster, node })),
  )
}

/** The parts of all nodes, and the boards that are on none. */
function partsOf(nodes: readonly NodePower[], boards: readonly BoardPower[]): PowerTotal['parts'] {
  const lost = boards.filter(({ node }) => node === null)
  const part = (name: keyof PowerTotal['parts'], kind?: 'gpu' | 'npu'): number | null =>
    sumKnown([
      ...nodes.map(({ parts }) => parts[name]),
      ...lost.filter((board) => board.kind === kind).map((board) => board.power_watts),
    ])
  return {
    cpu_watts: part('cpu_watts'),
    dram_watts: part('dram_watts'),
    gpu_watts: part('gpu_watts', 'gpu'),
    npu_watts: part('npu_watts', 'npu'),
    other_watts: part('other_watts'),
  }
}
