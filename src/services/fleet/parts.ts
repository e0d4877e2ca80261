import type { Entity, Label } from '../../catalogue/entities.ts'
import type { Gauge } from '../../catalogue/measures.ts'
import type { NonEmpty } from '../../kernel/kind.ts'
import type { Filter, Question, Reading } from '../telemetry/index.ts'

/** One question of those that together tell where the watts of a fleet go. */
export interface Part {
  readonly entity: Entity
  readonly labels: NonEmpty<Label>
  /** Without: which things there are, and no values. */
  readonly measures?: NonEmpty<Gauge>
  /** What stands for the presence of the thing over a window, where `measures` is left out. */
  readonly presence?: Gauge
  /** What stands for it now as well, where all metrics of its source are alike. */
  readonly sign?: Gauge
  readonly where?: Readonly<Partial<Record<Label, Filter>>>
  readonly unlessOf?: Entity
  /** Facts are read once an hour, also for a window. */
  readonly shelf: 'static' | 'realtime'
}

const DEVICE = ['uuid', 'node', 'device_index'] as const
const OWNER = ['namespace', 'pod', 'container'] as const

/** What every total needs. */
export const TOTAL_PARTS = {
  nodes: {
    entity: 'node',
    labels: ['node', 'internal_ip'],
    measures: ['node_present'],
    shelf: 'static',
  },
  node_addresses: {
    entity: 'node',
    labels: ['node', 'address', 'address_type'],
    measures: ['node_address'],
    shelf: 'static',
  },
  node_kernels: {
    entity: 'node',
    labels: ['node', 'hostname'],
    measures: ['kernel_info'],
    shelf: 'static',
  },
  node_power: {
    entity: 'node',
    labels: ['node'],
    measures: [
      'power_watts',
      'cpu_power_watts',
      'dram_power_watts',
      'platform_zone_power_watts',
      'power_input_watts',
      'power_output_watts',
    ],
    shelf: 'realtime',
  },
  bmc_power: {
    entity: 'bmc',
    labels: ['bmc', 'node', 'sensor_name', 'sensor_id'],
    measures: ['power_watts', 'power_input_watts', 'power_output_watts', 'chassis_power_on'],
    shelf: 'realtime',
  },
  bmc_infos: {
    entity: 'bmc',
    labels: ['bmc', 'hostname'],
    measures: ['bmc_info'],
    shelf: 'static',
  },
  gpus: { entity: 'gpu', labels: [...DEVICE, 'model', 'serial'], shelf: 'static' },
  gpu_limits: {
    entity: 'gpu',
    labels: DEVICE,
    measures: ['power_limit_watts'],
    shelf: 'static',
  },
  gpu_power: {
    entity: 'gpu',
    labels: [...DEVICE, 'partition_id', 'partition_profile'],
    measures: ['power_watts'],
    shelf: 'realtime',
  },
  npus: { entity: 'npu', labels: [...DEVICE, 'model', 'serial'], shelf: 'static' },
  npu_limits: {
    entity: 'npu',
    labels: DEVICE,
    measures: ['power_limit_watts'],
    shelf: 'static',
  },
  npu_power: {
    entity: 'npu',
    labels: [...DEVICE, 'partition_id', 'partition_profile'],
    measures: ['power_watts'],
    shelf: 'realtime',
  },
} as const satisfies Readonly<Record<string, Part>>

