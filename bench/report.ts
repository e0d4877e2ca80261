/**
 * What does a report of a month cost over a real Prometheus? The product runs as in production; the bare reading puts
 * the range questions that the report put, as the log of Prometheus has them, four at a time, and throws the answers
 * away. Told are the time of both, the CPU of both processes, and by how much the memory of the product grows: it must
 * not grow with the period, so that a month may take at most half as much again as a day.
 */
import { startPrometheus, type RealPrometheus } from '../test/support/real-prometheus.ts'
import { report, type BenchResult } from './result.ts'
import { startProduct, type Product } from './support/product.ts'
import { cpuOf, QUERY_LOG, queryLog, replay } from './support/range-replay.ts'

const NODES = 25
const GPUS_PER_NODE = 8
const SAMPLE_SECONDS = 600
const DAYS = 62
const MOST_GROWTH = 1.5
const MEGABYTE = 1e6
const END = Date.parse('2026-11-01T00:00:00Z') / 1000

const PERIODS = [
  { name: 'a day', query: 'template=daily&start_date=2026-10-31' },
  { name: 'a month', query: 'template=monthly&start_date=2026-10-01' },
] as const

export async function run(): Promise<BenchResult> {
  const prometheus = await startLab()
  try {
    const made = []
    for (const period of PERIODS) made.push(await measure(prometheus, period))
    const [day, month] = made.map(({ growth }) => growth)
    const pass = (month ?? Infinity) <= Math.max(50, day ?? 0) * MOST_GROWTH
    return { name: 'report', lines: made.map(({ line }) => line), pass }
  } finally {
    await prometheus.stop()
  }
}

async function measure(
  { url, pid, dir }: RealPrometheus,
  { name, query }: (typeof PERIODS)[number],
) {
  const product = await startProduct(url)
  try {
    await fetchReport(product, 'template=daily&start_date=2026-10-30')
    const log = queryLog(dir)
    const before = { ours: await product.cpuSeconds(), theirs: cpuOf(pid), peak: peakOf(product) }
    const seconds = await fetchReport(product, query)
    const ours = (await product.cpuSeconds()) - before.ours
    const theirs = cpuOf(pid) - before.theirs
    const growth = (peakOf(product) - before.peak) / MEGABYTE
    const asked = log.since()
    const start = performance.now()
    await replay(url, asked)
    const bare = (performance.now() - start) / 1000
    return {
      growth,
      line: `${name} of ${NODES * GPUS_PER_NODE} GPUs: ${seconds.toFixed(1)} s (CPU ${ours.toFixed(1)} s ours, ${theirs.toFixed(1)} s of Prometheus); ${asked.length} questions, bare ${bare.toFixed(1)} s, ratio ${(seconds / bare).toFixed(2)}; memory at its peak +${growth.toFixed(0)} MB`,
    }
  } finally {
    await product.stop()
  }
}

const peakOf = (product: Product): number => product.peakBytes() ?? 0

async function fetchReport({ url, headers }: Product, query: string): Promise<number> {
  const start = performance.now()
  const reply = await fetch(`${url}/export/report?${query}&format=pdf`, { headers })
  const bytes = await reply.arrayBuffer()
  if (reply.status !== 200) throw new Error(`status ${reply.status}, ${bytes.byteLength} bytes`)
  return (performance.now() - start) / 1000
}

/** Two months of dcgm-exporter and of meters, a sample every ten minutes: fresh enough for steps of a quarter. */
function startLab(): Promise<RealPrometheus> {
  const series = [...meters(), ...gpus()]
  function* text(): Generator<string> {
    for (const [index, { metric, labels, base }] of series.entries()) {
      if (series[index - 1]?.metric !== metric) yield `# TYPE ${metric} gauge\n`
      let lines = ''
      for (let time = END - DAYS * 86_400; time <= END; time += SAMPLE_SECONDS)
        lines += `${metric}{${labels}} ${base + (time % 1000) / 100} ${time}\n`
      yield lines
    }
    yield '# EOF\n'
  }
  return startPrometheus({
    config: `global: { scrape_interval: 15s, query_log_file: ${QUERY_LOG} }\n`,
    openMetrics: text(),
  })
}

const nodes = Array.from({ length: NODES }, (_, node) => `gpu-worker-${node}`)

const meters = () =>
  nodes.map((node) => ({
    metric: 'ipmi_dcmi_power_consumption_watts',
    labels: `node="${node}",instance="${node}"`,
    base: 3000,
  }))

const gpus = () =>
  (['DCGM_FI_DEV_GPU_UTIL', 'DCGM_FI_DEV_POWER_USAGE'] as const).flatMap((metric) =>
    nodes.flatMap((node) =>
      Array.from({ length: GPUS_PER_NODE }, (_, gpu) => ({
        metric,
        labels: `UUID="GPU-${node}-${gpu}",Hostname="${node}",gpu="${gpu}",modelName="NVIDIA H100"`,
        base: metric === 'DCGM_FI_DEV_GPU_UTIL' ? 50 : 300,
      })),
    ),
  )

if (process.argv[1]?.endsWith('report.ts') === true) report(await run())
