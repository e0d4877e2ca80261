/** What energy costs; amounts in one currency. */
export interface RowCost {
  readonly model: string
  readonly currency: string
  readonly electricity: number
  readonly cooling: number
  readonly carbon: number
  readonly total: number
  /** kg CO₂; null where no carbon intensity is known. */
  readonly carbon_kg: number | null
}

/** One workload or node over one interval, in the words of the catalogue. */
export interface CollectedRow {
  readonly kind: 'workload' | 'node'
  /** The end of the interval, RFC 3339. */
  readonly time: string
  readonly interval_seconds: number
  readonly cluster: string
  readonly namespace: string | null
  /** The pod, the virtual machine or the node. */
  readonly name: string
  readonly node: string | null
  readonly workload_type: string | null
  readonly power_watts: number
  readonly cpu_power_watts: number | null
  readonly dram_power_watts: number | null
  readonly gpu_power_watts: number | null
  readonly npu_power_watts: number | null
  readonly other_power_watts: number | null
  readonly energy_joules: number
  readonly method: string
  /** Null where nobody says what energy costs. */
  readonly cost: RowCost | null
}

/** The rows of one cluster over one interval, delivered together. */
export interface Batch {
  readonly cluster: string
  /** The end of the interval in unix milliseconds. With the cluster it tells one batch from all others. */
  readonly end: number
  readonly rows: readonly CollectedRow[]
}

/** Why rows were not taken: for now, or, when they are refused, for ever. */
export class SinkError extends Error {
  readonly refused: boolean

  constructor(
    message: string,
    { refused, cause }: { readonly refused: boolean; readonly cause?: unknown },
  ) {
    super(message, { cause })
    this.name = 'SinkError'
    this.refused = refused
  }
}

/** Where rows go. */
export interface Sink {
  readonly name: 'redis' | 'influxdb' | 'store'
  /** Takes all rows of a batch, once or more. Rejects when one may be missing. */
  deliver(batch: Batch): Promise<void>
  close(): Promise<void>
}
