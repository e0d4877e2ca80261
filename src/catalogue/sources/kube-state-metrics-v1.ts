import type { SourceSpec } from '../source.ts'
import { POD_OWNERS } from './owners.ts'
import { AMOUNT } from './ranges.ts'

/** A resource as versions before 1.4 and, as long as they were version 1, later ones name it. */
interface Resource {
  readonly resource: string
  readonly unit: 'core' | 'byte' | 'integer'
  readonly ending: string
}

const CPU: Resource = { resource: 'cpu', unit: 'core', ending: 'cpu_cores' }
const MEMORY: Resource = { resource: 'memory', unit: 'byte', ending: 'memory_bytes' }
const PODS: Resource = { resource: 'pods', unit: 'integer', ending: 'pods' }
const GPU_CARDS: Resource = {
  resource: 'nvidia_com_gpu',
  unit: 'integer',
  ending: 'nvidia_gpu_cards',
}
const GPU_DEVICES: Resource = { ...GPU_CARDS, ending: 'nvidia_gpu_devices' }

const SHARED = {
  vendor: null,
  reference: 'kubernetes/kube-state-metrics 1.x docs/node-metrics.md, docs/pod-metrics.md',
  freshnessSeconds: 180,
} as const

const amount = (metric: string) =>
  ({ metrics: [metric], unit: 'count', plausible: AMOUNT }) as const

const nodeSource = ({ resource, unit, ending }: Resource): SourceSpec => ({
  ...SHARED,
  name: `kube_state_metrics_v1_node_${resource}`,
  title: `kube-state-metrics 1: ${resource} of nodes`,
  entity: 'node',
  labels: { node: ['exported_node', 'node'] },
  says: { resource, unit },
  presence: ['resource_capacity'],
  measures: {
    resource_capacity: amount(`kube_node_status_capacity_${ending}`),
    resource_allocatable: amount(`kube_node_status_allocatable_${ending}`),
  },
})

const podSource = ({ resource, unit, ending }: Resource): SourceSpec => ({
  ...SHARED,
  name: `kube_state_metrics_v1_pod_${resource}`,
  title: `kube-state-metrics 1: ${resource} of pods`,
  entity: 'pod',
  labels: { node: ['exported_node', 'node'] },
  says: { resource, unit },
  owners: POD_OWNERS,
  presence: ['resource_requested', 'resource_limit'],
  measures: {
    resource_requested: {
      ...amount(`kube_pod_container_resource_requests_${ending}`),
      addends: ['container', 'exported_container'],
    },
    resource_limit: {
      ...amount(`kube_pod_container_resource_limits_${ending}`),
      addends: ['container', 'exported_container'],
    },
  },
})

/**
 * Resources under the names of version 1, which say the resource in the metric. Versions from 1.4 on report the
 * same under the names of version 2 as well, which come first.
 */
export const KUBE_STATE_METRICS_V1: readonly SourceSpec[] = [
  ...[CPU, MEMORY, PODS, GPU_CARDS].map(nodeSource),
  ...[CPU, MEMORY, GPU_DEVICES].map(podSource),
]
