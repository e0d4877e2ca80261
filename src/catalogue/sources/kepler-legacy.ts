import type { NonEmpty } from '../../kernel/kind.ts'
import type { Condition, Origin, SourceSpec } from '../source.ts'
import { BOARD_WATTS, JOULES, NODE_WATTS } from './ranges.ts'

const SHARED = {
  vendor: null,
  reference: 'sustainable-computing-io/kepler v0.7.12 pkg/metrics',
  freshnessSeconds: 120,
} as const

/** Kepler writes `instance` itself, which Prometheus renames beside its own. */
const NODE = ['exported_instance', 'instance'] as const

const MODELS = ['trained_power_model', 'estimator'] as const
/** By a meter, whichever; versions before 0.5.5 did not say. */
const MEASURED: Condition = { label: 'source', noneOf: MODELS }
/** By a model that was trained on other machines, where a machine has no meter. */
const MODELLED: Condition = { label: 'source', oneOf: MODELS }
/** By a meter that is named. */
const METERED: Condition = { label: 'source', noneOf: [...MODELS, ''] }

/** Idle and dynamic are two series, each package is two more. */
const ADDENDS = ['mode', 'package'] as const

const watts = (metric: string, where: readonly Condition[] = []): Origin<'power'> => ({
  metrics: [metric],
  unit: 'joules_per_second',
  rate: true,
  where,
  addends: ADDENDS,
  plausible: NODE_WATTS,
})

const joules = (metric: string, where: readonly Condition[] = []): Origin<'energy'> => ({
  metrics: [metric],
  unit: 'joules',
  where,
  addends: ADDENDS,
  plausible: JOULES,
})

/** Components of a node by Kepler up to 0.9: energy counters only. */
export const keplerLegacyNodes = {
  ...SHARED,
  name: 'kepler_legacy',
  title: 'Kepler up to 0.9: nodes',
  entity: 'node',
  labels: { node: NODE },
  pulses: [{ measure: 'cpu_energy_joules' }],
  presence: ['cpu_power_watts'],
  measures: {
    cpu_power_watts: watts('kepler_node_package_joules_total', [MEASURED]),
    dram_power_watts: watts('kepler_node_dram_joules_total', [MEASURED]),
    cpu_energy_joules: joules('kepler_node_package_joules_total', [MEASURED]),
    dram_energy_joules: joules('kepler_node_dram_joules_total', [MEASURED]),
  },
} as const satisfies SourceSpec

/**
 * The boards that Kepler up to 0.9 reads: an index, in `index` and later in `package`, and no UUID. Where another
 * exporter knows boards of the node they are the same ones.
 */
export const keplerLegacyGpus = {
  ...SHARED,
  name: 'kepler_legacy_gpus',
  title: 'Kepler up to 0.9: GPUs',
  vendor: 'nvidia',
  entity: 'gpu',
  where: [{ label: 'source', noneOf: ['HABANA', 'habana'] }],
  labels: { device_index: ['index', 'package'], node: NODE },
  presence: ['power_watts'],
  measures: {
    power_watts: {
      ...watts('kepler_node_gpu_joules_total'),
      addends: ['mode'],
      plausible: BOARD_WATTS,
    },
    energy_joules: { ...joules('kepler_node_gpu_joules_total'), addends: ['mode'] },
  },
  caution:
    'The boards have no UUID: they count only where no other exporter knows those of the node.',
} as const satisfies SourceSpec

/** A node's whole power by ACPI or Redfish, as Kepler up to 0.9 counts it. GPUs are inside. */
export const keplerLegacyPlatform = {
  ...SHARED,
  name: 'kepler_legacy_platform',
  title: 'Kepler up to 0.9: platform power',
  entity: 'node',
  labels: { node: NODE },
  presence: ['power_watts'],
  measures: {
    power_watts: { ...watts('kepler_node_platform_joules_total', [METERED]), absent: [0] },
    energy_joules: joules('kepler_node_platform_joules_total', [METERED]),
  },
} as const satisfies SourceSpec

/** The same of nodes without meters, by a model. */
export const keplerLegacyModel = {
  ...SHARED,
  name: 'kepler_legacy_model',
  title: 'Kepler up to 0.9: nodes by a power model',
  entity: 'node',
  labels: { node: NODE },
  presence: ['power_estimate_watts', 'cpu_power_watts'],
  measures: {
    power_estimate_watts: watts('kepler_node_platform_joules_total', [MODELLED]),
    cpu_power_watts: watts('kepler_node_package_joules_total', [MODELLED]),
    dram_power_watts: watts('kepler_node_dram_joules_total', [MODELLED]),
  },
  caution: 'Figures of a model that was trained on other machines, not of a meter.',
} as const satisfies SourceSpec

const CONTAINER_OWNERS = [
  { namespace: 'container_namespace', pod: 'pod_name', container: 'container_name' },
] as const

const attributed = (level: 'container' | 'vm', addends: NonEmpty<string>) => ({
  cpu_power_watts: { ...watts(`kepler_${level}_package_joules_total`), addends },
  dram_power_watts: { ...watts(`kepler_${level}_dram_joules_total`), addends },
  gpu_power_watts: { ...watts(`kepler_${level}_gpu_joules_total`), addends },
})

/** What Kepler up to 0.9 attributes to containers. `system_processes` and `kernel_processes` are no pods. */
export const keplerLegacyContainers = {
  ...SHARED,
  name: 'kepler_legacy_containers',
  title: 'Kepler up to 0.9: containers',
  entity: 'container',
  where: [{ label: 'container_namespace', noneOf: ['system', 'kernel'] }],
  labels: { node: NODE, container_id: ['container_id'] },
  owners: CONTAINER_OWNERS,
  presence: ['cpu_power_watts'],
  measures: attributed('container', ['mode']),
} as const satisfies SourceSpec

/** The same of pods: their containers added up. */
export const keplerLegacyPods = {
  ...SHARED,
  name: 'kepler_legacy_pods',
  title: 'Kepler up to 0.9: pods',
  entity: 'pod',
  where: [{ label: 'container_namespace', noneOf: ['system', 'kernel'] }],
  labels: { node: NODE },
  owners: CONTAINER_OWNERS,
  presence: ['cpu_power_watts'],
  measures: attributed('container', ['mode', 'container_name', 'container_id']),
} as const satisfies SourceSpec

/** What Kepler up to 0.9 attributes to virtual machines. */
export const keplerLegacyVms = {
  ...SHARED,
  name: 'kepler_legacy_vms',
  title: 'Kepler up to 0.9: virtual machines',
  entity: 'vm',
  labels: { node: NODE, vm_id: ['vm_id'] },
  presence: ['cpu_power_watts'],
  measures: attributed('vm', ['mode']),
} as const satisfies SourceSpec
