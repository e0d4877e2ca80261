import { sizesOf } from '../power/board-portions.ts'
import type { BoardPower } from '../power/figures.ts'
import type { IdlePolicy, NodeName, Workload, WorkloadUse } from '../power/input.ts'
import { shareOut } from '../power/share-out.ts'
import { wholeWorkload } from '../power/shares.ts'
import { mergeUses, type MergedUse } from '../power/uses.ts'
import type { Account } from './ledger.ts'

/** A part of something, 0 to 1, and who pays for it. */
export interface Holder {
  readonly account: Account
  readonly share: number
}

/** What nobody holds of a node, or nobody can say who does. */
export const remainderOf = (
  { cluster, node }: Pick<Account, 'cluster' | 'node'>,
  use: 'idle' | 'unattributed',
): Account => ({ cluster, node, use, workload: null })

const accountOf = ({ cluster, node }: NodeName, workload: Workload): Account => ({
  cluster,
  node,
  use: 'workload',
  workload: wholeWorkload(workload),
})

/**
 * Who holds a node, its boards apart: each workload what it asked for of the processors or uses of them, whichever is
 * more. What nobody holds is idle, or goes by the policy; where nobody tells of workloads it is unattributed. The
 * shares add up to 1.
 */
export function nodeHolders(
  node: NodeName,
  uses: readonly WorkloadUse[],
  policy: IdlePolicy,
): readonly Holder[] {
  const claims = mergeUses(uses).flatMap((use) => claimOf(use))
  if (claims.length === 0) return [{ account: remainderOf(node, 'unattributed'), share: 1 }]
  const { watts, idle } = shareOut(1, claims, policy)
  return [
    ...claims.map(({ workload }, index) => ({
      account: accountOf(node, workload),
      share: watts[index] ?? 0,
    })),
    { account: remainderOf(node, 'idle'), share: idle },
  ]
}

function claimOf({ workload, cpu_share: used, reserved_share: reserved }: MergedUse) {
  if (used === null && reserved === null) return []
  return [{ workload, watts: Math.max(used ?? 0, reserved ?? 0), reserved: reserved ?? 0 }]
}

/**
 * Who holds a board: its one holder all of it, those who share it the size of their parts. What is free is idle, or goes
 * by the policy; a board whose holder nobody knows is unattributed. The shares add up to 1.
 */
export function boardHolders(
  { cluster, node, shares, slices }: Pick<BoardPower, 'cluster' | 'node' | 'shares' | 'slices'>,
  policy: IdlePolicy,
): readonly Holder[] {
  if (shares === null)
    return [{ account: remainderOf({ cluster, node }, 'unattributed'), share: 1 }]
  const sizes = sizesOf(shares, slices)
  const held = shares.flatMap(({ owner }, index) =>
    owner === null ? [] : [{ owner, watts: sizes[index] ?? 0, reserved: sizes[index] ?? 0 }],
  )
  const { watts, idle } = shareOut(1, held, policy)
  return [
    ...held.map(({ owner }, index) => ({
      account: accountOf({ cluster, node: node ?? '' }, owner),
      share: watts[index] ?? 0,
    })),
    { account: remainderOf({ cluster, node }, 'idle'), share: idle },
  ]
}
