import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  makeCertificates,
  type Certificate,
  type Certificates,
} from '../services/prometheus/certificates.ts'
import type { Fault, FaultProxy } from '../support/fault-proxy.ts'
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
/** The password below, as Prometheus keeps it. */
const USER = 'scraper: "$2b$04$abcdefghijklmnopqrstuukGj6JgAXv.1dM1ZhUQ1QGl8plMQiZKq"'
const RIGHT = { username: 'scraper', password: 'not for everyone' }

interface Trouble {
  readonly status: string
  readonly detail: string
  /** Of the whole request when only this cluster is asked. */
  readonly alone?: 502 | 504
  /** What the server's own look at the cluster gives, where that is not the same. */
  readonly health?: string
}

let server: WholeServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

/** A server of its own for each case, so that none inherits a failure. */
async function serve(clusters: ReturnType<typeof twoClusters>): Promise<WholeServer> {
  await server?.close()
  server = await wholeServer(clusters, { ...NOTHING_KEPT, HEALTH_CHECK_INTERVAL: '200ms' })
  return server
}

/** Everything that the API says while the second of two clusters is in trouble. */
async function expectTrouble(asked: WholeServer, trouble: Trouble): Promise<void> {
  const { status, detail, alone = 502, health = status } = trouble
  const [both, denied, healthy, broken] = await Promise.all(
    ['', '?partial=deny', '?cluster=seoul', '?cluster=busan'].map((query) =>
      asked.get(GPUS + query),
    ),
  )
  expectWithoutBusan(both!, status, detail)
  expectProblem(denied!, 503, 'partial_refused', expect.stringContaining(`busan (${status});`))
  expect(healthy!.body.meta).toMatchObject({ status: 'complete', warnings: [] })
  expect(healthy!.body.data).toEqual(SEOUL_ROWS)
  const kind = alone === 504 ? 'backend_timeout' : 'backend_unreachable'
  expectProblem(broken!, alone, kind, `no cluster answered (busan: ${detail})`)
  await eventuallyKnown(asked, { seoul: 'ok', busan: health })
  await expectHonest(asked, health)
}

/** What is told of the clusters themselves. */
async function expectHonest(asked: WholeServer, health: string): Promise<void> {
  const { status, body } = await asked.get('/system/health')
  expect(status).toBe(200)
  expect(body.data.status).toBe(health === 'ok' ? 'healthy' : 'degraded')
  expect((await asked.get('/system/readyz')).status).toBe(200)
  const list = await asked.get('/clusters')
  expect(list.body.data).toMatchObject([
    { name: 'seoul', status: 'ok', consecutive_failures: 0 },
    { name: 'busan', status: health },
  ])
}

/** What the network can do to a cluster, or something that stands before it. */
const FAULTS: readonly (readonly [Fault, Trouble])[] = [
  [{ mode: 'refuse' }, { status: 'unreachable', detail: 'connection reset' }],
  [{ mode: 'blackhole' }, { status: 'timeout', detail: TIMED_OUT, alone: 504 }],
  [
    { mode: 'latency', ms: 60_000 },
    { status: 'timeout', detail: TIMED_OUT, alone: 504 },
  ],
  [
    { mode: 'cut', bytes: 250 },
    { status: 'unreachable', detail: 'connection reset' },
  ],
  [
    { mode: 'hangup', bytes: 250 },
    {
      status: 'unreachable',
      detail: 'the connection broke before its answer was complete',
    },
  ],
  [{ mode: 'garbage' }, { status: 'invalid', detail: 'its answer is not HTTP' }],
  [
    { mode: 'status', code: 200 },
    { status: 'invalid', detail: 'its answer is not whole JSON' },
  ],
  [
    { mode: 'status', code: 400 },
    { status: 'rejected', detail: 'refused the query' },
  ],
  [
    { mode: 'status', code: 401 },
    { status: 'unauthorized', detail: 'does not accept our credentials' },
  ],
  [
    { mode: 'status', code: 422 },
    { status: 'rejected', detail: 'cannot execute the query' },
  ],
  [
    { mode: 'status', code: 503 },
    { status: 'overloaded', detail: 'is not able to answer now (status 503)' },
  ],
]

