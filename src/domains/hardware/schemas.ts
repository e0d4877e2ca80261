import { z } from 'zod'
import { SENSOR_STATUSES } from '../../analysis/hardware/sensor.ts'
import { NODE_SOURCES } from '../../analysis/power/input.ts'

const text = z.string().nullable()
const figure = z.number().nullable()
const count = z.int()

export const SENSOR_TYPES = ['temperature', 'power', 'fan', 'voltage', 'current', 'other'] as const

export const SERVER_STATUSES = [...SENSOR_STATUSES, 'bmc_unreachable'] as const

const sensorShape = {
  bmc: z.string().describe('The BMC as its target is called.'),
  name: z.string().describe('The name that the BMC gives it. Names are stable, ids are not.'),
  sensor_id: text.describe('The id of today: it changes when sensors come or go.'),
  sensor_type: z.enum(SENSOR_TYPES),
  part: z
    .string()
    .describe(
      'What it is about, as far as its name says: total, cpu, memory, gpu, fan, psu, psu_input, psu_output, inlet, exhaust, else other.',
    ),
  watches: text.describe('What a sensor of type `other` watches, in the words of IPMI.'),
  value: figure.describe('Null for a sensor that only has a state.'),
  unit: text.describe('celsius, watts, rpm, percent, volts, amperes; null where it is not told.'),
  status: z.enum(SENSOR_STATUSES).describe('As the BMC judges it, never guessed.'),
  suspect: z
    .enum(['standing', 'slow'])
    .nullable()
    .describe(
      'A fan that should turn: `standing` reads 0 while others turn, `slow` reads less than a quarter of the median of its peers. The status stays that of the BMC.',
    ),
  source: z.string(),
}

/** One sensor of a server. */
export const sensorSchema = z.object({ cluster: z.string(), node: z.string(), ...sensorShape })
export type SensorRow = z.output<typeof sensorSchema>

const serverShape = {
  cluster: z.string(),
  node: z.string().describe('The node that the BMC manages; its own name where nobody knows.'),
  bmcs: z.array(z.string()),
  status: z
    .enum(SERVER_STATUSES)
    .describe('The worst of the sensors shown; `bmc_unreachable` when nothing is known of them.'),
  power_on: z.boolean().nullable().describe('Whether the chassis is switched on.'),
}
const sensors = z.array(z.object(sensorShape))

/** One server with all that its BMC says. */
export const serverSchema = z.object({
  ...serverShape,
  failed_collectors: z
    .array(z.string())
    .describe('Collectors that failed while others did not, such as `dcmi` where there is none.'),
  drive_fault: z.boolean().nullable(),
  cooling_fault: z.boolean().nullable(),
  sensors,
})

/** The temperatures of one server. */
export const temperatureSchema = z.object({
  ...serverShape,
  inlet_temperature_celsius: figure,
  exhaust_temperature_celsius: figure,
  temperature_celsius_max: figure,
  sensors,
})

/** The fans of one server. */
export const fansSchema = z.object({
  ...serverShape,
  fans: count,
  suspect_fans: count,
  fan_speed_rpm_min: figure,
  fan_speed_rpm_avg: figure,
  fan_speed_rpm_max: figure,
  sensors,
})

/** The voltages of one server. */
export const voltageSchema = z.object({ ...serverShape, rails: count, sensors })

const powerSource = z.enum(NODE_SOURCES)

/** What one server draws. */
export const powerSchema = z.object({
  ...serverShape,
  power_watts: figure.describe('One reading: sensors are never added up to it.'),
  source: powerSource
    .nullable()
    .describe(
      'The most trusted that there is: dcmi, redfish, psu_input (all supplies), ipmi_sensor (one that names the total), psu_output.',
    ),
  method: z
    .enum(['measured', 'estimated'])
    .nullable()
    .describe('`estimated`: what the supplies give, less than what they draw.'),
  parts: z
    .object({
      cpu_watts: figure,
      memory_watts: figure,
      gpu_watts: figure,
      fan_watts: figure,
    })
    .describe('Inside the total, where sensors are named so. They need not add up to it.'),
  psu_count: count,
  psu_active: count.describe('Supplies that carry load.'),
  psu_input_watts: figure.describe('Null when a supply lacks its figure.'),
  psu_output_watts: figure,
  psu_efficiency_percent: figure,
  psus: z.array(
    z.object({
      psu: z.string(),
      input_watts: figure,
      output_watts: figure,
      capacity_watts: figure,
      efficiency_percent: figure,
      status: z.enum(SENSOR_STATUSES),
      source: z.string(),
    }),
  ),
  alternatives: z
    .array(
      z.object({
        source: z.string(),
        power_watts: z.number(),
        ratio: z.number().describe('Its watts ÷ the watts that count.'),
      }),
    )
    .describe('What the other readings say of the same server.'),
})

const tally = z.record(z.string(), count)
const fleetShape = {
  servers: count,
  servers_on: count,
  servers_off: count,
  bmcs_unreachable: count.describe('Servers none of whose BMCs answers.'),
  power_watts: figure.describe('Sum over the servers with a reading.'),
  power_coverage: figure.describe('Servers with a reading ÷ servers known, 0–1.'),
}

/** All servers in a few figures. */
export const summarySchema = z.object({
  ...fleetShape,
  by_status: tally.describe('Servers by their worst sensor.'),
  power_by_source: z.array(
    z.object({ source: powerSource, servers: count, power_watts: z.number() }),
  ),
  sensors: count,
  sensors_by_status: tally,
  sensors_by_type: tally,
  inlet_temperature_celsius_avg: figure,
  inlet_temperature_celsius_max: figure,
  temperature_celsius_max: figure,
  fans: count,
  suspect_fans: count,
  psus: count,
  drive_faults: count.describe('Servers whose chassis reports a failed drive.'),
  cooling_faults: count.describe('Servers whose chassis reports failed cooling.'),
  by_cluster: z.array(z.object({ cluster: z.string(), ...fleetShape })),
  alarms: z
    .array(sensorSchema)
    .describe('Sensors that are critical, in warning or suspect, the worst first; at most 20.'),
})
export type Summary = z.output<typeof summarySchema>

/** The columns that sensors can be sorted by. */
export const SENSOR_SORTABLE = [
  'cluster',
  'node',
  'bmc',
  'name',
  'sensor_type',
  'part',
  'value',
  'status',
  'source',
] as const satisfies readonly (keyof SensorRow)[]

/** The columns that every list of servers can be sorted by. */
export const SERVER_SORTABLE = ['cluster', 'node', 'status'] as const
