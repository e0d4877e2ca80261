import { serverPower } from '../../analysis/hardware/server-power.ts'
import type { Server } from '../../analysis/hardware/server.ts'
import { warningsOf } from '../../analysis/power/findings.ts'
import type { SensorType } from '../../catalogue/sensor-parts.ts'
import type { Outcome } from '../../http/app.ts'
import { combine, type Answer } from '../../kernel/answer.ts'
import { paginate, type PageRequest } from '../../kernel/page.ts'
import { measuresOf, readServers, type Asked, type Needs } from '../../services/hardware/index.ts'
import {
  fansRow,
  powerRow,
  sensorRows,
  serverRow,
  temperatureRow,
  voltageRow,
  type ServerPlace,
} from './rows.ts'
import { SENSOR_SORTABLE, SENSOR_TYPES, SERVER_SORTABLE } from './schemas.ts'
import { serversOf, theServer } from './selection.ts'
import { summarise } from './summary.ts'

export interface SensorFilter {
  readonly node?: string | undefined
  readonly sensor_type?: SensorType | undefined
  readonly status?: string | undefined
}

interface ListRequest<Filter> {
  readonly filter: Filter
  readonly page: PageRequest
}

/** The sensors of the asked clusters. Rejects with `not_found` for a node that nobody knows; so do all below. */
export async function listSensors(
  needs: Needs,
  asked: Asked,
  { filter, page }: ListRequest<SensorFilter>,
) {
  const { sensor_type: type, status } = filter
  const answer = await readServers(needs, asked, sensorMeasures(type))
  const rows = serversOf(answer, filter.node).flatMap((server) => {
    const { cluster, node } = server
    return sensorRows(server).map((row) => ({ cluster, node, ...row }))
  })
  const wanted = rows.filter((row) => isOr(type, row.sensor_type) && isOr(status, row.status))
  const part = paginate(wanted, page, SENSOR_SORTABLE)
  return { ...outcome(asked, answer, part.rows), page: part.page }
}

const isOr = (wanted: string | undefined, value: string): boolean =>
  wanted === undefined || wanted === value

const sensorMeasures = (type: SensorType | undefined) =>
  measuresOf(type === undefined ? SENSOR_TYPES : [type])

/** One server by the name of its node or of its BMC, with every sensor. */
export async function oneServer(needs: Needs, asked: Asked, node: string) {
  const answer = await readServers(needs, asked, measuresOf(SENSOR_TYPES))
  return outcome(asked, answer, serverRow(theServer(answer, node)))
}

export interface ServerFilter {
  readonly node?: string | undefined
  readonly status?: string | undefined
}

type Listing = ListRequest<ServerFilter>

export const listTemperatures = (needs: Needs, asked: Asked, listing: Listing) =>
  listOf(temperatureRow, TEMPERATURE_SORTABLE)(needs, asked, { ...listing, type: 'temperature' })
export const listFans = (needs: Needs, asked: Asked, listing: Listing) =>
  listOf(fansRow, FANS_SORTABLE)(needs, asked, { ...listing, type: 'fan' })
export const listVoltages = (needs: Needs, asked: Asked, listing: Listing) =>
  listOf(voltageRow, SERVER_SORTABLE)(needs, asked, { ...listing, type: 'voltage' })

const TEMPERATURE_SORTABLE = [
  ...SERVER_SORTABLE,
  'inlet_temperature_celsius',
  'exhaust_temperature_celsius',
  'temperature_celsius_max',
] as const
const FANS_SORTABLE = [
  ...SERVER_SORTABLE,
  'fans',
  'suspect_fans',
  'fan_speed_rpm_min',
  'fan_speed_rpm_avg',
  'fan_speed_rpm_max',
] as const

/** A list of servers by their sensors of one type. */
function listOf<Row extends ServerPlace>(
  rowOf: (server: Server) => Row,
  sortable: readonly (keyof Row & string)[],
) {
  return async (
    needs: Needs,
    asked: Asked,
    { filter, page, type }: Listing & { readonly type: SensorType },
  ) => {
    const answer = await readServers(needs, asked, measuresOf([type]))
    const rows = serversOf(answer, filter.node)
      .map((server) => ({
        ...server,
        sensors: server.sensors.filter((sensor) => sensor.type === type),
      }))
      .map(rowOf)
      .filter(({ status }) => isOr(filter.status, status))
    const part = paginate(rows, page, sortable)
    return { ...outcome(asked, answer, part.rows), page: part.page }
  }
}

const POWER_SORTABLE = [
  ...SERVER_SORTABLE,
  'power_watts',
  'source',
  'psu_count',
  'psu_input_watts',
  'psu_output_watts',
  'psu_efficiency_percent',
] as const

/** What the servers draw. */
export async function listPower(needs: Needs, asked: Asked, { filter, page }: Listing) {
  const answer = await readServers(needs, asked, POWER_MEASURES)
  const measured = serversOf(answer, filter.node).map(withPower)
  const rows = measured
    .map(({ server, power }) => powerRow(server, power))
    .filter(({ status }) => isOr(filter.status, status))
  const part = paginate(rows, page, POWER_SORTABLE)
  return { ...outcome(asked, withFindings(answer, measured), part.rows), page: part.page }
}

const POWER_MEASURES = [
  ...measuresOf(['power']),
  'power_capacity_watts',
  'power_efficiency_percent',
] as const

/** IPMI tells the state of a power supply as a sensor of another kind. */

const withPower = (server: Server) => {
  const isAboutPower = ({ type, part }: Server['sensors'][number]): boolean =>
    type === 'power' || part === 'psu'
  const kept = { ...server, sensors: server.sensors.filter(isAboutPower) }
  return { server: kept, power: serverPower(kept) }
}

type Account = Pick<Answer<unknown>, 'clusters' | 'warnings'>

function withFindings(
  { clusters, warnings }: Account,
  measured: readonly Pick<ReturnType<typeof withPower>, 'power'>[],
): Account {
  const findings = measured.flatMap(({ power }) => power.findings)
  return combine([
    { clusters, warnings },
    { clusters: [], warnings: warningsOf(findings) },
  ])
}

/** All servers in a few figures. */
export async function summariseServers(
  needs: Needs,
  asked: Asked,
  { node }: { readonly node?: string | undefined },
) {
  const answer = await readServers(needs, asked, [...measuresOf(SENSOR_TYPES), ...POWER_MEASURES])
  const measured = serversOf(answer, node).map((server) => ({
    server,
    power: serverPower(server),
  }))
  return outcome(asked, withFindings(answer, measured), summarise(measured))
}

function outcome<Data>(
  { at }: Asked,
  { clusters, warnings }: Account,
  data: Data,
): Omit<Outcome<Data>, 'data'> & { readonly data: Data } {
  return { data, observedAt: at, clusters, warnings }
}
