import type { NonEmpty } from '../../kernel/kind.ts'
import type { Dimension, Unit } from '../../kernel/units.ts'
import type { Origin, Plausible, SourceSpec } from '../source.ts'
import { AMOUNT, FLAG, NODE_WATTS } from './ranges.ts'

/** ipmi_exporter labels nothing with a host: a target is a BMC, by relabelling, and seldom the node's name. */
export const BMC_NAMES = ['node', 'bmc', 'target', 'instance'] as const

/** What tells one sensor of a BMC from another. `sensor_id` changes with the BMC's firmware, the name does not. */
export const SENSOR_LABELS = {
  bmc: BMC_NAMES,
  sensor_id: ['id'],
  sensor_name: ['name'],
  sensor_type: ['type'],
} as const

/** A metric that has one series for each sensor. */
export const sensor = <D extends Dimension>(
  metrics: string | NonEmpty<string>,
  unit: Unit<D>,
  plausible: Plausible,
): Origin<D> => ({ metrics: typeof metrics === 'string' ? [metrics] : metrics, unit, plausible })

const REFERENCE = 'prometheus-community/ipmi_exporter 1.6 to 1.10, code and live scrapes'
/** A BMC takes its time, and an unreachable one twenty seconds for each collector. */
const FRESHNESS_SECONDS = 240

/**
 * The reading to trust first: the BMC's own meter, by DCMI. Up to 1.6 a BMC that has none read 0, as one does
 * whose server is off.
 */
export const ipmiDcmi = {
  name: 'dcmi',
  title: 'ipmi_exporter: DCMI power reading',
  vendor: null,
  entity: 'node',
  reference: `${REFERENCE}; docs/metrics.md has the second name`,
  freshnessSeconds: FRESHNESS_SECONDS,
  labels: { node: BMC_NAMES },
  presence: ['power_watts'],
  measures: {
    power_watts: {
      metrics: ['ipmi_dcmi_power_consumption_watts', 'ipmi_dcmi_power_consumption_current_watts'],
      unit: 'watts',
      plausible: NODE_WATTS,
    },
  },
} as const satisfies SourceSpec

/** 1 says that there is no fault, against what the name says. */
const unfaulted = (metric: string): Origin<'code'> => ({
  metrics: [metric],
  unit: 'code',
  plausible: FLAG,
})

/**
 * Every sensor of a BMC. Totals, parts and power supplies share one name and must be told apart by theirs. The row
 * without a sensor's name is the server's own: its watts are the DCMI reading, under either of its two names.
 */
export const ipmiSensors = {
  name: 'ipmi',
  title: 'ipmi_exporter: sensors',
  vendor: null,
  entity: 'bmc',
  reference: REFERENCE,
  freshnessSeconds: FRESHNESS_SECONDS,
  labels: {
    ...SENSOR_LABELS,
    collector: ['collector'],
    firmware_version: ['firmware_revision'],
    manufacturer: ['manufacturer', 'manufacturer_id'],
  },
  presence: ['bmc_reachable'],
  measures: {
    bmc_reachable: sensor<'code'>('ipmi_up', 'code', FLAG),
    bmc_info: sensor<'count'>('ipmi_bmc_info', 'count', FLAG),
    chassis_power_on: sensor<'code'>('ipmi_chassis_power_state', 'code', FLAG),
    drives_healthy: unfaulted('ipmi_chassis_drive_fault_state'),
    cooling_healthy: unfaulted('ipmi_chassis_cooling_fault_state'),
    event_log_entries: sensor<'count'>(
      ['ipmi_sel_logs_count', 'ipmi_sel_entries_count'],
      'count',
      AMOUNT,
    ),
    power_watts: sensor<'power'>(
      [
        'ipmi_power_watts',
        'ipmi_dcmi_power_consumption_watts',
        'ipmi_dcmi_power_consumption_current_watts',
      ],
      'watts',
      NODE_WATTS,
    ),
    temperature_celsius: sensor<'temperature'>('ipmi_temperature_celsius', 'celsius', {
      least: -60,
      most: 200,
    }),
    fan_speed_rpm: sensor<'rotation'>('ipmi_fan_speed_rpm', 'rpm', { least: 0, most: 100_000 }),
    fan_speed_percent: sensor<'share'>('ipmi_fan_speed_ratio', 'ratio', FLAG),
    voltage_volts: sensor<'voltage'>('ipmi_voltage_volts', 'volts', { least: -1000, most: 1000 }),
    current_amperes: sensor<'current'>('ipmi_current_amperes', 'amperes', {
      least: -10_000,
      most: 10_000,
    }),
    sensor_reading: {
      metrics: ['ipmi_sensor_value'],
      unit: 'code',
      plausible: { least: -1e12, most: 1e12 },
      // Discrete sensors only have a state.
      absent: [Number.NaN],
    },
    sensor_state: {
      metrics: [
        'ipmi_power_state',
        'ipmi_temperature_state',
        'ipmi_fan_speed_state',
        'ipmi_voltage_state',
        'ipmi_current_state',
        'ipmi_sensor_state',
      ],
      unit: 'code',
      // NaN says that the BMC does not judge this sensor.
      plausible: { least: 0, most: 2 },
      absent: [Number.NaN],
    },
  },
} as const satisfies SourceSpec
