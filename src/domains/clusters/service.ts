import { clusterStatusOf, combine, type Answer } from '../../kernel/answer.ts'
import { isBackendError, type BackendErrorKind, type KCloudError } from '../../kernel/errors.ts'
import { paginate, type PageRequest } from '../../kernel/page.ts'
import type { Cluster, StoredRegistry } from '../../services/clusters/index.ts'
import type { Reading, Telemetry } from '../../services/telemetry/index.ts'
import { CLUSTER_SORTABLE } from './schemas.ts'

interface Needs {
  readonly stored: StoredRegistry
  readonly telemetry: Telemetry
}

interface Moment {
  readonly at: Date
  readonly signal: AbortSignal
}

/** Every cluster with its last health check. Silent clusters are rows, not warnings: that is what is asked. */
export function listClusters({ stored }: Pick<Needs, 'stored'>, { at }: Moment, page: PageRequest) {
  const rows = stored.all().map((cluster) => clusterRow(stored, cluster))
  const part = paginate(rows, page, CLUSTER_SORTABLE)
  return { data: part.rows, page: part.page, observedAt: at, clusters: [], warnings: [] }
}

/** One cluster and what it knows. Rejects with `not_found`; a cluster that is down answers with nulls. */
export async function oneCluster(
  { stored, telemetry }: Needs,
  { at, signal }: Moment,
  name: string,
) {
  const [cluster] = stored.only([name])
  if (cluster === undefined) throw new TypeError('the registry gave no cluster for a known name')
  const asked = { clusters: [name], at, signal, shelf: 'static' } as const
  const [nodes, gpus] = await Promise.all([
    knownOf(name, telemetry.known({ ...asked, entity: 'node', labels: ['node'] })),
    knownOf(
      name,
      telemetry.known({ ...asked, entity: 'gpu', labels: ['uuid', 'node', 'device_index'] }),
    ),
  ])
  const data = {
    ...clusterRow(stored, cluster),
    // A cluster without any node is one whose nodes nobody tells us of.
    nodes: nodes.rows?.length === 0 ? null : distinct(nodes, ({ labels }) => labels.node),
    gpus: distinct(
      gpus,
      ({ labels }) => labels.uuid ?? `${labels.node ?? ''}:${labels.device_index ?? ''}`,
    ),
  }
  return { data, observedAt: at, ...combine([nodes, gpus]) }
}

/** A cluster and its last health check, as they are shown. */
export function clusterRow(
  registry: Pick<StoredRegistry, 'health'>,
  { client: _, namespaces: _seen, ...cluster }: Cluster,
) {
  return { ...cluster, ...registry.health(cluster.name) }
}

type BackendError = KCloudError & { readonly kind: BackendErrorKind }

/** What a cluster knows; null rows when it did not answer. */
type Known = Pick<Answer<unknown>, 'clusters' | 'warnings'> & {
  readonly rows: readonly Reading[] | null
}

async function knownOf(cluster: string, answer: Promise<Answer<Reading>>): Promise<Known> {
  try {
    return await answer
  } catch (error) {
    if (isBackendError(error)) return silent(cluster, error)
    throw error
  }
}

/** No cluster answered, and only this one was asked: behind the error for all stands its own. */
function silent(cluster: string, error: BackendError): Known {
  const [own] = error.cause instanceof AggregateError ? (error.cause.errors as unknown[]) : []
  const { kind, detail } = isBackendError(own) ? own : error
  return {
    rows: null,
    clusters: [{ name: cluster, status: clusterStatusOf(kind) }],
    warnings: [{ code: 'cluster_unavailable', cluster, detail }],
  }
}

function distinct({ rows }: Known, keyOf: (row: Reading) => string | undefined): number | null {
  return rows === null ? null : new Set(rows.map(keyOf)).size
}
