import type { Origin, SourceSpec } from '../source.ts'
import { BOARD_WATTS, JOULES, NODE_WATTS } from './ranges.ts'

const REFERENCE = 'sustainable-computing-io/kepler v0.11.4 internal/exporter/prometheus/collector'
const FRESHNESS_SECONDS = 120
const NODE = ['node_name', 'exported_node_name'] as const

/** Terminated workloads stay exported with 0 W: what they drew is over. */
const RUNNING = { label: 'state', oneOf: ['', 'running'] } as const

/** Zones overlap: package and dram lie beside one another, core and uncore inside package, psys around all. */
const zoneWatts = (metric: string, zone: string): Origin<'power'> => ({
  metrics: [metric],
  unit: 'watts',
  where: [{ label: 'zone', equals: zone }, RUNNING],
  // Sockets come added up, as one path; where they do not, they add up here.
  addends: ['path'],
  plausible: NODE_WATTS,
})

/** What terminated workloads drew stays, so these are of running and of terminated ones. */
const zoneJoules = (metric: string, zone: string): Origin<'energy'> => ({
  metrics: [metric],
  unit: 'joules',
  where: [{ label: 'zone', equals: zone }],
  addends: ['path'],
  plausible: JOULES,
})

/** The power and energy of a node or workload by zone, for the metrics of its level. */
const zones = (level: 'node' | 'pod' | 'container' | 'vm') => ({
  cpu_power_watts: zoneWatts(`kepler_${level}_cpu_watts`, 'package'),
  dram_power_watts: zoneWatts(`kepler_${level}_cpu_watts`, 'dram'),
  cpu_energy_joules: zoneJoules(`kepler_${level}_cpu_joules_total`, 'package'),
  dram_energy_joules: zoneJoules(`kepler_${level}_cpu_joules_total`, 'dram'),
})

const gpuWatts = (metric: string): Origin<'power'> => ({
  metrics: [metric],
  unit: 'watts',
  where: [RUNNING],
  addends: ['gpu_uuid', 'gpu'],
  plausible: NODE_WATTS,
})

/** Components of a node by Kepler 0.10 and later. */
export const keplerNodes = {
  name: 'kepler',
  title: 'Kepler 0.10 and later: nodes',
  vendor: null,
  entity: 'node',
  reference: REFERENCE,
  freshnessSeconds: FRESHNESS_SECONDS,
  labels: { node: NODE },
  // A processor that runs an exporter adds to its energy.
  pulses: [{ measure: 'cpu_energy_joules' }],
  presence: ['cpu_power_watts', 'platform_zone_power_watts'],
  measures: {
    ...zones('node'),
    platform_zone_power_watts: zoneWatts('kepler_node_cpu_watts', 'psys'),
    cpu_idle_power_watts: zoneWatts('kepler_node_cpu_idle_watts', 'package'),
    dram_idle_power_watts: zoneWatts('kepler_node_cpu_idle_watts', 'dram'),
  },
} as const satisfies SourceSpec

const PLATFORM = {
  vendor: null,
  entity: 'node',
  reference: 'sustainable-computing-io/kepler docs/developer/proposal/EP-001-redfish-support.md',
  freshnessSeconds: FRESHNESS_SECONDS,
  labels: { node: NODE, bmc: ['bmc_id'] },
  presence: ['power_watts'],
} as const satisfies Partial<SourceSpec>

/** A server's whole power by Kepler's Redfish reader. Of the entries of power control the largest is the chassis'. */
export const keplerPlatform = {
  ...PLATFORM,
  name: 'kepler_platform',
  title: 'Kepler 0.11 and later: platform power',
  measures: {
    power_watts: {
      metrics: ['kepler_platform_watts'],
      unit: 'watts',
      where: [{ label: 'source_type', noneOf: ['PowerSupply'] }],
      plausible: NODE_WATTS,
      absent: [0],
    },
  },
} as const satisfies SourceSpec

