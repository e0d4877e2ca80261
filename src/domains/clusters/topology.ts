import { accountPower } from '../../analysis/power/account.ts'
import { attributePower } from '../../analysis/power/attribution.ts'
import { warningsOf } from '../../analysis/power/findings.ts'
import { clusterTotal } from '../../analysis/power/totals.ts'
import { cut } from '../../analysis/topology/cut.ts'
import { graphOf, THING_TYPES, type ThingType } from '../../analysis/topology/graph.ts'
import { keepAround } from '../../analysis/topology/keep.ts'
import { combine, isComplete, type Answer } from '../../kernel/answer.ts'
import { KCloudError } from '../../kernel/errors.ts'
import { readNodeStates } from './kubernetes.ts'
import { readMachines } from './machines.ts'
import { allDevices, type Asked, type Needs } from './moment.ts'
import { ids, type GraphNode, type Known } from './topology-known.ts'
import { readStates } from './topology-states.ts'
import { thingsOf, type Things } from './topology-things.ts'

export interface TopologyQuestion {
  readonly cluster: string
  readonly types: readonly ThingType[]
  readonly node?: string | undefined
  readonly namespace?: string | undefined
  readonly limit: number
  readonly offset: number
}

type Account = Pick<Answer<never>, 'clusters' | 'warnings'>

/** What a cluster is made of, as a graph. Rejects with `not_found`, and as telemetry does when it is down. */
export async function clusterTopology(
  needs: Needs,
  { at, signal }: Omit<Asked, 'clusters'>,
  question: TopologyQuestion,
) {
  const { cluster, types, limit, offset } = question
  const { known, account } = await readKnown(needs, { clusters: [cluster], at, signal }, cluster)
  const all = thingsOf(known)
  const graph = graphOf(kept(all, account, question), all.uses, new Set(types))
  const part = cut(graph, { limit, offset })
  return {
    data: {
      cluster,
      total_nodes: graph.things.length,
      total_edges: graph.edges.length,
      by_type: countsOf(graph.things),
      pruned: part.things.length < all.things.length,
      nodes: part.things,
      edges: part.edges,
    },
    page: { total: graph.things.length, limit, offset },
    observedAt: at,
    ...account,
  }
}

async function readKnown(
  needs: Needs,
  asked: Asked,
  cluster: string,
): Promise<{ readonly known: Known; readonly account: Account }> {
  const reading = needs.fleet.now({ ...asked, workloads: true, details: [] })
  const [power, devices, nodes, workloads, machines] = await Promise.all([
    reading,
    allDevices(needs, asked, 'signs'),
    readNodeStates(needs, asked),
    readStates(needs, asked, reading),
    readMachines(needs, asked),
  ])
  const account = accountPower(power.input)
  const { portions, findings } = attributePower(account, power.uses)
  const whole = combine([power, devices, nodes, workloads, machines])
  return {
    account: {
      ...whole,
      warnings: [...whole.warnings, ...warningsOf([...account.findings, ...findings])],
    },
    known: {
      cluster,
      status: whole.clusters[0]?.status ?? 'ok',
      account,
      total: clusterTotal(account, cluster),
      portions,
      pods: power.pods,
      nodeName: (name, node) => power.nodeName(name, node),
      states: nodes.states,
      phases: workloads.phases,
      containers: workloads.containers,
      devices: devices.rows,
      machines: machines.rows,
    },
  }
}

/** What is left of a cluster when only a node or a namespace of it is asked for. */
function kept(
  { things, uses }: Things,
  account: Account,
  { cluster, node, namespace }: TopologyQuestion,
): readonly GraphNode[] {
  const place = node === undefined ? undefined : ids.node(cluster, node)
  if (place !== undefined && !things.some(({ id }) => id === place))
    throw absent(account, `node ${JSON.stringify(node)}`)
  if (namespace !== undefined && !things.some((thing) => thing.namespace === namespace))
    throw absent(account, `namespace ${JSON.stringify(namespace)}`)
  const onNode = place === undefined ? things : keepAround(things, [], ({ id }) => id === place)
  return namespace === undefined
    ? onNode
    : keepAround(onNode, uses, (thing) => thing.namespace === namespace)
}

/** Nobody knows it, or somebody who might know it did not answer in full. */
function absent(account: Account, what: string): KCloudError {
  return isComplete(account)
    ? new KCloudError('not_found', { detail: `the cluster knows no ${what}` })
    : new KCloudError('backend_unreachable', {
        detail: `the cluster did not answer in full, and what it said knows no ${what}`,
      })
}

function countsOf(things: readonly GraphNode[]): Record<ThingType, number> {
  const counts = new Map<ThingType, number>(THING_TYPES.map((type) => [type, 0]))
  for (const { type } of things) counts.set(type, (counts.get(type) ?? 0) + 1)
  // Each type is there once.
  return Object.fromEntries(counts) as Record<ThingType, number>
}
