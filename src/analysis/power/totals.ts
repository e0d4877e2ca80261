import type { BoardPower, ClusterPower, Method, PowerAccount, PowerTotal } from './figures.ts'
import { distinct } from './group.ts'

/** A total with how it was had and from what. */
export interface SourcedTotal extends PowerTotal {
  /** Null when nothing was measured. */
  readonly method: Method | null
  readonly sources: readonly string[]
}

type Things = Pick<PowerAccount, 'by_node' | 'boards' | 'shares'>

/** The total of the whole fleet. */
export function fleetTotal(account: PowerAccount): SourcedTotal {
  return sourced(account, account)
}

/** The total of one cluster; nulls for one that tells of nothing. */
export function clusterTotal(account: PowerAccount, cluster: string): SourcedTotal {
  const isOwn = (thing: { readonly cluster: string }): boolean => thing.cluster === cluster
  const own: ClusterPower | undefined = account.by_cluster.find(isOwn)
  return sourced(own ?? NOTHING, {
    by_node: account.by_node.filter(isOwn),
    boards: account.boards.filter(isOwn),
    ...(account.shares !== undefined && { shares: account.shares.filter(isOwn) }),
  })
}

/** The boards that report their power. */
export const measuredBoards = ({ boards }: Pick<Things, 'boards'>): readonly BoardPower[] =>
  boards.filter((board) => board.power_watts !== null)

const NOTHING: PowerTotal = {
  total_power_watts: null,
  coverage: null,
  parts: {
    cpu_watts: null,
    dram_watts: null,
    gpu_watts: null,
    npu_watts: null,
    other_watts: null,
  },
  nodes: { known: 0, measured: 0, estimated: 0 },
}

function sourced(total: PowerTotal, things: Things): SourcedTotal {
  const { coverage, parts, nodes } = total
  return {
    total_power_watts: total.total_power_watts,
    method: methodOf(total.total_power_watts, things),
    coverage,
    parts,
    nodes,
    sources: distinct([
      ...things.by_node.flatMap((node) => node.sources),
      ...measuredBoards(things).map(({ source }) => source),
      ...(things.shares ?? []).flatMap(({ sources }) => sources),
    ]),
  }
}

/** How a figure was had that rests on several: what is estimated in part is estimated. Null without any. */
export function methodOfAll(methods: readonly (Method | null)[]): Method | null {
  if (methods.includes('estimated')) return 'estimated'
  return methods.find((method) => method !== null) ?? null
}

/** Measured when every node has a meter and no board is beside them: else it is a lower bound. */
function methodOf(total: number | null, things: Things): Method | null {
  const { by_node: nodes, boards, shares = [] } = things
  if (total === null) return null
  if (shares.length > 0) return 'attributed'
  const isBeside = boards.some((board) => board.node === null && board.power_watts !== null)
  return nodes.every(({ method }) => method === 'measured') && !isBeside ? 'measured' : 'estimated'
}
