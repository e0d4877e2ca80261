import type { NonEmpty } from '../../kernel/kind.ts'
import type { Origin, SourceSpec } from '../source.ts'
import { POD_OWNERS } from './owners.ts'
import { BOARD_WATTS, PERCENT } from './ranges.ts'

/** GiB in 0.2.0, bytes from then on. No card has less than 4 KiB or more than 4 TiB. */
const memory = (metrics: NonEmpty<string>): Origin<'memory'> => ({
  metrics,
  unit: [
    { unit: 'gibibytes', least: 0, most: 4095 },
    { unit: 'bytes', least: 4096, most: 2 ** 43 },
  ],
  plausible: { least: 0, most: 2 ** 43 },
})

/**
 * Rebellions' NPUs through all eras: names with a colon and, later, without; memory in GiB and then bytes; builds
 * that show what the management interface gives, millidegrees and microwatts. The units are told apart by size.
 * The newer names come first and the older ones are aliases of them, never added.
 */
export const rebellions = {
  name: 'rebellions',
  title: 'rbln-metrics-exporter',
  vendor: 'rebellions',
  entity: 'npu',
  reference: 'rebellions-sw/rbln-metrics-exporter v0.2.0 to v0.3.1: names, labels and units only',
  freshnessSeconds: 120,
  labels: {
    uuid: ['uuid', 'UUID', 'device_uuid'],
    device_index: ['name', 'device', 'device_name'],
    node: ['hostname', 'node', 'instance'],
    model: ['card'],
    driver_version: ['driver_version'],
    firmware_version: ['firmware_version'],
  },
  identity: ['uuid', 'node', 'device_index'],
  owners: POD_OWNERS,
  ownPod: 'rbln-metrics-exporter',
  presence: ['power_watts', 'device_healthy'],
  pulses: [{ measure: 'power_watts', busy: 'npu_utilization_percent' }],
  measures: {
    power_watts: {
      metrics: ['rbln_npu_power', 'RBLN_DEVICE_STATUS:CARD_POWER'],
      unit: [
        { unit: 'watts', least: 0, most: 2000 },
        { unit: 'microwatts', least: 2000, most: 2e9 },
      ],
      plausible: { ...BOARD_WATTS, most: 2e9 },
    },
    npu_temperature_celsius: {
      metrics: ['rbln_npu_temperature', 'RBLN_DEVICE_STATUS:TEMPERATURE'],
      unit: [
        { unit: 'celsius', least: -40, most: 200 },
        { unit: 'millicelsius', least: 200, most: 150_000 },
      ],
      plausible: { least: -40, most: 150_000 },
    },
    memory_used_mb: memory(['rbln_npu_memory_used', 'RBLN_DEVICE_STATUS:DRAM_USED']),
    memory_total_mb: {
      ...memory(['rbln_npu_memory_total', 'RBLN_DEVICE_STATUS:DRAM_TOTAL']),
      absent: [0],
    },
    npu_utilization_percent: {
      metrics: ['rbln_npu_utilization', 'RBLN_DEVICE_STATUS:UTILIZATION'],
      unit: 'percent',
      plausible: PERCENT,
    },
    device_healthy: {
      metrics: ['rbln_npu_health', 'RBLN_DEVICE_STATUS:HEALTH'],
      unit: 'code',
      plausible: { least: 0, most: 1 },
      // 0 is active, 1 is inactive.
      codes: [
        [0, 1],
        [1, 0],
      ],
    },
  },
} as const satisfies SourceSpec
