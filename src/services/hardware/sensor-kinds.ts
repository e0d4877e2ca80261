import type { SensorType } from '../../analysis/hardware/sensor.ts'
import type { Gauge } from '../../catalogue/measures.ts'
import type { SensorPart } from '../../catalogue/sensor-parts.ts'
import type { NonEmpty } from '../../kernel/kind.ts'

/** A kind of sensor, and where its value is read. */
export interface SensorKind {
  readonly type: SensorType
  /** The first that has a value counts. */
  readonly values: NonEmpty<Gauge>
  /** What a sensor without a name is called, by its id. */
  readonly call: (id: string) => string
  /** The part where its name does not say it. */
  readonly part: SensorPart
}

/** Sensors that the BMC has a name for, by what they have a value of. */
export const NAMED = [
  {
    type: 'temperature',
    values: ['temperature_celsius'],
    call: (id) => `Temperature ${id}`,
    part: 'other',
  },
  { type: 'power', values: ['power_watts'], call: (id) => `Power control ${id}`, part: 'other' },
  {
    type: 'fan',
    values: ['fan_speed_rpm', 'fan_speed_percent'],
    call: (id) => `Fan ${id}`,
    part: 'fan',
  },
  { type: 'voltage', values: ['voltage_volts'], call: (id) => `Voltage ${id}`, part: 'other' },
  { type: 'current', values: ['current_amperes'], call: (id) => `Current ${id}`, part: 'other' },
  { type: 'other', values: ['sensor_reading'], call: (id) => `Sensor ${id}`, part: 'other' },
] as const satisfies NonEmpty<SensorKind>

/** What Redfish tells of a power supply, which it counts and does not name. */
export const OF_SUPPLIES = [
  {
    type: 'power',
    values: ['power_input_watts'],
    call: (id) => `PSU ${id} input power`,
    part: 'psu_input',
  },
  {
    type: 'power',
    values: ['power_output_watts'],
    call: (id) => `PSU ${id} output power`,
    part: 'psu_output',
  },
  {
    type: 'voltage',
    values: ['voltage_volts'],
    call: (id) => `PSU ${id} input voltage`,
    part: 'psu',
  },
] as const satisfies NonEmpty<SensorKind>

/** A sensor that has no value but a state: a discrete one, or the server as a whole. */
export const JUDGED_ONLY: SensorKind = {
  type: 'other',
  values: ['sensor_reading'],
  call: () => 'System health',
  part: 'other',
}

/** The measures that sensors of some types are read by. What is of another type only shows when all are read. */
export function measuresOf(types: readonly SensorType[]): NonEmpty<Gauge> {
  const kinds: readonly SensorKind[] = [...NAMED, ...OF_SUPPLIES]
  const wanted = types.includes('other') ? kinds : kinds.filter(({ type }) => types.includes(type))
  return ['sensor_state', ...new Set(wanted.flatMap(({ values }) => values))]
}
