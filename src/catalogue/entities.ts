import type { NonEmpty } from '../kernel/kind.ts'

/** The labels that say who uses a thing. */
const OWNER_LABELS = ['namespace', 'pod', 'container'] as const

/** The labels that our rows can carry: our words for what the vendors call by many names. */
export const LABELS = [
  // a device
  'uuid',
  'device_index',
  'pci_bus_id',
  'model',
  'serial',
  'architecture',
  'driver_version',
  'firmware_version',
  'partition_id',
  'partition_profile',
  'core',
  // a node
  'node',
  'hostname',
  'internal_ip',
  'address',
  'address_type',
  'instance_type',
  'capacity_type',
  'role',
  'condition',
  'status',
  'kernel_version',
  'os_image',
  'kubelet_version',
  'container_runtime',
  'provider_id',
  'system_uuid',
  // a pod and its containers
  'pod_uid',
  'container_id',
  'pod_ip',
  'host_ip',
  'phase',
  'reason',
  'image',
  'image_id',
  'owner_kind',
  'owner_name',
  'training_job',
  'ray_cluster',
  'inference_service',
  'leader_worker_set',
  'batch_job',
  'queue',
  'app',
  'component',
  'workload_type',
  'resource',
  'unit',
  // a virtual machine
  'vm_id',
  'vm_domain',
  'vm_name',
  'project_id',
  'project_name',
  'flavor',
  'flavor_id',
  'availability_zone',
  'ip_address',
  // a server's own management
  'bmc',
  'sensor_id',
  'sensor_name',
  'sensor_type',
  'collector',
  'manufacturer',
  // a site
  'site',
  // an inference server
  'server',
  'served_model',
  // a site
  'meter',
  // who uses it
  ...OWNER_LABELS,
] as const

export type Label = (typeof LABELS)[number]

/** The labels that say who uses a thing. */
export type OwnerLabel = (typeof OWNER_LABELS)[number]

/**
 * What can be measured, and the sets of labels that tell one from another, the surest first: any one set that a
 * source has is enough.
 */
export const ENTITIES = {
  gpu: { title: 'GPU', identity: [['uuid'], ['node', 'device_index']] },
  npu: { title: 'NPU', identity: [['uuid'], ['node', 'device_index']] },
  node: { title: 'node', identity: [['node']] },
  pod: { title: 'Kubernetes pod', identity: [['namespace', 'pod'], ['pod_uid']] },
  container: {
    title: 'container',
    identity: [['namespace', 'pod', 'container'], ['pod_uid', 'container'], ['container_id']],
  },
  vm: { title: 'virtual machine', identity: [['vm_id'], ['node', 'vm_domain']] },
  flavor: { title: 'flavour of virtual machines', identity: [['flavor_id']] },
  project: { title: 'project of virtual machines', identity: [['project_id']] },
  site: { title: 'site', identity: [['site']] },
  bmc: { title: "server's own management", identity: [['bmc']] },
  serving: {
    title: 'inference server',
    identity: [
      ['namespace', 'pod', 'served_model'],
      ['server', 'served_model'],
    ],
  },
  facility: { title: 'site', identity: [['meter']] },
} as const satisfies Readonly<Record<string, EntitySpec>>

interface EntitySpec {
  readonly title: string
  readonly identity: NonEmpty<NonEmpty<Label>>
}

export type Entity = keyof typeof ENTITIES
