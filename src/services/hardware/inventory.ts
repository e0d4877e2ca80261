import { groupBy, keyOf } from '../../analysis/power/group.ts'
import type { KnownNode } from '../../analysis/identity/known-nodes.ts'
import { nodeResolver, type IdentityRules } from '../../analysis/identity/resolver.ts'
import { unmatchedNames, type Sighting } from '../../analysis/identity/unmatched.ts'
import { serverOf, type Server } from '../../analysis/hardware/server.ts'
import type { Gauge } from '../../catalogue/measures.ts'
import { combine, type Answer } from '../../kernel/answer.ts'
import type { NonEmpty } from '../../kernel/kind.ts'
import type { NoteUnmatched } from '../../analysis/identity/unmatched.ts'
import type { KnownQuestion, Reading, Telemetry } from '../telemetry/index.ts'
import { readBmcs } from './bmcs.ts'
import { namesOf } from './names.ts'
import { unmatchedWarnings, unreachableWarnings } from './warnings.ts'

/** What the reads of hardware need. */
export interface Needs {
  readonly telemetry: Telemetry
  /** Which BMC manages which node, as the operator says. */
  readonly identity: IdentityRules
  /** Is told the BMCs that belong to no known node. */
  readonly noteUnmatched?: NoteUnmatched
}

/** What every question about hardware carries. */
export interface Asked {
  readonly clusters: readonly string[] | undefined
  readonly at: Date
  readonly signal: AbortSignal
}

/** The servers of the asked clusters, and the nodes that the clusters know, with or without a BMC. */
export interface Inventory extends Answer<Server> {
  readonly nodes: readonly KnownNode[]
}

/**
 * The servers of all asked clusters by their BMCs. A BMC that does not answer, or was known within the hour and is
 * silent now, stays in the list without figures, and a warning names it.
 */
export async function readServers(
  { telemetry, identity, noteUnmatched }: Needs,
  asked: Asked,
  measures: NonEmpty<Gauge>,
): Promise<Inventory> {
  const [boards, infos, nodeRows, values, stale] = await Promise.all([
    telemetry.known(knownQuestion(asked)),
    telemetry.latest(infosQuestion(asked)),
    telemetry.latest(nodesQuestion(asked)),
    telemetry.latest({ ...SENSORS, ...asked, measures: [...ALWAYS, ...measures] }),
    telemetry.stale({ ...asked, entity: 'bmc', labels: ['bmc'] }),
  ])
  const current = hasUnknown(boards.rows, values.rows)
    ? await telemetry.known({ ...knownQuestion(asked), since: asked.at })
    : boards
  const account = combine([boards, current, infos, nodeRows, values, stale])
  const nodes = knownNodes(nodeRows.rows)
  const resolve = nodeResolver(nodes, identity)
  const names = namesOf([...current.rows, ...infos.rows], resolve)
  const bmcs = readBmcs({ known: current.rows, values: values.rows, nodeOf: names.nodeOf })
  const heard = bmcs.filter(({ cluster }) => answered(account, cluster))
  noteUnmatched?.({
    view: 'hardware',
    at: asked.at,
    clusters: account.clusters.map(({ name }) => name).filter((name) => answered(account, name)),
    names: unmatchedNames(resolve, sightingsOf(current.rows, names.unmatched)),
  })
  const servers = groupBy(heard, ({ cluster, node }) => keyOf(cluster, node))
  return {
    rows: [...servers.values()].map(serverOf),
    nodes,
    clusters: account.clusters,
    warnings: [
      ...account.warnings,
      ...unreachableWarnings(heard),
      ...unmatchedWarnings(heard, names.unmatched),
    ],
  }
}

/** The names of the BMCs that belong to no known node. */
const sightingsOf = (rows: readonly Reading[], unmatched: ReadonlySet<string>) =>
  rows.flatMap(({ cluster, source, labels: { bmc = '' } }): readonly Sighting[] =>
    unmatched.has(keyOf(cluster, bmc)) ? [{ cluster, source, name: bmc }] : [],
  )

/** The rows of a cluster that did not answer everything would be servers without a figure. */
const answered = ({ clusters }: Pick<Answer<unknown>, 'clusters'>, cluster: string): boolean =>
  clusters.some(({ name, status }) => name === cluster && (status === 'ok' || status === 'partial'))

const knownQuestion = (asked: Asked): KnownQuestion => ({
  ...asked,
  entity: 'bmc',
  labels: ['bmc'],
  shelf: 'static',
})

/** Redfish knows the name of the host that it manages. */
const infosQuestion = (asked: Asked) =>
  ({
    ...asked,
    entity: 'bmc',
    labels: ['bmc', 'hostname'],
    measures: ['bmc_info'],
    shelf: 'static',
  }) as const

const nodesQuestion = (asked: Asked) =>
  ({
    ...asked,
    entity: 'node',
    labels: ['node', 'internal_ip'],
    measures: ['node_present'],
    shelf: 'static',
  }) as const

const SENSORS = {
  entity: 'bmc',
  labels: ['bmc', 'sensor_name', 'sensor_id', 'sensor_type', 'collector'],
  shelf: 'realtime',
} as const

/** What says whether a BMC answers and its server is on; every route shows it. */
const ALWAYS = [
  'bmc_reachable',
  'bmc_target_up',
  'chassis_power_on',
  'drives_healthy',
  'cooling_healthy',
] as const satisfies NonEmpty<Gauge>

function hasUnknown(known: readonly Reading[], values: readonly Reading[]): boolean {
  const keyOfRow = ({ cluster, labels }: Reading): string => keyOf(cluster, labels.bmc ?? null)
  const keys = new Set(known.map(keyOfRow))
  return values.some((row) => !keys.has(keyOfRow(row)))
}

/** Only Kubernetes says which nodes there are: other sources call nodes by whatever name they have. */
function knownNodes(rows: readonly Reading[]): readonly KnownNode[] {
  return rows.flatMap(({ cluster, labels: { node, internal_ip: address } }) =>
    node === undefined
      ? []
      : [{ cluster, node, addresses: address === undefined ? [] : [address], hostnames: [] }],
  )
}
