import { absent } from '../../kernel/absence.ts'
import { combine } from '../../kernel/answer.ts'
import { paginate, type PageRequest } from '../../kernel/page.ts'
import type { WindowRequest } from '../../kernel/time-range.ts'
import { nodeWatts } from '../../services/workloads/index.ts'
import { outcome, type Asked, type Needs } from './asked.ts'
import { theOne } from './lookup.ts'
import { readNodes, type NodeFacts, type NodeInventory } from './node-inventory.ts'
import { nodeRow, partsOf } from './node-rows.ts'
import { NODE_COLUMNS, type NodeRow } from './node-schemas.ts'
import { powerDuring, windowFigures } from './windows.ts'

/** Exact values that a node must have; what is left out does not matter. */
export interface NodeFilter {
  readonly node?: string | undefined
  readonly role?: string | undefined
  readonly status?: string | undefined
}

/** The nodes of the asked clusters. Rejects with `not_found` for a node that nobody knows. */
export async function listNodes(
  needs: Needs,
  asked: Asked,
  { filter, page }: { readonly filter: NodeFilter; readonly page: PageRequest },
) {
  const inventory = await readNodes(needs, asked)
  const rows = nodesCalled(inventory, filter.node)
    .map(nodeRow)
    .filter((row) => satisfies(row, filter))
  const part = paginate(rows, page, NODE_COLUMNS)
  return { ...outcome(asked, inventory.account, part.rows), page: part.page }
}

/** The nodes of a name, or all. Rejects with `not_found`. */
function nodesCalled(
  { nodes, account }: Pick<NodeInventory, 'nodes' | 'account'>,
  name: string | undefined,
): readonly NodeFacts[] {
  if (name === undefined) return nodes
  const found = nodes.filter(({ node }) => node === name)
  if (found.length === 0) throw absent(account, `node ${JSON.stringify(name)}`)
  return found
}

const satisfies = (row: NodeRow, { role, status }: NodeFilter): boolean =>
  (role === undefined || row.roles.includes(role)) &&
  (status === undefined || row.status === status)

/** One node, shown in some way. Rejects with `not_found` and `ambiguous`. */
export async function oneNode<Data>(
  needs: Needs,
  asked: Asked & { readonly node: string },
  show: (facts: NodeFacts) => Data,
) {
  const { facts, account } = await findNode(needs, asked)
  return outcome(asked, account, show(facts))
}

async function findNode(needs: Needs, { node, ...asked }: Asked & { readonly node: string }) {
  const { nodes, account } = await readNodes(needs, asked)
  const facts = theOne(
    nodes.filter((each) => each.node === node),
    account,
    {
      what: `node ${JSON.stringify(node)}`,
      nameOf: (each) => `${each.cluster}/${each.node}`,
      advice: 'name the cluster',
    },
  )
  return { facts, account }
}

/** The power and energy of one node over a window. */
export async function nodePower(
  needs: Needs,
  { window, ...asked }: Asked & { readonly node: string; readonly window: WindowRequest },
) {
  const { facts, account } = await findNode(needs, asked)
  const { cluster, node } = facts
  const { range, watts, told } = await powerDuring(needs, asked, {
    cluster,
    window,
    workloads: false,
    wattsIn: (power) =>
      power.account.by_node.find((each) => each.node === node)?.power_watts ?? null,
  })
  return outcome(asked, combine([account, told]), {
    cluster,
    node,
    ...nodeWatts(facts.power),
    power_parts: partsOf(facts),
    ...windowFigures(watts, range, { cluster, node }),
  })
}
