import { describe, expect, it } from 'vitest'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Principal } from '../../../src/kernel/principal.ts'
import { EVERYTHING, sightOf } from '../../../src/kernel/sight.ts'
import {
  createRegistry,
  createScopes,
  withScopes,
  type ClusterRegistry,
  type ClusterSpec,
} from '../../../src/services/clusters/index.ts'
import { clusterSpec } from '../../../src/services/prometheus/index.ts'

type Scope = Principal['scope']

const SEOUL: Scope = [{ cluster: 'seoul', namespaces: null }]
const SHOP: Scope = [{ cluster: 'seoul', namespaces: ['shop'] }]

function scoped() {
  const never = () => Promise.reject(new Error('nobody asks'))
  const every = createRegistry({
    clusters: ['seoul', 'busan'].map((name) => clusterSpec(1).parse({ name, url: 'http://x' })),
    connect: () => ({
      client: { instant: never, range: never },
      probe: never,
      close: () => Promise.resolve(),
    }),
    healthIntervalSeconds: 0,
    healthTimeoutSeconds: 1,
    now: () => new Date(0),
  })
  const scopes = createScopes()
  const registry = withScopes(every, scopes)
  const as = <Result>(scope: Scope, run: (registry: Registry) => Result): Result =>
    scopes.within(sightOf(scope, 'namespace'), () => run(registry))
  return { registry, scopes, as }
}
type Registry = ClusterRegistry<ClusterSpec>

const message = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return String((error as { detail?: string }).detail)
  }
  return 'no error'
}
const names = (registry: Registry) => registry.all().map(({ name }) => name)

describe('a registry with scopes', () => {
  it('shows everything to whoever sees everything, and to the server itself', () => {
    const { registry, as } = scoped()
    expect([names(registry), as(null, names)]).toEqual([
      ['seoul', 'busan'],
      ['seoul', 'busan'],
    ])
  })

  it('shows only the clusters of the scope', () => {
    const { as } = scoped()
    expect(as(SEOUL, names)).toEqual(['seoul'])
    expect(as(SEOUL, (registry) => registry.only().map(({ name }) => name))).toEqual(['seoul'])
    expect(as([], names)).toEqual([])
    expect(as([{ cluster: '*', namespaces: null }], names)).toEqual(['seoul', 'busan'])
  })

  it('says of a hidden cluster what it says of one that there is not', () => {
    const { as } = scoped()
    const said = (name: string) => [
      as(SEOUL, (registry) => message(() => registry.only([name]))),
      as(SEOUL, (registry) => message(() => registry.health(name))),
    ]
    expect(said('busan').map((text) => text.replaceAll('busan', 'jeju'))).toEqual(said('jeju'))
    expect(said('busan')[0]).toBe('no cluster is called busan')
    expect(as(SEOUL, (registry) => message(() => registry.only(['seoul', 'busan', 'jeju'])))).toBe(
      'no cluster is called busan, jeju',
    )
  })

  it('says which namespaces of a cluster may be seen, those of all grants together', () => {
    const { as } = scoped()
    const seen = (scope: Scope) => as(scope, (registry) => registry.only(['seoul'])[0]?.namespaces)
    expect(seen(SHOP)).toEqual(['shop'])
    expect(seen([...SHOP, { cluster: '*', namespaces: ['web', 'shop'] }])).toEqual(['shop', 'web'])
    expect(seen([...SHOP, ...SEOUL])).toBeUndefined()
  })

  it('refuses whole clusters to those who see a part, whether there is one of the name or not', () => {
    const { registry, scopes } = scoped()
    const scope: Scope = [
      { cluster: 'seoul', namespaces: null },
      { cluster: 'busan', namespaces: ['shop'] },
      { cluster: 'jeju', namespaces: ['shop'] },
    ]
    const only = (name: string) =>
      scopes.within(sightOf(scope, 'cluster'), () => message(() => registry.only([name])))
    expect(scopes.within(sightOf(scope, 'cluster'), () => names(registry))).toEqual(['seoul'])
    expect(only('busan').replaceAll('busan', 'jeju')).toBe(only('jeju'))
    expect(only('busan')).toMatch('this shows whole clusters')
  })

  it('follows what an answer begins, and nothing that others do meanwhile', async () => {
    const { registry, scopes } = scoped()
    const later = async (): Promise<readonly string[]> => {
      await nextTurn()
      return names(registry)
    }
    const of = (scope: Scope) => scopes.within(sightOf(scope, 'cluster'), later)
    expect(await Promise.all([of(SEOUL), later(), of(null), of([])])).toEqual([
      ['seoul'],
      ['seoul', 'busan'],
      ['seoul', 'busan'],
      [],
    ])
  })

  it('holds on to what may be seen, whoever calls later', () => {
    const { registry, scopes } = scoped()
    const bound = scopes.within(sightOf(SEOUL, 'cluster'), () =>
      scopes.bound(() => names(registry)),
    )
    expect(bound()).toEqual(['seoul'])
    expect(scopes.within(EVERYTHING, bound)).toEqual(['seoul'])
  })
})
