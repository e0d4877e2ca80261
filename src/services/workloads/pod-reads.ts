import type { Read, Rows } from './reads.ts'

const POD = ['namespace', 'pod', 'pod_uid'] as const
const CONTAINER = ['namespace', 'pod', 'container', 'pod_uid'] as const

/** Everything that is asked of pods and their containers, beside their power. */
export const POD_READS = {
  infos: {
    entity: 'pod',
    labels: [...POD, 'node', 'pod_ip', 'host_ip', 'owner_kind', 'owner_name'],
    measures: ['pod_present'],
    shelf: 'realtime',
  },
  owners: {
    entity: 'pod',
    labels: [...POD, 'owner_kind', 'owner_name'],
    measures: ['pod_owner'],
    shelf: 'realtime',
  },
  phases: {
    entity: 'pod',
    labels: [...POD, 'phase'],
    measures: ['pod_phase'],
    shelf: 'realtime',
  },
  reasons: {
    entity: 'pod',
    labels: [...POD, 'reason'],
    measures: ['pod_reason'],
    shelf: 'realtime',
  },
  times: {
    entity: 'pod',
    labels: POD,
    measures: ['pod_created_seconds', 'pod_started_seconds'],
    shelf: 'realtime',
  },
  amounts: {
    entity: 'pod',
    labels: ['namespace', 'pod', 'container', 'pod_uid', 'resource', 'unit'],
    measures: ['resource_requested', 'resource_limit'],
    shelf: 'realtime',
  },
  use: {
    entity: 'pod',
    labels: ['namespace', 'pod'],
    measures: [
      'cpu_cores_used',
      'memory_working_set_mb',
      'network_rx_mbps',
      'network_tx_mbps',
      'disk_read_mbps',
      'disk_write_mbps',
    ],
    shelf: 'realtime',
  },
  containers: {
    entity: 'container',
    labels: [...CONTAINER, 'container_id', 'image', 'image_id'],
    measures: ['container_present'],
    shelf: 'realtime',
  },
  states: {
    entity: 'container',
    labels: CONTAINER,
    measures: [
      'container_ready',
      'container_running',
      'container_waiting',
      'container_terminated',
      'container_restarts',
      'container_started_seconds',
    ],
    shelf: 'realtime',
  },
  container_reasons: {
    entity: 'container',
    labels: [...CONTAINER, 'reason'],
    measures: [
      'container_waiting_reason',
      'container_terminated_reason',
      'container_last_terminated_reason',
    ],
    shelf: 'realtime',
  },
  container_use: {
    entity: 'container',
    labels: ['namespace', 'pod', 'container'],
    measures: ['cpu_cores_used', 'memory_working_set_mb'],
    shelf: 'realtime',
  },
} as const satisfies Readonly<Record<string, Read>>

export type PodRead = keyof typeof POD_READS
export type PodRows = Rows<PodRead>

/** The questions whose rows are of single containers. */
export const OF_CONTAINERS: ReadonlySet<PodRead> = new Set([
  'containers',
  'states',
  'container_reasons',
  'container_use',
])