/** What the power supplies of a server give, added up. */
export const keplerSupplies = {
  ...PLATFORM,
  name: 'kepler_psu_output',
  title: 'Kepler 0.11 and later: output of the power supplies',
  measures: {
    power_output_watts: {
      metrics: ['kepler_platform_watts'],
      unit: 'watts',
      where: [{ label: 'source_type', equals: 'PowerSupply' }],
      addends: ['chassis_id', 'source_id'],
      plausible: NODE_WATTS,
      absent: [0],
    },
  },
  presence: ['power_output_watts'],
  caution:
    'What power supplies give, and not what they draw: a lower bound of what the node draws.',
} as const satisfies SourceSpec

/** What Kepler attributes to pods: the active part only, the idle part stays with the node. */
export const keplerPods = {
  name: 'kepler_pods',
  title: 'Kepler 0.10 and later: pods',
  vendor: null,
  entity: 'pod',
  reference: REFERENCE,
  freshnessSeconds: FRESHNESS_SECONDS,
  labels: { node: NODE, pod_uid: ['pod_id'] },
  owners: [{ namespace: 'pod_namespace', pod: 'pod_name', container: 'container_name' }],
  presence: ['cpu_power_watts', 'gpu_power_watts'],
  measures: { ...zones('pod'), gpu_power_watts: gpuWatts('kepler_pod_gpu_watts') },
  caution: 'The active part only: what an idle node draws is attributed to nobody.',
} as const satisfies SourceSpec

/** The same for containers, which name their pod by its UID only. */
export const keplerContainers = {
  name: 'kepler_containers',
  title: 'Kepler 0.10 and later: containers',
  vendor: null,
  entity: 'container',
  reference: REFERENCE,
  freshnessSeconds: FRESHNESS_SECONDS,
  labels: { node: NODE, pod_uid: ['pod_id'], container_id: ['container_id'] },
  owners: [{ namespace: 'pod_namespace', pod: 'pod_name', container: 'container_name' }],
  identity: ['pod_uid', 'container', 'container_id'],
  presence: ['cpu_power_watts', 'gpu_power_watts'],
  measures: { ...zones('container'), gpu_power_watts: gpuWatts('kepler_container_gpu_watts') },
  caution: 'The active part only. A container names its pod by its UID.',
} as const satisfies SourceSpec

/** What Kepler attributes to virtual machines of a hypervisor. */
export const keplerVms = {
  name: 'kepler_vms',
  title: 'Kepler 0.10 and later: virtual machines',
  vendor: null,
  entity: 'vm',
  reference: REFERENCE,
  freshnessSeconds: FRESHNESS_SECONDS,
  labels: { node: NODE, vm_id: ['vm_id'], vm_domain: ['vm_name'] },
  presence: ['cpu_power_watts'],
  measures: zones('vm'),
  caution: 'The active part only, and never the GPUs of a machine.',
} as const satisfies SourceSpec

/** The boards that Kepler reads through NVML: the same boards as dcgm-exporter's, so they count only where it has none. */
export const keplerGpus = {
  name: 'kepler_gpus',
  title: 'Kepler 0.11.4 and later: GPUs',
  vendor: 'nvidia',
  entity: 'gpu',
  reference: REFERENCE,
  freshnessSeconds: FRESHNESS_SECONDS,
  labels: { uuid: ['gpu_uuid'], device_index: ['gpu'], model: ['gpu_name'], node: NODE },
  identity: ['uuid', 'node', 'device_index'],
  where: [{ label: 'vendor', oneOf: ['nvidia', 'NVIDIA', ''] }],
  presence: ['power_watts'],
  measures: {
    power_watts: {
      metrics: ['kepler_node_gpu_watts'],
      unit: 'watts',
      plausible: BOARD_WATTS,
    },
    energy_joules: {
      metrics: ['kepler_node_gpu_joules_total'],
      unit: 'joules',
      plausible: JOULES,
    },
  },
} as const satisfies SourceSpec
