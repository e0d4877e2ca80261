/**
 * What does a route cost over a cluster of 1,000 nodes with 8 GPUs each and 20,000 pods, when nothing is in the cache?
 * One real Prometheus holds its series. The peer is the slowest single query of those that the route puts: a bare
 * process puts it alone, reads the answer and parses its JSON once. Nobody who needs that answer is done sooner, so
 * the bar is on the wall time of the whole route against it.
 *
 * A route puts more than one query, and Prometheus computes them on the same processors as everything else. So the
 * bare process also puts all of them at once, which is the least that they can take on this machine: where that is
 * beyond the bar already, the machine has too few processors for it, and the line says so. It also has the CPU of
 * Prometheus, which a busy machine does not change.
 *
 * `all cold` reads everything anew. `live reads` keeps for an hour what things are, as in production.
 */
import { fileURLToPath } from 'node:url'
import type { RealPrometheus } from '../test/support/real-prometheus.ts'
import { report, type BenchResult } from './result.ts'
import type { Queried, Queries } from './support/bare-query.ts'
import { startChild, type Child } from './support/child.ts'
import { startDatacentre } from './support/datacentre.ts'
import { queriesOf } from './support/lab.ts'
import { median } from './support/median.ts'
import { cpuSecondsOf } from './support/process-cpu.ts'
import { startProduct, type Product } from './support/product.ts'

const MOST_RATIO = 1.5
/** Fewer are only for a look at whether everything works: the bar is on 1,000. */
const NODES = Number(process.env['BENCH_NODES'] ?? 1000)
const SIZES = { name: 'large', nodes: NODES, gpusPerNode: 8, pods: 20 * NODES, kepler: false }
const LAB_SECONDS = 900
const WARM_UP = 3
const ROUNDS = 5

const UNCACHED = { CACHE_TTL_REALTIME: '0s', CACHE_TTL_SUMMARY: '0s' }
const MODES = {
  'all cold': { ...UNCACHED, CACHE_TTL_STATIC: '0s' },
  'live reads': UNCACHED,
}
const ROUTES = [
  '/monitoring/power',
  '/monitoring/power/breakdown?by=namespace',
  '/infrastructure/pods',
  '/clusters/default/topology',
]

type Bare = Child<null, Queries, Queried>

export async function run(): Promise<BenchResult> {
  const bare: Bare = await startChild('bare-query.ts')
  const lab = await startDatacentre(SIZES, LAB_SECONDS)
  try {
    const found: Measured[] = []
    for (const [mode, env] of Object.entries(MODES))
      for (const route of ROUTES) {
        // A process of its own for each, so that its memory is that of the route.
        const product = await startProduct(lab.url, { env })
        found.push(await measure({ mode, route, lab, product, bare }))
        await product.stop()
      }
    return {
      name: 'large cluster',
      pass: found.every(({ route, slowest }) => route <= MOST_RATIO * slowest),
      lines: found.map(show),
    }
  } finally {
    await lab.stop()
    await bare.stop()
  }
}

interface Peers {
  readonly mode: string
  readonly route: string
  readonly lab: RealPrometheus
  readonly product: Product
  readonly bare: Bare
}

interface Measured {
  readonly name: string
  readonly queries: number
  /** What came from Prometheus. */
  readonly bytes: number
  /** Wall seconds. */
  readonly route: number
  readonly slowest: number
  readonly together: number
  /** CPU seconds of the product for one request. */
  readonly cpu: number
  /** Those of Prometheus for the same. */
  readonly cpuOfPrometheus: number
  readonly peakBytes: number | null
}

async function measure({ mode, route, lab, product, bare }: Peers): Promise<Measured> {
  for (let i = 0; i < WARM_UP; i += 1) await get(product, route)
  const before = (await queriesOf(lab)).length
  await get(product, route)
  const paths = (await queriesOf(lab)).slice(before)
  const asked = { origin: lab.url, paths, order: 'in turn' } as const
  await bare.ask(asked)
  const { each } = await bare.ask(asked)
  const [slowest = ''] = paths.toSorted(
    (a, b) => (each[paths.indexOf(b)] ?? 0) - (each[paths.indexOf(a)] ?? 0),
  )

  const walls: number[] = []
  const cpus: number[] = []
  const cpusOfPrometheus: number[] = []
  const alone: number[] = []
  const together: number[] = []
  let bytes = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const cpu = await product.cpuSeconds()
    const cpuOfPrometheus = await cpuSecondsOf(lab.pid)
    walls.push(await get(product, route))
    cpusOfPrometheus.push((await cpuSecondsOf(lab.pid)) - cpuOfPrometheus)
    cpus.push((await product.cpuSeconds()) - cpu)
    alone.push((await bare.ask({ ...asked, paths: [slowest] })).seconds)
    const all = await bare.ask({ ...asked, order: 'together' })
    together.push(all.seconds)
    bytes = all.bytes
  }
  return {
    name: `${route}, ${mode}`,
    queries: paths.length,
    bytes,
    route: median(walls),
    slowest: median(alone),
    together: median(together),
    cpu: median(cpus),
    cpuOfPrometheus: median(cpusOfPrometheus),
    peakBytes: product.peakBytes(),
  }
}

/** Seconds that one request takes. */
async function get({ url, headers }: Product, route: string): Promise<number> {
  const begun = performance.now()
  const reply = await fetch(url + route, { headers: { ...headers, 'accept-encoding': 'identity' } })
  const body = await reply.text()
  if (reply.status !== 200) throw new Error(`${route}: ${reply.status} ${body.slice(0, 300)}`)
  return (performance.now() - begun) / 1000
}

const ms = (seconds: number): string => `${Math.round(seconds * 1000)} ms`

function show(found: Measured): string {
  const { name, queries, bytes, route, slowest, together } = found
  const floor = together / slowest
  const beyond = floor > MOST_RATIO ? ', beyond the bar by themselves' : ''
  return [
    `${name} (${queries} queries, ${(bytes / 1e6).toFixed(1)} MB): ${ms(route)}`,
    `slowest query alone ${ms(slowest)}: ratio ${(route / slowest).toFixed(2)} (at most ${MOST_RATIO})`,
    `all its queries bare and at once ${ms(together)}: ${floor.toFixed(2)} of the slowest${beyond}; ratio to them ${(route / together).toFixed(2)}`,
    costs(found),
  ].join('; ')
}

function costs({ cpu, cpuOfPrometheus, peakBytes }: Measured): string {
  const memory = peakBytes === null ? 'unknown' : `${Math.round(peakBytes / 2 ** 20)} MiB`
  return `CPU ${ms(cpu)}, of Prometheus ${ms(cpuOfPrometheus)}, peak memory ${memory}`
}

const HERE = fileURLToPath(import.meta.url)
if (process.argv[1] === HERE) report(await run())
