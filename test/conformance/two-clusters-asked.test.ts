import { get as httpGet, type ClientRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startFakePrometheus, type FakePrometheus } from '../support/fake-prometheus.ts'
import { CREDENTIALS, wholeServer, type WholeServer } from '../support/whole-server.ts'
import { eventually, GPUS, IMPATIENT, NOTHING_KEPT, twoClusters, wayTo } from './two-clusters.ts'

const SEOUL =
  'DCGM_FI_DEV_POWER_USAGE{UUID="GPU-s0",gpu="0",Hostname="gpu-s",pod="train-0",namespace="ml"} 300'
const HANGS = { delayMs: Number.POSITIVE_INFINITY }

/** What the clusters are asked can only be counted where they count: they are not real here. */
let seoul: FakePrometheus
let busan: FakePrometheus
let server: WholeServer
beforeEach(async () => {
  seoul = await startFakePrometheus({ samples: SEOUL })
  busan = await startFakePrometheus({ samples: SEOUL.replaceAll('s0', 'b0') })
})
afterEach(async () => {
  await server.close()
  await Promise.all([seoul.close(), busan.close()])
})

const queriesTo = ({ requests }: FakePrometheus) =>
  requests.filter(({ path }) => path === '/api/v1/query')

describe('a cluster that hangs', () => {
  it.each([
    GPUS,
    `${GPUS}/summary`,
    `${GPUS}/GPU-s0`,
    `${GPUS}/GPU-s0/power`,
    `${GPUS}/GPU-nobody`,
    `${GPUS}?node=nowhere`,
    `${GPUS}?pod=nobody`,
  ])('is asked nothing more by GET %s once it let a question wait in vain', async (url) => {
    server = await wholeServer(twoClusters(seoul.url, busan.url, IMPATIENT), NOTHING_KEPT)
    const givenUpBefore: number[] = []
    busan.answer(({ path }) => {
      if (path === '/api/v1/query') givenUpBefore.push(busan.abandoned)
      return path === '/api/v1/query' ? HANGS : undefined
    })
    const { body } = await server.get(url)
    expect(JSON.stringify(body)).toContain('timeout')
    expect(queriesTo(seoul).length).toBeGreaterThan(givenUpBefore.length)
    expect(new Set(givenUpBefore)).toEqual(new Set([0]))
  })
})

describe('a client that goes away', () => {
  const request = (address: string): ClientRequest => {
    const auth = Object.values(CREDENTIALS).join(':')
    // Hanging up is an error of the request's own.
    return httpGet(`${address}/api/v1${GPUS}`, { auth, agent: false }).on('error', () => undefined)
  }
  const answerTo = (asked: ClientRequest) =>
    new Promise<any>((resolve, reject) => {
      asked.once('response', (reply: IncomingMessage) => {
        text(reply).then((body) => resolve(JSON.parse(body)), reject)
      })
    })

  it.each([
    ['kept', {}],
    ['not kept', NOTHING_KEPT],
  ])('takes back the questions of an answer that is %s', async (_, environment) => {
    server = await wholeServer(twoClusters(seoul.url, busan.url), environment)
    const address = await server.listen()
    for (const cluster of [seoul, busan])
      cluster.answer(({ path }) => (path === '/api/v1/query' ? HANGS : undefined))
    const asked = request(address)
    await eventually(() => {
      for (const cluster of [seoul, busan]) expect(queriesTo(cluster)).toHaveLength(1)
    })
    asked.destroy()
    await eventually(() => {
      for (const cluster of [seoul, busan]) expect(cluster.abandoned).toBe(1)
    })
    for (const cluster of [seoul, busan]) expect(queriesTo(cluster)).toHaveLength(1)
  })

  it('leaves them to another who waits for the same answer', async () => {
    const way = await wayTo(busan)
    way.be({ mode: 'latency', ms: 300 })
    server = await wholeServer(twoClusters(seoul.url, way.url))
    const address = await server.listen()
    const [leaving, staying] = [request(address), request(address)]
    const answer = answerTo(staying)
    await eventually(async () => {
      const { body } = await server.get('/system/health')
      expect(body.data.cache_hit_rate_percent).toBeGreaterThan(0)
    })
    leaving.destroy()
    const { meta, data } = await answer
    expect(meta.status).toBe('complete')
    expect(data).toHaveLength(2)
    expect([seoul.abandoned, busan.abandoned]).toEqual([0, 0])
    await way.close()
  })
})