/** What attribution to workloads needs beside it. */
export const WORKLOAD_PARTS = {
  gpu_owners: {
    entity: 'gpu',
    labels: [...DEVICE, 'partition_id', 'partition_profile', ...OWNER],
    presence: 'power_watts',
    sign: 'power_watts',
    shelf: 'realtime',
  },
  npu_owners: {
    entity: 'npu',
    labels: [...DEVICE, 'partition_id', 'partition_profile', 'core', ...OWNER],
    presence: 'power_watts',
    shelf: 'realtime',
  },
  // How busy the parts of a board are decides who of their holders has which watts; of a whole board it does not.
  gpu_activity: {
    entity: 'gpu',
    labels: [...DEVICE, 'partition_id', 'partition_profile'],
    measures: ['engine_active_percent'],
    where: { partition_id: { differsFrom: '' } },
    shelf: 'realtime',
  },
  gpu_load: {
    entity: 'gpu',
    labels: DEVICE,
    measures: ['gpu_utilization_percent'],
    shelf: 'realtime',
  },
  pods: {
    entity: 'pod',
    labels: [
      'namespace',
      'pod',
      'pod_uid',
      'node',
      'owner_kind',
      'owner_name',
      'training_job',
      'inference_service',
      'batch_job',
      'app',
      'workload_type',
    ],
    measures: ['pod_present', 'pod_running', 'pod_owner', 'pod_labels'],
    shelf: 'realtime',
  },
  pod_use: {
    entity: 'pod',
    labels: ['namespace', 'pod', 'pod_uid', 'node'],
    measures: ['cpu_power_watts', 'dram_power_watts', 'cpu_cores_used'],
    shelf: 'realtime',
  },
  container_use: {
    entity: 'container',
    labels: [...OWNER, 'pod_uid', 'node'],
    measures: ['cpu_power_watts', 'dram_power_watts', 'cpu_cores_used'],
    shelf: 'realtime',
  },
  vm_use: {
    entity: 'vm',
    labels: ['vm_id', 'vm_domain', 'node'],
    measures: ['cpu_power_watts', 'dram_power_watts', 'cpu_cores_used'],
    shelf: 'realtime',
  },
  requests: {
    entity: 'pod',
    labels: [...OWNER, 'node', 'resource'],
    measures: ['resource_requested'],
    where: { resource: ['cpu'] },
    shelf: 'realtime',
  },
  capacity: {
    entity: 'node',
    labels: ['node', 'resource'],
    measures: ['resource_capacity'],
    where: { resource: ['cpu'] },
    shelf: 'static',
  },
  cores: { entity: 'node', labels: ['node'], measures: ['cpu_cores'], shelf: 'static' },
} as const satisfies Readonly<Record<string, Part>>

const PARTS = { ...TOTAL_PARTS, ...WORKLOAD_PARTS } as const

export type PartName = keyof typeof PARTS

/** A row of a step of a window, of which a thing may have been there for a part only. */
export interface FleetReading extends Reading {
  /** The part of the step in which it was there, 0 to 1; left out where nobody can say. */
  readonly lived?: number | undefined
  /** How many samples of the step it has, and how many there were; likewise. */
  readonly samples?: { readonly own: number; readonly all: number } | undefined
}

/** Rows by the question that they answer; empty for those that were not asked. */
export type FleetRows = Readonly<Record<PartName, readonly FleetReading[]>>

/**
 * `types`: the signs of what a workload is for. `containers`: what single containers use, where their pods are told
 * too. `reserved`: the processors that pods ask for. `load`: how busy GPUs are.
 */
export type FleetDetail = 'types' | 'containers' | 'reserved' | 'load'

/** The questions of a reading: about totals alone, or about workloads too, with the details that are wanted. */
export function partsFor({
  workloads,
  details,
}: {
  readonly workloads: boolean
  readonly details?: readonly FleetDetail[]
}): readonly (readonly [PartName, Part])[] {
  const parts = workloads ? ofWorkloads(details) : TOTAL_PARTS
  // The keys of an object of ours are those of its type.
  return Object.entries(parts) as readonly [PartName, Part][]
}

/** The details that are whole questions, and what is asked without those that are not. */
const OF_DETAIL = { requests: 'reserved', gpu_load: 'load' } as const
const POD = ['namespace', 'pod', 'pod_uid', 'node'] as const

function ofWorkloads(details?: readonly FleetDetail[]): Readonly<Partial<Record<PartName, Part>>> {
  if (details === undefined) return PARTS
  const left = Object.entries(PARTS).filter(
    ([name]) => !(name in OF_DETAIL) || details.includes(OF_DETAIL[name as keyof typeof OF_DETAIL]),
  )
  const { pods, container_use: use } = PARTS
  return {
    ...Object.fromEntries(left),
    pods: details.includes('types')
      ? pods
      : { ...pods, labels: POD, measures: ['pod_present', 'pod_running'] },
    container_use: details.includes('containers') ? use : { ...use, unlessOf: 'pod' },
  }
}

/** The rows of some questions, with none for all others. */
export function rowsOf(
  found: readonly (readonly [PartName, readonly FleetReading[]])[],
): FleetRows {
  const none = Object.keys(PARTS).map((name) => [name, []] as const)
  return Object.fromEntries([...none, ...found]) as unknown as FleetRows
}

/** What a part asks of telemetry, whatever the time. */
export function questionOf({
  entity,
  labels,
  where,
  unlessOf,
}: Part): Pick<Question, 'entity' | 'labels' | 'where' | 'unlessOf'> {
  return {
    entity,
    labels,
    ...(where !== undefined && { where }),
    ...(unlessOf !== undefined && { unlessOf }),
  }
}
