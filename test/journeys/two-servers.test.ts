import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NGINX, startNginx, type RealNginx } from '../support/nginx.ts'
import { POSTGRES, startPostgres, type RealPostgres } from '../support/real-postgres.ts'
import { requireReal, startPrometheus, type RealPrometheus } from '../support/real-prometheus.ts'
import { startRedis, type RealRedis } from '../support/real-redis.ts'
import { startServerProcess, type ServerProcess } from '../support/server-process.ts'
import { openEvents, openSocket, type StreamFrame } from '../support/stream-clients.ts'
import { CREDENTIALS } from '../support/whole-server.ts'

const real = [
  requireReal('prometheus', 'prometheus'),
  requireReal('redis-server', 'redis-server'),
  requireReal(POSTGRES, 'postgresql-15'),
  requireReal(NGINX, 'nginx-light'),
].every(Boolean)

const authorization = `Basic ${Buffer.from(Object.values(CREDENTIALS).join(':')).toString('base64')}`
const READERS = 6
const VIEWERS = 4
const BEFORE_MS = 2000
const AFTER_MS = 4000

/** Two servers behind nginx, as docs/how-to/run-several-servers.md has them. */
describe.skipIf(!real)('two servers behind nginx', () => {
  let exporter: Server
  let prometheus: RealPrometheus
  let redis: RealRedis
  let postgres: RealPostgres
  let nginx: RealNginx
  const servers: ServerProcess[] = []

  beforeAll(async () => {
    // It draws one watt more each time that it is asked, so that every event is told from every other.
    let watts = 1000
    exporter = createServer((_request, response) => {
      watts += 1
      response.end(`kepler_node_cpu_watts{node_name="a",zone="package"} ${watts}\n`)
    })
    await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve))
    const { port } = exporter.address() as AddressInfo
    prometheus = await startPrometheus({
      config: `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs: [{ job_name: kepler, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }]\n`,
    })
    redis = await startRedis()
    postgres = await startPostgres()
    const environment = {
      PROMETHEUS_CLUSTERS: JSON.stringify([{ name: 'seoul', url: prometheus.url }]),
      DATABASE_URL: await postgres.createDatabase(),
      REDIS_URL: redis.url,
      TRUST_PROXY: '127.0.0.1',
      RATE_LIMIT_PER_MINUTE: '1000000',
      CACHE_TTL_REALTIME: '1s',
      CACHE_TTL_SUMMARY: '1s',
    }
    // One after the other: the first makes the tables.
    servers.push(await startServerProcess(environment))
    servers.push(await startServerProcess(environment))
    nginx = await startNginx([servers[0]!.port, servers[1]!.port])
  }, 120_000)
  afterAll(async () => {
    for (const server of servers) await server.kill()
    await nginx.stop()
    await redis.kill()
    await postgres.stop()
    await prometheus.stop()
    exporter.close()
    exporter.closeAllConnections()
  })

  it('answer everything but what was in flight when one is killed, and streams go on', async () => {
    const { signal, stop } = stopper()
    const readers = Array.from({ length: READERS }, () => read(nginx.url, signal))
    const writers = [write(nginx.url, signal)]
    const viewers = Array.from({ length: VIEWERS }, (_, index) =>
      view({ url: nginx.url, signal, open: index % 2 === 0 ? openByEvents : openBySocket }),
    )
    await wait(BEFORE_MS)
    const ticket = await ticketOf(servers[0]!)
    await servers[0]!.kill()
    await wait(AFTER_MS)
    stop()
    // A pass of the one that is gone is good for the other, once.
    const passed = await openEvents(
      `${nginx.url}/api/v1/monitoring/events/power?${PARAMETERS}&ticket=${ticket}`,
    )
    passed.close()

    const reads = await Promise.all(readers)
    for (const { answered, failed } of reads) {
      expect(answered).toBeGreaterThan(2)
      // Each has one request in flight at most, and what only reads is asked of the other server.
      expect(failed).toEqual([])
    }
    const [written] = await Promise.all(writers)
    expect(written!.answered).toBeGreaterThan(2)
    expect(written!.failed.length).toBeLessThanOrEqual(1)

    const seen = await Promise.all(viewers)
    expect(seen.some(({ opened }) => opened > 1)).toBe(true)
    for (const { frames } of seen) expectWhole(frames)
  }, 60_000)

  it('have their figures without PostgreSQL, and refuse what it would keep', async () => {
    const ask = async (path: string, body?: object) => {
      const headers = { authorization, 'content-type': 'application/json' }
      const asked = { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) }
      return fetch(`${nginx.url}/api/v1${path}`, asked)
    }
    const policy = {
      name: 'budget',
      target: { cluster: 'seoul', namespace: 'ml', kind: 'Deployment', name: 'web' },
      min_replicas: 1,
      max_replicas: 4,
      power_based: { max_power_budget: 1000 },
    }
    expect((await ask('/scaling/policies', policy)).status).toBe(201)
    await postgres.kill()
    expect((await ask('/monitoring/power')).status).toBe(200)
    const refused = await ask('/scaling/policies', { ...policy, name: 'other' })
    expect([refused.status, ((await refused.json()) as { type: string }).type]).toEqual([
      503,
      '/problems/store_unavailable',
    ])
  })
})

