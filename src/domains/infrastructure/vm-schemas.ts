import { z } from 'zod'
import { count, figure, partsSchema, text, watts, windowShape } from './schemas.ts'

export const VM_STATUSES = ['running', 'paused', 'stopped', 'error', 'unknown'] as const

const vmPlace = {
  cluster: z.string(),
  id: z.string().describe('Its UUID, else `node:domain`.'),
  vm_id: text.describe('Its UUID.'),
  domain: text.describe('What its hypervisor calls it.'),
  name: text,
  node: text.describe('Its hypervisor.'),
}

const vmShape = {
  ...vmPlace,
  status: z.enum(VM_STATUSES).describe('As its hypervisor says, else as Nova does.'),
  libvirt_state: text,
  nova_status: text,
  project_id: text,
  project_name: text,
  flavor: text,
  flavor_id: text,
  availability_zone: text,
  ip_address: text,
  vcpus: figure,
  cpu_utilization_percent: figure.describe('Of its virtual processors.'),
  memory_total_mb: figure,
  memory_allocated_mb: figure.describe('What its hypervisor gives it at the moment.'),
  ...watts,
  sources: z.array(z.string()),
}

export const vmSchema = z.object(vmShape)
export type VmRow = z.output<typeof vmSchema>

export const VM_COLUMNS = [
  'cluster',
  'id',
  'domain',
  'name',
  'node',
  'status',
  'project_name',
  'flavor',
  'vcpus',
  'cpu_utilization_percent',
  'memory_total_mb',
  'memory_allocated_mb',
  'power_watts',
] as const satisfies readonly (keyof VmRow)[]

export const vmDetailSchema = z.object({ ...vmShape, power_parts: partsSchema })

export const vmMetricsSchema = z.object({
  ...vmPlace,
  vcpus: figure,
  cpu_cores_used: figure,
  cpu_utilization_percent: figure.describe('Of its virtual processors.'),
  memory_total_mb: figure,
  memory_allocated_mb: figure.describe('What its hypervisor gives it at the moment.'),
  network_rx_mbps: figure.describe('Megabit/s.'),
  network_tx_mbps: figure.describe('Megabit/s.'),
  disk_read_mbps: figure.describe('Megabit/s.'),
  disk_write_mbps: figure.describe('Megabit/s.'),
  ...watts,
  sources: z.array(z.string()),
})
export type VmMetrics = z.output<typeof vmMetricsSchema>

export const vmPowerSchema = z.object({ ...vmPlace, ...windowShape })

const tally = {
  vms: count,
  running: count,
  vcpus: figure,
  memory_total_mb: figure,
  power_watts: figure.describe('Of those that are attributed any.'),
}

export const vmSummarySchema = z.object({
  ...tally,
  by_status: z.record(z.enum(VM_STATUSES), count),
  by_flavor: z.record(z.string(), count),
  by_project: z.array(z.object({ cluster: z.string(), project_name: text, ...tally })),
  by_node: z.array(z.object({ cluster: z.string(), node: text, ...tally })),
  by_cluster: z.array(z.object({ cluster: z.string(), ...tally })),
  top_vms_by_power: z.array(z.object({ ...vmPlace, power_watts: z.number() })),
})
export type VmSummary = z.output<typeof vmSummarySchema>
