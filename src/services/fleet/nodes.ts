import type { NodeResolver } from '../../analysis/identity/resolver.ts'
import {
  unmatchedNames,
  type Sighting,
  type UnmatchedName,
} from '../../analysis/identity/unmatched.ts'
import type { ComponentReading, NodeName, NodeReading, Zone } from '../../analysis/power/input.ts'
import { groupBy, keyOf } from '../../analysis/power/group.ts'
import type { Measure } from '../../catalogue/measures.ts'
import type { Warning } from '../../kernel/answer.ts'
import type { Reading } from '../telemetry/index.ts'
import { meterOf } from './meters.ts'
import type { FleetRows } from './parts.ts'

/** Finds the node that a row speaks of; null when no node has the name. */
export type NodeOf = (row: Reading) => NodeName | null

/** Rows name their node, and those of a BMC at least the BMC. */
export const nodeNameIn = ({ labels }: Reading): string | undefined => labels.node ?? labels.bmc

/** Each name is resolved once, however many rows carry it. */
export function nodeFinder(resolve: NodeResolver): NodeOf {
  const found = new Map<string, NodeName | null>()
  return (row) => {
    const name = nodeNameIn(row)
    if (name === undefined) return null
    const key = keyOf(row.cluster, name)
    const known = found.get(key)
    if (known !== undefined) return known
    const resolution = resolve(row.cluster, name)
    const node = 'node' in resolution ? { cluster: row.cluster, node: resolution.node } : null
    found.set(key, node)
    return node
  }
}

/** The readings of whole nodes, by every meter that there is. */
export function readingsOf(rows: FleetRows, nodeOf: NodeOf): readonly NodeReading[] {
  const powered = poweredBy(rows.bmc_power, nodeOf)
  return [...rows.node_power, ...rows.bmc_power].flatMap((row) => {
    const node = nodeOf(row)
    if (node === null) return []
    const state = powered.get(keyOf(node.cluster, node.node)) ?? null
    return metersOf(row).map((reading) => ({ ...node, ...reading, powered: state }))
  })
}

function metersOf({
  source,
  labels,
  values,
}: Reading): readonly Pick<NodeReading, 'source' | 'part' | 'watts'>[] {
  return Object.entries(values).flatMap(([measure, watts]) => {
    const meter = meterOf(source, measure as Measure, labels.sensor_name ?? labels.sensor_id)
    return meter === null ? [] : [{ ...meter, watts }]
  })
}

/** Whether the BMC of a node says that it is on. */
function poweredBy(rows: readonly Reading[], nodeOf: NodeOf): ReadonlyMap<string, boolean> {
  return new Map(
    rows.flatMap((row) => {
      const node = nodeOf(row)
      const state = row.values.chassis_power_on
      return node === null || state === undefined
        ? []
        : [[keyOf(node.cluster, node.node), state !== 0]]
    }),
  )
}

const ZONES = {
  cpu_power_watts: 'package',
  dram_power_watts: 'dram',
  platform_zone_power_watts: 'psys',
} as const satisfies Readonly<Partial<Record<Measure, Zone>>>

/** The RAPL zones of nodes. */
export function componentsOf(rows: FleetRows, nodeOf: NodeOf): readonly ComponentReading[] {
  return rows.node_power.flatMap((row) => {
    const node = nodeOf(row)
    return node === null ? [] : zonesOf(row).map((zone) => ({ ...node, ...zone }))
  })
}

function zonesOf({ source, values }: Reading): readonly Omit<ComponentReading, keyof NodeName>[] {
  return Object.entries(ZONES).flatMap(([measure, zone]) => {
    const watts = values[measure as keyof typeof ZONES]
    return watts === undefined ? [] : [{ zone, source: familyName(source), part: null, watts }]
  })
}

/** `kepler_nodes` is Kepler: who read a zone, and not which of its tables. */
const familyName = (source: string): string => source.replace(/_nodes?$/, '')

const MOST_NAMED = 5

/** The names in rows that are no node's. */
export function unmatchedIn(
  rows: readonly Reading[],
  resolve: NodeResolver,
): readonly UnmatchedName[] {
  const sightings = rows.flatMap((row): readonly Sighting[] => {
    const name = nodeNameIn(row)
    return name === undefined ? [] : [{ cluster: row.cluster, source: row.source, name }]
  })
  return unmatchedNames(resolve, sightings)
}

/** One warning for each cluster with names that are no node's: what they read is in no total. */
export function unmatchedWarnings(unmatched: readonly UnmatchedName[]): readonly Warning[] {
  const byCluster = groupBy(unmatched, ({ cluster }) => cluster)
  return [...byCluster].map(([cluster, names]) => {
    const named = names.slice(0, MOST_NAMED).map(({ source, name }) => `${name} (${source})`)
    const more = names.length > MOST_NAMED ? ', …' : ''
    return {
      code: 'unmatched_names',
      cluster,
      detail: `${names.length} ${names.length === 1 ? 'name is' : 'names are'} no node's: ${named.join(', ')}${more}`,
    }
  })
}
