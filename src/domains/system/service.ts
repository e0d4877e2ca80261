import type { Outcome } from '../../http/app.ts'
import type { Lifecycle } from '../../http/lifecycle.ts'
import type { Now } from '../../kernel/clock.ts'
import type {
  ClusterHealth,
  ClusterRegistry,
  ClusterSpec,
  Scopes,
} from '../../services/clusters/index.ts'
import type { Capabilities, Health, Version } from './schemas.ts'

/** Everything that the server can tell about itself. */
export interface Needs {
  /** The clusters that whoever asks may see. */
  readonly registry: Pick<ClusterRegistry<ClusterSpec>, 'all' | 'health'>
  /** All of them, for what is said of the server as a whole. */
  readonly everyCluster: Pick<ClusterRegistry<ClusterSpec>, 'all' | 'health'>
  readonly scopes: Pick<Scopes, 'current'>
  readonly lifecycle: Pick<Lifecycle, 'stopping'>
  /** The share of hits, 0 to 1, in everything that caches were asked for; null before the first. */
  readonly cacheHitRate: () => number | null
  readonly version: Version
  readonly capabilities: () => Capabilities
  readonly now: Now
  readonly startedAt: Date
}

/** An answer about the server itself: no cluster is asked for it. */
export function ownOutcome<Data>(
  data: Outcome<Data>['data'],
  at: Date,
  status: 200 | 503 = 200,
): Outcome<Data> {
  return { data, observedAt: at, clusters: [], warnings: [], status }
}

/** How the server is: what its last look at every cluster gave. 503 when no cluster answers. */
export function readHealth(needs: Needs): Outcome<Health> {
  const { registry, everyCluster, cacheHitRate, version, now, startedAt } = needs
  const clusters = clustersOf(registry)
  // Whoever sees no cluster, such as a probe, learns how the server is.
  const status = overall(clusters.length > 0 ? clusters : clustersOf(everyCluster))
  const hitRate = cacheHitRate()
  const at = now()
  const data: Health = {
    status,
    version: version.version,
    uptime_seconds: (at.getTime() - startedAt.getTime()) / 1000,
    cache_hit_rate_percent: hitRate === null ? null : hitRate * 100,
    clusters: clusters.map((health) => ({
      name: health.name,
      status: health.status,
      response_time_ms: health.response_time_ms,
      checked_at: health.checked_at,
      last_ok_at: health.last_ok_at,
      consecutive_failures: health.consecutive_failures,
    })),
  }
  return ownOutcome(data, at, status === 'unhealthy' ? 503 : 200)
}

function clustersOf(registry: Needs['registry']): readonly ClusterHealth[] {
  return registry.all().map(({ name }) => registry.health(name))
}

function overall(clusters: readonly ClusterHealth[]): Health['status'] {
  if (clusters.length > 0 && clusters.every(({ status }) => status === 'ok')) return 'healthy'
  const hope = clusters.some(({ status }) => answers(status) || status === 'unknown')
  return hope ? 'degraded' : 'unhealthy'
}

const answers = (status: ClusterHealth['status']): boolean =>
  status === 'ok' || status === 'partial'

interface Readiness {
  readonly status: 'ready' | 'not_ready'
  readonly reason: string | null
}

/** Whether requests should be sent here: one cluster that answers is enough. */
export function readReadiness({ everyCluster, lifecycle, now }: Needs): Outcome<Readiness> {
  const reason = lifecycle.stopping
    ? 'the server is stopping'
    : reasonToWait(clustersOf(everyCluster))
  return reason === null
    ? ownOutcome({ status: 'ready', reason }, now())
    : ownOutcome({ status: 'not_ready', reason }, now(), 503)
}

function reasonToWait(clusters: readonly ClusterHealth[]): string | null {
  if (clusters.some(({ status }) => answers(status))) return null
  return clusters.some(({ status }) => status === 'unknown')
    ? 'no cluster has been checked yet'
    : 'no cluster answers'
}
