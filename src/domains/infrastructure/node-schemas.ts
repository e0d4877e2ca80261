import { z } from 'zod'
import { timestamp } from '../../http/wire.ts'
import { amountsSchema, count, figure, partsSchema, text, watts, windowShape } from './schemas.ts'

export const NODE_STATUSES = ['ready', 'not_ready', 'maintenance', 'unknown'] as const

export const placeShape = {
  cluster: z.string(),
  node: z.string().describe('As its cluster calls it.'),
}

const nodeShape = {
  ...placeShape,
  status: z
    .enum(NODE_STATUSES)
    .describe(
      'By the condition Ready; `maintenance` is ready and takes no new pods; `unknown` where nobody says.',
    ),
  roles: z
    .array(z.string())
    .describe(
      'Its roles in Kubernetes, `worker` for a node without one where others have theirs, and `gpu` or `npu` for what it holds.',
    ),
  conditions: z.array(z.object({ condition: z.string(), status: z.string() })),
  unschedulable: z.boolean().nullable().describe('Whether it takes no new pods.'),
  created_at: timestamp.nullable(),
  kubelet_version: text,
  container_runtime: text,
  os_image: text,
  kernel_version: text,
  provider_id: text,
  system_uuid: text,
  instance_type: text,
  availability_zone: text,
  addresses: z.array(z.object({ address_type: z.string(), address: z.string() })),
  capacity: amountsSchema,
  allocatable: amountsSchema,
  gpus: count.describe('Boards that exporters know on it.'),
  npus: count.describe('Boards that exporters know on it.'),
  pods: count.nullable().describe('Pods on it that have not ended; null where nobody lists pods.'),
  cpu_utilization_percent: figure,
  memory_used_mb: figure,
  memory_total_mb: figure,
  ...watts,
  sources: z.array(z.string()),
}

export const nodeSchema = z.object(nodeShape)
export type NodeRow = z.output<typeof nodeSchema>

export const NODE_COLUMNS = [
  'cluster',
  'node',
  'status',
  'created_at',
  'kubelet_version',
  'gpus',
  'npus',
  'pods',
  'cpu_utilization_percent',
  'memory_used_mb',
  'memory_total_mb',
  'power_watts',
] as const satisfies readonly (keyof NodeRow)[]

/** One node with the parts of its power and its boards. */
export const nodeDetailSchema = z.object({
  ...nodeShape,
  power_parts: partsSchema,
  accelerators: z.array(
    z.object({
      kind: z.enum(['gpu', 'npu']),
      id: z.string(),
      vendor: text,
      power_watts: figure,
    }),
  ),
})

export const nodeMetricsSchema = z.object({
  ...placeShape,
  cpu_cores: figure,
  cpu_cores_used: figure,
  cpu_utilization_percent: figure,
  load1: figure,
  load5: figure,
  load15: figure,
  memory_total_mb: figure,
  memory_used_mb: figure,
  memory_available_mb: figure,
  memory_utilization_percent: figure,
  disk_total_mb: figure,
  disk_used_mb: figure,
  disk_utilization_percent: figure,
  disk_read_mbps: figure.describe('Megabit/s.'),
  disk_write_mbps: figure.describe('Megabit/s.'),
  network_rx_mbps: figure.describe('Megabit/s.'),
  network_tx_mbps: figure.describe('Megabit/s.'),
  gpu_utilization_percent: figure.describe('The mean of the GPUs that report it.'),
  pods: count.nullable(),
  ...watts,
  sources: z.array(z.string()),
})
export type NodeMetrics = z.output<typeof nodeMetricsSchema>

const fleetShape = {
  nodes: count,
  gpus: count,
  npus: count,
  pods: count.nullable(),
  power_watts: figure.describe(
    'As /monitoring/power has it: with boards on nodes without a total.',
  ),
  power_coverage: figure.describe('Measured ÷ known nodes, 0–1.'),
}

export const nodeSummarySchema = z.object({
  ...fleetShape,
  by_status: z.record(z.enum(NODE_STATUSES), count),
  by_role: z.record(z.string(), count),
  power_watts_avg: figure.describe('The mean of the nodes that have a total.'),
  capacity: amountsSchema,
  allocatable: amountsSchema,
  power_by_source: z.array(
    z.object({ power_source: z.string(), nodes: count, power_watts: z.number() }),
  ),
  top_nodes_by_power: z.array(z.object({ ...placeShape, power_watts: z.number() })),
  by_cluster: z.array(z.object({ cluster: z.string(), ...fleetShape })),
})
export type NodeSummary = z.output<typeof nodeSummarySchema>

export const nodePowerSchema = z.object({ ...placeShape, ...windowShape })
