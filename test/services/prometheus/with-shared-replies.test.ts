import { describe, expect, it } from 'vitest'
import { gauge } from '../../../src/promql/expression.ts'
import {
  withSharedReplies,
  type PrometheusClient,
  type SharedReplies,
  type SharedRepliesOptions,
  type Shelf,
} from '../../../src/services/prometheus/index.ts'
import { AT, reply, scriptedClient } from './stub-client.ts'

const TTL = { static: 3600, realtime: 30, series: 300, summary: 0 }

/** A common store in memory. */
function memory() {
  const kept = new Map<string, Buffer>()
  const puts: number[] = []
  const replies: SharedReplies = {
    get: (key) => Promise.resolve(kept.get(key)),
    put(key, bytes, seconds) {
      kept.set(key, bytes)
      puts.push(seconds)
    },
  }
  return { kept, puts, replies }
}

const later = (seconds: number): Date => new Date(AT.getTime() + seconds * 1000)

/** Two servers over one common store, the second of which asks after the first. */
async function second(
  ask: (client: PrometheusClient) => Promise<unknown>,
  {
    first = ask,
    outcome = reply([1, Number.NaN, Number.POSITIVE_INFINITY]),
    ...options
  }: Partial<SharedRepliesOptions> & {
    readonly first?: typeof ask
    readonly outcome?: ReturnType<typeof reply>
  } = {},
) {
  const { replies, puts } = memory()
  const shared = { place: 'seoul', replies, ttlSeconds: TTL, now: () => AT }
  const one = scriptedClient([outcome])
  const other = scriptedClient([outcome])
  const told = await first(withSharedReplies(one.client, shared))
  const again = await ask(withSharedReplies(other.client, { ...shared, ...options }))
  return { asked: other.calls(), told, again, puts }
}

const instant =
  (
    own: {
      readonly query?: string
      readonly at?: Date
      readonly shelf?: Shelf
      readonly since?: Date
    } = {},
  ) =>
  // prettier-ignore
  (client: PrometheusClient) =>
    client.instant(gauge(own.query ?? 'up'), own.at ?? AT, {
      shelf: own.shelf ?? 'realtime',
      since: own.since,
    })
const range = (once = false) => (client: PrometheusClient) =>
  client.range(gauge('up'), { start: AT, end: later(60), stepSeconds: 15 }, { shelf: 'series', once }) // prettier-ignore

describe('replies in common', () => {
  it('are what the other server was told, to the bit', async () => {
    const { asked, told, again, puts } = await second(instant())
    expect(asked).toBe(0)
    expect(again).toEqual(told)
    expect(puts).toEqual([30])
  })

  it('keep the numbers of a window as they are', async () => {
    const { replies } = memory()
    const series = {
      labels: { node: 'a' },
      seconds: Float64Array.of(1, 2),
      values: Float64Array.of(0.1, Number.NaN),
    }
    const end: PrometheusClient = {
      instant: () => Promise.reject(new Error('not asked')),
      range: () => Promise.resolve({ rows: [series], warnings: [], bytes: 1, evaluatedAt: AT }),
    }
    const shared = { place: 'seoul', replies, ttlSeconds: TTL, now: () => AT }
    await range()(withSharedReplies(end, shared))
    const none = scriptedClient([new Error('not asked')])
    expect(await range()(withSharedReplies(none.client, shared))).toEqual({
      rows: [series],
      warnings: [],
      bytes: 1,
      evaluatedAt: AT,
    })
  })

  it.each<[string, Parameters<typeof second>]>([
    ['another cluster, or another program', [instant(), { place: 'busan' }]],
    ['another question', [instant(), { first: instant({ query: 'down' }) }]],
    ['another moment', [instant(), { first: instant({ at: later(1) }) }]],
    ['another kind of data', [instant(), { first: instant({ shelf: 'static' }) }]],
    ['one that came too early', [instant({ since: later(1) })]],
    ['what is not kept', [instant({ shelf: 'summary' })]],
    ['what nobody asks twice', [range(true)]],
    ['a partial one', [instant(), { outcome: reply([1], ['half of it is missing']) }]],
    ['that a thing is not there yet', [instant({ shelf: 'static' }), { outcome: reply([]) }]],
    ['one that is too large', [instant(), { outcome: { ...reply([1]), bytes: 5e6 } }]],
  ])('are not used for %s', async (_, given) => {
    expect((await second(...given)).asked).toBe(1)
  })

  it('of a thing that does not change hold at any moment', async () => {
    const ask = instant({ shelf: 'static' })
    expect((await second(ask, { first: instant({ shelf: 'static', at: later(7) }) })).asked).toBe(0)
  })

  it('that cannot be read are as good as none', async () => {
    const { client, calls } = scriptedClient([reply([1])])
    const replies: SharedReplies = {
      get: () => Promise.resolve(Buffer.from('{"rows":[]}')),
      put: () => undefined,
    }
    const shared = { place: 'seoul', replies, ttlSeconds: TTL, now: () => AT }
    expect(await instant()(withSharedReplies(client, shared))).toEqual(reply([1]))
    expect(calls()).toBe(1)
  })
})
