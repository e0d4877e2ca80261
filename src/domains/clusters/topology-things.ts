import type { Use } from '../../analysis/topology/graph.ts'
import { boardThings } from './topology-boards.ts'
import { graphNode, ids, type GraphNode, type Known } from './topology-known.ts'
import { workloadThings } from './topology-workloads.ts'

/** Everything that a cluster is made of, and who uses which board. */
export interface Things {
  readonly things: readonly GraphNode[]
  readonly uses: readonly Use[]
}

/** The whole graph of a cluster, from the cluster itself down to containers and partitions. */
export function thingsOf(known: Known): Things {
  const boards = boardThings(known)
  const nodes = nodeThings(known)
  const there = new Set(nodes.map(({ id }) => id))
  const workloads = workloadThings(known, boards.holders)
  const things = [clusterThing(known), ...nodes, ...boards.things, ...workloads]
  return { things: things.map((thing) => placed(thing, there, known)), uses: boards.uses }
}

/** What is on a node that nobody knows is the cluster's. */
function placed(thing: GraphNode, nodes: ReadonlySet<string>, { cluster }: Known): GraphNode {
  const { parent } = thing
  const isLost = parent?.startsWith('node:') === true && !nodes.has(parent)
  return isLost ? { ...thing, parent: ids.cluster(cluster) } : thing
}

function clusterThing({ cluster, total, status }: Known): GraphNode {
  return graphNode({
    id: ids.cluster(cluster),
    type: 'cluster',
    parent: null,
    label: cluster,
    status,
    power_watts: total.total_power_watts,
    method: total.method,
  })
}

function nodeThings({ cluster, account, states }: Known): readonly GraphNode[] {
  return account.by_node.map(({ node, power_watts: watts, method }) =>
    graphNode({
      id: ids.node(cluster, node),
      type: 'node',
      parent: ids.cluster(cluster),
      label: node,
      status: states.status.get(node) ?? 'unknown',
      power_watts: watts,
      method,
    }),
  )
}
