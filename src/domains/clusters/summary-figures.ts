import { suspectFans } from '../../analysis/hardware/fans.ts'
import type { Server } from '../../analysis/hardware/server.ts'
import { groupBy } from '../../analysis/power/group.ts'
import type { NodeName } from '../../analysis/power/input.ts'
import { highestKnown, meanKnown, sumOf } from '../../analysis/power/sum.ts'
import type { SourcedTotal } from '../../analysis/power/totals.ts'
import type { Warning, WarningCode } from '../../kernel/answer.ts'
import {
  byModel,
  figuresOf,
  tallyBy,
  valueOf,
  type Found,
  type KubernetesCounts,
  type Tally,
} from '../../services/devices/index.ts'
import { NODE_STATUSES, POD_PHASES, type NodeStates, type PodPhase } from './kubernetes.ts'
import { MACHINE_STATUSES, type Machine } from './machines.ts'

/** The nodes that Kubernetes knows; null where it tells of none. */
export function nodeFigures(known: readonly NodeName[], states: NodeStates) {
  if (known.length === 0) return null
  const names = [...new Set(known.map(({ node }) => node))]
  const roles = names.flatMap(
    (node): readonly (string | null)[] => states.roles.get(node) ?? [null],
  )
  return {
    known: names.length,
    ...countEach(
      NODE_STATUSES,
      names.map((node) => states.status.get(node) ?? 'unknown'),
    ),
    unschedulable: names.filter((node) => states.unschedulable.has(node)).length,
    by_role: [...groupBy(roles, (role) => role ?? '')]
      .map(([, group]) => ({ role: group[0], nodes: group.length }))
      .sort((a, b) => b.nodes - a.nodes),
  }
}

/** How many of a list there are of each name. */
function countEach<Name extends string>(
  names: readonly Name[],
  found: readonly Name[],
): Record<Name, number> {
  const counts = new Map<Name, number>(names.map((name) => [name, 0]))
  for (const name of found) counts.set(name, (counts.get(name) ?? 0) + 1)
  // Each name is there once.
  return Object.fromEntries(counts) as Record<Name, number>
}

/** The pods that Kubernetes knows; null where it tells of none. */
export function podFigures(phases: ReadonlyMap<string, PodPhase>) {
  if (phases.size === 0) return null
  return { total: phases.size, ...countEach(POD_PHASES, [...phases.values()]) }
}

/** The boards of the cluster and who has them. */
export function acceleratorFigures(found: readonly Found[], kubernetes: KubernetesCounts | null) {
  const figures = figuresOf(found)
  const ofKind = (entity: 'gpu' | 'npu') => found.filter(({ kind }) => kind.entity === entity)
  const allocated = allocatedOf(figures.allocated, kubernetes)
  return {
    total: figures.total,
    gpus: ofKind('gpu').length,
    npus: ofKind('npu').length,
    by_status: figures.by_status,
    by_vendor: tallyBy(found, ({ device: { vendor } }) => ({ vendor })).map(tallyRow),
    by_model: tallyBy(found, (each) => ({ type: each.kind.entity, ...byModel(each) })).map(
      tallyRow,
    ),
    allocated,
    free: allocated === null ? null : figures.total - allocated,
    idle_allocated: allocated === null ? null : figures.idle_allocated,
    partitioned: figures.partitioned,
    partitions: figures.partitions,
    kubernetes,
  }
}

/** Where nobody tells of any holder, none may be held, or nobody may be able to tell. */
function allocatedOf(allocated: number, kubernetes: KubernetesCounts | null): number | null {
  if (allocated > 0) return allocated
  const requested = sumOf(Object.values(kubernetes?.requested_by_running_pods ?? {}))
  return kubernetes === null || requested > 0 ? null : 0
}

const tallyRow = <Key>({ key, devices, power_watts: watts }: Tally<Key>) => ({
  ...key,
  accelerators: devices,
  power_watts: watts,
})

const ofEntity = (
  found: readonly Found[],
  entity: 'gpu' | 'npu',
  read: (found: Found) => number | null,
): readonly (number | null)[] => found.filter(({ kind }) => kind.entity === entity).map(read)

/** How busy the boards are that report it. */
export function utilizationFigures(found: readonly Found[]) {
  const read = ({ kind, device }: Found): number | null => kind.utilizationOf(device)
  const gpus = ofEntity(found, 'gpu', read)
  const npus = ofEntity(found, 'npu', read)
  return {
    gpu_utilization_percent_avg: meanKnown(gpus),
    gpu_utilization_percent_max: highestKnown(gpus),
    npu_utilization_percent_avg: meanKnown(npus),
    npu_utilization_percent_max: highestKnown(npus),
  }
}

/** How hot the boards are, and the air that servers take in. */
export function heatFigures(found: readonly Found[], servers: readonly Server[]) {
  const read = ({ kind, device }: Found): number | null => valueOf(device, kind.temperature)
  const gpus = ofEntity(found, 'gpu', read)
  const npus = ofEntity(found, 'npu', read)
  const inlets = servers.flatMap(({ sensors }) =>
    sensors.filter(({ part }) => part === 'inlet').map(({ value }) => value),
  )
  return {
    gpu_temperature_celsius_avg: meanKnown(gpus),
    gpu_temperature_celsius_max: highestKnown(gpus),
    npu_temperature_celsius_avg: meanKnown(npus),
    npu_temperature_celsius_max: highestKnown(npus),
    inlet_temperature_celsius_avg: meanKnown(inlets),
    inlet_temperature_celsius_max: highestKnown(inlets),
  }
}

/** The virtual machines; null where nobody tells of any. */
export function machineFigures(machines: readonly Machine[]) {
  if (machines.length === 0) return null
  const statuses = machines.map(({ status }) => status)
  return { total: machines.length, by_status: countEach(MACHINE_STATUSES, statuses) }
}

/** What the servers' own management finds wrong; null where none is watched. */
export function hardwareFigures(servers: readonly Server[]) {
  if (servers.length === 0) return null
  const sensors = servers.flatMap((server) => server.sensors)
  const count = (holds: (server: Server) => boolean): number => servers.filter(holds).length
  return {
    servers: servers.length,
    bmcs_unreachable: count(({ reachable }) => !reachable),
    servers_off: count((server) => server.power_on === false),
    sensors_warning: sensors.filter(({ status }) => status === 'warning').length,
    sensors_critical: sensors.filter(({ status }) => status === 'critical').length,
    suspect_fans: sumOf(servers.map((server) => suspectFans(server.sensors, server.power_on).size)),
    drive_faults: count((server) => server.drive_fault === true),
    cooling_faults: count((server) => server.cooling_fault === true),
  }
}

/** How far the figures can be trusted: what is silent, and how many warnings there are of each kind. */
export function qualityFigures(
  { nodes }: SourcedTotal,
  found: readonly Found[],
  warnings: readonly Warning[],
) {
  const count = (code: WarningCode): number =>
    warnings.filter((warning) => warning.code === code).length
  return {
    unmeasured_nodes: nodes.known - nodes.measured,
    silent_accelerators: found.filter(({ device }) => device.silent).length,
    warnings: {
      stale_data: count('stale_data'),
      silent_entities: count('silent_entities'),
      unmatched_names: count('unmatched_names'),
      implausible_values: count('implausible_values'),
      inconsistent_sources: count('inconsistent_sources'),
      bmc_unreachable: count('bmc_unreachable'),
      cluster_incomplete: count('cluster_incomplete'),
    },
  }
}
