import { NODE_SOURCES, type NodeSource } from '../../analysis/power/input.ts'
import { powerSensorOf } from '../../analysis/power/power-sensors.ts'
import type { Measure } from '../../catalogue/measures.ts'

/** Which meter of a node a value comes from, and which of several that add up. */
export interface Meter {
  readonly source: NodeSource
  readonly part: string | null
}

const FAMILIES: readonly (readonly [pattern: RegExp, source: NodeSource])[] = [
  [/dcmi/, 'dcmi'],
  [/redfish|idrac/, 'redfish'],
  [/ipmi|bmc/, 'ipmi_sensor'],
  [/kepler|scaphandre/, 'kepler_platform'],
]

/** The meter that a source of the catalogue is, by its name. What is no BMC and no Kepler is the system's own. */
const familyOf = (source: string): NodeSource =>
  NODE_SOURCES.find((meter) => meter === source) ??
  FAMILIES.find(([pattern]) => pattern.test(source))?.[1] ??
  'acpi'

/**
 * The meter behind a value of a node or BMC; null for what is no meter of the whole node, such as the fans' part
 * of it. `sensor` is the name of the sensor where a BMC has several of one kind.
 */
export function meterOf(
  source: string,
  measure: Measure,
  sensor: string | undefined,
): Meter | null {
  const part = sensor ?? null
  if (measure === 'power_input_watts') return { source: 'psu_input', part }
  if (measure === 'power_output_watts') return { source: 'psu_output', part }
  if (measure !== 'power_watts') return null
  return sensor === undefined ? { source: ownMeterOf(source), part } : sensorMeter(source, sensor)
}

/** What ipmi_exporter reads without a sensor is the BMC's own meter, by DCMI. */
const ownMeterOf = (source: string): NodeSource => (source === 'ipmi' ? 'dcmi' : familyOf(source))

function sensorMeter(source: string, sensor: string): Meter | null {
  const kind = powerSensorOf(sensor)
  if (kind === 'part') return null
  if (kind === 'total') return { source: familyOf(source), part: null }
  return { source: kind === 'supply_input' ? 'psu_input' : 'psu_output', part: sensor }
}
