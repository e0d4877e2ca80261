import type { Dimension } from '../kernel/units.ts'
import type { Kind } from '../kernel/kind.ts'

/** What can be measured. `pace` says how fast it changes: facts are read once an hour, the rest each time. */
export interface MeasureSpec {
  readonly dimension: Dimension
  readonly kind: Kind
  readonly pace: 'static' | 'realtime'
  /**
   * How the rows of a device's parts relate to the device. `repeated`: each shows the whole device (board power
   * on MIG rows). `divided`: they add up to the device (memory of MIG instances). `weighted`: each is relative
   * to its own part (activity of a MIG instance). `whole`: only the device's own row says anything.
   */
  readonly parts: 'repeated' | 'divided' | 'weighted' | 'whole'
  readonly meaning: string
}

/** Every measure we know. A key is the JSON field, the CSV header and the Parquet column. */
export const MEASURES = {
  power_watts: {
    dimension: 'power',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'repeated',
    meaning: 'Electrical power drawn now, of a board as its own sensor reads it.',
  },
  power_limit_watts: {
    dimension: 'power',
    kind: 'gauge',
    pace: 'static',
    parts: 'repeated',
    meaning: 'The power limit that is enforced on the board.',
  },
  energy_joules: {
    dimension: 'energy',
    kind: 'counter',
    pace: 'realtime',
    parts: 'repeated',
    meaning: 'Energy drawn since the driver was loaded.',
  },
  gpu_utilization_percent: {
    dimension: 'share',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'whole',
    meaning: 'Share of time in which at least one kernel ran. Not defined for a card in MIG mode.',
  },
  engine_active_percent: {
    dimension: 'share',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'weighted',
    meaning:
      'Share of time in which the graphics or compute engine was active, of the instance it is read on.',
  },
  tensor_active_percent: {
    dimension: 'share',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'weighted',
    meaning: 'Share of cycles in which the tensor pipe was active.',
  },
  memory_bandwidth_active_percent: {
    dimension: 'share',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'weighted',
    meaning:
      'Share of cycles in which the interface to the device memory was sending or receiving.',
  },
  memory_copy_utilization_percent: {
    dimension: 'share',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'whole',
    meaning: 'Share of time in which device memory was read or written; not how full it is.',
  },
  encoder_utilization_percent: {
    dimension: 'share',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'whole',
    meaning: 'Utilisation of the video encoder.',
  },
  decoder_utilization_percent: {
    dimension: 'share',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'whole',
    meaning: 'Utilisation of the video decoder.',
  },
  memory_used_mb: {
    dimension: 'memory',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'divided',
    meaning: 'Device memory in use.',
  },
  memory_free_mb: {
    dimension: 'memory',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'divided',
    meaning: 'Device memory that can still be allocated.',
  },
  memory_reserved_mb: {
    dimension: 'memory',
    kind: 'gauge',
    pace: 'static',
    parts: 'divided',
    meaning: 'Device memory that driver and firmware hold back; neither used nor free.',
  },
  memory_total_mb: {
    dimension: 'memory',
    kind: 'gauge',
    pace: 'static',
    parts: 'divided',
    meaning: 'Device memory as built.',
  },
  gpu_temperature_celsius: {
    dimension: 'temperature',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'repeated',
    meaning: 'Temperature of the die.',
  },
  memory_temperature_celsius: {
    dimension: 'temperature',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'repeated',
    meaning: 'Temperature of the device memory, where it has a sensor.',
  },
  sm_clock_mhz: {
    dimension: 'frequency',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'repeated',
    meaning: 'Clock of the streaming multiprocessors.',
  },
  memory_clock_mhz: {
    dimension: 'frequency',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'repeated',
    meaning: 'Clock of the device memory.',
  },
  xid_code: {
    dimension: 'code',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'repeated',
    meaning: 'The code of the last XID error that the driver reported; 0 for none. Not a count.',
  },
  node_present: {
    dimension: 'count',
    kind: 'gauge',
    pace: 'static',
    parts: 'whole',
    meaning: '1 for every node that the cluster knows.',
  },
  resource_capacity: {
    dimension: 'count',
    kind: 'gauge',
    pace: 'static',
    parts: 'whole',
    meaning: 'How much of an extended resource (nvidia_com_gpu, …) a node has.',
  },
  resource_allocatable: {
    dimension: 'count',
    kind: 'gauge',
    pace: 'static',
    parts: 'whole',
    meaning: 'How much of an extended resource of a node pods may ask for.',
  },
  resource_requested: {
    dimension: 'count',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'whole',
    meaning: 'How much of an extended resource a container asks for, whatever its pod is doing.',
  },
  pod_running: {
    dimension: 'count',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'whole',
    meaning: '1 for every pod that is running.',
  },
} as const satisfies Readonly<Record<string, MeasureSpec>>

export type Measure = keyof typeof MEASURES
export type DimensionOf<M extends Measure> = (typeof MEASURES)[M]['dimension']
export type MeasuresOfKind<K extends Kind> = {
  [M in Measure]: (typeof MEASURES)[M]['kind'] extends K ? M : never
}[Measure]
/** What has a value now. */
export type Gauge = MeasuresOfKind<'gauge'>
