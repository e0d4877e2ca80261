import { inOrder } from './account.ts'
import { boardUses } from './board-portions.ts'
import type { Attribution, BoardPower, NodePower, Portion, PowerAccount } from './figures.ts'
import { groupBy, keyOf } from './group.ts'
import type { IdlePolicy, WorkloadUse } from './input.ts'
import { nodePortions, totalSources, unplacedUses } from './node-portions.ts'

/**
 * Every watt of an account as portions: who uses it, or that it is idle, or that nobody can say. They add up to
 * the account's total, in its fleet, in each cluster, on each node and on each board.
 */
export function attributePower(
  account: Pick<PowerAccount, 'by_node' | 'boards'>,
  uses: readonly WorkloadUse[],
  policy: IdlePolicy = 'separate',
): Attribution {
  const usesOn = groupBy(uses, nodeKey)
  const nodes = new Map(account.by_node.map((node) => [nodeKey(node), node]))
  const shared = [...nodes].map(([key, node]) => nodePortions(node, usesOn.get(key) ?? [], policy))
  const lost = [...usesOn].filter(([key]) => !nodes.has(key)).map(([, own]) => own)
  const boards = account.boards.flatMap((board) =>
    boardPortions(board, nodes.get(nodeKey(board)), policy),
  )
  return {
    portions: [...shared.flatMap(({ portions }) => portions), ...boards],
    findings: inOrder([
      ...shared.flatMap(({ findings }) => findings),
      ...lost.flatMap((own) => unplacedUses(own[0], own)),
    ]),
  }
}

const nodeKey = ({ cluster, node }: Pick<BoardPower, 'cluster' | 'node'>): string =>
  keyOf(cluster, node)

function boardPortions(
  board: BoardPower,
  node: NodePower | undefined,
  policy: IdlePolicy,
): readonly Portion[] {
  const total = node === undefined || node.power_watts === null ? undefined : node
  const place = {
    cluster: board.cluster,
    node: board.node,
    resource_type: board.kind,
    vendor: board.vendor,
    board: board.key,
    method: board.basis === 'sensor' ? 'measured' : 'attributed',
    sources: [board.source],
    node_method: total?.method ?? 'estimated',
    node_sources: total === undefined ? [board.source] : totalSources(total),
  } as const
  return boardUses(board, policy).map((use) => ({ ...place, ...use }))
}
