import type { Origin, SourceSpec } from '../source.ts'
import { POD_OWNERS } from './owners.ts'
import { AMOUNT, FLAG } from './ranges.ts'

const SHARED = {
  vendor: null,
  reference: 'kubernetes/kube-state-metrics docs/metrics, 1.9 and 2.x',
  freshnessSeconds: 180,
} as const

const NODE = ['exported_node', 'node'] as const

/** Something that there is: the value is 1, the labels say what it is. */
const info = (metric: string): Origin<'count'> => ({
  metrics: [metric],
  unit: 'count',
  plausible: AMOUNT,
})

/** One series for each state that a thing can be in: 1 on the one it is in, 0 on the others. */
const state = (metric: string): Origin<'code'> => ({
  metrics: [metric],
  unit: 'code',
  plausible: FLAG,
  absent: [0],
})

const flag = (metric: string): Origin<'code'> => ({
  metrics: [metric],
  unit: 'code',
  plausible: FLAG,
})

/** The nodes of a cluster and what they offer. */
export const kubernetesNodes = {
  ...SHARED,
  name: 'kube_state_metrics_nodes',
  title: 'kube-state-metrics: nodes',
  entity: 'node',
  labels: {
    node: NODE,
    resource: ['resource'],
    unit: ['unit'],
    role: ['role'],
    condition: ['condition'],
    status: ['status'],
    internal_ip: ['internal_ip'],
    address: ['address'],
    address_type: ['type'],
    kernel_version: ['kernel_version'],
    os_image: ['os_image'],
    kubelet_version: ['kubelet_version'],
    container_runtime: ['container_runtime_version'],
    provider_id: ['provider_id'],
    system_uuid: ['system_uuid'],
    availability_zone: [
      'label_topology_kubernetes_io_zone',
      'label_failure_domain_beta_kubernetes_io_zone',
    ],
    instance_type: [
      'label_node_kubernetes_io_instance_type',
      'label_beta_kubernetes_io_instance_type',
    ],
    // Karpenter, EKS (as kube-state-metrics 2 and 1 write it), AKS, GKE: `spot`, `SPOT`, or `true`.
    capacity_type: [
      'label_karpenter_sh_capacity_type',
      'label_eks_amazonaws_com_capacity_type',
      'label_eks_amazonaws_com_capacityType',
      'label_kubernetes_azure_com_scalesetpriority',
      'label_cloud_google_com_gke_spot',
      'label_cloud_google_com_gke_preemptible',
    ],
  },
  presence: ['node_present'],
  measures: {
    node_present: info('kube_node_info'),
    node_role: info('kube_node_role'),
    node_labels: info('kube_node_labels'),
    node_address: info('kube_node_status_addresses'),
    node_condition: state('kube_node_status_condition'),
    node_unschedulable: flag('kube_node_spec_unschedulable'),
    node_created_seconds: {
      metrics: ['kube_node_created'],
      unit: 'seconds',
      plausible: AMOUNT,
    },
    resource_capacity: info('kube_node_status_capacity'),
    resource_allocatable: info('kube_node_status_allocatable'),
  },
} as const satisfies SourceSpec

/**
 * The pods of a cluster, and what their containers ask for: of one container when the label `container` is asked
 * for, else of the pod. Pods that have ended still show their requests.
 */
export const kubernetesPods = {
  ...SHARED,
  name: 'kube_state_metrics_pods',
  title: 'kube-state-metrics: pods',
  entity: 'pod',
  labels: {
    node: NODE,
    pod_uid: ['uid'],
    pod_ip: ['pod_ip'],
    host_ip: ['host_ip'],
    phase: ['phase'],
    reason: ['reason'],
    owner_kind: ['owner_kind', 'created_by_kind'],
    owner_name: ['owner_name', 'created_by_name'],
    resource: ['resource'],
    unit: ['unit'],
    training_job: [
      'label_training_kubeflow_org_job_name',
      'label_jobset_sigs_k8s_io_jobset_name',
      'label_volcano_sh_job_name',
      'label_pytorch_job_name',
      'label_mpi_job_name',
      'label_tf_job_name',
    ],
    ray_cluster: ['label_ray_io_cluster'],
    inference_service: ['label_serving_kserve_io_inferenceservice'],
    leader_worker_set: ['label_leaderworkerset_sigs_k8s_io_name'],
    batch_job: ['label_batch_kubernetes_io_job_name', 'label_job_name'],
    queue: ['label_kueue_x_k8s_io_queue_name', 'label_volcano_sh_queue_name'],
    app: ['label_app_kubernetes_io_name', 'label_app', 'label_k8s_app'],
    component: ['label_app_kubernetes_io_component', 'label_component'],
    workload_type: ['label_workload_type', 'label_kcloud_io_workload_type'],
  },
  owners: POD_OWNERS,
  presence: ['pod_present'],
  measures: {
    pod_present: info('kube_pod_info'),
    pod_owner: info('kube_pod_owner'),
    pod_labels: info('kube_pod_labels'),
    pod_running: {
      metrics: ['kube_pod_status_phase'],
      unit: 'count',
      where: [{ label: 'phase', equals: 'Running' }],
      plausible: AMOUNT,
      // Five rows a pod, one a phase: 0 says that it is in another.
      absent: [0],
    },
    pod_phase: state('kube_pod_status_phase'),
    pod_reason: state('kube_pod_status_reason'),
    pod_started_seconds: {
      metrics: ['kube_pod_start_time'],
      unit: 'seconds',
      plausible: AMOUNT,
    },
    pod_created_seconds: {
      metrics: ['kube_pod_created'],
      unit: 'seconds',
      plausible: AMOUNT,
    },
    resource_requested: {
      metrics: ['kube_pod_container_resource_requests'],
      unit: 'count',
      addends: ['container', 'exported_container'],
      plausible: AMOUNT,
    },
    resource_limit: {
      metrics: ['kube_pod_container_resource_limits'],
      unit: 'count',
      addends: ['container', 'exported_container'],
      plausible: AMOUNT,
    },
  },
} as const satisfies SourceSpec

/** The containers of pods: what they run, and how they fare. */
export const kubernetesContainers = {
  ...SHARED,
  name: 'kube_state_metrics_containers',
  title: 'kube-state-metrics: containers',
  entity: 'container',
  labels: {
    node: NODE,
    pod_uid: ['uid'],
    container_id: ['container_id'],
    image: ['image_spec', 'image'],
    image_id: ['image_id'],
    reason: ['reason'],
  },
  owners: POD_OWNERS,
  presence: ['container_present'],
  measures: {
    container_present: info('kube_pod_container_info'),
    container_ready: flag('kube_pod_container_status_ready'),
    container_running: flag('kube_pod_container_status_running'),
    container_waiting: flag('kube_pod_container_status_waiting'),
    container_terminated: flag('kube_pod_container_status_terminated'),
    container_waiting_reason: state('kube_pod_container_status_waiting_reason'),
    container_terminated_reason: state('kube_pod_container_status_terminated_reason'),
    container_last_terminated_reason: state('kube_pod_container_status_last_terminated_reason'),
    container_restarts: {
      metrics: ['kube_pod_container_status_restarts_total'],
      unit: 'count',
      plausible: AMOUNT,
    },
    container_started_seconds: {
      metrics: ['kube_pod_container_state_started'],
      unit: 'seconds',
      plausible: AMOUNT,
    },
  },
} as const satisfies SourceSpec
