import type { Alternative } from '../power/figures.ts'
import type { Finding } from '../power/findings.ts'
import type { NodeReading, NodeSource } from '../power/input.ts'
import { DEFAULT_LIMITS, isWatts } from '../power/limits.ts'
import { wholeOf } from '../power/meters.ts'
import { candidatesOf, totalOf } from '../power/node-readings.ts'
import type { Sensor } from './sensor.ts'
import type { Server } from './server.ts'
import { suppliesOf, type Supplies } from './supplies.ts'

/** What a server draws, who says so, and what the others say. */
export interface ServerPower {
  readonly power_watts: number | null
  readonly source: NodeSource | null
  /** `estimated`: what the supplies give, a lower bound. */
  readonly method: 'measured' | 'estimated' | null
  readonly parts: ServerParts
  readonly supplies: Supplies
  readonly alternatives: readonly Alternative[]
  readonly findings: readonly Finding[]
}

/** Sensors inside the server. They explain the total, and are never added to it or made into it. */
export interface ServerParts {
  readonly cpu_watts: number | null
  readonly memory_watts: number | null
  readonly gpu_watts: number | null
  readonly fan_watts: number | null
}

/**
 * The one reading of a server by order of trust: DCMI, Redfish's system control, the inputs of all supplies, a
 * sensor that names the total, at last the outputs of all supplies. IPMI gives totals, parts and supplies under
 * one name, so nothing else is ever added up.
 */
export function serverPower(server: Server): ServerPower {
  const supplies = suppliesOf(server.sensors, server.supplies)
  const { candidates, findings } = candidatesOf(readingsOf(server, supplies), DEFAULT_LIMITS)
  const total = totalOf(candidates, { node: server, partsWatts: null, limits: DEFAULT_LIMITS })
  // Without parts to disprove it, a total always is one of the readings.
  const source = candidates.find((candidate) => candidate.source === total?.source)?.source ?? null
  const shared = { source, method: methodOf(source), parts: partsOf(server.sensors), supplies }
  if (total === null) return { ...shared, power_watts: null, alternatives: [], findings }
  return {
    ...shared,
    power_watts: total.power_watts,
    alternatives: total.alternatives,
    findings: [...findings, ...total.findings],
  }
}

function methodOf(source: NodeSource | null): ServerPower['method'] {
  if (source === null) return null
  return source === 'psu_output' ? 'estimated' : 'measured'
}

type Meter = Pick<NodeReading, 'source' | 'watts' | 'part'>

function readingsOf(server: Server, { supplies }: Supplies): readonly NodeReading[] {
  const { cluster, node, power_on: powered } = server
  const meters = [
    ...dcmi(server),
    ...totals(server.sensors),
    ...supplies.flatMap(({ psu, input_watts: watts }) => of('psu_input', psu, watts)),
    ...supplies.flatMap(({ psu, output_watts: watts }) => of('psu_output', psu, watts)),
  ].filter(({ source }) => isWhole(source, supplies))
  return meters.map((meter) => ({ cluster, node, powered, ...meter }))
}

/** ipmi_exporter before 1.7.0 says 0 where the BMC has no DCMI power, so in a server that is on it is no reading. */
function dcmi({ dcmi_watts: watts, power_on: powered }: Server): readonly Meter[] {
  return watts === 0 && powered !== false ? [] : of('dcmi', null, watts)
}

function totals(sensors: readonly Sensor[]): readonly Meter[] {
  return sensors
    .filter(({ type, part }) => type === 'power' && part === 'total')
    .flatMap(({ source, value }) => of(source === 'ipmi' ? 'ipmi_sensor' : 'redfish', null, value))
}

const of = (source: NodeSource, part: string | null, watts: number | null): readonly Meter[] =>
  watts === null ? [] : [{ source, part, watts }]

/** The supplies make the server only together: one without its figure leaves a hole. */
function isWhole(source: NodeSource, supplies: Supplies['supplies']): boolean {
  if (source === 'psu_input') return supplies.every(({ input_watts: watts }) => watts !== null)
  if (source === 'psu_output') return supplies.every(({ output_watts: watts }) => watts !== null)
  return true
}

function partsOf(sensors: readonly Sensor[]): ServerParts {
  return {
    cpu_watts: partWatts(sensors, 'cpu'),
    memory_watts: partWatts(sensors, 'memory'),
    gpu_watts: partWatts(sensors, 'gpu'),
    fan_watts: partWatts(sensors, 'fan'),
  }
}

/** `CPU Power` is all of them, and counts before `CPU1 Power` and `CPU2 Power`, which add up. */
function partWatts(sensors: readonly Sensor[], part: string): number | null {
  const meters = sensors
    .filter((sensor) => sensor.type === 'power' && sensor.part === part)
    .flatMap(({ value, number, name }) =>
      value === null ? [] : [{ part: number === null ? null : name, watts: value }],
    )
  return wholeOf(meters, (watts) => isWatts(watts, DEFAULT_LIMITS.mostNodeWatts))
}
