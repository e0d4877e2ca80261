import { accountPower } from '../analysis/power/account.ts'
import { clusterTotal } from '../analysis/power/totals.ts'
import { ENTITIES, type Entity, type Label } from '../catalogue/entities.ts'
import { MEASURES, type Gauge, type Measure } from '../catalogue/measures.ts'
import type { SourceSpec } from '../catalogue/source.ts'
import { isBackendError } from '../kernel/errors.ts'
import type { NonEmpty } from '../kernel/kind.ts'
import type { Warning } from '../kernel/answer.ts'
import type { ClusterRegistry, ClusterSpec } from '../services/clusters/index.ts'
import type { FleetReader } from '../services/fleet/index.ts'
import type { Reading, Telemetry } from '../services/telemetry/index.ts'
import { adviceOn, foundSource, type ClusterFindings, type FoundSource } from './findings.ts'

/** What looking at clusters needs. */
export interface Needs {
  readonly registry: ClusterRegistry<ClusterSpec>
  readonly telemetry: Telemetry
  readonly fleet: FleetReader
  readonly sources: readonly SourceSpec[]
}

/** Which moment is looked at, and what ends it. */
export interface Look {
  readonly at: Date
  readonly signal: AbortSignal
}

/** What there is in one cluster: whether it answers, its sources, its joins. Rejects only with faults of ours. */
export async function checkCluster(
  needs: Needs,
  cluster: string,
  look: Look,
): Promise<ClusterFindings> {
  await needs.registry.checkNow([cluster])
  const health = needs.registry.health(cluster)
  const base = {
    cluster,
    status: health.status,
    version: health.version,
    response_time_ms: health.response_time_ms,
  }
  const answers = health.status === 'ok' || health.status === 'partial'
  const seen = answers ? await seenIn(needs, cluster, look) : UNSEEN
  const found = { ...base, ...seen, ...(seen.lost !== null && { status: seen.lost }) }
  const { lost: _lost, ...rest } = found
  return { ...rest, advice: adviceOn(rest) }
}

interface Seen extends Pick<ClusterFindings, 'sources' | 'nodes' | 'unmatched_names' | 'warnings'> {
  /** How the cluster failed while it was looked at; null when it did not. */
  readonly lost: string | null
}

const UNSEEN: Seen = { sources: [], nodes: null, unmatched_names: [], warnings: [], lost: null }

async function seenIn(needs: Needs, cluster: string, look: Look): Promise<Seen> {
  try {
    const [sources, power] = await Promise.all([
      sourcesIn(needs, cluster, look),
      needs.fleet.now({ clusters: [cluster], ...look, workloads: false }),
    ])
    const own = needs.fleet.unmatched.of([cluster]).flatMap(({ names }) => names)
    return {
      sources: sources.found,
      nodes: clusterTotal(accountPower(power.input), cluster).nodes,
      unmatched_names: own.map(({ source, name, reason, candidates }) => {
        return { source, name, reason, candidates }
      }),
      warnings: distinctWarnings([...power.warnings, ...sources.warnings]),
      lost: null,
    }
  } catch (error) {
    if (!isBackendError(error)) throw error
    return { ...UNSEEN, lost: error.kind.replace(/^backend_/, '') }
  }
}

async function sourcesIn({ telemetry, sources }: Needs, cluster: string, look: Look) {
  const entities = [...new Set(sources.map(({ entity }) => entity))]
  const answers = await Promise.all(
    entities.map((entity) => readEntity({ telemetry, sources }, { entity, cluster, ...look })),
  )
  const rows = {
    known: answers.flatMap(({ known }) => known.rows),
    latest: answers.flatMap(({ latest }) => latest?.rows ?? []),
  }
  return {
    found: sources.flatMap((source) => foundOf(source, rows)),
    warnings: answers.flatMap(({ known, latest }) => [
      ...known.warnings,
      ...(latest?.warnings ?? []),
    ]),
  }
}

interface Asked extends Look {
  readonly entity: Entity
  readonly cluster: string
}

async function readEntity(
  { telemetry, sources }: Pick<Needs, 'telemetry' | 'sources'>,
  { entity, cluster, at, signal }: Asked,
) {
  const [first, ...others] = gaugesOf(sources.filter((source) => source.entity === entity))
  const labels = identityOf(entity)
  const asked = { entity, labels, clusters: [cluster], at, signal, shelf: 'realtime' } as const
  const [known, latest] = await Promise.all([
    telemetry.known(asked),
    first === undefined ? null : telemetry.latest({ ...asked, measures: [first, ...others] }),
  ])
  return { known, latest }
}

function identityOf(entity: Entity): NonEmpty<Label> {
  const sets: readonly (readonly Label[])[] = ENTITIES[entity].identity
  const [first = 'node', ...others] = [...new Set(sets.flat())]
  return [first, ...others]
}

function gaugesOf(sources: readonly SourceSpec[]): readonly Gauge[] {
  const all = new Set(sources.flatMap(({ measures }) => Object.keys(measures) as Measure[]))
  return [...all].filter((measure): measure is Gauge => MEASURES[measure].kind === 'gauge')
}

interface Rows {
  readonly known: readonly Reading[]
  readonly latest: readonly Reading[]
}

function foundOf(source: SourceSpec, { known, latest }: Rows): readonly FoundSource[] {
  const isOwn = (row: Reading): boolean => row.source === source.name
  const things = new Set(known.filter(isOwn).map(({ labels }) => JSON.stringify(labels))).size
  if (things === 0) return []
  const present = new Set(latest.filter(isOwn).flatMap(({ values }) => Object.keys(values)))
  return [foundSource(gaugesOnly(source), { things, present })]
}

/** What is looked for: counters have no value at one moment, so that nothing can be said of them here. */
function gaugesOnly(source: SourceSpec): SourceSpec {
  const gauges = Object.entries(source.measures).filter(
    ([measure]) => MEASURES[measure as Measure].kind === 'gauge',
  )
  return { ...source, measures: Object.fromEntries(gauges) }
}

function distinctWarnings(warnings: readonly Warning[]): readonly Warning[] {
  const byText = new Map(warnings.map((warning) => [JSON.stringify(warning), warning]))
  return [...byText.values()]
}
