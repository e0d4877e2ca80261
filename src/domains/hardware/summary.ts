import type { Server } from '../../analysis/hardware/server.ts'
import type { ServerPower } from '../../analysis/hardware/server-power.ts'
import { groupBy } from '../../analysis/power/group.ts'
import { sumOf } from '../../analysis/power/sum.ts'
import { highest, meanOf, sensorRows, statusOfServer, valuesOf } from './rows.ts'
import { SENSOR_TYPES, SERVER_STATUSES, type SensorRow, type Summary } from './schemas.ts'

/** A server with what it draws. */
export interface Measured {
  readonly server: Server
  readonly power: ServerPower
}

const MOST_ALARMS = 20

/** Many servers in a few figures. */
export function summarise(measured: readonly Measured[]): Summary {
  const servers = measured.map(({ server }) => server)
  const sensors = servers.flatMap(placedRows)
  const inlets = servers.flatMap((server) => valuesOf(server, { part: 'inlet' }))
  return {
    ...fleetOf(measured),
    by_status: counts(SERVER_STATUSES, servers.map(statusOfServer)),
    power_by_source: bySource(measured),
    sensors: sensors.length,
    sensors_by_status: counts(
      SERVER_STATUSES.filter((status) => status !== 'bmc_unreachable'),
      sensors.map(({ status }) => status),
    ),
    sensors_by_type: counts(
      SENSOR_TYPES,
      sensors.map((sensor) => sensor.sensor_type),
    ),
    inlet_temperature_celsius_avg: meanOf(inlets),
    inlet_temperature_celsius_max: highest(inlets),
    temperature_celsius_max: highest(
      servers.flatMap((server) => valuesOf(server, { type: 'temperature' })),
    ),
    fans: sensors.filter((sensor) => sensor.sensor_type === 'fan').length,
    suspect_fans: sensors.filter(({ suspect }) => suspect !== null).length,
    psus: sumOf(measured.map(({ power }) => power.supplies.count)),
    drive_faults: servers.filter((server) => server.drive_fault === true).length,
    cooling_faults: servers.filter((server) => server.cooling_fault === true).length,
    by_cluster: [...groupBy(measured, ({ server }) => server.cluster)].map(([cluster, own]) => ({
      cluster,
      ...fleetOf(own),
    })),
    alarms: alarmsOf(sensors),
  }
}

const placedRows = (server: Server): readonly SensorRow[] =>
  sensorRows(server).map((row) => ({ cluster: server.cluster, node: server.node, ...row }))

function fleetOf(measured: readonly Measured[]): Omit<Summary['by_cluster'][number], 'cluster'> {
  const watts = measured.flatMap(({ power }) => power.power_watts ?? [])
  const on = measured.map(({ server }) => server.power_on)
  return {
    servers: measured.length,
    servers_on: on.filter((value) => value === true).length,
    servers_off: on.filter((value) => value === false).length,
    bmcs_unreachable: measured.filter(({ server }) => !server.reachable).length,
    power_watts: watts.length === 0 ? null : sumOf(watts),
    power_coverage: measured.length === 0 ? null : watts.length / measured.length,
  }
}

function bySource(measured: readonly Measured[]): Summary['power_by_source'] {
  const readings = measured.flatMap(({ power: { source, power_watts: watts } }) =>
    source === null || watts === null ? [] : [{ source, watts }],
  )
  return [...groupBy(readings, ({ source }) => source).values()].map((group) => ({
    source: group[0].source,
    servers: group.length,
    power_watts: sumOf(group.map(({ watts }) => watts)),
  }))
}

function counts(names: readonly string[], found: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    names.map((name) => [name, found.filter((each) => each === name).length]),
  )
}

const URGENCY = ['critical', 'warning', 'suspect']

function alarmsOf(sensors: readonly SensorRow[]): SensorRow[] {
  const urgencyOf = ({ status, suspect }: SensorRow): number =>
    URGENCY.indexOf(suspect === null ? status : 'suspect')
  return sensors
    .filter((sensor) => urgencyOf(sensor) >= 0)
    .sort((a, b) => urgencyOf(a) - urgencyOf(b))
    .slice(0, MOST_ALARMS)
}
