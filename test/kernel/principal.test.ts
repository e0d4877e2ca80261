import { describe, expect, it } from 'vitest'
import { isAtLeast, ROLES, scopeKey, type Principal } from '../../src/kernel/principal.ts'

describe('a role', () => {
  it('is allowed what every lesser one is', () => {
    const allowed = ROLES.map((role) => ROLES.filter((least) => isAtLeast(role, least)))
    expect(allowed).toEqual([['viewer'], ['viewer', 'operator'], ['viewer', 'operator', 'admin']])
  })
})

describe('the key of a scope', () => {
  const seoul = { cluster: 'seoul', namespaces: ['b', 'a'] }
  const busan = { cluster: 'busan', namespaces: null }

  it.each<[string, Principal['scope'], Principal['scope']]>([
    ['the order of its parts', [seoul, busan], [busan, seoul]],
    ['the order of namespaces', [seoul], [{ cluster: 'seoul', namespaces: ['a', 'b'] }]],
    ['a namespace written twice', [seoul], [{ cluster: 'seoul', namespaces: ['a', 'b', 'a'] }]],
  ])('does not change with %s', (_name, one, other) => {
    expect(scopeKey(one)).toBe(scopeKey(other))
  })

  it('tells everything, nothing, a cluster, no namespace and names with commas apart', () => {
    const scopes: readonly Principal['scope'][] = [
      null,
      [],
      [busan],
      [{ cluster: 'busan', namespaces: [] }],
      [{ cluster: 'busan', namespaces: ['a,b'] }],
      [{ cluster: 'busan', namespaces: ['a', 'b'] }],
      [{ cluster: 'busan","a', namespaces: null }],
      [busan, seoul],
    ]
    expect(new Set(scopes.map(scopeKey)).size).toBe(scopes.length)
  })
})
