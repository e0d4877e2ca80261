/**
 * Does an export take the same memory whatever its size, and how much slower is it than the writer of its format
 * alone? The product runs as in production over a real Prometheus; its memory is what its own metrics say, read five
 * times a second while the file comes. The bare writer writes as many rows of the same width, which lie ready in
 * memory, to nowhere. The bare reading puts the questions that the product put, as the log of Prometheus has them,
 * four at a time, and throws the answers away: no export can be faster than that. `EXPORT_CASES=csv:1000,parquet:10000`
 * chooses cases by format and points; `EXPORT_NODE_FLAGS=--cpu-prof` profiles the product.
 */
import { request } from 'node:http'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { stringify } from 'csv-stringify'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { startPrometheus, type RealPrometheus } from '../test/support/real-prometheus.ts'
import { FORMATS, type Column, type Row } from '../src/services/formats/index.ts'
import { report, type BenchResult } from './result.ts'
import { startProduct, type Product } from './support/product.ts'
import { cpuOf, QUERY_LOG, queryLog, replay } from './support/range-replay.ts'

const GPUS = 1000
const SAMPLE_SECONDS = 50
const MEASURES = [
  ['DCGM_FI_DEV_POWER_USAGE', 'power_watts'],
  ['DCGM_FI_DEV_GPU_UTIL', 'gpu_utilization_percent'],
  ['DCGM_FI_DEV_FB_USED', 'memory_used_mb'],
  ['DCGM_FI_DEV_GPU_TEMP', 'gpu_temperature_celsius'],
] as const
const LEAST_RATIO = 0.5
const MEGABYTE = 1e6

interface Case {
  readonly format: keyof typeof BARE
  readonly points: number
  readonly growthLimitMb: number
}

const CASES: readonly Case[] = [
  { format: 'csv', points: 1000, growthLimitMb: 200 },
  { format: 'ndjson', points: 1000, growthLimitMb: 200 },
  { format: 'parquet', points: 1000, growthLimitMb: 200 },
  { format: 'excel', points: 1000, growthLimitMb: 400 },
  { format: 'csv', points: 10_000, growthLimitMb: 200 },
  { format: 'parquet', points: 10_000, growthLimitMb: 200 },
]

function chosen(): readonly Case[] {
  const wanted = process.env['EXPORT_CASES']?.split(',')
  if (wanted === undefined) return CASES
  return wanted.map((text) => {
    const [name, points] = text.split(':')
    const known = CASES.find(({ format }) => format === name)
    if (known === undefined) throw new Error(`no format ${text}`)
    return { ...known, points: Number(points) }
  })
}

export async function run(): Promise<BenchResult> {
  const end = Math.floor(Date.now() / 1000 / 3600) * 3600
  const prometheus = await startLab(end)
  try {
    const lines: string[] = []
    let pass = true
    for (const each of chosen()) {
      const { line, kept } = await runCase(each, prometheus, end)
      lines.push(line)
      // The large ones take minutes.
      console.error(line)
      pass &&= kept
    }
    return { name: 'export', lines, pass }
  } finally {
    await prometheus.stop()
  }
}