function stopper(): { readonly signal: () => boolean; readonly stop: () => void } {
  let over = false
  return { signal: () => over, stop: () => void (over = true) }
}

async function ticketOf({ url }: ServerProcess): Promise<string> {
  const path = '/api/v1/monitoring/stream/tickets'
  const reply = await fetch(url + path, { method: 'POST', headers: { authorization } })
  const { data } = (await reply.json()) as { readonly data: { readonly ticket: string } }
  return data.ticket
}

interface Load {
  readonly answered: number
  /** What was no answer of 200 or 201. */
  readonly failed: readonly string[]
}

const read = (url: string, over: () => boolean): Promise<Load> =>
  load(() => fetch(`${url}/api/v1/monitoring/power`, { headers: { authorization } }), over)

/** Tickets are no reading: nginx must not ask for one twice. */
const write = (url: string, over: () => boolean): Promise<Load> => {
  const method = 'POST'
  const path = '/api/v1/monitoring/stream/tickets'
  return load(() => fetch(url + path, { method, headers: { authorization } }), over)
}

async function load(ask: () => Promise<Response>, over: () => boolean): Promise<Load> {
  let answered = 0
  const failed: string[] = []
  while (!over()) {
    const outcome = await ask().then(
      async (reply) => (await reply.text(), String(reply.status)),
      (error: unknown) => String(error),
    )
    if (/^20\d$/.test(outcome)) answered += 1
    else failed.push(outcome)
    await wait(20)
  }
  return { answered, failed }
}

type Opening = (url: string, last: string | undefined) => Promise<Opened>
interface Opened {
  next(): Promise<StreamFrame>
  close(): void
}

const PARAMETERS = 'interval=1&by=node'
const openByEvents: Opening = (url, last) =>
  openEvents(`${url}/api/v1/monitoring/events/power?${PARAMETERS}`, {
    authorization,
    ...(last !== undefined && { 'last-event-id': last }),
  })
const openBySocket: Opening = (url, last) => {
  const resume = last === undefined ? '' : `&last_event_id=${encodeURIComponent(last)}`
  const address = `${url}/api/v1/monitoring/stream/power?${PARAMETERS}${resume}`
  return openSocket(address, { headers: { authorization } })
}

interface Viewing {
  readonly url: string
  readonly signal: () => boolean
  readonly open: Opening
}

/** What a viewer sees that comes back with the last event it knows whenever its stream breaks. */
async function view({ url, signal, open }: Viewing) {
  const frames: StreamFrame[] = []
  let opened = 0
  while (!signal()) {
    const last = frames.findLast(({ id }) => id !== undefined)?.['id'] as string | undefined
    const stream = await open(url, last).catch(() => null)
    if (stream === null) await wait(100)
    else {
      opened += 1
      await follow(stream, { frames, over: signal })
      stream.close()
    }
  }
  return { opened, frames }
}

async function follow(
  stream: Opened,
  { frames, over }: { readonly frames: StreamFrame[]; readonly over: () => boolean },
): Promise<void> {
  for (;;) {
    const frame = await Promise.race([
      stream.next().catch(() => null),
      wait(BEFORE_MS).then(() => undefined),
    ])
    if (frame === null || over()) return
    if (frame !== undefined) frames.push(frame)
  }
}

const wattsOf = (frames: readonly StreamFrame[]): readonly number[] =>
  frames
    .filter(({ type }) => type === 'snapshot' || type === 'update')
    .map(({ data }) => data.total_power_watts as number)

/** Watts only grow here: whoever sees an older figure behind a newer one, or no newer one any more, sees a wrong one. */
function expectWhole(frames: readonly StreamFrame[]): void {
  const watts = wattsOf(frames)
  expect(watts.length).toBeGreaterThan(3)
  expect(watts).toEqual(watts.toSorted((a, b) => a - b))
  const wrong = frames.filter(({ type }) => type === 'error')
  expect(wrong).toEqual([])
  const span = (watts.at(-1) ?? 0) - (watts[0] ?? 0)
  expect(span).toBeGreaterThanOrEqual(3)
}
