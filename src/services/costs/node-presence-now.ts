import { groupBy, keyOf } from '../../analysis/power/group.ts'
import type { Answer } from '../../kernel/answer.ts'
import type { Moment } from '../fleet/index.ts'
import type { Reading } from '../telemetry/index.ts'
import { traitsIn, type NodePresence } from './node-presence.ts'
import type { CostNowQuestion, Needs } from './question.ts'

/** What the labels of nodes say now; nothing where no node has a price. */
export async function readLabelsNow(
  { telemetry, rates }: Needs,
  { clusters, at, signal }: CostNowQuestion,
): Promise<Answer<Reading>> {
  if (rates.books.length === 0) return { rows: [], clusters: [], warnings: [] }
  return telemetry.latest({
    entity: 'node',
    labels: ['node', 'instance_type', 'capacity_type'],
    measures: ['node_labels'],
    clusters,
    at,
    signal,
    shelf: 'static',
  })
}

/** The nodes of a moment with their labels. */
export function presenceNow({ input }: Moment, labels: readonly Reading[]): NodePresence {
  const traits = new Map(
    labels.map((row) => [keyOf(row.cluster, row.labels.node ?? ''), traitsIn(row.labels)]),
  )
  const nodes = groupBy(input.nodes, ({ cluster }) => cluster)
  const known = new Set(input.nodes.map(({ cluster, node }) => keyOf(cluster, node)))
  return {
    account: null,
    at: (cluster) =>
      nodes.get(cluster)?.map(({ node }) => ({
        node,
        instanceType: null,
        isSpot: null,
        part: 1,
        ...traits.get(keyOf(cluster, node)),
      })) ?? null,
    knows: (cluster, node) => known.has(keyOf(cluster, node)),
  }
}
