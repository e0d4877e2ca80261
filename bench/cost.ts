/**
 * What does it take to cost a month of samples of five minutes with 200 workloads in one request, step by step? One
 * real Prometheus holds them. The peer is a bare process that puts the same queries to it, as many at once as the
 * product does, reads the answers and parses their JSON: less than that nobody can do who needs these samples. The bar is
 * on the time of the whole request against it, and on the memory of the process, which must not grow with the window.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openMetrics } from '../src/simulator/open-metrics.ts'
import { sizedCluster } from '../src/simulator/plan.ts'
import { createWorld } from '../src/simulator/world.ts'
import { startPrometheus, type RealPrometheus } from '../test/support/real-prometheus.ts'
import { report, type BenchResult } from './result.ts'
import type { Queried, Queries } from './support/bare-query.ts'
import { startChild, type Child } from './support/child.ts'
import { LAB_QUERIES } from './support/lab.ts'
import { median } from './support/median.ts'
import { startProduct, type Product } from './support/product.ts'

const MOST_RATIO = 3
const MOST_MEBIBYTES = 700
/** Fewer are only for a look at whether everything works: the bar is on 30. */
const DAYS = Number(process.env['BENCH_DAYS'] ?? 30)
const SIZES = { name: 'month', nodes: 10, gpusPerNode: 4, pods: 200 }
const STEP_SECONDS = 300
const DAY = 86_400
const ROUNDS = 3

/** What power accounting reads of such a cluster; the other metrics of its exporters would only fill the disk. */
const READ = new Set([
  'DCGM_FI_DEV_POWER_USAGE',
  'DCGM_FI_DEV_GPU_UTIL',
  'ipmi_dcmi_power_consumption_watts',
  'kepler_node_cpu_watts',
  'kepler_pod_cpu_watts',
  'kube_node_info',
  'kube_pod_info',
  'kube_pod_owner',
  'kube_pod_labels',
])

type Bare = Child<null, Queries, Queried>

export async function run(): Promise<BenchResult> {
  const end = Math.floor(Date.now() / 1000 / DAY) * DAY
  const span = { start: end - DAYS * DAY, end }
  const lab = await startMonth(span)
  const bare: Bare = await startChild('bare-query.ts')
  try {
    const month = await measure(lab, bare, span)
    const day = await measure(lab, bare, { start: end - DAY, end })
    const ratio = month.wall / month.bare
    const mebibytes = (month.peakBytes ?? 0) / 2 ** 20
    return {
      name: 'cost',
      pass: ratio <= MOST_RATIO && mebibytes <= MOST_MEBIBYTES,
      lines: [
        `${DAYS} days in steps of 5 minutes, ${month.workloads} workloads: ${seconds(month.wall)}, CPU ${seconds(month.cpu)}`,
        `its ${month.queries} queries bare, as many at once (${(month.bytes / 1e6).toFixed(0)} MB): ${seconds(month.bare)}; ratio ${ratio.toFixed(2)} (at most ${MOST_RATIO})`,
        `peak memory ${Math.round(mebibytes)} MiB (at most ${MOST_MEBIBYTES}); for one day ${Math.round((day.peakBytes ?? 0) / 2 ** 20)} MiB, in ${seconds(day.wall)}`,
      ],
    }
  } finally {
    await bare.stop()
    await lab.stop()
  }
}

interface Span {
  readonly start: number
  readonly end: number
}

function startMonth(span: Span): Promise<RealPrometheus> {
  const plan = { ...sizedCluster(SIZES), watchesMachines: true, kepler: true }
  const world = createWorld({ seed: 1, clusters: [plan] })
  return startPrometheus({
    config: `global: { query_log_file: ${LAB_QUERIES} }\n`,
    // A query of a month is longer than what Prometheus allows by default.
    flags: ['--query.max-samples=500000000'],
    blocks: '744h',
    openMetrics: onlyRead(
      openMetrics(world, {
        cluster: plan.name,
        sources: ['dcgm', 'kube_state_metrics', 'ipmi', 'kepler'],
        start: span.start - STEP_SECONDS,
        end: span.end + STEP_SECONDS,
        stepSeconds: STEP_SECONDS,
      }),
    ),
  })
}

function* onlyRead(pieces: Iterable<string>): Generator<string> {
  let rest = ''
  for (const piece of pieces) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    const kept = lines.filter((line) => READ.has(/^\w+/.exec(line)?.[0] ?? ''))
    if (kept.length > 0) yield `${kept.join('\n')}\n`
  }
  yield '# EOF\n'
}

interface Measured {
  readonly workloads: number
  readonly queries: number
  readonly bytes: number
  /** Seconds. */
  readonly wall: number
  readonly cpu: number
  readonly bare: number
  readonly peakBytes: number | null
}

const UNCACHED = {
  CACHE_TTL_REALTIME: '0s',
  CACHE_TTL_SUMMARY: '0s',
  CACHE_TTL_SERIES: '0s',
  CACHE_TTL_STATIC: '0s',
  PROMETHEUS_TIMEOUT: '120s',
  COST_MODEL: 'facility',
  PUE: '1.3',
  CARBON_INTENSITY: '0.4173',
}

async function measure(lab: RealPrometheus, bare: Bare, { start, end }: Span): Promise<Measured> {
  // A process of its own for each, so that its memory is that of the request.
  const product = await startProduct(lab.url, { env: UNCACHED })
  const url = `/cost/focus?start=${start}&end=${end}&step=5m&granularity=day&format=json`
  try {
    const before = (await queriesOf(lab)).length
    const first = await get(product, url)
    const paths = (await queriesOf(lab)).slice(before)
    const asked = { origin: lab.url, paths, order: 'together' } as const
    const walls: number[] = []
    const cpus: number[] = []
    const alone: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const cpu = await product.cpuSeconds()
      walls.push((await get(product, url)).seconds)
      cpus.push((await product.cpuSeconds()) - cpu)
      alone.push((await bare.ask(asked)).seconds)
    }
    return {
      workloads: new Set(first.rows.map(({ ResourceId: id }) => id)).size,
      queries: paths.length,
      bytes: (await bare.ask(asked)).bytes,
      wall: median(walls),
      cpu: median(cpus),
      bare: median(alone),
      peakBytes: product.peakBytes(),
    }
  } finally {
    await product.stop()
  }
}

/** Instant and range queries, as they were put. */
async function queriesOf({ dir }: Pick<RealPrometheus, 'dir'>): Promise<readonly string[]> {
  const log = await readFile(join(dir, LAB_QUERIES), 'utf8')
  return log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { query, start, end, step } = JSON.parse(line).params
      return step > 0
        ? `/api/v1/query_range?${new URLSearchParams({ query, start, end, step }).toString()}`
        : `/api/v1/query?${new URLSearchParams({ query, time: end }).toString()}`
    })
}

async function get({ url, headers }: Product, path: string) {
  const begun = performance.now()
  const reply = await fetch(url + path, { headers: { ...headers, 'accept-encoding': 'identity' } })
  const body = await reply.text()
  if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${body.slice(0, 300)}`)
  const rows = JSON.parse(body) as readonly { readonly ResourceId: string }[]
  return { seconds: (performance.now() - begun) / 1000, rows }
}

const seconds = (value: number): string => `${value.toFixed(2)} s`

const HERE = fileURLToPath(import.meta.url)
if (process.argv[1] === HERE) report(await run())
