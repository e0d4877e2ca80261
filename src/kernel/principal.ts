/** What somebody may do, from the least to the most. */
export const ROLES = ['viewer', 'operator', 'admin'] as const

export type Role = (typeof ROLES)[number]

/** A part of what there is. */
export interface Grant {
  /** The name of a cluster; `*` for every cluster. */
  readonly cluster: string
  /** Null for the whole cluster. */
  readonly namespaces: readonly string[] | null
}

/** Who asks. */
export interface Principal {
  /** Tells one from all others, however they sign in; what is somebody's own is kept under it. */
  readonly name: string
  readonly role: Role
  /** Null for everything; an empty list for nothing. */
  readonly scope: readonly Grant[] | null
}

/** Who asks where nobody is asked for credentials: sees nothing that belongs to a cluster. */
export const NOBODY: Principal = { name: '', role: 'viewer', scope: [] }

/** Whether a role is allowed what another is. */
export const isAtLeast = (role: Role, least: Role): boolean =>
  ROLES.indexOf(role) >= ROLES.indexOf(least)

const keys = new WeakMap<readonly Grant[], string>()

/** The same for equal scopes, however they were written, and for no others. Empty for everything. */
export function scopeKey(scope: Principal['scope']): string {
  if (scope === null) return ''
  const known = keys.get(scope) ?? JSON.stringify(scope.map(grantKey).sort())
  keys.set(scope, known)
  return known
}

const grantKey = ({ cluster, namespaces }: Grant): string =>
  JSON.stringify([cluster, namespaces === null ? null : [...new Set(namespaces)].sort()])

const GRANT = /^([^\s/]{1,253})(?:\/([^\s/*]{1,253}))?$/

/** Reads a scope from texts: `seoul` for a cluster, `seoul/shop` for a namespace, `*` for all clusters; undefined for anything else. */
export function readScope(texts: readonly string[]): readonly Grant[] | undefined {
  const grants = texts.map((text) => {
    const [, cluster, namespace] = GRANT.exec(text) ?? []
    if (cluster === undefined || (cluster !== '*' && cluster.includes('*'))) return undefined
    return { cluster, namespaces: namespace === undefined ? null : [namespace] }
  })
  return grants.every((grant) => grant !== undefined) ? grants : undefined
}

/** Whether a scope shows nothing that another hides. */
export function isWithin(inner: Principal['scope'], outer: Principal['scope']): boolean {
  if (outer === null) return true
  return inner?.every((grant) => covers(outer, grant)) ?? false
}

/** Several grants for one cluster add up. */
function covers(outer: readonly Grant[], { cluster, namespaces }: Grant): boolean {
  const own = outer.filter((grant) => grant.cluster === '*' || grant.cluster === cluster)
  if (own.some((grant) => grant.namespaces === null)) return true
  const seen = new Set(own.flatMap((grant) => grant.namespaces ?? []))
  return namespaces?.every((namespace) => seen.has(namespace)) ?? false
}
