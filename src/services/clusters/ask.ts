import {
  clusterStatusOf,
  type Answer,
  type ClusterReport,
  type Warning,
} from '../../kernel/answer.ts'
import { isBackendError, KCloudError, type BackendErrorKind } from '../../kernel/errors.ts'
import type { Cluster } from './cluster.ts'
import { whatIsMissing } from './incomplete.ts'

/** What one cluster answered, and what its backend said is wrong with it. */
export interface Told<Row> {
  readonly rows: readonly Row[]
  readonly warnings: readonly string[]
}

type Outcome<Row> =
  | { readonly cluster: Cluster; readonly told: Told<Row>; readonly error?: undefined }
  | { readonly cluster: Cluster; readonly error: BackendError }
type BackendError = KCloudError & { readonly kind: BackendErrorKind }

/** The clusters that failed a question, by name, and how. */
export type Failures = Map<string, BackendError>

/**
 * Puts one question to all clusters at once. A cluster whose backend does not answer becomes a warning; any
 * other error is a fault of ours and is thrown on. Rejects with `backend_timeout` when every cluster that was
 * asked timed out, and with `backend_unreachable` when none answered; both name each cluster and its reason.
 * A cluster in `failures` is not asked but reported as it failed before, and one that fails is put there: so
 * questions that share them wait for a cluster that hangs once.
 */
export async function ask<Row>(
  clusters: readonly Cluster[],
  question: (cluster: Cluster) => Promise<Told<Row>>,
  failures: Failures = new Map(),
): Promise<Answer<Row>> {
  const outcomes = await Promise.all(
    clusters.map(async (cluster): Promise<Outcome<Row>> => {
      const error = failures.get(cluster.name)
      return error === undefined ? outcomeOf(cluster, question) : { cluster, error }
    }),
  )
  for (const { cluster, error } of outcomes)
    if (error !== undefined) failures.set(cluster.name, error)
  if (outcomes.length > 0 && outcomes.every(({ error }) => error !== undefined))
    throw nobodyAnswered(outcomes)
  return {
    rows: new Array<Row>().concat(...outcomes.map(rowsOf)),
    warnings: outcomes.flatMap(warningOf),
    clusters: outcomes.map(reportOf),
  }
}

async function outcomeOf<Row>(
  cluster: Cluster,
  question: (cluster: Cluster) => Promise<Told<Row>>,
): Promise<Outcome<Row>> {
  try {
    return { cluster, told: await question(cluster) }
  } catch (error) {
    if (!isBackendError(error)) throw error
    return { cluster, error }
  }
}

const rowsOf = <Row>(outcome: Outcome<Row>): readonly Row[] =>
  outcome.error === undefined ? outcome.told.rows : []

function reportOf(outcome: Outcome<unknown>): ClusterReport {
  const { name } = outcome.cluster
  if (outcome.error !== undefined) return { name, status: clusterStatusOf(outcome.error.kind) }
  return { name, status: outcome.told.warnings.length > 0 ? 'partial' : 'ok' }
}

function warningOf(outcome: Outcome<unknown>): readonly Warning[] {
  const { name: cluster } = outcome.cluster
  if (outcome.error !== undefined)
    return [{ code: 'cluster_unavailable', cluster, detail: outcome.error.detail }]
  const { warnings } = outcome.told
  if (warnings.length === 0) return []
  return [{ code: 'cluster_incomplete', cluster, detail: whatIsMissing(warnings) }]
}

function nobodyAnswered(outcomes: readonly Outcome<unknown>[]): KCloudError {
  const failed = outcomes.flatMap(({ cluster, error }) =>
    error === undefined ? [] : [{ name: cluster.name, error }],
  )
  const kinds = failed.map(({ error }) => error.kind)
  const reasons = failed.map(({ name, error }) => `${name}: ${error.detail}`)
  return new KCloudError(
    kinds.every((kind) => kind === 'backend_timeout') ? 'backend_timeout' : 'backend_unreachable',
    {
      detail: `no cluster answered (${reasons.join('; ')})`,
      cause: new AggregateError(failed.map(({ error }) => error)),
    },
  )
}
