import { suspectFans } from '../../analysis/hardware/fans.ts'
import { worstOf, type Sensor } from '../../analysis/hardware/sensor.ts'
import type { ServerPower } from '../../analysis/hardware/server-power.ts'
import type { Server } from '../../analysis/hardware/server.ts'
import { sumOf } from '../../analysis/power/sum.ts'

/** What every row of a server begins with. */
export const placeOf = (server: Server) => ({
  cluster: server.cluster,
  node: server.node,
  bmcs: server.bmcs,
  status: statusOfServer(server),
  power_on: server.power_on,
})

export type ServerPlace = ReturnType<typeof placeOf>

/** The worst of its sensors. Of a server whose BMC does not answer, nothing is known. */
export const statusOfServer = ({ reachable, sensors }: Server) =>
  reachable ? worstOf(sensors.map(({ status }) => status)) : ('bmc_unreachable' as const)

/** The sensors of a server, in the order of their names. */
export function sensorRows(server: Server) {
  const suspects = suspectFans(server.sensors, server.power_on)
  return [...server.sensors].sort(byName).map((sensor) => ({
    bmc: sensor.bmc,
    name: sensor.name,
    sensor_id: sensor.id,
    sensor_type: sensor.type,
    part: sensor.part,
    watches: sensor.watches,
    value: sensor.value,
    unit: sensor.unit,
    status: sensor.status,
    suspect: suspects.get(sensor) ?? null,
    source: sensor.source,
  }))
}

/** People count `Fan2A` before `Fan10A`. */
const order = new Intl.Collator('en', { numeric: true })

function byName(a: Sensor, b: Sensor): number {
  const textOf = ({ type, name, source, id }: Sensor) => [type, name, source, id ?? ''].join(' ')
  return order.compare(textOf(a), textOf(b))
}

export const serverRow = (server: Server) => ({
  ...placeOf(server),
  failed_collectors: server.failed_collectors,
  drive_fault: server.drive_fault,
  cooling_fault: server.cooling_fault,
  sensors: sensorRows(server),
})

export const temperatureRow = (server: Server) => ({
  ...placeOf(server),
  inlet_temperature_celsius: highest(valuesOf(server, { part: 'inlet' })),
  exhaust_temperature_celsius: highest(valuesOf(server, { part: 'exhaust' })),
  temperature_celsius_max: highest(valuesOf(server, { type: 'temperature' })),
  sensors: sensorRows(server),
})

export function fansRow(server: Server) {
  const speeds = valuesOf(server, { unit: 'rpm' })
  const sensors = sensorRows(server)
  return {
    ...placeOf(server),
    fans: sensors.length,
    suspect_fans: sensors.filter(({ suspect }) => suspect !== null).length,
    fan_speed_rpm_min: speeds.length === 0 ? null : Math.min(...speeds),
    fan_speed_rpm_avg: meanOf(speeds),
    fan_speed_rpm_max: highest(speeds),
    sensors,
  }
}

export const voltageRow = (server: Server) => ({
  ...placeOf(server),
  rails: server.sensors.length,
  sensors: sensorRows(server),
})

export const powerRow = (server: Server, power: ServerPower) => ({
  ...placeOf(server),
  power_watts: power.power_watts,
  source: power.source,
  method: power.method,
  parts: power.parts,
  psu_count: power.supplies.count,
  psu_active: power.supplies.active,
  psu_input_watts: power.supplies.input_watts,
  psu_output_watts: power.supplies.output_watts,
  psu_efficiency_percent: power.supplies.efficiency_percent,
  psus: power.supplies.supplies,
  alternatives: power.alternatives,
})

/** The values of the sensors of a server that are of this type, part and unit. */
export function valuesOf(
  { sensors }: Server,
  wanted: Partial<Pick<Sensor, 'type' | 'part' | 'unit'>>,
): readonly number[] {
  const { type, part, unit } = wanted
  return sensors.flatMap((sensor) => {
    const fits =
      (type ?? sensor.type) === sensor.type &&
      (part ?? sensor.part) === sensor.part &&
      (unit ?? sensor.unit) === sensor.unit
    return fits && sensor.value !== null ? [sensor.value] : []
  })
}

export const highest = (values: readonly number[]): number | null =>
  values.length === 0 ? null : Math.max(...values)

export const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : sumOf(values) / values.length
