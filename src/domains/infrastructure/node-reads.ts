import type { Read, Rows } from '../../services/workloads/index.ts'

/** Everything that is asked of nodes, beside their power. */
export const NODE_READS = {
  infos: {
    entity: 'node',
    labels: [
      'node',
      'internal_ip',
      'kernel_version',
      'os_image',
      'kubelet_version',
      'container_runtime',
      'provider_id',
      'system_uuid',
    ],
    measures: ['node_present'],
    shelf: 'static',
  },
  labels: {
    entity: 'node',
    labels: ['node', 'availability_zone', 'instance_type'],
    measures: ['node_labels'],
    shelf: 'static',
  },
  addresses: {
    entity: 'node',
    labels: ['node', 'address', 'address_type'],
    measures: ['node_address'],
    shelf: 'static',
  },
  kernels: {
    entity: 'node',
    labels: ['node', 'hostname', 'kernel_version'],
    measures: ['kernel_info'],
    shelf: 'static',
  },
  roles: {
    entity: 'node',
    labels: ['node', 'role'],
    measures: ['node_role'],
    shelf: 'static',
  },
  conditions: {
    entity: 'node',
    labels: ['node', 'condition', 'status'],
    measures: ['node_condition'],
    shelf: 'realtime',
  },
  states: {
    entity: 'node',
    labels: ['node'],
    measures: ['node_unschedulable', 'node_created_seconds'],
    shelf: 'realtime',
  },
  amounts: {
    entity: 'node',
    labels: ['node', 'resource', 'unit'],
    measures: ['resource_capacity', 'resource_allocatable'],
    shelf: 'realtime',
  },
  use: {
    entity: 'node',
    labels: ['node'],
    measures: [
      'cpu_cores',
      'cpu_cores_used',
      'cpu_idle_percent',
      'load1',
      'load5',
      'load15',
      'memory_installed_mb',
      'memory_available_mb',
      'memory_working_set_mb',
      'disk_size_mb',
      'disk_available_mb',
      'network_rx_mbps',
      'network_tx_mbps',
      'disk_read_mbps',
      'disk_write_mbps',
    ],
    shelf: 'realtime',
  },
  gpu_loads: {
    entity: 'gpu',
    labels: ['uuid', 'node', 'device_index'],
    measures: ['gpu_utilization_percent'],
    shelf: 'realtime',
  },
  pods: {
    entity: 'pod',
    labels: ['namespace', 'pod', 'node'],
    measures: ['pod_present'],
    shelf: 'realtime',
  },
  phases: {
    entity: 'pod',
    labels: ['namespace', 'pod', 'phase'],
    measures: ['pod_phase'],
    shelf: 'realtime',
  },
} as const satisfies Readonly<Record<string, Read>>

export type NodeRead = keyof typeof NODE_READS
export type NodeRows = Rows<NodeRead>
