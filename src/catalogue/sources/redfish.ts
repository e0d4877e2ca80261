import type { SourceSpec } from '../source.ts'
import { BMC_NAMES, sensor, SENSOR_LABELS } from './ipmi.ts'
import { FLAG, NODE_WATTS, PERCENT } from './ranges.ts'

const SHARED = {
  vendor: null,
  reference: 'mrlhansen/idrac_exporter 2.6.1 internal/collector',
  freshnessSeconds: 240,
} as const

/** The system's entry of power control; the entries beside it are parts of it. */
export const redfishSystem = {
  ...SHARED,
  name: 'redfish',
  title: 'idrac_exporter: Redfish power control',
  entity: 'node',
  labels: { node: BMC_NAMES },
  presence: ['power_watts'],
  measures: {
    power_watts: {
      metrics: ['idrac_power_control_consumed_watts'],
      unit: 'watts',
      where: [{ label: 'id', oneOf: ['0', ''] }],
      plausible: NODE_WATTS,
    },
  },
} as const satisfies SourceSpec

/** What the power supplies draw, added up. Never together with what they give. */
export const redfishSupplies = {
  ...SHARED,
  name: 'psu_input',
  title: 'idrac_exporter: input of the power supplies',
  entity: 'node',
  labels: { node: BMC_NAMES },
  presence: ['power_watts'],
  measures: {
    power_watts: {
      metrics: ['idrac_power_supply_input_watts'],
      unit: 'watts',
      addends: ['id'],
      plausible: NODE_WATTS,
    },
  },
} as const satisfies SourceSpec

/** What the power supplies give, added up. */
export const redfishOutputs = {
  ...SHARED,
  name: 'psu_output',
  title: 'idrac_exporter: output of the power supplies',
  entity: 'node',
  labels: { node: BMC_NAMES },
  presence: ['power_output_watts'],
  measures: {
    power_output_watts: {
      metrics: ['idrac_power_supply_output_watts'],
      unit: 'watts',
      addends: ['id'],
      plausible: NODE_WATTS,
    },
  },
  caution:
    'What power supplies give, and not what they draw: a lower bound of what the node draws.',
} as const satisfies SourceSpec

/**
 * The sensors of a BMC by Redfish, in the shapes of IPMI. Health counts 0 OK, 1 warning, 2 critical, as IPMI does.
 * A row with an id and no name is a power supply.
 */
export const redfishSensors = {
  ...SHARED,
  name: 'redfish_sensors',
  title: 'idrac_exporter: sensors',
  entity: 'bmc',
  labels: {
    ...SENSOR_LABELS,
    manufacturer: ['manufacturer'],
    model: ['model'],
    serial: ['serial'],
    hostname: ['hostname'],
  },
  presence: ['chassis_power_on', 'temperature_celsius', 'power_input_watts', 'power_watts'],
  measures: {
    chassis_power_on: sensor<'code'>('idrac_system_power_on', 'code', FLAG),
    bmc_info: sensor<'count'>('idrac_system_machine_info', 'count', FLAG),
    power_watts: sensor<'power'>('idrac_power_control_consumed_watts', 'watts', NODE_WATTS),
    power_input_watts: sensor<'power'>('idrac_power_supply_input_watts', 'watts', NODE_WATTS),
    power_output_watts: sensor<'power'>('idrac_power_supply_output_watts', 'watts', NODE_WATTS),
    power_capacity_watts: sensor<'power'>('idrac_power_supply_capacity_watts', 'watts', NODE_WATTS),
    power_efficiency_percent: sensor<'share'>(
      'idrac_power_supply_efficiency_percent',
      'percent',
      PERCENT,
    ),
    temperature_celsius: {
      metrics: ['idrac_sensors_temperature'],
      unit: 'celsius',
      where: [{ label: 'units', oneOf: ['celsius', 'Celsius', ''] }],
      plausible: { least: -60, most: 200 },
    },
    fan_speed_rpm: {
      metrics: ['idrac_sensors_fan_speed'],
      unit: 'rpm',
      where: [{ label: 'units', oneOf: ['rpm', 'RPM', ''] }],
      plausible: { least: 0, most: 100_000 },
    },
    fan_speed_percent: {
      metrics: ['idrac_sensors_fan_speed'],
      unit: 'percent',
      where: [{ label: 'units', oneOf: ['percent', 'Percent'] }],
      plausible: PERCENT,
    },
    voltage_volts: sensor<'voltage'>(
      ['idrac_sensors_voltage', 'idrac_power_supply_input_voltage'],
      'volts',
      { least: -1000, most: 1000 },
    ),
    sensor_state: {
      metrics: ['idrac_power_supply_health', 'idrac_sensors_fan_health', 'idrac_system_health'],
      unit: 'code',
      plausible: { least: 0, most: 2 },
      // What the exporter makes of a word that it does not know.
      absent: [10],
    },
  },
} as const satisfies SourceSpec
