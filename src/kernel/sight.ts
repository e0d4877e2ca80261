import { scopeKey, type Grant, type Principal } from './principal.ts'

/**
 * What may be seen of a cluster: all of it, some of its namespaces, or nothing, so that it is as if it were not
 * there. `too_little`: it is known to be there, and what is asked for is of whole clusters.
 */
export type SeenPart = 'whole' | 'nothing' | 'too_little' | readonly string[]

/** What may be seen of all clusters. */
export interface Sight {
  /** The same for equal sights, and for no others; empty when nothing is hidden. */
  readonly key: string
  /** Whether there can be clusters of which only some namespaces are seen. */
  readonly isPartial: boolean
  of(cluster: string): SeenPart
}

/** Nothing is hidden. */
export const EVERYTHING: Sight = { key: '', isPartial: false, of: () => 'whole' }

/** Runs something, and whatever it begins, with a sight. */
export interface Sighted {
  within<Result>(sight: Sight, run: () => Result): Result
}

/**
 * What a route is about, and so who may ask it. `namespace`: things in namespaces; who sees only some gets those.
 * `cluster`: whole clusters; those who see only namespaces are refused. `everybody`: nothing that is of a cluster,
 * or what is the caller's own. `admin`: the whole installation; for those from whom nothing is hidden.
 */
export const REACHES = ['namespace', 'cluster', 'everybody', 'admin'] as const

export type Reach = (typeof REACHES)[number]

type Scope = Principal['scope']

/** Whether a scope lets somebody ask at all, whatever the question. */
export function reaches(scope: Scope, reach: Reach): boolean {
  if (scope === null || reach === 'namespace' || reach === 'everybody') return true
  return reach === 'cluster' && scope.some(({ namespaces }) => namespaces === null)
}

/** What a scope shows in the answers of a route. */
export function sightOf(scope: Scope, reach: Reach): Sight {
  if (scope === null) return EVERYTHING
  const part = (cluster: string): SeenPart => {
    const seen = partOf(scope, cluster)
    return reach === 'cluster' && typeof seen !== 'string' ? 'too_little' : seen
  }
  return {
    key: `${reach === 'cluster' ? 'whole ' : ''}${scopeKey(scope)}`,
    isPartial: reach !== 'cluster' && scope.some(({ namespaces }) => namespaces !== null),
    of: part,
  }
}

/** Several grants for one cluster add up. */
function partOf(scope: readonly Grant[], cluster: string): SeenPart {
  const own = scope.filter((grant) => grant.cluster === cluster || grant.cluster === '*')
  if (own.length === 0) return 'nothing'
  if (own.some(({ namespaces }) => namespaces === null)) return 'whole'
  return [...new Set(own.flatMap(({ namespaces }) => namespaces ?? []))].sort()
}
