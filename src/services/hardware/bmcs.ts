import { groupBy, keyOf } from '../../analysis/power/group.ts'
import type { Bmc } from '../../analysis/hardware/server.ts'
import type { Measure } from '../../catalogue/measures.ts'
import type { Reading } from '../telemetry/index.ts'
import { sensorsOf, supplyFactsOf } from './sensors.ts'

interface Read {
  /** Every BMC that was there within the hour. */
  readonly known: readonly Reading[]
  /** What they say now. */
  readonly values: readonly Reading[]
  readonly nodeOf: (cluster: string, bmc: string) => string
}

/** Every BMC that is known or says something, in the order of cluster and name. */
export function readBmcs({ known, values, nodeOf }: Read): readonly Bmc[] {
  const key = ({ cluster, labels }: Reading): string => keyOf(cluster, labels.bmc ?? '')
  const current = groupBy(values, key)
  return [...groupBy([...values, ...known], key)]
    .filter(([name]) => !isNoBmc(current.get(name) ?? []))
    .map(([name, [{ cluster, labels }]]) => {
      const bmc = labels.bmc ?? ''
      return { cluster, bmc, node: nodeOf(cluster, bmc), ...heardOf(current.get(name) ?? []) }
    })
}

/** A target that is scraped well and tells nothing of a BMC is none: an exporter that is scraped for itself. */
const isNoBmc = (rows: readonly Reading[]): boolean =>
  rows.length > 0 &&
  rows.every(({ values }) =>
    Object.entries(values).every(([name, value]) => name === 'bmc_target_up' && value === 1),
  )

const ABOUT_REACHING = new Set<string>(['bmc_reachable', 'bmc_target_up'])

/** What one BMC says; of one that is not reached, nothing is believed. */
function heardOf(rows: readonly Reading[]): Omit<Bmc, 'cluster' | 'bmc' | 'node'> {
  if (!isReachable(rows)) return SILENT
  const failed = rows.filter(({ values }) => values.bmc_reachable === 0)
  return {
    reachable: true,
    failed_collectors: failed.map(({ labels }) => labels.collector ?? '').sort(),
    power_on: flagOf(rows, 'chassis_power_on'),
    drive_fault: not(flagOf(rows, 'drives_healthy')),
    cooling_fault: not(flagOf(rows, 'cooling_healthy')),
    dcmi_watts: dcmiOf(rows),
    sensors: rows.flatMap(sensorsOf),
    supplies: rows.flatMap(supplyFactsOf),
  }
}

const SILENT = {
  reachable: false,
  failed_collectors: [],
  power_on: null,
  drive_fault: null,
  cooling_fault: null,
  dcmi_watts: null,
  sensors: [],
  supplies: [],
}

/** A collector that got through says so; an exporter without that word is heard as soon as it says anything. */
function isReachable(rows: readonly Reading[]): boolean {
  const collectors = rows.flatMap(({ values }) => values.bmc_reachable ?? [])
  if (collectors.length > 0) return collectors.includes(1)
  return rows.some(({ values }) => Object.keys(values).some((name) => !ABOUT_REACHING.has(name)))
}

function flagOf(rows: readonly Reading[], measure: Measure): boolean | null {
  const values = rows.flatMap(({ values: { [measure]: value } }) => value ?? [])
  return values.length === 0 ? null : values.includes(1)
}

const not = (flag: boolean | null): boolean | null => (flag === null ? null : !flag)

/** The watts of a row without a sensor's name are those of the server. */
function dcmiOf(rows: readonly Reading[]): number | null {
  const own = rows.find(
    ({ source, labels, values }) =>
      source === 'ipmi' && labels.sensor_name === undefined && values.power_watts !== undefined,
  )
  return own?.values.power_watts ?? null
}
