import type { IdentityRules } from '../../analysis/identity/resolver.ts'
import type { Outcome, ResourceRequest } from '../../http/app.ts'
import type { Answer } from '../../kernel/answer.ts'
import type { FleetReader } from '../../services/fleet/index.ts'
import type { Telemetry } from '../../services/telemetry/index.ts'

/** What the reads of infrastructure need. */
export interface Needs {
  readonly telemetry: Telemetry
  readonly fleet: FleetReader
  /** How names of nodes are brought together. */
  readonly identity: IdentityRules
}

/** What every question carries. */
export interface Asked {
  readonly clusters: readonly string[] | undefined
  readonly at: Date
  readonly signal: AbortSignal
}

/** Who was asked for an answer, and what is missing from it. */
export type Account = Pick<Answer<unknown>, 'clusters' | 'warnings'>

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