describe.skipIf(!ready).each(realPrometheusBinaries())(
  'two clusters, one in trouble, over $name',
  ({ path }) => {
    let made: Certificates
    let started: ScrapingPrometheus[]
    let way: FaultProxy
    beforeAll(async () => {
      made = makeCertificates()
      started = await Promise.all([
        startSeoul(path),
        startBusan(path),
        startBusan(path, { webConfig: webConfig(made.good) }),
        startBusan(path, { flags: ['--query.max-samples=1'] }),
      ])
      way = await wayTo(busan())
      await Promise.all([seoul().scraped(), busan().scraped()])
    })
    afterAll(async () => {
      await way.close()
      await Promise.all(started.map((each) => each.stop()))
      made.remove()
    })
    afterEach(() => {
      way.be({ mode: 'pass' })
      busan().resume()
    })
    const seoul = () => started[0]!
    const busan = () => started[1]!
    /** Speaks TLS and wants a password. */
    const guarded = () => started[2]!
    /** Refuses any query that reads more than one sample. */
    const strict = () => started[3]!
    const over = (url: string, fields: object = {}) => serve(twoClusters(seoul().url, url, fields))

    it.each(FAULTS)('%j', async (fault, trouble) => {
      const asked = await over(way.url, trouble.status === 'timeout' ? IMPATIENT : {})
      way.be(fault)
      await expectTrouble(asked, trouble)
      way.be({ mode: 'pass' })
      await eventually(async () => expectComplete(await asked.get(GPUS)))
      await eventuallyKnown(asked, { seoul: 'ok', busan: 'ok' })
    })

    it('slow, but within its timeout', async () => {
      way.be({ mode: 'latency', ms: 50 })
      const asked = await over(way.url)
      await eventually(async () => expectComplete(await asked.get(GPUS)))
      await eventuallyKnown(asked, { seoul: 'ok', busan: 'ok' })
    })

    it('frozen, and thawed', async () => {
      const asked = await over(busan().url, IMPATIENT)
      busan().pause()
      await expectTrouble(asked, { status: 'timeout', detail: TIMED_OUT, alone: 504 })
      busan().resume()
      await eventually(async () => expectComplete(await asked.get(GPUS)))
      await eventuallyKnown(asked, { seoul: 'ok', busan: 'ok' })
    })

    it('refusing a query that costs it too much', async () => {
      const asked = await over(strict().url)
      await eventually(async () => {
        const { body } = await asked.get(GPUS)
        expect(body.meta.status).toBe('partial')
      })
      await expectTrouble(asked, {
        status: 'rejected',
        detail: 'cannot execute the query',
        health: 'ok',
      })
    })

    it('asked for TLS that it does not speak', async () => {
      const asked = await over(busan().url.replace('http:', 'https:'))
      await expectTrouble(asked, {
        status: 'unreachable',
        detail: 'no TLS there: its address may need http',
      })
    })

    describe('behind TLS and a password', () => {
      const withCa = (fields: object = RIGHT) =>
        over(guarded().url, { ca_file: made.caFile, ...fields })
      const show = (certificate: Certificate) =>
        writeFile(join(guarded().dir, 'web.yml'), webConfig(certificate))

      it('answering to the right password, over TLS that is trusted', async () => {
        const asked = await withCa()
        await eventually(async () => expectComplete(await asked.get(GPUS)))
      })

      it.each([
        ['a wrong password', { ...RIGHT, password: 'a wrong password' }],
        ['no password', {}],
      ])('asked with %s', async (_, fields) => {
        await expectTrouble(await withCa(fields), {
          status: 'unauthorized',
          detail: 'does not accept our credentials',
        })
      })

      it('asked without TLS', async () => {
        const plain = guarded().url.replace('https:', 'http:')
        await expectTrouble(await over(plain, RIGHT), {
          status: 'unreachable',
          detail: 'TLS is spoken there: its address needs https',
        })
      })

      it('with a certificate of an authority that nobody named', async () => {
        await expectTrouble(await over(guarded().url, RIGHT), {
          status: 'unreachable',
          detail: 'its certificate is not trusted',
        })
      })

      it.each([
        ['for another name', () => made.otherName, 'its certificate is for another name'],
        ['that has expired', () => made.expired, 'its certificate has expired'],
        ['that it signed itself', () => made.selfSigned, 'its certificate is not trusted'],
      ])('with a certificate %s, until it has a right one', async (_, bad, detail) => {
        await show(bad())
        const asked = await withCa()
        await expectTrouble(asked, { status: 'unreachable', detail })
        await show(made.good)
        await eventually(async () => expectComplete(await asked.get(GPUS)))
        await eventuallyKnown(asked, { seoul: 'ok', busan: 'ok' })
      })
    })
  },
)

/** Prometheus reads it for each connection. */
function webConfig({ certFile, keyFile }: Certificate): string {
  return `tls_server_config:
  cert_file: ${certFile}
  key_file: ${keyFile}
basic_auth_users:
  ${USER}
`
}
