import type { BackendErrorKind } from './errors.ts'

/** How one cluster took part in an answer. `partial` answered, but says that something is missing. */
export type ClusterStatus =
  | 'ok'
  | 'partial'
  | 'timeout'
  | 'unreachable'
  | 'unauthorized'
  | 'rejected'
  | 'invalid'
  | 'too_large'
  | 'overloaded'

export interface ClusterReport {
  readonly name: string
  readonly status: ClusterStatus
}

/** What a reader of the figures has to know about them; `code` is a closed list, `detail` is for people. */
export interface Warning {
  readonly code: WarningCode
  readonly detail: string
  readonly cluster?: string
}

export type WarningCode =
  /** The cluster did not answer: its part is missing. */
  | 'cluster_unavailable'
  /** The cluster answered and said itself that its answer is incomplete. */
  | 'cluster_incomplete'
  /** Samples that are older than the freshness bound of their source, or repeated by an exporter that stands still. */
  | 'stale_data'
  /** Values that cannot be (sentinels, NaN, negative watts) and were left out. */
  | 'implausible_values'
  /** Things known within the last hour that report nothing now, or not all through a window; exporters that are gone. */
  | 'silent_entities'
  /** Sources that contradict one another. */
  | 'inconsistent_sources'
  /** BMCs that do not answer: their servers are listed without figures. */
  | 'bmc_unreachable'
  /** Names that belong to no known node: servers stand for themselves, and what they report is in no total of nodes. */
  | 'unmatched_names'
  /** A price, PUE or carbon intensity is not known for all of the energy: figures of it are a lower bound. */
  | 'rates_missing'
  /** Rates that nobody compared with their source. */
  | 'rates_unverified'

/** Rows from many clusters, with what is missing from them. A silent cluster is a warning, not an error. */
export interface Answer<Row> {
  readonly rows: readonly Row[]
  readonly warnings: readonly Warning[]
  /** Every cluster that was asked, whether it answered or not. */
  readonly clusters: readonly ClusterReport[]
}

const STATUS_OF: Record<BackendErrorKind, ClusterStatus> = {
  backend_unreachable: 'unreachable',
  backend_timeout: 'timeout',
  backend_unauthorized: 'unauthorized',
  backend_rejected: 'rejected',
  backend_invalid: 'invalid',
  backend_too_large: 'too_large',
  backend_overloaded: 'overloaded',
}

/** The status of a cluster whose backend failed in this way. */
export function clusterStatusOf(kind: BackendErrorKind): ClusterStatus {
  return STATUS_OF[kind]
}

/** Whether every asked cluster answered in full. */
export function isComplete(answer: Pick<Answer<unknown>, 'clusters'>): boolean {
  return answer.clusters.every(({ status }) => status === 'ok')
}

/** One account of several questions to the same clusters: the worse status of each, every warning once. */
export function combine(
  answers: readonly Pick<Answer<unknown>, 'clusters' | 'warnings'>[],
): Pick<Answer<never>, 'clusters' | 'warnings'> {
  const clusters = new Map<string, ClusterReport>()
  for (const report of answers.flatMap((answer) => answer.clusters)) {
    const known = clusters.get(report.name)
    if (known === undefined || severity(report.status) > severity(known.status))
      clusters.set(report.name, report)
  }
  const warnings = new Map(
    answers
      .flatMap((answer) => answer.warnings)
      .map((warning) => [`${warning.code} ${warning.cluster ?? ''} ${warning.detail}`, warning]),
  )
  return { clusters: [...clusters.values()], warnings: [...warnings.values()] }
}

function severity(status: ClusterStatus): number {
  if (status === 'ok') return 0
  return status === 'partial' ? 1 : 2
}
