import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FaultProxy } from '../support/fault-proxy.ts'
import { realPrometheusBinaries, requireReal } from '../support/real-prometheus.ts'
import type { ScrapingPrometheus } from '../support/scraped.ts'
import { wholeServer, type WholeServer } from '../support/whole-server.ts'
import {
  eventually,
  eventuallyKnown,
  expectComplete,
  expectProblem,
  expectWithoutBusan,
  GPUS,
  IMPATIENT,
  NOTHING_KEPT,
  SEOUL_ROWS,
  startBusan,
  startSeoul,
  TIMED_OUT,
  twoClusters,
  wayTo,
} from './two-clusters.ts'

const ready = requireReal('prometheus', 'prometheus')
const RESET = 'connection reset'
const CHECKED_OFTEN = { HEALTH_CHECK_INTERVAL: '200ms' }
/** Longer than an answer of now is kept by default. */
const NEXT_ANSWER_SECONDS = 31
/** Longer than a cluster that failed is left alone. */
const NEXT_TRY_SECONDS = 11

/** The clock of the server stands still, so that what is kept is kept until the test moves it. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})
const advance = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)

describe.skipIf(!ready).each(realPrometheusBinaries())('two clusters over $name', ({ path }) => {
  let seoul: ScrapingPrometheus
  let busan: ScrapingPrometheus
  let seoulWay: FaultProxy
  let busanWay: FaultProxy
  let server: WholeServer
  beforeAll(async () => {
    ;[seoul, busan] = await Promise.all([startSeoul(path), startBusan(path)])
    ;[seoulWay, busanWay] = await Promise.all([wayTo(seoul), wayTo(busan)])
    await Promise.all([seoul.scraped(), busan.scraped()])
  })
  afterAll(async () => {
    await Promise.all([seoulWay.close(), busanWay.close()])
    await Promise.all([seoul.stop(), busan.stop()])
  })
  afterEach(async () => {
    await server.close()
    for (const way of [seoulWay, busanWay]) way.be({ mode: 'pass' })
    busan.resume()
  })

  /** Over ways that can break. A cluster that will hang is to be named. */
  const serve = async (
    hangs: readonly ('seoul' | 'busan')[] = [],
    environment: Readonly<Record<string, string>> = NOTHING_KEPT,
  ) => {
    const clusters = twoClusters(seoulWay.url, busanWay.url).map((cluster) =>
      hangs.some((name) => name === cluster.name) ? { ...cluster, ...IMPATIENT } : cluster,
    )
    server = await wholeServer(clusters, environment)
    return server
  }
  const serveDirectly = async (
    fields: object,
    environment: Readonly<Record<string, string>> = {},
  ) => {
    server = await wholeServer(twoClusters(seoul.url, busan.url, fields), environment)
    return server
  }

  it('answer from what is kept while one is down, and never keep a partial answer', async () => {
    const { get } = await serveDirectly(IMPATIENT)
    await eventually(async () => expectComplete(await get(GPUS)))
    const kept = await get(GPUS)
    busan.pause()
    const again = await get(GPUS)
    expectComplete(again)
    expect(again.headers['etag']).toBe(kept.headers['etag'])
    const sorted = await get(`${GPUS}?sort=-power_watts`)
    expect(sorted.body.meta).toMatchObject({ status: 'complete', warnings: [] })
    expect(sorted.body.meta.observed_at).toBe(kept.body.meta.observed_at)

    advance(NEXT_ANSWER_SECONDS)
    const [partial, denied] = await Promise.all([get(GPUS), get(`${GPUS}?partial=deny`)])
    expectWithoutBusan(partial, 'timeout', TIMED_OUT)
    expectProblem(denied, 503, 'partial_refused', expect.stringContaining('busan (timeout);'))

    busan.resume()
    await eventually(async () => expectComplete(await get(GPUS)))
    const complete = await get(`${GPUS}?partial=deny`)
    expectComplete(complete)
    // Of the same moment as the partial one: that was replaced, not outlived.
    expect(complete.body.meta.observed_at).toBe(partial.body.meta.observed_at)
    busan.pause()
    expectComplete(await get(GPUS))
  })

  it('do not hold each other up when one hangs', async () => {
    const { get } = await serveDirectly(IMPATIENT, NOTHING_KEPT)
    busan.pause()
    const ended: string[] = []
    const [both, healthy] = await Promise.all([
      get(GPUS).finally(() => ended.push('both')),
      get(`${GPUS}?cluster=seoul`).finally(() => ended.push('seoul')),
    ])
    expect(ended).toEqual(['seoul', 'both'])
    expectWithoutBusan(both, 'timeout', TIMED_OUT)
    expect(healthy.body.data).toEqual(SEOUL_ROWS)
  })

  describe('of which none answers', () => {
    it.each([
      ['hang', 'blackhole', 'blackhole', 504, `seoul: ${TIMED_OUT}; busan: ${TIMED_OUT}`],
      ['are unreachable', 'refuse', 'refuse', 502, `seoul: ${RESET}; busan: ${RESET}`],
      ['fail, one by time', 'blackhole', 'refuse', 502, `seoul: ${TIMED_OUT}; busan: ${RESET}`],
    ] as const)(
      'fail for all their reasons when they %s',
      async (...[, one, other, status, why]) => {
        const { get } = await serve([
          ...(one === 'blackhole' ? (['seoul'] as const) : []),
          ...(other === 'blackhole' ? (['busan'] as const) : []),
        ])
        seoulWay.be({ mode: one })
        busanWay.be({ mode: other })
        const urls = [GPUS, `${GPUS}/summary?partial=deny`, `${GPUS}/GPU-s0`]
        const kind = status === 504 ? 'backend_timeout' : 'backend_unreachable'
        for (const reply of await Promise.all(urls.map(get)))
          expectProblem(reply, status, kind, `no cluster answered (${why})`)
      },
    )

    it('fail the next answer, when the second follows the first', async () => {
      const { get } = await serve()
      busanWay.be({ mode: 'refuse' })
      expectWithoutBusan(await get(GPUS), 'unreachable', RESET)
      seoulWay.be({ mode: 'status', code: 401 })
      const why = `seoul: does not accept our credentials; busan: ${RESET}`
      expectProblem(await get(GPUS), 502, 'backend_unreachable', `no cluster answered (${why})`)
    })
  })

  describe('asked for a name', () => {
    const STRANGERS = [
      [`${GPUS}/GPU-nobody`, 'GPU "GPU-nobody"'],
      [`${GPUS}?node=nowhere`, 'node "nowhere"'],
      [`${GPUS}?pod=nobody`, 'pod "nobody"'],
    ] as const

    it('that nobody knows, do not find it once all have answered', async () => {
      const { get } = await serve()
      for (const [url, what] of STRANGERS)
        expectProblem(await get(url), 404, 'not_found', `no asked cluster knows ${what}`)
    })

    it.each([
      ['refuse', 'unreachable', 502, 'backend_unreachable'],
      ['blackhole', 'timeout', 504, 'backend_timeout'],
    ] as const)(
      'that one under %s may know, do not know',
      async (...[mode, word, status, kind]) => {
        const { get } = await serve(mode === 'blackhole' ? ['busan'] : [])
        busanWay.be({ mode })
        const names = [...STRANGERS, [`${GPUS}/GPU-b0`, 'GPU "GPU-b0"']] as const
        const replies = await Promise.all(names.map(([url]) => get(url)))
        for (const [index, [, what]] of names.entries()) {
          const detail = `the clusters that answered do not know ${what}; these did not answer in full: busan (${word})`
          expectProblem(replies[index]!, status, kind, detail)
        }
      },
    )

    it('that was known within the hour, do not forget it while its cluster is silent', async () => {
      const { get } = await serve([], {})
      expectComplete(await get(GPUS))
      busanWay.be({ mode: 'refuse' })
      advance(NEXT_ANSWER_SECONDS)
      const detail = expect.stringMatching(/did not answer in full: busan \(unreachable\)$/)
      expectProblem(await get(`${GPUS}/GPU-b0`), 502, 'backend_unreachable', detail)
    })

    it('that the healthy one knows, find it', async () => {
      const { get } = await serve()
      busanWay.be({ mode: 'refuse' })
      const { status, body } = await get(`${GPUS}/GPU-s0`)
      expect(status).toBe(200)
      expect(body.data).toEqual(SEOUL_ROWS[0])
      expect(body.meta.status).toBe('partial')
    })

    it('of a cluster that nobody knows, do not find it, whoever is down', async () => {
      const { get } = await serve()
      for (const way of [seoulWay, busanWay]) way.be({ mode: 'refuse' })
      for (const url of [`${GPUS}?cluster=jeju`, `${GPUS}?cluster=seoul,jeju`, '/clusters/jeju'])
        expectProblem(await get(url), 404, 'not_found', 'no cluster is called jeju')
    })
  })

  it.each([
    ['refuse', 'unreachable', RESET],
    ['blackhole', 'timeout', TIMED_OUT],
  ] as const)('leave one alone that keeps failing under %s, and try again', async (...fault) => {
    const [mode, status, why] = fault
    const { get } = await serve(mode === 'blackhole' ? ['busan'] : [])
    const told = async () => (await get('/clusters?sort=name')).body.data[0]
    // The first look at the cluster must not be among the connections that are counted.
    await eventually(async () => expect((await told()).status).not.toBe('unknown'))
    busanWay.be({ mode })
    for (let failures = 0; failures < 5; failures += 1) {
      expect((await told()).circuit).toBe('closed')
      expectWithoutBusan(await get(GPUS), status, why)
    }
    expect((await told()).circuit).toBe('open')

    const dialled = busanWay.accepted
    busanWay.be({ mode: 'pass' })
    const held = `not asked after several failures, the last: ${why}`
    expectWithoutBusan(await get(GPUS), status, held)
    expect(busanWay.accepted).toBe(dialled)

    advance(NEXT_TRY_SECONDS)
    expect((await told()).circuit).toBe('half_open')
    await eventually(async () => expectComplete(await get(GPUS)))
    expect((await told()).circuit).toBe('closed')
  })

  it('are told of as they are while one, all and none are down', async () => {
    const { get } = await serve(['seoul'], CHECKED_OFTEN)
    const told = async () => {
      const [health, readiness] = [await get('/system/health'), await get('/system/readyz')]
      return [health.status, health.body.data.status, readiness.status, readiness.body.data.status]
    }
    await eventuallyKnown(server, { seoul: 'ok', busan: 'ok' })
    expect(await told()).toEqual([200, 'healthy', 200, 'ready'])
    busanWay.be({ mode: 'refuse' })
    await eventuallyKnown(server, { seoul: 'ok', busan: 'unreachable' })
    expect(await told()).toEqual([200, 'degraded', 200, 'ready'])
    seoulWay.be({ mode: 'blackhole' })
    await eventuallyKnown(server, { seoul: 'timeout', busan: 'unreachable' })
    expect(await told()).toEqual([503, 'unhealthy', 503, 'not_ready'])
    expect((await get('/system/livez')).status).toBe(200)
    for (const cluster of (await get('/clusters')).body.data) {
      expect(cluster.consecutive_failures).toBeGreaterThan(0)
      expect(cluster.last_ok_at).not.toBeNull()
    }
    for (const way of [seoulWay, busanWay]) way.be({ mode: 'pass' })
    await eventuallyKnown(server, { seoul: 'ok', busan: 'ok' })
    expect(await told()).toEqual([200, 'healthy', 200, 'ready'])
  })

  it('are shown one by one with what each knows, or without when it does not answer', async () => {
    const { get } = await serve()
    const well = await get('/clusters/busan')
    expect(well.body.data).toMatchObject({ name: 'busan', gpus: 1 })
    expect(well.body.meta).toMatchObject({ status: 'complete', warnings: [] })
    busanWay.be({ mode: 'refuse' })
    const { status, body } = await get('/clusters/busan')
    expect(status).toBe(200)
    expect(body.data).toMatchObject({ name: 'busan', gpus: null })
    expect(body.meta).toMatchObject({
      status: 'partial',
      clusters: [{ name: 'busan', status: 'unreachable' }],
      warnings: [{ code: 'cluster_unavailable', cluster: 'busan', detail: RESET }],
    })
  })

  it('miss one that was killed until it is started again', async () => {
    const { get } = await serveDirectly({})
    expectComplete(await get(GPUS))
    await busan.kill()
    expectComplete(await get(GPUS))
    advance(NEXT_ANSWER_SECONDS)
    expectWithoutBusan(await get(GPUS), 'unreachable', 'connection refused')
    await busan.stop()
    busan = await startBusan(path, { port: Number(new URL(busan.url).port) })
    await busan.scraped()
    await eventually(async () => expectComplete(await get(GPUS)))
  })

  it('fail together when all were killed', async () => {
    const { get } = await serveDirectly({}, CHECKED_OFTEN)
    expectComplete(await get(GPUS))
    await Promise.all([seoul.kill(), busan.kill()])
    expectComplete(await get(GPUS))
    advance(NEXT_ANSWER_SECONDS)
    const why = 'seoul: connection refused; busan: connection refused'
    expectProblem(await get(GPUS), 502, 'backend_unreachable', `no cluster answered (${why})`)
    await eventuallyKnown(server, { seoul: 'unreachable', busan: 'unreachable' })
    expect((await get('/system/readyz')).status).toBe(503)
  })
})
