import type { Sensor } from './sensor.ts'
import type { SupplyFacts } from './supplies.ts'

/** One BMC, as far as it was heard. */
export interface Bmc {
  readonly cluster: string
  readonly bmc: string
  readonly node: string
  /** False when it answered no collector, or when the scrape of it failed. */
  readonly reachable: boolean
  /** Collectors that failed while others did not. */
  readonly failed_collectors: readonly string[]
  readonly power_on: boolean | null
  readonly drive_fault: boolean | null
  readonly cooling_fault: boolean | null
  /** Of the DCMI reading; null without one. */
  readonly dcmi_watts: number | null
  readonly sensors: readonly Sensor[]
  readonly supplies: readonly SupplyFacts[]
}

/** One server: all BMCs and exporters that are about one node. */
export interface Server extends Omit<Bmc, 'bmc' | 'sensors' | 'supplies'> {
  readonly bmcs: readonly string[]
  readonly sensors: readonly Sensor[]
  readonly supplies: readonly SupplyFacts[]
}

/** The servers of BMCs, in the order of their names. A server is reachable as long as one of its BMCs is. */
export function serverOf(bmcs: readonly [Bmc, ...Bmc[]]): Server {
  const [{ cluster, node }] = bmcs
  const heard = bmcs.filter(({ reachable }) => reachable)
  return {
    cluster,
    node,
    bmcs: bmcs.map(({ bmc }) => bmc),
    reachable: heard.length > 0,
    failed_collectors: [...new Set(heard.flatMap((bmc) => bmc.failed_collectors))],
    power_on: firstKnown(heard.map((bmc) => bmc.power_on)),
    drive_fault: anyTrue(heard.map((bmc) => bmc.drive_fault)),
    cooling_fault: anyTrue(heard.map((bmc) => bmc.cooling_fault)),
    dcmi_watts: firstKnown(heard.map((bmc) => bmc.dcmi_watts)),
    sensors: heard.flatMap(({ sensors }) => sensors),
    supplies: heard.flatMap(({ supplies }) => supplies),
  }
}

const firstKnown = <Value>(values: readonly (Value | null)[]): Value | null =>
  values.find((value) => value !== null) ?? null

function anyTrue(values: readonly (boolean | null)[]): boolean | null {
  return values.includes(true) ? true : firstKnown(values)
}