async function runCase(each: Case, prometheus: RealPrometheus, end: number) {
  const { format, points, growthLimitMb } = each
  const { url, pid, dir } = prometheus
  const rows = GPUS * points
  const bare = await timed(() => BARE[format](rows))
  const product = await startProduct(url, {
    flags: (process.env['EXPORT_NODE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== ''),
    env: { EXPORT_MAX_ROWS: '100000000', EXPORT_MAX_BYTES: '100GB' },
  })
  try {
    const ask = (count: number) => fetchFile(product, pathOf(format, end, count))
    // The code is warm and the heap has its usual size before anything is measured.
    await ask(50)
    const log = queryLog(dir)
    const before = { ours: await product.cpuSeconds(), theirs: cpuOf(pid) }
    const watch = watchMemory(product)
    const { seconds, bytes, trailers } = await ask(points)
    const { growth, longest } = await watch.stop()
    const cpu = {
      ours: (await product.cpuSeconds()) - before.ours,
      theirs: cpuOf(pid) - before.theirs,
    }
    if (trailers['x-export-rows'] !== String(rows))
      throw new Error(`${String(trailers['x-export-rows'])} rows in place of ${rows}`)
    const reading = await timed(() => replay(url, log.since()))
    const ratio = bare.seconds / seconds
    const floor = Math.max(bare.seconds, reading.seconds)
    return {
      line: [
        `${format}, ${rows} rows × 12 columns, ${(bytes / MEGABYTE).toFixed(0)} MB: ${seconds.toFixed(1)} s (CPU ${cpu.ours.toFixed(1)} s ours, ${cpu.theirs.toFixed(1)} s of Prometheus)`,
        `bare writer ${bare.seconds.toFixed(1)} s (CPU ${bare.cpu.toFixed(1)} s), ratio ${ratio.toFixed(2)} (at least ${LEAST_RATIO})`,
        `bare reading ${reading.seconds.toFixed(1)} s, the slower of both ÷ ours ${(floor / seconds).toFixed(2)}`,
        `memory +${growth.toFixed(0)} MB (limit ${growthLimitMb}); longest wait of another request ${longest.toFixed(0)} ms`,
      ].join('; '),
      kept: ratio >= LEAST_RATIO && growth <= growthLimitMb,
    }
  } finally {
    await product.stop()
  }
}

/** As many points of one second as are asked for, the last of them at the end. */
function pathOf(format: string, end: number, points: number): string {
  const metrics = MEASURES.map(([, metric]) => metric).join(',')
  return `/export/metrics?metric=${metrics}&format=${format}&step=1s&start=${end - points + 1}&end=${end}`
}

interface Fetched {
  readonly seconds: number
  readonly bytes: number
  readonly trailers: NodeJS.Dict<string>
}

async function fetchFile({ url, headers }: Product, path: string): Promise<Fetched> {
  const start = performance.now()
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { headers }, (reply) => {
      let bytes = 0
      reply.on('data', (piece: Buffer) => (bytes += piece.length))
      reply.on('error', reject)
      reply.on('end', () => {
        const seconds = (performance.now() - start) / 1000
        if (reply.statusCode === 200) resolve({ seconds, bytes, trailers: reply.trailers })
        else reject(new Error(`status ${String(reply.statusCode)}`))
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}

/** By how much the memory of the product grows, and how long another request waits for its answer. */
function watchMemory({ url }: Product) {
  let [first, most, longest] = [0, 0, 0]
  let watching = true
  const look = async (): Promise<void> => {
    const start = performance.now()
    const text = await (await fetch(`${url}/system/metrics`)).text()
    const bytes = Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1])
    longest = Math.max(longest, performance.now() - start)
    if (first === 0) first = bytes
    most = Math.max(most, bytes)
  }
  const watch = async (): Promise<void> => {
    await look()
    await new Promise((resolve) => setTimeout(resolve, 200))
    if (watching) await watch()
  }
  const ended = watch()
  return {
    async stop() {
      watching = false
      await ended
      return { growth: (most - first) / MEGABYTE, longest }
    },
  }
}

async function timed(work: () => Promise<void>) {
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  await work()
  const used = process.cpuUsage(cpu)
  return {
    seconds: (performance.now() - start) / 1000,
    cpu: (used.user + used.system) / 1e6,
  }
}

const column = (name: string, type: Column['type']): Column => ({
  name,
  type,
  unit: null,
  description: '',
})
const COLUMNS = [
  column('time', 'time'),
  ...['cluster', 'node', 'vendor', 'model', 'uuid', 'device_index'].map((name) =>
    column(name, 'text'),
  ),
  ...MEASURES.map(([, name]) => column(name, 'number')),
  column('sources', 'text'),
]

/** As many rows as one point of the export has, to be written again and again. */
const BATCH: readonly Row[] = Array.from({ length: GPUS }, (_, gpu) => {
  const { uuid, node, index, model } = labelsOf(gpu)
  const names = ['default', node, 'nvidia', model, uuid, index]
  return [new Date(), ...names, ...MEASURES.map((_m, at) => valueOf(gpu, at, gpu)), 'dcgm']
})

function* batches(rows: number): Generator<readonly Row[]> {
  for (let written = 0; written < rows; written += BATCH.length) yield BATCH
}

const nowhere = () => new Writable({ write: (_piece, _encoding, done) => done() })

/** Each format written by its package alone, from rows that are there. */
const BARE = {
  async csv(rows: number) {
    const writer = stringify({ escape_formulas: true, cast: { date: (at) => at.toISOString() } })
    await pipeline(
      function* () {
        for (const batch of batches(rows)) yield* batch
      },
      writer,
      nowhere(),
    )
  },
  async ndjson(rows: number) {
    await pipeline(function* () {
      for (const batch of batches(rows))
        for (const row of batch) {
          const pairs = COLUMNS.map(({ name }, index) => [name, row[index]])
          yield `${JSON.stringify(Object.fromEntries(pairs))}\n`
        }
    }, nowhere())
  },
  async parquet(rows: number) {
    const bytes = new ByteWriter()
    const { schema } = new ParquetWriter({ writer: new ByteWriter(), schema: PARQUET_SCHEMA })
    const writer = new ParquetWriter({ writer: bytes, schema })
    for (let written = 0; written < rows; written += 20_000) {
      const group = Array.from({ length: 20 }, () => BATCH).flat()
      await writer.write({
        columnData: COLUMNS.map(({ name }, index) => ({
          name,
          data: group.map((row) => row[index]),
        })),
        rowGroupSize: 20_000,
      })
      bytes.index = 0
    }
    await writer.finish()
  },
  async excel(rows: number) {
    const source = async function* () {
      for (const batch of batches(rows)) yield await Promise.resolve({ rows: batch, text: '' })
    }
    const manifest = { parameters: {}, window: {}, columns: [], clusters: [], warnings: [] }
    const table = {
      title: '',
      columns: COLUMNS,
      head: { created_at: new Date() },
      batches: source(),
      manifest: () => manifest,
    }
    await pipeline(FORMATS.excel.write(table as never, { bom: false }), nowhere())
  },
} as const satisfies Readonly<Record<string, (rows: number) => Promise<void>>>

const PARQUET_SCHEMA = [
  { name: 'rows', num_children: COLUMNS.length },
  ...COLUMNS.map(({ name, type }) => ({
    name,
    repetition_type: 'OPTIONAL' as const,
    ...(type === 'text'
      ? ({ type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const)
      : type === 'time'
        ? ({ type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' } as const)
        : ({ type: 'DOUBLE' } as const)),
  })),
]

function labelsOf(gpu: number) {
  const digits = gpu.toString(16).padStart(8, '0')
  return {
    uuid: `GPU-${digits}-6c1f-4f0e-9d5e-2b7a0c3d9e11`,
    node: `gpu-worker-${Math.floor(gpu / 8)}`,
    index: String(gpu % 8),
    model: 'NVIDIA H100 80GB HBM3',
  }
}

/** Some value of a measure, with as many digits as such values have. */
function valueOf(gpu: number, measure: number, time: number): number {
  return measure === 0
    ? 100 + ((gpu * 37 + time * 11) % 400) + ((gpu + time) % 1000) / 1000
    : (gpu * 7 + time * 3) % 90
}

function startLab(end: number): Promise<RealPrometheus> {
  const start = end - 10_000 - 600
  function* text(): Generator<string> {
    for (const [measure, [metric]] of MEASURES.entries()) {
      yield `# TYPE ${metric} gauge\n`
      for (let gpu = 0; gpu < GPUS; gpu += 1) {
        const { uuid, node, index, model } = labelsOf(gpu)
        const labels = `UUID="${uuid}",Hostname="${node}",gpu="${index}",modelName="${model}"`
        let lines = ''
        for (let time = start; time <= end; time += SAMPLE_SECONDS)
          lines += `${metric}{${labels}} ${valueOf(gpu, measure, time)} ${time}\n`
        yield lines
      }
    }
    yield '# EOF\n'
  }
  return startPrometheus({
    openMetrics: text(),
    // Its place is that of the configuration.
    config: `global: { scrape_interval: 15s, query_log_file: ${QUERY_LOG} }\n`,
  })
}

if (process.argv[1]?.endsWith('export.ts') === true) report(await run())
