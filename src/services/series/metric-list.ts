import type { Entity, Label } from '../../catalogue/entities.ts'
import { MEASURES, type Gauge } from '../../catalogue/measures.ts'
import type { NonEmpty } from '../../kernel/kind.ts'

/** The measures that can be drawn over time, and the things that have them; the first is meant without a word. */
export const METRICS = {
  power_watts: ['gpu', 'npu', 'node', 'bmc'],
  power_limit_watts: ['gpu', 'npu'],
  gpu_utilization_percent: ['gpu'],
  npu_utilization_percent: ['npu'],
  memory_copy_utilization_percent: ['gpu'],
  memory_used_mb: ['gpu', 'npu'],
  gpu_temperature_celsius: ['gpu'],
  npu_temperature_celsius: ['npu'],
  memory_temperature_celsius: ['gpu', 'npu'],
  board_temperature_celsius: ['npu', 'gpu'],
  sm_clock_mhz: ['gpu'],
  memory_clock_mhz: ['gpu'],
  core_clock_mhz: ['npu'],
  cpu_power_watts: ['node', 'pod', 'container'],
  dram_power_watts: ['node', 'pod', 'container'],
  cpu_idle_percent: ['node'],
  load1: ['node'],
  memory_available_mb: ['node'],
  network_rx_mbps: ['node'],
  network_tx_mbps: ['node'],
  disk_read_mbps: ['node'],
  disk_write_mbps: ['node'],
  cpu_cores_used: ['container', 'pod', 'vm'],
  memory_working_set_mb: ['container', 'pod', 'vm'],
  temperature_celsius: ['bmc'],
  fan_speed_rpm: ['bmc'],
  facility_power_watts: ['facility'],
} as const satisfies Readonly<Partial<Record<Gauge, NonEmpty<Entity>>>>

export type Metric = keyof typeof METRICS

// The keys of an object of ours are those of its type.
export const METRIC_NAMES = Object.keys(METRICS) as [Metric, ...Metric[]]

/** What series can be of, by the thing that is measured; `cluster` and `vendor` beside them where it has one. */
export const GROUPINGS = {
  gpu: ['cluster', 'node', 'vendor', 'model', 'uuid'],
  npu: ['cluster', 'node', 'vendor', 'model', 'uuid'],
  node: ['cluster', 'node'],
  pod: ['cluster', 'node', 'namespace', 'pod'],
  container: ['cluster', 'node', 'namespace', 'pod', 'container'],
  vm: ['cluster', 'node', 'vm_id'],
  bmc: ['cluster', 'node', 'bmc', 'sensor_name'],
  facility: ['cluster', 'meter'],
} as const satisfies Readonly<Partial<Record<Entity, NonEmpty<Label | 'cluster' | 'vendor'>>>>

export type Grouped = keyof typeof GROUPINGS

/** What tells the things from one another, for the labels of a question. */
export const THINGS = {
  gpu: ['uuid', 'node', 'device_index', 'partition_id'],
  npu: ['uuid', 'node', 'device_index', 'partition_id'],
  node: ['node'],
  pod: ['namespace', 'pod', 'node'],
  container: ['namespace', 'pod', 'container', 'node'],
  vm: ['vm_id', 'vm_domain', 'node'],
  bmc: ['bmc', 'node', 'sensor_name'],
  facility: ['meter'],
} as const satisfies Readonly<Record<Grouped, NonEmpty<Label>>>

export const AGGREGATIONS = ['avg', 'min', 'max', 'sum', 'p95', 'count'] as const

export type Aggregation = (typeof AGGREGATIONS)[number]

const ADDITIVE: ReadonlySet<string> = new Set([
  'power',
  'memory',
  'bandwidth',
  'processors',
  'count',
])

/** Whether values of a metric can be added: two temperatures or shares make neither. */
export const isAdditive = (metric: Metric): boolean => ADDITIVE.has(MEASURES[metric].dimension)
