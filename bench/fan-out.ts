/**
 * Do twenty clusters cost an answer more time than the slowest of them? Each is a real Prometheus with a small GPU
 * cluster, behind a proxy of its own; one of them is slow, since its proxy holds every answer. A request to all of
 * them takes turns with one to the slow one alone, both uncached.
 *
 * Five processes stand behind the twenty addresses: more would only fight for the few processors of a machine that
 * runs benches, which is not what is measured here.
 */
import { fileURLToPath } from 'node:url'
import { startFaultProxy, type FaultProxy } from '../test/support/fault-proxy.ts'
import type { RealPrometheus } from '../test/support/real-prometheus.ts'
import { report, type BenchResult } from './result.ts'
import { startDatacentre } from './support/datacentre.ts'
import { median } from './support/median.ts'
import { startProduct, type Product } from './support/product.ts'

const MOST_RATIO = 1.3
const CLUSTERS = 20
const SERVERS = 5
const SIZES = { name: 'small', nodes: 10, gpusPerNode: 8, pods: 100, kepler: false }
const LAB_SECONDS = 600
const SLOW_MS = 300
const WARM_UP = 2
const ROUNDS = 5

const UNCACHED = { CACHE_TTL_REALTIME: '0s', CACHE_TTL_SUMMARY: '0s', CACHE_TTL_STATIC: '0s' }
const SLOW = 'cluster-1'
const ROUTES = [
  '/monitoring/power',
  '/monitoring/power/breakdown?by=namespace',
  '/accelerators/gpus',
  '/infrastructure/pods',
]

export async function run(): Promise<BenchResult> {
  const servers = await Promise.all(
    Array.from({ length: SERVERS }, () => startDatacentre(SIZES, LAB_SECONDS)),
  )
  const proxies = await Promise.all(
    Array.from({ length: CLUSTERS }, (_, index) => proxyOf(servers, index)),
  )
  const product = await startProduct('', {
    env: { ...UNCACHED, PROMETHEUS_CLUSTERS: JSON.stringify(proxies.map(specOf)) },
  })
  try {
    proxies[0]?.be({ mode: 'latency', ms: SLOW_MS })
    const found: Measured[] = []
    for (const route of ROUTES) found.push(await measure(product, route))
    return {
      name: 'fan-out',
      pass: found.every(({ all, slow }) => all / slow <= MOST_RATIO),
      lines: found.map(show),
    }
  } finally {
    await product.stop()
    await Promise.all(proxies.map((proxy) => proxy.close()))
    await Promise.all(servers.map((server) => server.stop()))
  }
}

function proxyOf(servers: readonly RealPrometheus[], index: number): Promise<FaultProxy> {
  const { url = '' } = servers[index % SERVERS] ?? {}
  return startFaultProxy(Number(new URL(url).port))
}

const specOf = ({ url }: FaultProxy, index: number) => ({ name: `cluster-${index + 1}`, url })

interface Measured {
  readonly route: string
  /** Wall seconds. */
  readonly all: number
  readonly slow: number
  /** CPU seconds of the product for one request to all clusters. */
  readonly cpu: number
}

async function measure(product: Product, route: string): Promise<Measured> {
  const ofSlow = `${route}${route.includes('?') ? '&' : '?'}cluster=${SLOW}`
  for (let i = 0; i < WARM_UP; i += 1) {
    await get(product, route)
    await get(product, ofSlow)
  }
  const all: number[] = []
  const slow: number[] = []
  const cpus: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const cpu = await product.cpuSeconds()
    all.push(await get(product, route))
    cpus.push((await product.cpuSeconds()) - cpu)
    slow.push(await get(product, ofSlow))
  }
  return { route, all: median(all), slow: median(slow), cpu: median(cpus) }
}

/** Seconds that one request takes; every cluster has to answer it. */
async function get({ url, headers }: Product, path: string): Promise<number> {
  const begun = performance.now()
  const reply = await fetch(url + path, { headers })
  const { meta } = (await reply.json()) as { readonly meta?: { readonly status: string } }
  if (meta?.status !== 'complete') throw new Error(`${path}: ${reply.status} ${meta?.status ?? ''}`)
  return (performance.now() - begun) / 1000
}

const show = ({ route, all, slow, cpu }: Measured): string =>
  [
    `${route}: ${CLUSTERS} clusters ${(all * 1000).toFixed(0)} ms, the slowest alone ${(slow * 1000).toFixed(0)} ms`,
    `ratio ${(all / slow).toFixed(2)} (at most ${MOST_RATIO})`,
    `CPU ${(cpu * 1000).toFixed(0)} ms`,
  ].join(': ')

const HERE = fileURLToPath(import.meta.url)
if (process.argv[1] === HERE) report(await run())
