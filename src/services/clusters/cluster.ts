import type { ClusterStatus } from '../../kernel/answer.ts'
import type { PrometheusClient } from '../prometheus/client.ts'

/** One cluster: the Prometheus that knows about it, and what people should know about the cluster. */
export interface Cluster {
  readonly name: string
  readonly region: string | null
  readonly description: string | null
  readonly flavour: string
  readonly client: PrometheusClient
  /** The namespaces of it that whoever asks may see; all without it. */
  readonly namespaces?: readonly string[]
}

/** How a cluster is doing, from its last health check. `unknown` before the first has ended. */
export interface ClusterHealth {
  readonly name: string
  readonly status: ClusterStatus | 'unknown'
  readonly checked_at: Date | null
  /** How long the last check took, also when it failed. */
  readonly response_time_ms: number | null
  /** What the backend says it is, such as `2.42.0`; null when it does not say. */
  readonly version: string | null
  /** Failed checks in a row. */
  readonly consecutive_failures: number
  /** The last time that a check succeeded. */
  readonly last_ok_at: Date | null
  /** Whether questions are held back, because the cluster failed too often lately. */
  readonly circuit: 'closed' | 'open' | 'half_open'
}

/** The clusters that the server knows. They come and go at run time. */
export interface ClusterRegistry<Spec> {
  /** Grows with every change: part of every key under which an answer over clusters is kept. */
  readonly revision: number
  all(): readonly Cluster[]
  /** The named clusters, or all without names. Rejects with `not_found`, naming those that nobody knows. */
  only(names?: readonly string[]): readonly Cluster[]
  health(name: string): ClusterHealth
  /** Rejects with `ambiguous` when the name is taken. */
  add(spec: Spec): Cluster
  /** Rejects with `not_found`. */
  remove(name: string): void
  /** Checks every cluster, or the named ones that there are, at once, each within its own deadline. */
  checkNow(names?: readonly string[]): Promise<void>
  /** Ends the checks and the connections. */
  close(): Promise<void>
}
