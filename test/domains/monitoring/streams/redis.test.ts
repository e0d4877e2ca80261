import { spawn, type ChildProcess } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireReal, startPrometheus, type RealPrometheus } from '../../../support/real-prometheus.ts' // prettier-ignore
import { freePort, startRedis, type RealRedis } from '../../../support/real-redis.ts'
import { openEvents, openSocket, Refused, type StreamClient, type StreamFrame } from '../../../support/stream-clients.ts' // prettier-ignore

const PASSWORD = 'correct horse'
const HEADERS = { authorization: `Basic ${Buffer.from(`tester:${PASSWORD}`).toString('base64')}` }
const SOON = { timeout: 60_000, interval: 50 }
const isState = ({ type }: StreamFrame) => type === 'snapshot' || type === 'update'

interface Instance {
  readonly url: string
  readonly child: ChildProcess
  /** Questions that it put to Prometheus so far. */
  readonly asked: () => Promise<number>
}

/** A whole process. */
async function startInstance(prometheusUrl: string, redisUrl: string): Promise<Instance> {
  const port = await freePort()
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      PROMETHEUS_URL: prometheusUrl,
      REDIS_URL: redisUrl,
      API_AUTH_USERNAME: 'tester',
      API_AUTH_PASSWORD: PASSWORD,
      HEALTH_CHECK_INTERVAL: '0',
      CACHE_TTL_REALTIME: '0',
      PORT: String(port),
      STATE_PATH: ':memory:',
    },
  })
  const url = `http://127.0.0.1:${port}/api/v1`
  process.once('exit', () => {
    child.kill('SIGKILL')
  })
  const ready = () => fetch(`${url}/system/readyz`).then(({ status }) => status, () => 0) // prettier-ignore
  const until = Date.now() + SOON.timeout
  while ((await ready()) !== 200) {
    if (Date.now() > until) throw new Error('the server is not ready in time')
    await wait(100)
  }
  return {
    url,
    child,
    async asked() {
      const text = await (await fetch(`${url}/system/metrics`)).text()
      const counts = text.matchAll(/^prometheus_query_duration_seconds_count\{.*\} (\d+)$/gm)
      return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
    },
  }
}

const both = requireReal('prometheus', 'prometheus') && requireReal('redis-server', 'redis-server')

describe.skipIf(!both)('two servers with one Redis', () => {
  let watts = 100
  let exporter: Server
  let prometheus: RealPrometheus
  let redis: RealRedis
  let instances: [Instance, Instance]
  let viewers: [StreamClient, StreamClient]
  beforeAll(async () => {
    exporter = createServer((_request, response) => {
      response.end(`kepler_node_cpu_watts{node_name="a",zone="package"} ${watts}\n`)
    })
    await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve))
    const { port } = exporter.address() as AddressInfo
    const config = `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs: [{ job_name: kepler, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }]\n`
    prometheus = await startPrometheus({ config })
    redis = await startRedis()
    instances = await Promise.all([
      startInstance(prometheus.url, redis.url),
      startInstance(prometheus.url, redis.url),
    ])
    viewers = await Promise.all([watch(instances[0]), watch(instances[1])])
  })
  afterAll(async () => {
    for (const { child } of instances) child.kill('SIGKILL')
    await redis.kill()
    await prometheus.stop()
    exporter.close()
    exporter.closeAllConnections()
  })

  const watch = ({ url }: Instance) =>
    openEvents(`${url}/monitoring/events/power?interval=1`, HEADERS)
  const states = ({ frames }: StreamClient) => frames.filter(isState)
  const total = (viewer: StreamClient): unknown => states(viewer).pop()?.['data'].total_power_watts
  const shows = (viewer: StreamClient, value: number) =>
    expect.poll(() => total(viewer), SOON).toBe(value)
  /** Waits for so many more states. */
  const goesOn = async (viewer: StreamClient, more = 3) => {
    const before = states(viewer).length
    await expect.poll(() => states(viewer).length, SOON).toBeGreaterThanOrEqual(before + more)
  }
  /** Who reads, while a viewer sees some more. */
  const readers = async (): Promise<readonly Instance[]> => {
    const before = await Promise.all(instances.map(({ asked }) => asked()))
    await Promise.all(viewers.map((viewer) => goesOn(viewer)))
    const after = await Promise.all(instances.map(({ asked }) => asked()))
    return instances.filter((_, index) => after[index]! > before[index]!)
  }

  it('read once in all, and show the same events', async () => {
    await Promise.all(viewers.map((viewer) => shows(viewer, 100)))
    await Promise.all(viewers.map((viewer) => goesOn(viewer)))
    expect(await readers()).toHaveLength(1)
    watts = 150
    await Promise.all(viewers.map((viewer) => shows(viewer, 150)))
    const jsons = viewers.map(
      (viewer) => new Map(states(viewer).filter(({ type }) => type === 'update').map((frame) => [frame['id'] as string, JSON.stringify(frame)])), // prettier-ignore
    )
    const shared = [...jsons[0]!].filter(([id]) => jsons[1]!.has(id))
    expect(shared.length).toBeGreaterThan(3)
    for (const [id, json] of shared) expect(jsons[1]!.get(id)).toBe(json)
  })

  it('take the tickets of one another, each once', async () => {
    const reply = await fetch(`${instances[0].url}/monitoring/stream/tickets`, {
      method: 'POST',
      headers: HEADERS,
    })
    const { data } = (await reply.json()) as { data: { ticket: string } }
    const url = `${instances[1].url}/monitoring/stream/power?ticket=${data.ticket}`
    const client = await openSocket(url)
    expect(await client.next()).toMatchObject({ type: 'snapshot' })
    client.close()
    await expect(openSocket(url)).rejects.toBeInstanceOf(Refused)
  })

  it('go on without Redis, whether it hangs or is dead, and together when it is back', async () => {
    redis.pause()
    await Promise.all(viewers.map((viewer) => goesOn(viewer)))
    watts = 200
    await Promise.all(viewers.map((viewer) => shows(viewer, 200)))
    redis.resume()
    await redis.kill()
    watts = 250
    await Promise.all(viewers.map((viewer) => shows(viewer, 250)))
    await redis.restart()
    await expect.poll(async () => (await readers()).length, SOON).toBe(1)
    watts = 300
    await Promise.all(viewers.map((viewer) => shows(viewer, 300)))
  })

  it('go on when the one who reads is killed', async () => {
    const [leader] = await readers()
    const index = instances.indexOf(leader!)
    leader!.child.kill('SIGKILL')
    const other = 1 - index
    watts = 350
    await shows(viewers[other]!, 350)
    await goesOn(viewers[other]!)
    // The viewers of the dead one come to the other.
    const last = viewers[index]!.frames.findLast(({ id }) => typeof id === 'string')
    const moved = await openEvents(`${instances[other]!.url}/monitoring/events/power?interval=1`, {
      ...HEADERS,
      'last-event-id': last!['id'] as string,
    })
    await shows(moved, 350)
    expect(moved.frames.map(({ type }) => type as string)).not.toContain('reset')
    moved.close()
  })
})
