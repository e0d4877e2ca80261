import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireReal, startPrometheus, type RealPrometheus } from '../support/real-prometheus.ts' // prettier-ignore
import { startRedis, type RealRedis } from '../support/real-redis.ts'
import { wholeServer, type WholeServer } from '../support/whole-server.ts'

const both = requireReal('prometheus', 'prometheus') && requireReal('redis-server', 'redis-server')
const PATH = '/monitoring/power'
/** A server does not wait for Redis, so the first questions are its own. */
const CONNECTING_MS = 500
const SOON = { timeout: 60_000, interval: 100 }

/** Questions that a server put to its clusters so far. */
async function asked({ text }: { readonly text: () => Promise<string> }): Promise<number> {
  const counts = (await text()).matchAll(/^prometheus_query_duration_seconds_count\{.*\} (\d+)$/gm)
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}

async function isScraped(url: string): Promise<boolean> {
  const reply = await fetch(`${url}/api/v1/query?query=kepler_node_cpu_watts`)
  const { data } = (await reply.json()) as {
    readonly data: { readonly result: readonly unknown[] }
  }
  return data.result.length > 0
}

describe.skipIf(!both)('servers with one Redis', () => {
  let exporter: Server
  let prometheus: RealPrometheus
  let redis: RealRedis
  const servers: WholeServer[] = []
  const start = async (environment: Readonly<Record<string, string>>) => {
    const server = await wholeServer([{ name: 'seoul', url: prometheus.url }], environment)
    servers.push(server)
    const url = await server.listen()
    const text = async () => (await fetch(`${url}/api/v1/system/metrics`)).text()
    return { ...server, asked: () => asked({ text }) }
  }
  beforeAll(async () => {
    exporter = createServer((_request, response) => {
      response.end('kepler_node_cpu_watts{node_name="a",zone="package"} 100\n')
    })
    await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve))
    const { port } = exporter.address() as AddressInfo
    const config = `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs: [{ job_name: kepler, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }]\n`
    prometheus = await startPrometheus({ config })
    redis = await startRedis()
  })
  afterAll(async () => {
    for (const server of servers) await server.close()
    await redis.kill()
    await prometheus.stop()
    exporter.close()
    exporter.closeAllConnections()
  })

  const total = (server: Pick<WholeServer, 'get'>) =>
    server.get(PATH).then(({ body }) => body.data.total_power_watts as unknown)

  it('do not ask what another one has asked, and ask everything without it', async () => {
    await expect.poll(() => isScraped(prometheus.url), SOON).toBe(true)
    const one = await start({ REDIS_URL: redis.url })
    // What is asked at one moment is shared; a new server may just have come to the next.
    const questionsOfAnother = async (): Promise<number> => {
      const other = await start({ REDIS_URL: redis.url })
      expect(await total(one)).toBe(100)
      await wait(CONNECTING_MS)
      expect(await total(other)).toBe(100)
      return other.asked()
    }
    await total(one)
    const whole = await one.asked()
    // That a source is not there yet is no lasting fact, and is asked by everybody.
    await expect.poll(questionsOfAnother, SOON).toBeLessThan(whole)
    await redis.kill()
    const alone = await start({ REDIS_URL: redis.url })
    expect(await total(alone)).toBe(100)
    expect(await alone.asked()).toBeGreaterThanOrEqual(whole)
  })
})
