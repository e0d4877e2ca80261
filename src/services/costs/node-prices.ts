import { nodeCharges, type HeldNode, type PriceGap } from '../../analysis/cost/node-charges.ts'
import type { Charge } from '../../analysis/cost/node-ledger.ts'
import { boardHolders, nodeHolders, remainderOf, wholeOf } from '../../analysis/cost/node-shares.ts'
import type { PriceBook } from '../../analysis/cost/price-book.ts'
import type { BoardPower, PowerAccount } from '../../analysis/power/figures.ts'
import { groupBy } from '../../analysis/power/group.ts'
import type { IdlePolicy, WorkloadUse } from '../../analysis/power/input.ts'
import type { Moment } from '../fleet/index.ts'
import type { KnownTraits, NodePresence } from './node-presence.ts'

/** A moment of one cluster with a book. */
export interface PricedMoment {
  readonly cluster: string
  readonly book: PriceBook
  readonly moment: Moment
  readonly account: PowerAccount
  /** In unix seconds. */
  readonly time: number
}

/** The nodes of one cluster at a moment, with what they cost on a date. */
export interface MomentPrices {
  on(date: string): readonly Charge[]
  /** Whether the price of a node holds its electricity. */
  includesEnergy(node: string): boolean
}

/** What books leave open, by cluster and gap: names of nodes. */
export type PriceGaps = ReadonlyMap<string, ReadonlyMap<PriceGap, ReadonlySet<string>>>

export interface NodePrices {
  of(priced: PricedMoment): MomentPrices
  readonly gaps: PriceGaps
}

interface Setup {
  readonly presence: NodePresence
  readonly idle: IdlePolicy
  /** Whether it matters who holds a node. */
  readonly workloads: boolean
}

/** Prices the nodes of moments. */
export function createNodePrices(setup: Setup): NodePrices {
  const gaps = new Map<string, Map<PriceGap, Set<string>>>()

  function note(cluster: string, gap: PriceGap, node: string): void {
    const own = gaps.get(cluster) ?? new Map<PriceGap, Set<string>>()
    gaps.set(cluster, own.set(gap, (own.get(gap) ?? new Set<string>()).add(node)))
  }

  return {
    gaps,
    of(priced) {
      const { cluster, book } = priced
      const nodes = heldNodes(priced, setup)
      const included = new Set<string>()
      return {
        on: (date) =>
          nodes.flatMap((node) => {
            const { charges, gaps: found } = nodeCharges(book, node, date)
            for (const gap of found) note(cluster, gap, node.node)
            if (book.includesEnergy && charges.length > 0) included.add(node.node)
            return charges
          }),
        includesEnergy: (node) => included.has(node),
      }
    },
  }
}

function heldNodes(priced: PricedMoment, setup: Setup): readonly HeldNode[] {
  const { cluster, moment, account } = priced
  const nodes = traitsAt(priced, setup.presence)
  const boards = groupBy(
    account.boards.filter((board) => board.cluster === cluster),
    ({ node }) => node ?? '',
  )
  const uses = groupBy(
    setup.workloads ? [...moment.uses, ...moment.reservations()].filter(isOf(cluster)) : [],
    ({ node }) => node,
  )
  return nodes.map((traits) => {
    const own = boards.get(traits.node) ?? []
    const held = own.map((board) => ({
      key: board.key,
      model: moment.modelOf(cluster, board.key),
      holders: setup.workloads ? boardHolders(board, setup.idle) : nobodys(board),
    }))
    const models = held.flatMap(({ model }) => model ?? [])
    const node = { cluster, node: traits.node }
    return {
      ...traits,
      cluster,
      gpuModels: models,
      holders: setup.workloads
        ? nodeHolders(node, uses.get(traits.node) ?? [], setup.idle)
        : nobodys(node),
      boards: held,
    }
  })
}

const isOf =
  (cluster: string) =>
  (use: WorkloadUse): boolean =>
    use.cluster === cluster

/** Where it does not matter who holds what, a cluster is one account. */
const nobodys = ({ cluster }: Pick<BoardPower, 'cluster'>) => [
  wholeOf(remainderOf({ cluster, node: null }, 'unattributed'), 1),
]

/** The nodes that Kubernetes tells of at the time, and those that it never tells of and that draw power. */
function traitsAt(
  { cluster, account, time }: PricedMoment,
  presence: NodePresence,
): readonly KnownTraits[] {
  const told = presence.at(cluster, time) ?? []
  const others = account.by_node
    .filter((each) => each.cluster === cluster && !presence.knows(cluster, each.node))
    .map(({ node }) => ({ node, instanceType: null, isSpot: null, part: 1 }))
  return [...told, ...others]
}
