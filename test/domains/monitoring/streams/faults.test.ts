import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFaultProxy, type FaultProxy } from '../../../support/fault-proxy.ts'
import { requireReal, startPrometheus, type RealPrometheus } from '../../../support/real-prometheus.ts' // prettier-ignore
import { openEvents, openSocket, type StreamClient, type StreamFrame } from '../../../support/stream-clients.ts' // prettier-ignore
import { CREDENTIALS, wholeServer, type WholeServer } from '../../../support/whole-server.ts'

const AUTHORIZATION = `Basic ${Buffer.from(Object.values(CREDENTIALS).join(':')).toString('base64')}`
const SOON = { timeout: 60_000, interval: 100 }
const isState = ({ type }: StreamFrame) => type === 'snapshot' || type === 'update'

/** A client that comes back whenever its connection breaks, after the last event that it had. */
function faithful(open: (query: string) => Promise<StreamClient>) {
  const seen: StreamFrame[] = []
  let current: StreamClient | undefined
  let ended = false
  let connections = 0
  const follow = async (): Promise<void> => {
    while (!ended) {
      const id = seen.findLast((frame) => typeof frame['id'] === 'string')?.['id'] as string | undefined // prettier-ignore
      try {
        current = await open(id === undefined ? '' : `&last_event_id=${id}`)
        connections += 1
        for (;;) seen.push(await current.next())
      } catch {
        await wait(50)
      }
    }
  }
  void follow()
  return {
    seen,
    get connections() {
      return connections
    },
    total: (): unknown => seen.findLast(isState)?.['data'].total_power_watts,
    has: (type: string): boolean => seen.some((frame) => frame['type'] === type),
    end() {
      ended = true
      current?.close()
    },
  }
}

describe.skipIf(!requireReal('prometheus', 'prometheus'))('streams over a real Prometheus', () => {
  let watts = 100
  let exporter: Server
  let prometheus: RealPrometheus
  let server: WholeServer
  let proxy: FaultProxy
  let clients: ReturnType<typeof faithful>[]
  const start = (port?: number) => {
    const { port: target } = exporter.address() as AddressInfo
    const config = `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs: [{ job_name: kepler, static_configs: [{ targets: ['127.0.0.1:${target}'] }] }]\n`
    return startPrometheus({ config, ...(port !== undefined && { port }) })
  }
  const asked = async (): Promise<number> => {
    const text = await (await fetch(`${address}/api/v1/system/metrics`)).text()
    const counts = text.matchAll(/^prometheus_query_duration_seconds_count\{.*\} (\d+)$/gm)
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
  }
  let address = ''
  beforeAll(async () => {
    exporter = createServer((_request, response) => {
      response.end(`kepler_node_cpu_watts{node_name="a",zone="package"} ${watts}\n`)
    })
    await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve))
    prometheus = await start()
    server = await wholeServer([{ name: 'seoul', url: prometheus.url, timeout: 2 }], {
      CACHE_TTL_SUMMARY: '0',
      CACHE_TTL_REALTIME: '0',
    })
    address = await server.listen()
    proxy = await startFaultProxy(Number(new URL(address).port))
    const headers = { authorization: AUTHORIZATION }
    const base = `${proxy.url}/api/v1/monitoring`
    clients = [
      faithful((query) => openSocket(`${base}/stream/power?interval=1${query}`, { headers })),
      faithful((query) => openEvents(`${base}/events/power?interval=1${query}`, headers)),
    ]
  })
  afterAll(async () => {
    for (const client of clients) client.end()
    await proxy.close()
    await server.close()
    await prometheus.stop()
    exporter.close()
    exporter.closeAllConnections()
  })

  /** Both clients come to show what the server says, which is what the exporter says. */
  const agree = async (value: number) => {
    watts = value
    for (const client of clients) await expect.poll(client.total, SOON).toBe(value)
    const { body } = await server.get('/monitoring/power')
    expect(body.data.total_power_watts).toBe(value)
  }

  it('show what the server says, and go on showing it', async () => {
    await agree(100)
    await agree(150)
  })

  it('tell that Prometheus is gone, and go on when it is back', async () => {
    const { port } = new URL(prometheus.url)
    await prometheus.kill()
    for (const client of clients) await expect.poll(() => client.has('error'), SOON).toBe(true)
    await prometheus.stop()
    prometheus = await start(Number(port))
    await agree(200)
  })

  it('tell that Prometheus hangs, and go on when it does not', async () => {
    const before = clients.map(({ seen }) => seen.length)
    prometheus.pause()
    for (const [index, client] of clients.entries())
      await expect
        .poll(() => client.seen.slice(before[index]).some(({ type }) => type === 'error'), SOON)
        .toBe(true)
    prometheus.resume()
    await agree(250)
  })

  it('lose nothing that is so, wherever a connection is cut', async () => {
    const before = clients.map(({ connections }) => connections)
    for (const bytes of [1, 180, 700, 1500, 40, 2200]) {
      proxy.be({ mode: 'cut', bytes })
      await wait(700)
    }
    proxy.be({ mode: 'pass' })
    await agree(300)
    for (const [index, client] of clients.entries())
      expect(client.connections).toBeGreaterThan(before[index]!)
    for (const { seen } of clients) {
      const ids = seen.flatMap(({ id }) => (typeof id === 'string' ? [id] : []))
      const [order] = ids[0]!.split('.')
      const places = ids.filter((id) => id.startsWith(`${order!}.`)).map((id) => Number(id.split('.')[1])) // prettier-ignore
      // Events that came before a cut are not told again.
      expect(places).toEqual([...new Set(places)].sort((a, b) => a - b))
    }
  })

  it('cost the same for many as for one, and nothing when all have gone', async () => {
    const headers = { authorization: AUTHORIZATION }
    const cost = async (): Promise<number> => {
      const before = await asked()
      const from = clients[0]!.seen.filter(isState).length
      await expect.poll(() => clients[0]!.seen.filter(isState).length, SOON).toBeGreaterThanOrEqual(from + 3) // prettier-ignore
      return (await asked()) - before
    }
    const few = await cost()
    const url = `${address}/api/v1/monitoring/stream/power?interval=1`
    const more = await Promise.all(Array.from({ length: 50 }, () => openSocket(url, { headers })))
    const many = await cost()
    // Three intervals, or four where one began while it was counted.
    expect(many).toBeLessThan(few * 2)
    for (const client of more) client.close()
    for (const client of clients) client.end()
    const now = async () => (await server.get('/monitoring/stream/info')).body.data.now
    await expect.poll(now, SOON).toMatchObject({ subscriptions: 0, topics: 0, reads: 0 })
    const before = await asked()
    await wait(2500)
    expect(await asked()).toBe(before)
  })
})
