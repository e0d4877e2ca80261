import { describe, expect, it } from 'vitest'
import { gauge } from '../../../src/promql/expression.ts'
import { createCache } from '../../../src/services/cache/index.ts'
import {
  withCache,
  type PrometheusClient,
  type Shelf,
} from '../../../src/services/prometheus/index.ts'
import { AT, reply, scriptedClient, stubClient } from './stub-client.ts'

const cacheOf = () =>
  createCache<Shelf>({
    maxBytes: 1e6,
    ttlSeconds: { static: 3600, realtime: 30, series: 300, summary: 60 },
    now: () => AT,
  })
const later = (seconds: number): Date => new Date(AT.getTime() + seconds * 1000)
const range = (start: Date, stepSeconds = 15) => ({ start, end: later(900), stepSeconds })

interface Read {
  readonly cluster?: string
  readonly generation?: number
  readonly read: (client: PrometheusClient) => Promise<unknown>
}

/** How often the backend is asked for two reads of one cache. */
async function questionsFor(first: Read, second: Read): Promise<number> {
  const { client, calls } = scriptedClient([reply([1])])
  const cache = cacheOf()
  for (const { cluster = 'seoul', generation = 1, read } of [first, second])
    await read(withCache(client, { cluster, generation, cache }))
  return calls()
}

const instant =
  (query = gauge('up'), at = AT, shelf: Shelf = 'realtime') =>
  (client: PrometheusClient) =>
    client.instant(query, at, { shelf })

describe('a cached client', () => {
  it('asks once for the same', async () => {
    expect(await questionsFor({ read: instant() }, { read: instant() })).toBe(1)
  })

  it.each<[string, Read]>([
    ['another query', { read: instant(gauge('down')) }],
    ['another time', { read: instant(gauge('up'), later(1)) }],
    ['another kind of data', { read: instant(gauge('up'), AT, 'summary') }],
    ['another cluster', { cluster: 'busan', read: instant() }],
    ['a cluster that was added anew', { generation: 2, read: instant() }],
    ['a range', { read: (client) => client.range(gauge('up'), range(AT), { shelf: 'realtime' }) }],
  ])('asks again for %s', async (_, second) => {
    expect(await questionsFor({ read: instant() }, second)).toBe(2)
  })

  it.each<[string, (client: PrometheusClient) => Promise<unknown>, number]>([
    ['the same window', (client) => client.range(gauge('up'), range(AT), { shelf: 'series' }), 1],
    [
      'another start',
      (client) => client.range(gauge('up'), range(later(1)), { shelf: 'series' }),
      2,
    ],
    ['another step', (client) => client.range(gauge('up'), range(AT, 30), { shelf: 'series' }), 2],
  ])('asks for a range and then for %s', async (_, read, questions) => {
    const first = {
      read: (client: PrometheusClient) => client.range(gauge('up'), range(AT), { shelf: 'series' }),
    }
    expect(await questionsFor(first, { read })).toBe(questions)
  })

  it('serves what a thing is at any time, and says when it was asked', async () => {
    const { client, asked } = stubClient()
    const cached = withCache(client, { cluster: 'seoul', generation: 1, cache: cacheOf() })
    const first = cached.instant(gauge('info'), AT, { shelf: 'static' })
    asked[0]!.answer(reply([1]))
    await first
    const second = await cached.instant(gauge('info'), later(1800), { shelf: 'static' })
    expect(second.evaluatedAt).toEqual(AT)
    expect(asked).toHaveLength(1)
  })

  it('asks again when what was kept is older than the caller can use', async () => {
    const { client, calls } = scriptedClient([reply([1]), reply([1, 2])])
    const cached = withCache(client, { cluster: 'seoul', generation: 1, cache: cacheOf() })
    await cached.instant(gauge('info'), AT, { shelf: 'static' })
    const renewed = await cached.instant(gauge('info'), AT, {
      shelf: 'static',
      since: later(86_400),
    })
    expect(renewed.rows).toHaveLength(2)
    expect(calls()).toBe(2)
  })

  it('does not keep for an hour that nothing is there', async () => {
    const { client, calls } = scriptedClient([reply([]), reply([1])])
    const cached = withCache(client, { cluster: 'seoul', generation: 1, cache: cacheOf() })
    await cached.instant(gauge('info'), AT, { shelf: 'static' })
    expect((await cached.instant(gauge('info'), AT, { shelf: 'static' })).rows).toHaveLength(1)
    expect(calls()).toBe(2)
  })

  it('never keeps half an answer', async () => {
    const { client, calls } = scriptedClient([reply([1], ['store gone']), reply([1, 2])])
    const cached = withCache(client, { cluster: 'seoul', generation: 1, cache: cacheOf() })
    expect((await instant()(cached)).warnings).toEqual(['store gone'])
    expect((await instant()(cached)).rows).toHaveLength(2)
    await instant()(cached)
    expect(calls()).toBe(2)
  })

  it('asks on behalf of all who wait, not of the first', async () => {
    const { client, asked } = stubClient()
    const cached = withCache(client, { cluster: 'seoul', generation: 1, cache: cacheOf() })
    const caller = new AbortController()
    const options = { shelf: 'realtime' as const, signal: caller.signal }
    const first = cached.instant(gauge('up'), AT, options).catch((error: unknown) => error)
    const second = cached.instant(gauge('up'), AT, { shelf: 'realtime' })
    caller.abort(new Error('left'))
    expect(await first).toEqual(new Error('left'))
    asked[0]!.answer(reply([1]))
    expect((await second).rows).toHaveLength(1)
  })
})
