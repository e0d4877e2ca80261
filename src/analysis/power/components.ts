import { compareText, groupBy } from './group.ts'
import type { Finding } from './findings.ts'
import type { ComponentReading, Zone } from './input.ts'
import { isWatts, rankOf, type PowerLimits } from './limits.ts'
import { wholeOf } from './meters.ts'

/** The watts of one component and who read them. */
export interface Component {
  readonly watts: number
  readonly source: string
}

/** The components of a node that are not boards. Null: nobody reads it. */
export interface NodeComponents {
  readonly cpu: Component | null
  readonly dram: Component | null
  /** Known parts beside CPU, DRAM and boards; they only serve an estimate. */
  readonly other: Component | null
  readonly cpu_zone: 'package' | 'psys' | null
  readonly findings: readonly Finding[]
}

/**
 * CPU and DRAM of one node from its RAPL zones, `package` and `dram`, each from one source. `core` and `uncore` lie
 * inside `package` and are never added. `psys` stands for CPU and DRAM together where there is no `package`.
 * (Kepler, docs/user/metrics.md: zones overlap and must not be summed.)
 */
export function componentsOf(
  readings: readonly ComponentReading[],
  limits: PowerLimits,
): NodeComponents {
  const zone = (name: Zone): Component | null =>
    zoneOf(
      readings.filter((reading) => reading.zone === name),
      limits,
    )
  const rest = { other: zone('other'), findings: findingsOf(readings, limits) }
  const cpu = zone('package')
  if (cpu !== null) return { cpu, dram: zone('dram'), cpu_zone: 'package', ...rest }
  const psys = zone('psys')
  if (psys !== null) return { cpu: psys, dram: null, cpu_zone: 'psys', ...rest }
  return { cpu: null, dram: zone('dram'), cpu_zone: null, ...rest }
}

function zoneOf(readings: readonly ComponentReading[], limits: PowerLimits): Component | null {
  const bySource = [...groupBy(readings, ({ source }) => source)].sort(([a], [b]) =>
    byPrecedence(a, b, limits),
  )
  for (const [source, own] of bySource) {
    const watts = wholeOf(own, (value) => isWatts(value, limits.mostNodeWatts))
    if (watts !== null && (watts > 0 || !isNeverZero(own[0]))) return { source, watts }
  }
  return null
}

/** A processor that answers draws power; DRAM without a meter of its own reads 0. */
const isNeverZero = ({ zone }: ComponentReading): boolean => zone === 'package' || zone === 'psys'

/** Order of the sources that see the same thing: the first counts. */
export function byPrecedence(a: string, b: string, limits: PowerLimits): number {
  const rank = rankOf(a, limits) - rankOf(b, limits)
  return rank === 0 ? compareText(a, b) : rank
}

function findingsOf(
  readings: readonly ComponentReading[],
  { mostNodeWatts }: PowerLimits,
): readonly Finding[] {
  return readings
    .filter((reading) => !isWatts(reading.watts, mostNodeWatts) || isEmpty(reading))
    .map(({ cluster, node, source, zone, watts }) => ({
      code: 'implausible_values',
      cluster,
      detail: `${source} zone ${zone} of ${node} reads ${watts} W`,
      size_watts: null,
    }))
}

const isEmpty = (reading: ComponentReading): boolean =>
  reading.watts === 0 && reading.part === null && isNeverZero(reading)
