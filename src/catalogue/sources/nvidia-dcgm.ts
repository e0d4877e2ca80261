import type { SourceSpec } from '../source.ts'
import { BOARD_WATTS } from './ranges.ts'

/** A whole number at or above this is one of DCGM's blank values ("not supported", "no data"), never a reading. */
const BLANK = 2 ** 31 - 17
const PERCENT = { least: 0, most: 100 }
const RATIO = { least: 0, most: 1 }

/**
 * NVIDIA GPUs by dcgm-exporter, in all its eras: `Hostname` and, from May 2026, `hostname`; `UUID` and, under
 * the old namespace, `uuid`; the `dcgm_*` names of version 1. MIG rows repeat what belongs to the board, and
 * time-slicing adds a row for each pod, so nothing here may be summed before it is brought to one row a device.
 */
export const nvidiaDcgm = {
  name: 'dcgm',
  title: 'NVIDIA dcgm-exporter',
  vendor: 'nvidia',
  entity: 'gpu',
  reference: 'NVIDIA/dcgm-exporter etc/default-counters.csv, etc/1.x-compatibility-metrics.csv',
  // Moore Threads shows its cards under the same names.
  where: [{ label: 'modelName', startsWithNoneOf: ['MTT', 'Moore'] }],
  freshnessSeconds: 120,
  labels: {
    uuid: ['UUID', 'uuid'],
    device_index: ['gpu'],
    // In Kubernetes `Hostname` is the exporter's pod when NODE_NAME is not handed to it.
    node: ['Hostname', 'hostname', 'node', 'kubernetes_node', 'instance'],
    pci_bus_id: ['pci_bus_id'],
    model: ['modelName'],
    driver_version: ['DCGM_FI_DRIVER_VERSION'],
    partition_id: ['GPU_I_ID'],
    partition_profile: ['GPU_I_PROFILE'],
  },
  owners: [
    { namespace: 'exported_namespace', pod: 'exported_pod', container: 'exported_container' },
    { namespace: 'pod_namespace', pod: 'pod_name', container: 'container_name' },
    { namespace: 'namespace', pod: 'pod', container: 'container' },
  ],
  ownPod: 'dcgm-exporter',
  toldBy: ['instance'],
  // A card that is on adds to its energy, idle or not.
  pulses: [{ measure: 'energy_joules' }],
  presence: ['power_watts', 'sm_clock_mhz', 'gpu_temperature_celsius', 'memory_used_mb'],
  alike: true,
  measures: {
    power_watts: {
      metrics: ['DCGM_FI_DEV_POWER_USAGE', 'dcgm_power_usage'],
      unit: 'watts',
      plausible: BOARD_WATTS,
    },
    power_limit_watts: {
      metrics: ['DCGM_FI_DEV_ENFORCED_POWER_LIMIT', 'DCGM_FI_DEV_POWER_MGMT_LIMIT'],
      unit: 'watts',
      plausible: { least: 1, most: 5000 },
    },
    energy_joules: {
      metrics: ['DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', 'dcgm_total_energy_consumption'],
      unit: 'millijoules',
      plausible: { least: 0, most: 2 ** 53 },
    },
    gpu_utilization_percent: {
      metrics: ['DCGM_FI_DEV_GPU_UTIL', 'dcgm_gpu_utilization'],
      unit: 'percent',
      plausible: PERCENT,
    },
    engine_active_percent: {
      metrics: ['DCGM_FI_PROF_GR_ENGINE_ACTIVE', 'dcgm_fi_prof_gr_engine_active'],
      unit: 'ratio',
      plausible: RATIO,
    },
    tensor_active_percent: {
      metrics: ['DCGM_FI_PROF_PIPE_TENSOR_ACTIVE', 'dcgm_fi_prof_pipe_tensor_active'],
      unit: 'ratio',
      plausible: RATIO,
    },
    memory_bandwidth_active_percent: {
      metrics: ['DCGM_FI_PROF_DRAM_ACTIVE', 'dcgm_fi_prof_dram_active'],
      unit: 'ratio',
      plausible: RATIO,
    },
    memory_copy_utilization_percent: {
      metrics: ['DCGM_FI_DEV_MEM_COPY_UTIL', 'dcgm_mem_copy_utilization'],
      unit: 'percent',
      plausible: PERCENT,
    },
    encoder_utilization_percent: {
      metrics: ['DCGM_FI_DEV_ENC_UTIL', 'dcgm_enc_utilization'],
      unit: 'percent',
      plausible: PERCENT,
    },
    decoder_utilization_percent: {
      metrics: ['DCGM_FI_DEV_DEC_UTIL', 'dcgm_dec_utilization'],
      unit: 'percent',
      plausible: PERCENT,
    },
    memory_used_mb: {
      metrics: ['DCGM_FI_DEV_FB_USED', 'dcgm_fb_used'],
      unit: 'mebibytes',
      plausible: { least: 0, most: BLANK },
    },
    memory_free_mb: {
      metrics: ['DCGM_FI_DEV_FB_FREE', 'dcgm_fb_free'],
      unit: 'mebibytes',
      plausible: { least: 0, most: BLANK },
    },
    memory_reserved_mb: {
      metrics: ['DCGM_FI_DEV_FB_RESERVED'],
      unit: 'mebibytes',
      plausible: { least: 0, most: BLANK },
    },
    memory_total_mb: {
      metrics: ['DCGM_FI_DEV_FB_TOTAL', 'dcgm_fb_total'],
      unit: 'mebibytes',
      plausible: { least: 1, most: BLANK },
    },
    gpu_temperature_celsius: {
      metrics: ['DCGM_FI_DEV_GPU_TEMP', 'dcgm_gpu_temp'],
      unit: 'celsius',
      plausible: { least: -40, most: 150 },
    },
    memory_temperature_celsius: {
      metrics: ['DCGM_FI_DEV_MEMORY_TEMP', 'dcgm_memory_temp'],
      unit: 'celsius',
      plausible: { least: -40, most: 150 },
      // Cards without high-bandwidth memory have no such sensor and read 0.
      absent: [0],
    },
    sm_clock_mhz: {
      metrics: ['DCGM_FI_DEV_SM_CLOCK', 'dcgm_sm_clock'],
      unit: 'megahertz',
      plausible: { least: 0, most: 10_000 },
    },
    memory_clock_mhz: {
      metrics: ['DCGM_FI_DEV_MEM_CLOCK', 'dcgm_memory_clock'],
      unit: 'megahertz',
      plausible: { least: 0, most: 20_000 },
    },
    xid_code: {
      metrics: ['DCGM_FI_DEV_XID_ERRORS', 'dcgm_xid_errors'],
      unit: 'code',
      plausible: { least: 0, most: 100_000 },
    },
  },
} as const satisfies SourceSpec
