import { accountPower } from '../../analysis/power/account.ts'
import type {
  BoardPower,
  NodePower,
  PowerAccount,
  ResourceType,
} from '../../analysis/power/figures.ts'
import { warningsOf } from '../../analysis/power/findings.ts'
import { distinct, groupBy } from '../../analysis/power/group.ts'
import { sumKnown, sumOf } from '../../analysis/power/sum.ts'
import { clusterTotal, fleetTotal, measuredBoards } from '../../analysis/power/totals.ts'
import { accountOf } from '../../services/fleet/index.ts'
import { outcome, type Asked, type Needs } from './asked.ts'

/** The power of the fleet and of each cluster that answered. */
export async function fleetPower({ fleet }: Needs, asked: Asked) {
  const read = await fleet.now({ ...asked, workloads: false })
  const { account, findings } = accountOf(read, { workloads: false })
  return outcome(asked, withFindings(read, { findings }), {
    ...fleetTotal(account),
    part_sources: partSources(account),
    by_cluster: read.heard.map((cluster) => ({ cluster, ...clusterTotal(account, cluster) })),
  })
}

/** The account of an answer with what the accounting found. */
export function withFindings<Read extends { readonly warnings: readonly object[] }>(
  read: Read,
  { findings }: Pick<PowerAccount, 'findings'>,
) {
  return { ...read, warnings: [...read.warnings, ...warningsOf(findings)] }
}

function partSources({ by_node: nodes, boards, shares = [] }: PowerAccount) {
  const shared = (type: ResourceType): readonly string[] =>
    shares.filter((share) => share.resource_type === type).flatMap(({ sources }) => sources)
  const own = (kind: BoardPower['kind']): readonly string[] =>
    measuredBoards({ boards })
      .filter((board) => board.kind === kind)
      .map(({ source }) => source)
  return {
    cpu: distinct([...nodes.flatMap((node) => node.cpu_sources), ...shared('cpu')]),
    dram: distinct([...nodes.flatMap((node) => node.dram_sources), ...shared('dram')]),
    gpu: distinct([...own('gpu'), ...shared('gpu')]),
    npu: distinct([...own('npu'), ...shared('npu')]),
    other: distinct([...nodes.flatMap((node) => restSources(node)), ...shared('other')]),
  }
}

/** The rest of a node is what its meter has beyond its parts. */
const restSources = ({ parts, source }: NodePower): readonly string[] =>
  parts.other_watts === null || source === null ? [] : [source]

/** The power of accelerators, each board once. */
export async function acceleratorPower({ fleet }: Needs, asked: Asked) {
  const read = await fleet.now({ ...asked, workloads: false })
  const account = accountPower(read.input)
  const { boards } = account
  const { power_watts: total, ...all } = boardTotals(boards)
  const kinds = groupBy(boards, ({ kind }) => kind)
  const vendors = groupBy(boards, ({ vendor }) => vendor ?? '')
  return outcome(asked, withFindings(read, account), {
    total_power_watts: total,
    method: total === null ? null : ('measured' as const),
    coverage: boards.length === 0 ? null : all.measured / boards.length,
    ...all,
    by_kind: [...kinds.values()].map((own) => ({ kind: own[0].kind, ...boardTotals(own) })),
    by_vendor: [...vendors.values()].map((own) => ({
      vendor: own[0].vendor,
      ...boardTotals(own),
    })),
    by_cluster: read.heard.map((cluster) => ({
      cluster,
      ...boardTotals(boards.filter((board) => board.cluster === cluster)),
    })),
  })
}

function boardTotals(boards: readonly BoardPower[]) {
  const measured = measuredBoards({ boards })
  return {
    boards: boards.length,
    measured: measured.length,
    power_watts: sumKnown(measured.map((board) => board.power_watts)),
    sources: distinct(measured.map(({ source }) => source)),
  }
}

/** The power of nodes, by the meters that say so. */
export async function infrastructurePower({ fleet }: Needs, asked: Asked) {
  const read = await fleet.now({ ...asked, workloads: false })
  const account = accountPower(read.input)
  const { cpu_watts: cpu, dram_watts: dram, other_watts: other } = account.parts
  return outcome(asked, withFindings(read, account), {
    ...fleetTotal(account),
    without_accelerators_watts: sumKnown([cpu, dram, other]),
    by_source: bySource(account.by_node),
    by_node: account.by_node.map(nodeRow),
  })
}

function bySource(nodes: readonly NodePower[]) {
  const read = nodes.flatMap(({ source, method, power_watts: watts }) =>
    source === null || method === null || watts === null ? [] : [{ source, method, watts }],
  )
  return [...groupBy(read, ({ source }) => source).values()].map((group) => ({
    source: group[0].source,
    method: group[0].method,
    nodes: group.length,
    power_watts: sumOf(group.map(({ watts }) => watts)),
  }))
}

function nodeRow({ cpu_zone: _zone, cpu_sources: _cpu, dram_sources: _dram, ...node }: NodePower) {
  return node
}
