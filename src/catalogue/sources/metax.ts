import type { SourceSpec } from '../source.ts'
import { POD_OWNERS } from './owners.ts'
import { BOARD_MILLIWATTS, CELSIUS, PERCENT } from './ranges.ts'
import { NODE_NAMES, SECOND_HAND_SOURCE } from './second-hand.ts'

/** MetaX cards. Power is in milliwatts; memory in KiB, of which only that of the video memory counts. */
export const metax = {
  ...SECOND_HAND_SOURCE,
  name: 'metax',
  title: 'MetaX mx-exporter',
  vendor: 'metax',
  labels: {
    uuid: ['uuid'],
    device_index: ['deviceId'],
    node: NODE_NAMES,
    model: ['modelName'],
    driver_version: ['driver_version'],
  },
  owners: POD_OWNERS,
  ownPod: 'mx-exporter',
  presence: ['power_watts', 'npu_utilization_percent'],
  measures: {
    power_watts: {
      metrics: ['mx_board_power'],
      unit: 'milliwatts',
      plausible: BOARD_MILLIWATTS,
    },
    npu_utilization_percent: { metrics: ['mx_gpu_usage'], unit: 'percent', plausible: PERCENT },
    npu_temperature_celsius: {
      metrics: ['mx_chip_hotspot_temp'],
      unit: 'celsius',
      plausible: CELSIUS,
    },
    memory_temperature_celsius: {
      metrics: ['mx_chip_hbm_temp'],
      unit: 'celsius',
      plausible: CELSIUS,
    },
    memory_used_mb: {
      metrics: ['mx_memory_used'],
      unit: 'kibibytes',
      where: [{ label: 'type', oneOf: ['vram', ''] }],
      plausible: { least: 0, most: 2 ** 33 },
    },
    memory_total_mb: {
      metrics: ['mx_memory_total'],
      unit: 'kibibytes',
      where: [{ label: 'type', oneOf: ['vram', ''] }],
      plausible: { least: 1, most: 2 ** 33 },
    },
  },
} as const satisfies SourceSpec

/** Another build for the same cards. Each way of the power supply shows the same power: one counts. */
export const metaxWays = {
  ...SECOND_HAND_SOURCE,
  name: 'metax_ways',
  title: 'MetaX exporter, build with bway_power',
  vendor: 'metax',
  where: [{ label: 'uuid', noneOf: [''] }],
  labels: { uuid: ['uuid'], device_index: ['deviceId'], node: NODE_NAMES, model: ['modelName'] },
  owners: POD_OWNERS,
  presence: ['power_watts'],
  measures: {
    power_watts: {
      metrics: ['bway_power'],
      unit: [
        { unit: 'watts', least: 0, most: 2000 },
        { unit: 'milliwatts', least: 2000, most: 2e6 },
      ],
      plausible: { least: 0, most: 2e6 },
    },
    npu_utilization_percent: { metrics: ['gpu_usage'], unit: 'percent', plausible: PERCENT },
    npu_temperature_celsius: { metrics: ['core_temp'], unit: 'celsius', plausible: CELSIUS },
  },
} as const satisfies SourceSpec
