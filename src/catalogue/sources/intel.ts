import type { Condition, SourceSpec } from '../source.ts'
import {
  BOARD_MILLIWATTS,
  BOARD_WATTS,
  CELSIUS,
  DEVICE_BYTES,
  JOULES,
  MEGAHERTZ,
  PERCENT,
  RATIO,
} from './ranges.ts'

/**
 * Intel Gaudi accelerators. The exporter for OpenShift also says milliwatts under a name in watts, and megahertz
 * under one in hertz; only its rows have a `Serial`, which NVIDIA's under the same names lack.
 */
export const gaudi = {
  name: 'gaudi',
  title: 'Intel Gaudi exporter',
  vendor: 'intel',
  entity: 'npu',
  reference:
    "docs.habana.ai list of names; labels and units by the source of Intel's OpenShift exporter",
  freshnessSeconds: 120,
  where: [{ label: 'Serial', noneOf: [''] }],
  labels: {
    uuid: ['UUID', 'Serial'],
    device_index: ['id'],
    node: ['node', 'hostname', 'Hostname', 'exported_node', 'instance'],
    serial: ['Serial'],
    driver_version: ['driver'],
    firmware_version: ['fit', 'spi'],
  },
  owners: [{ namespace: 'pod_namespace', pod: 'pod_name', container: 'container_name' }],
  pulses: [{ measure: 'power_watts', busy: 'npu_utilization_percent' }],
  presence: ['power_watts', 'npu_utilization_percent'],
  measures: {
    power_watts: {
      metrics: ['habanalabs_power_mW', 'accelerator_power_usage_watts'],
      unit: 'milliwatts',
      plausible: BOARD_MILLIWATTS,
    },
    power_limit_watts: {
      metrics: ['habanalabs_power_default_limit_mW'],
      unit: 'milliwatts',
      plausible: { least: 1, most: 5e6 },
    },
    npu_utilization_percent: {
      metrics: ['habanalabs_utilization'],
      unit: 'percent',
      plausible: PERCENT,
    },
    npu_temperature_celsius: {
      metrics: ['habanalabs_temperature_onchip', 'accelerator_temperature_celcius'],
      unit: 'celsius',
      plausible: CELSIUS,
    },
    board_temperature_celsius: {
      metrics: ['habanalabs_temperature_onboard'],
      unit: 'celsius',
      plausible: CELSIUS,
    },
    memory_used_mb: {
      metrics: ['habanalabs_memory_used_bytes'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
    },
    memory_free_mb: {
      metrics: ['habanalabs_memory_free_bytes'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
    },
    memory_total_mb: {
      metrics: ['habanalabs_memory_total_bytes'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
    },
    core_clock_mhz: {
      metrics: ['habanalabs_clock_soc_mhz', 'accelerator_sm_clock_hertz'],
      unit: 'megahertz',
      plausible: MEGAHERTZ,
    },
  },
  caution: 'The unit of its energy counter is not documented, so energy is summed up from power.',
} as const satisfies SourceSpec

/**
 * Intel data centre GPUs by XPU Manager 1.3. Tiles (`sub_dev`) and cards share the names of devices and are left
 * out. Ratios are 0–1, though the help text says percent.
 */
export const xpuManager = {
  name: 'xpu_manager',
  title: 'Intel XPU Manager 1.3',
  vendor: 'intel',
  entity: 'gpu',
  reference: 'intel/xpumanager v1.3 rest/prometheus_exporter.py',
  freshnessSeconds: 120,
  where: [
    { label: 'sub_dev', equals: '' },
    { label: 'uuid', noneOf: [''] },
  ],
  labels: {
    uuid: ['uuid'],
    pci_bus_id: ['pci_bdf'],
    device_index: ['dev_file'],
    node: ['node', 'exported_node', 'instance'],
    model: ['dev_name'],
  },
  owners: [{ namespace: 'kube_namespace', pod: 'kube_pod', container: 'kube_container' }],
  pulses: [{ measure: 'energy_joules' }],
  presence: ['power_watts', 'energy_joules', 'memory_used_mb'],
  measures: {
    power_watts: { metrics: ['xpum_power_watts'], unit: 'watts', plausible: BOARD_WATTS },
    energy_joules: {
      metrics: ['xpum_energy_joules_total', 'xpum_energy_joules'],
      unit: 'joules',
      plausible: JOULES,
    },
    gpu_utilization_percent: {
      metrics: ['xpum_engine_ratio'],
      unit: 'ratio',
      plausible: RATIO,
    },
    memory_used_mb: {
      metrics: ['xpum_memory_used_bytes'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
    },
    gpu_temperature_celsius: {
      metrics: ['xpum_temperature_celsius'],
      unit: 'celsius',
      where: [{ label: 'location', oneOf: ['gpu', ''] }],
      plausible: CELSIUS,
    },
    memory_temperature_celsius: {
      metrics: ['xpum_temperature_celsius'],
      unit: 'celsius',
      where: [{ label: 'location', equals: 'mem' }],
      plausible: CELSIUS,
    },
    sm_clock_mhz: {
      metrics: ['xpum_frequency_mhz'],
      unit: 'megahertz',
      where: [
        { label: 'location', oneOf: ['gpu', ''] },
        { label: 'type', oneOf: ['actual', ''] },
      ],
      plausible: MEGAHERTZ,
    },
  },
  caution: 'No sample of a real device was seen.',
} as const satisfies SourceSpec

/** Where the name of a metric is that of all hardware, its type has to be said. */
const GPUS_ONLY: readonly Condition[] = [{ label: 'hw_type', equals: 'gpu' }]

/**
 * The same GPUs by XPU Manager 2, whose daemon has OpenTelemetry's names for hardware. Servers, disks and boards of
 * other makers may stand under the same names.
 */
export const xpuManager2 = {
  name: 'xpu_manager_2',
  title: 'Intel XPU Manager 2',
  vendor: 'intel',
  entity: 'gpu',
  reference:
    'OpenTelemetry semantic conventions for hardware metrics (hw.*), which xpumd 2 is said to follow',
  freshnessSeconds: 120,
  where: [
    { label: 'hw_type', oneOf: ['gpu', ''] },
    {
      label: 'hw_vendor',
      oneOf: ['', 'Intel', 'intel', 'Intel Corporation', 'Intel(R) Corporation'],
    },
    { label: 'hw_id', noneOf: [''] },
  ],
  labels: {
    uuid: ['hw_id'],
    node: ['node', 'host_name', 'exported_node', 'instance'],
    model: ['hw_model', 'hw_name'],
    serial: ['hw_serial_number'],
    driver_version: ['hw_driver_version'],
    firmware_version: ['hw_firmware_version'],
  },
  owners: [
    { namespace: 'k8s_namespace_name', pod: 'k8s_pod_name', container: 'k8s_container_name' },
  ],
  pulses: [{ measure: 'energy_joules' }],
  presence: ['power_watts', 'energy_joules', 'memory_used_mb'],
  measures: {
    power_watts: {
      metrics: ['hw_power_watts'],
      unit: 'watts',
      where: GPUS_ONLY,
      plausible: BOARD_WATTS,
    },
    energy_joules: {
      metrics: ['hw_energy_joules_total'],
      unit: 'joules',
      where: GPUS_ONLY,
      plausible: JOULES,
    },
    gpu_utilization_percent: {
      metrics: ['hw_gpu_utilization_ratio'],
      unit: 'ratio',
      where: [{ label: 'hw_gpu_task', oneOf: ['general', ''] }],
      plausible: RATIO,
    },
    memory_used_mb: {
      metrics: ['hw_gpu_memory_usage_bytes'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
    },
    memory_total_mb: {
      metrics: ['hw_gpu_memory_limit_bytes'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
      absent: [0],
    },
  },
  caution: 'Names by the convention that it follows; no sample of a real device was seen.',
} as const satisfies SourceSpec
