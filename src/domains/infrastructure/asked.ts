import type { IdentityRules } from '../../analysis/identity/resolver.ts'
import type { Outcome, ResourceRequest } from '../../http/app.ts'
import type { Account, Asked, Needs as WorkloadNeeds } from '../../services/workloads/index.ts'

export type { Account, Asked } from '../../services/workloads/index.ts'

/** What the reads of infrastructure need. */
export interface Needs extends WorkloadNeeds {
  /** How names of nodes are brought together. */
  readonly identity: IdentityRules
}

/** What a request asks for, without its own parameters. */
export function askedBy({
  query,
  at,
  signal,
}: ResourceRequest<{ readonly cluster?: readonly string[] | undefined }, unknown>): Asked {
  return { clusters: query.cluster, at, signal }
}

/** An answer of the API at the time of the question. */
export function outcome<Data>(
  { at }: Asked,
  { clusters, warnings }: Account,
  data: Data,
): Omit<Outcome<Data>, 'data'> & { readonly data: Data } {
  return { data, observedAt: at, clusters, warnings }
}
