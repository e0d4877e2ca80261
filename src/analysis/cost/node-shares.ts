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
  /** The part of the time in which it was there. */
  readonly lived: number
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
  if (claims.length === 0) return [wholeOf(remainderOf(node, 'unattributed'), 1)]
  const { watts, idle } = shareOut(1, claims, policy)
  return [
    ...claims.map(({ workload, lived }, index) => ({
      account: accountOf(node, workload),
      share: watts[index] ?? 0,
      lived,
    })),
    wholeOf(remainderOf(node, 'idle'), idle),
  ]
}

function claimOf({ workload, cpu_share: used, reserved_share: asked, lived = 1 }: MergedUse) {
  if (used === null && asked === null) return []
  const reserved = (asked ?? 0) * lived
  return [{ workload, watts: Math.max(used ?? 0, reserved), reserved, lived }]
}

/** What is there all the time. */
export const wholeOf = (account: Account, share: number): Holder => ({ account, share, lived: 1 })

/**
 * Who holds a board: its one holder all of it, those who share it the size of their parts. What is free is idle, or goes
 * by the policy; a board whose holder nobody knows is unattributed. The shares add up to 1.
 */
export function boardHolders(
  { cluster, node, shares, slices }: Pick<BoardPower, 'cluster' | 'node' | 'shares' | 'slices'>,
  policy: IdlePolicy,
): readonly Holder[] {
  if (shares === null) return [wholeOf(remainderOf({ cluster, node }, 'unattributed'), 1)]
  const sizes = sizesOf(shares, slices, 'time')
  const held = shares.flatMap(({ owner, held: part }, index) => {
    const size = sizes[index] ?? 0
    return owner === null ? [] : [{ owner, watts: size, reserved: size, lived: part?.lived ?? 1 }]
  })
  const { watts, idle } = shareOut(1, held, policy)
  return [
    ...held.map(({ owner, lived }, index) => ({
      account: accountOf({ cluster, node: node ?? '' }, owner),
      share: watts[index] ?? 0,
      lived,
    })),
    wholeOf(remainderOf({ cluster, node }, 'idle'), idle),
  ]
}
