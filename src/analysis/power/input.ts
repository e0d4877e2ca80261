// What power accounting is told. Callers make these from rows; the order of rows never matters.

/** One node of one cluster. */
export interface NodeName {
  readonly cluster: string
  readonly node: string
}

/**
 * Where the watts of a whole node can be read, in order of trust (power-accounting, level 1). `psu_output` is
 * what the supplies give and not what they draw: a lower bound, so a node known by it alone is estimated.
 */
export const NODE_SOURCES = [
  'dcmi',
  'redfish',
  'psu_input',
  'ipmi_sensor',
  'acpi',
  'kepler_platform',
  'psu_output',
] as const

export type NodeSource = (typeof NODE_SOURCES)[number]

/** One meter's watts of a node. Impossible values (NaN, negative, …) may be handed in: they are judged here. */
export interface NodeReading extends NodeName {
  readonly source: NodeSource
  readonly watts: number
  /** Which of several meters that add up, such as one power supply; null when the meter sees the whole node. */
  readonly part: string | null
  /** Whether the BMC says that the chassis is on. 0 W is a reading only when it is off; null when unsaid. */
  readonly powered: boolean | null
}

/**
 * RAPL zones, and `other` for a known part that is neither (it only serves an estimate). `core` and `uncore` lie
 * inside `package` and are left out; `psys` serves when there is no `package`.
 */
export type Zone = 'package' | 'dram' | 'psys' | 'core' | 'uncore' | 'other'

/** The watts of one zone of a node. */
export interface ComponentReading extends NodeName {
  readonly zone: Zone
  /** Who read it: `kepler`, `node_exporter`, … */
  readonly source: string
  /** Which of several that add up, such as a socket; null when it is the whole zone. */
  readonly part: string | null
  readonly watts: number
}

/** What uses power: a pod, a container of a pod, or a virtual machine. Names are those of its cluster. */
export type Workload =
  | {
      readonly kind: 'pod'
      readonly namespace: string
      readonly pod: string
      /** Null for the pod as a whole. */
      readonly container: string | null
    }
  | { readonly kind: 'vm'; readonly vm: string }

/** A part of a stretch of time in which somebody held a place: a board, or one of its partitions. */
export interface HeldPart {
  /** Of the time of the place; of those who hold it together, each has an equal part. */
  readonly time: number
  /** Of the energy of the place. */
  readonly energy: number
  /** How long it was there at all, 0 to 1. */
  readonly lived: number
}

/** One share of a board: a whole board in use by one of several owners, or a partition and its owner. */
export interface Share {
  /** Null for a partition that nobody holds. */
  readonly owner: Workload | null
  /** The MIG instance or group of cores; null when the share is of the undivided board. */
  readonly partition: string | null
  /** Compute slices of the partition (`slicesOf`); null where the board is not divided. */
  readonly slices: number | null
  /** How busy it was, relative to itself, in one unit for all shares of the board; null when unmeasured. */
  readonly activity: number | null
  /** What of the time it was held; left out where it was all of it, or nobody can say. */
  readonly held?: HeldPart | undefined
}

/**
 * What one source says of an accelerator board. Rows that repeat a board (MIG instances, time-slicing, several
 * scrapes) may be handed in as they are: rows of one `(cluster, key)` are one board.
 */
export interface Board {
  readonly cluster: string
  readonly node: string | null
  /** What tells the board from all others of its cluster: UUID, else node, vendor and index. */
  readonly key: string
  readonly kind: 'gpu' | 'npu'
  readonly vendor: string | null
  readonly source: string
  readonly watts: number | null
  readonly limit_watts: number | null
  /** What it draws when nothing runs; null when unknown, then nothing of a shared board's power is idle. */
  readonly idle_watts: number | null
  /** The module that several dies share a meter in (MI250); null for a board with its own. */
  readonly module: string | null
  /** The board's meter also sees the CPU (GH200), which is then not added beside it. */
  readonly includes_cpu: boolean
  /** Compute slices of the whole board (`slicesOfModel`); null where it is not divided. */
  readonly slices: number | null
  /** Who holds it. Empty: nobody does, so it is idle. Null: nobody knows, so it is unattributed. */
  readonly shares: readonly Share[] | null
}

/**
 * What one source says of a workload's use of its node. Rows of one workload complete one another. Watts are the
 * active part (Kepler ≥ 0.10), or all that the source attributes (older ones): what is left is idle.
 * A pod is given as a whole or by its containers; of a pod given as both, its containers are left out.
 */
export interface WorkloadUse extends NodeName {
  readonly workload: Workload
  readonly source: string
  readonly cpu_watts: number | null
  readonly dram_watts: number | null
  /** CPU time per second ÷ cores of the node, 0–1. Serves where watts are not reported. */
  readonly cpu_share: number | null
  /** Requested ÷ capacity, 0–1, for the idle policy `reserved`. */
  readonly reserved_share: number | null
  /** The part of the time in which it was there, 0–1; left out where it was all of it, or nobody can say. */
  readonly lived?: number | undefined
}

/** All that is known of the power of a fleet at one moment (or its mean over one window). */
export interface PowerInput {
  /** The nodes that should be measured. Nodes that a reading, zone or board names are known too. */
  readonly nodes: readonly NodeName[]
  readonly readings: readonly NodeReading[]
  readonly components: readonly ComponentReading[]
  readonly boards: readonly Board[]
}

/**
 * Who pays for idle power. `separate`: an idle row. `proportional`: the workloads, by what they use.
 * `reserved`: the workloads, by what they reserved; the rest is idle.
 */
export type IdlePolicy = 'separate' | 'proportional' | 'reserved'
