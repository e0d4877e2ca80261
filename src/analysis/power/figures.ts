import type { Board, NodeName, NodeSource, Workload } from './input.ts'
import type { Finding } from './findings.ts'

/** How a figure was had; `estimated` is a lower bound, `attributed` a share of a measured or estimated one. */
export type Method = 'measured' | 'estimated' | 'attributed'

/** The components of a total, which they add up to. Null where no source tells the component apart. */
export interface PowerParts {
  readonly cpu_watts: number | null
  readonly dram_watts: number | null
  readonly gpu_watts: number | null
  readonly npu_watts: number | null
  readonly other_watts: number | null
}

/** A reading of a node that was not the one that counts. */
export interface Alternative {
  readonly source: NodeSource | 'components'
  readonly power_watts: number
  /** Its watts ÷ the watts that count. */
  readonly ratio: number
}

/** The power of one node. The parts that are not null add up to `power_watts`, unless that is null. */
export interface NodePower extends NodeName {
  /** Null when neither a meter of the node nor its CPU is read: its boards are then counted by themselves. */
  readonly power_watts: number | null
  readonly method: 'measured' | 'estimated' | null
  /** Where the total comes from; `components` is the sum of its parts. */
  readonly source: NodeSource | 'components' | null
  /** Everything the total and the parts come from, for `sources` of an answer. */
  readonly sources: readonly string[]
  readonly parts: PowerParts
  /** `psys` when the CPU part is all that this zone sees, DRAM included; `board` when a board's meter holds it. */
  readonly cpu_zone: 'package' | 'psys' | 'board' | null
  readonly cpu_sources: readonly string[]
  readonly dram_sources: readonly string[]
  /** By how much the parts exceed the reading that counts: 0 when they agree. */
  readonly disagreement_watts: number
  readonly alternatives: readonly Alternative[]
}

/** How many nodes there are, and of how many the total was measured or estimated. */
export interface NodeCounts {
  readonly known: number
  readonly measured: number
  readonly estimated: number
}

/** A total and what it is made of: of the fleet, or of one cluster. */
export interface PowerTotal {
  /** Null when nothing was measured. */
  readonly total_power_watts: number | null
  /** Measured ÷ known nodes; null without nodes. */
  readonly coverage: number | null
  readonly parts: PowerParts
  readonly nodes: NodeCounts
}

export interface ClusterPower extends PowerTotal {
  readonly cluster: string
}

/** One physical board (or die of a module) with the watts that count, and everyone who holds a share of it. */
export interface BoardPower extends Omit<Board, 'watts'> {
  readonly power_watts: number | null
  /** `module_split` for a die whose module has one meter: an equal part of it. */
  readonly basis: 'sensor' | 'module_split'
}

/** Every watt of a fleet, each counted once. */
export interface PowerAccount extends PowerTotal {
  readonly by_cluster: readonly ClusterPower[]
  readonly by_node: readonly NodePower[]
  readonly boards: readonly BoardPower[]
  readonly findings: readonly Finding[]
  /** What is in the totals of clusters of which only some workloads are told, in place of nodes and boards. */
  readonly shares?: readonly Portion[]
}

/** What an attributed share follows. `remainder` is what is left when all shares are taken. */
export type Basis =
  'exclusive' | 'slices' | 'activity' | 'equal' | 'workload_watts' | 'cpu_time' | 'remainder'

export type ResourceType = 'cpu' | 'dram' | 'gpu' | 'npu' | 'other'

/** A piece of the total that belongs to one component and one user. All portions add up to the total. */
export interface Portion {
  readonly cluster: string
  /** Null for a board whose node is not known. */
  readonly node: string | null
  readonly resource_type: ResourceType
  readonly vendor: string | null
  /** The board's key; null for other components. */
  readonly board: string | null
  /** Null for what is idle or unattributed. */
  readonly workload: Workload | null
  readonly use: 'workload' | 'idle' | 'unattributed'
  readonly power_watts: number
  readonly basis: Basis
  /** How the component it is a share of was had, and from what. */
  readonly method: Method
  readonly sources: readonly string[]
  /** How the total of its node was had; `estimated` for boards whose node has none. */
  readonly node_method: Method
  readonly node_sources: readonly string[]
  /** The part of the time in which its user was there, 0–1; left out where it was all of it. */
  readonly lived?: number | undefined
  /** The share of a board × of the time that its user held; left out where it is that of the watts. */
  readonly held?: number | undefined
}

/** The portions of an account, with what contradicted itself on the way. */
export interface Attribution {
  readonly portions: readonly Portion[]
  readonly findings: readonly Finding[]
}

export const BREAKDOWNS = [
  'cluster',
  'node',
  'namespace',
  'pod',
  'vendor',
  'resource_type',
  'workload_type',
] as const

export type BreakdownBy = (typeof BREAKDOWNS)[number]

/** One row of a breakdown. Of remainders, `key[by]` is `idle` or `unattributed`, and no cluster is named. */
export interface BreakdownRow {
  readonly key: Readonly<Record<string, string>>
  readonly kind: 'named' | 'idle' | 'unattributed'
  readonly power_watts: number
  /** Null when the total is 0. */
  readonly percentage: number | null
  readonly method: Method
  readonly sources: readonly string[]
}

/** A total by one dimension: the rows add up to it. */
export interface Breakdown {
  readonly by: BreakdownBy
  readonly total_power_watts: number | null
  readonly rows: readonly BreakdownRow[]
}
