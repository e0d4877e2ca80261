import { groupBy, keyOf } from '../../analysis/power/group.ts'
import type { BoardPower, NodePower } from '../../analysis/power/figures.ts'
import { combine } from '../../kernel/answer.ts'
import type { NodeNames } from '../../services/fleet/index.ts'
import type { Reading } from '../../services/telemetry/index.ts'
import {
  heardOnly,
  type Index,
  indexed,
  type PowerNow,
  powerNow,
  readAll,
} from '../../services/workloads/index.ts'
import type { Account, Asked, Needs } from './asked.ts'
import { NODE_READS, type NodeRead, type NodeRows } from './node-reads.ts'

/** One node with everything that is known of it. */
export interface NodeFacts {
  readonly cluster: string
  readonly node: string
  readonly power: NodePower | undefined
  readonly boards: readonly BoardPower[]
  /** Pods that have not ended; null in a cluster that lists none. */
  readonly pods: number | null
  /** Whether its cluster says which roles its nodes have. */
  readonly has_roles: boolean
  readonly rows: (name: NodeRead) => readonly Reading[]
}

/** The nodes of the asked clusters, and who was asked. */
export interface NodeInventory {
  readonly nodes: readonly NodeFacts[]
  readonly power: PowerNow
  readonly account: Account
}

/** Every node that Kubernetes or a meter knows. */
export async function readNodes(needs: Needs, asked: Asked): Promise<NodeInventory> {
  const [read, power] = await Promise.all([
    readAll(needs.telemetry, asked, NODE_READS),
    powerNow(needs, asked, false),
  ])
  const account = combine([read.account, power.told])
  const rows = heardOnly(read.rows, account)
  const names = power.moment
  return {
    nodes: nodesOf(rows, names, power),
    power,
    account: { ...account, warnings: [...account.warnings, ...names.unmatchedIn(rows.use)] },
  }
}

type Names = Pick<NodeNames, 'findNode'>

function nodesOf(rows: NodeRows, names: Names, { account }: PowerNow) {
  const index = indexed(rows, keysOf(rows, names))
  const byNode = new Map(account.by_node.map((node) => [keyOf(node.cluster, node.node), node]))
  const boards = groupBy(account.boards, ({ cluster, node }) => keyOf(cluster, node))
  const pods = podCounts(rows, index)
  const withRoles = new Set(rows.roles.map(({ cluster }) => cluster))
  const keys = new Set([...byNode.keys(), ...index.keys('infos'), ...index.keys('use')])
  return [...keys].sort().map((key): NodeFacts => {
    const [cluster = '', node = ''] = key.split('\u0000')
    return {
      cluster,
      node,
      power: byNode.get(key),
      boards: boards.get(key) ?? [],
      pods: pods(cluster, key),
      has_roles: withRoles.has(cluster),
      rows: (name) => index.of(name, key),
    }
  })
}

/** Rows go to their node; the phase of a pod goes to the pod. */
function keysOf(rows: NodeRows, names: Names) {
  const found = new Map<string, string | null>()
  return (row: Reading, name: NodeRead): string | null => {
    if (name === 'phases') return podKey(row)
    const raw = keyOf(row.cluster, row.labels.node ?? '')
    const known = found.get(raw)
    if (known !== undefined) return known
    const { node: called } = row.labels
    const node = called === undefined ? null : names.findNode(row.cluster, called)
    const key = node === null ? null : keyOf(row.cluster, node)
    found.set(raw, key)
    return key
  }
}

const podKey = ({ cluster, labels }: Reading): string =>
  keyOf(cluster, labels.namespace ?? '', labels.pod ?? '')

const ENDED: ReadonlySet<string> = new Set(['Succeeded', 'Failed'])

/** How many pods a node has that have not ended. */
function podCounts(rows: NodeRows, index: Index<NodeRead>) {
  const listing = new Set(rows.pods.map(({ cluster }) => cluster))
  const isLiving = (row: Reading): boolean => {
    const phases = index.of('phases', podKey(row)).map(({ labels }) => labels.phase ?? '')
    return phases.length === 0 || phases.some((phase) => !ENDED.has(phase))
  }
  return (cluster: string, key: string): number | null => {
    if (!listing.has(cluster)) return null
    const living = index.of('pods', key).filter(isLiving)
    return new Set(living.map(podKey)).size
  }
}
