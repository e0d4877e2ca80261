import type { SourceSpec } from '../source.ts'

const REFERENCE = 'kubernetes/kube-state-metrics docs/metrics (2.x)'
const AMOUNT = { least: 0, most: 2 ** 53 }

/** The nodes of a cluster and what they offer, by kube-state-metrics. */
export const kubernetesNodes = {
  name: 'kube_state_metrics_nodes',
  title: 'kube-state-metrics: nodes',
  vendor: null,
  entity: 'node',
  reference: REFERENCE,
  freshnessSeconds: 180,
  labels: { node: ['exported_node', 'node'], resource: ['resource'] },
  presence: ['node_present'],
  measures: {
    node_present: { metrics: ['kube_node_info'], unit: 'count', plausible: AMOUNT },
    resource_capacity: {
      metrics: ['kube_node_status_capacity'],
      unit: 'count',
      plausible: AMOUNT,
    },
    resource_allocatable: {
      metrics: ['kube_node_status_allocatable'],
      unit: 'count',
      plausible: AMOUNT,
    },
  },
} as const satisfies SourceSpec

/** The pods of a cluster and what they ask for. Pods that have ended still show their requests. */
export const kubernetesPods = {
  name: 'kube_state_metrics_pods',
  title: 'kube-state-metrics: pods',
  vendor: null,
  entity: 'pod',
  reference: REFERENCE,
  freshnessSeconds: 180,
  labels: { node: ['exported_node', 'node'], resource: ['resource'] },
  owners: [
    { namespace: 'exported_namespace', pod: 'exported_pod', container: 'exported_container' },
    { namespace: 'namespace', pod: 'pod', container: 'container' },
  ],
  presence: ['pod_running'],
  measures: {
    pod_running: {
      metrics: ['kube_pod_status_phase'],
      unit: 'count',
      where: [{ label: 'phase', equals: 'Running' }],
      plausible: AMOUNT,
      // Five rows a pod, one a phase: 0 says that it is in another.
      absent: [0],
    },
    resource_requested: {
      metrics: ['kube_pod_container_resource_requests'],
      unit: 'count',
      plausible: AMOUNT,
    },
  },
} as const satisfies SourceSpec
