import { z } from 'zod'
import { timestamp } from '../../http/wire.ts'
import { amountsSchema, count, figure, partsSchema, text, watts, windowShape } from './schemas.ts'

export const PHASES = ['pending', 'running', 'succeeded', 'failed', 'unknown'] as const
export const CONTAINER_STATES = ['running', 'waiting', 'terminated', 'unknown'] as const

export const podPlace = { cluster: z.string(), namespace: z.string(), pod: z.string() }

const useShape = {
  cpu_cores_used: figure,
  memory_used_mb: figure.describe('The working set: what the kernel counts against a limit.'),
}

const containerState = {
  image: text,
  state: z.enum(CONTAINER_STATES),
  reason: text.describe('Why it waits or has ended.'),
  ready: z.boolean().nullable(),
  restarts: count.nullable(),
}

const podShape = {
  ...podPlace,
  uid: text,
  node: text,
  phase: z.enum(PHASES).describe('`unknown` also where nobody says.'),
  reason: text,
  owner_kind: text,
  owner_name: text,
  workload_type: z.string(),
  pod_ip: text,
  host_ip: text,
  created_at: timestamp.nullable(),
  started_at: timestamp.nullable(),
  restarts: count.nullable().describe('Of all its containers.'),
  containers: z.array(z.object({ container: z.string(), ...containerState })),
  requests: amountsSchema,
  limits: amountsSchema,
  ...useShape,
  ...watts,
  sources: z.array(z.string()),
}

export const podSchema = z.object(podShape)
export type PodRow = z.output<typeof podSchema>

export const POD_COLUMNS = [
  'cluster',
  'namespace',
  'pod',
  'node',
  'phase',
  'owner_kind',
  'owner_name',
  'workload_type',
  'created_at',
  'started_at',
  'restarts',
  'cpu_cores_used',
  'memory_used_mb',
  'power_watts',
] as const satisfies readonly (keyof PodRow)[]

export const podDetailSchema = z.object({ ...podShape, power_parts: partsSchema })

const workloadUse = {
  ...useShape,
  cpu_cores_requested: figure,
  cpu_cores_limit: figure,
  cpu_utilization_percent: figure.describe('Of its limit; null without one.'),
  cpu_request_percent: figure.describe('Of its request; may be more than 100.'),
  memory_requested_mb: figure,
  memory_limit_mb: figure,
  memory_utilization_percent: figure.describe('Of its limit; null without one.'),
}

export const podMetricsSchema = z.object({
  ...podPlace,
  node: text,
  ...workloadUse,
  network_rx_mbps: figure.describe('Megabit/s; of the node, for a pod that uses its network.'),
  network_tx_mbps: figure.describe('Megabit/s; of the node, for a pod that uses its network.'),
  disk_read_mbps: figure.describe('Megabit/s.'),
  disk_write_mbps: figure.describe('Megabit/s.'),
  ...watts,
  sources: z.array(z.string()),
})
export type PodMetrics = z.output<typeof podMetricsSchema>

export const podPowerSchema = z.object({ ...podPlace, node: text, ...windowShape })

const podTally = {
  pods: count,
  running: count,
  power_watts: figure.describe('Of those that are attributed any.'),
}

export const podSummarySchema = z.object({
  ...podTally,
  namespaces: count,
  containers: count,
  restarts: count.nullable(),
  by_phase: z.record(z.enum(PHASES), count),
  by_workload_type: z.record(z.string(), count),
  by_owner_kind: z.record(z.string(), count),
  requests: amountsSchema.describe('Of pods that have not ended.'),
  limits: amountsSchema.describe('Of pods that have not ended.'),
  by_namespace: z.array(z.object({ cluster: z.string(), namespace: z.string(), ...podTally })),
  by_cluster: z.array(z.object({ cluster: z.string(), ...podTally })),
  top_pods_by_power: z.array(z.object({ ...podPlace, power_watts: z.number() })),
})
export type PodSummary = z.output<typeof podSummarySchema>

export const containerSchema = z.object({
  ...podPlace,
  container: z.string(),
  id: z.string().describe('The id that its runtime gave it, else `namespace:pod:container`.'),
  node: text,
  image_id: text,
  ...containerState,
  last_terminated_reason: text.describe('Why it ended the last time, also when it runs again.'),
  started_at: timestamp.nullable(),
  requests: amountsSchema,
  limits: amountsSchema,
  ...useShape,
  ...watts,
  sources: z.array(z.string()),
})
export type ContainerRow = z.output<typeof containerSchema>

export const CONTAINER_COLUMNS = [
  'cluster',
  'namespace',
  'pod',
  'container',
  'node',
  'image',
  'state',
  'restarts',
  'started_at',
  'cpu_cores_used',
  'memory_used_mb',
  'power_watts',
] as const satisfies readonly (keyof ContainerRow)[]

export const containerMetricsSchema = z.object({
  ...podPlace,
  container: z.string(),
  id: z.string(),
  node: text,
  ...workloadUse,
  restarts: count.nullable(),
  power_parts: partsSchema,
  ...watts,
  sources: z.array(z.string()),
})
export type ContainerMetrics = z.output<typeof containerMetricsSchema>
