/**
 * Does a very large answer of one Prometheus hold up everybody else? A child process serves 100 MB of
 * `query_range` over loopback, and the delay of this process's event loop is measured while our client reads
 * it; then once more while a plain client reads the same bytes at once, to compare with.
 *
 * The delay is Node's own histogram: a timer of 1 ms notes how long after the last time it really ran. So a
 * quiet loop shows about 1 ms, and a stop of a second is one entry of a second. Percentiles count entries, not
 * time: one long stop among a thousand quiet moments is invisible at p99, which is why the longest is shown too.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import { gauge } from '../src/promql/expression.ts'
import { clusterSpec, createHttpClient } from '../src/services/prometheus/index.ts'
import { vectorParser } from '../src/services/prometheus/parse.ts'
import { report, type BenchResult } from './result.ts'

const P99_LIMIT_MS = 50
const CPU_LIMIT = 1.25
const SERIES = 10_000
const POINTS = 360
const ROUNDS = 3

export async function run(): Promise<BenchResult> {
  const { child, url } = await startPeer()
  try {
    await readByUs(url)
    const ours = await best(() => measured(() => readByUs(url)))
    const plain = await best(() => measured(() => readAtOnce(url)))
    const cpu = compareCpu()
    const pass = ours.p99 < P99_LIMIT_MS && cpu.ratio <= CPU_LIMIT
    return {
      name: 'large answer',
      pass,
      lines: [
        `a range answer of ${(ours.bytes / 1e6).toFixed(0)} MB, read by our client: ${show(ours)}`,
        `the same bytes by text() and JSON.parse: ${show(plain)}`,
        `event-loop delay p99 ${ours.p99.toFixed(1)} ms (limit ${P99_LIMIT_MS} ms), longest stop 1/${(plain.max / ours.max).toFixed(0)} of the plain client's`,
        `80,000 samples in ${(cpu.bytes / 1e6).toFixed(1)} MB: ${cpu.ours.toFixed(0)} ms CPU, JSON.parse alone ${cpu.plain.toFixed(0)} ms, ratio ${cpu.ratio.toFixed(2)} (limit ${CPU_LIMIT})`,
      ],
    }
  } finally {
    child.kill()
  }
}

interface Measured {
  readonly bytes: number
  readonly seconds: number
  readonly cpuSeconds: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

const show = ({ seconds, cpuSeconds, p50, p99, max }: Measured): string =>
  `${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s CPU, event-loop delay p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, longest ${max.toFixed(0)} ms`

/** The round with the least CPU: what else the machine does only ever adds. */
async function best(round: () => Promise<Measured>): Promise<Measured> {
  const rounds: Measured[] = []
  for (let i = 0; i < ROUNDS; i += 1) rounds.push(await round())
  return rounds.reduce((a, b) => (b.cpuSeconds < a.cpuSeconds ? b : a))
}

async function measured(read: () => Promise<number>): Promise<Measured> {
  const delay: IntervalHistogram = monitorEventLoopDelay({ resolution: 1 })
  const cpu = process.cpuUsage()
  const start = performance.now()
  delay.enable()
  const bytes = await read()
  // The timer has to run once more to note a stop at the very end.
  await new Promise((resolve) => setTimeout(resolve, 5))
  delay.disable()
  const { user, system } = process.cpuUsage(cpu)
  return {
    bytes,
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: (user + system) / 1e6,
    p50: delay.percentile(50) / 1e6,
    p99: delay.percentile(99) / 1e6,
    max: delay.max / 1e6,
  }
}

const RANGE = { start: new Date(0), end: new Date(POINTS * 15_000), stepSeconds: 15 }

async function readByUs(url: string): Promise<number> {
  const client = createHttpClient(clusterSpec(120).parse({ name: 'peer', url }))
  const { rows, bytes } = await client.range(gauge('power_watts'), RANGE, { shelf: 'series' })
  await client.close()
  if (rows.length !== SERIES) throw new Error(`${rows.length} series in place of ${SERIES}`)
  return bytes
}

async function readAtOnce(url: string): Promise<number> {
  const pool = new Pool(url)
  const { body } = await pool.request({ path: '/api/v1/query_range', method: 'GET' })
  const text = await body.text()
  const { data } = JSON.parse(text) as { data: { result: unknown[] } }
  await pool.close()
  if (data.result.length !== SERIES) throw new Error(`${data.result.length} series`)
  return text.length
}

/** CPU of parsing an instant answer, ours and JSON.parse's in turn, the median of each. */
function compareCpu(): { bytes: number; ours: number; plain: number; ratio: number } {
  const body = instantBody()
  const chunks = Array.from({ length: Math.ceil(body.length / 65_536) }, (_, i) =>
    body.subarray(i * 65_536, (i + 1) * 65_536),
  )
  const ours: number[] = []
  const plain: number[] = []
  for (let i = 0; i < 15; i += 1) {
    ours.push(
      cpuOf(() => {
        const parser = vectorParser()
        for (const chunk of chunks) parser.push(chunk)
        return parser.end()
      }),
    )
    plain.push(cpuOf(() => JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown))
  }
  return {
    bytes: body.length,
    ours: median(ours),
    plain: median(plain),
    ratio: median(ours) / median(plain),
  }
}

function instantBody(): Buffer {
  const rows = Array.from({ length: 80_000 }, (_, i) => {
    const uuid = `GPU-${i.toString(16).padStart(8, '0')}-6c1f-4f0e-9d5e-2b7a0c3d9e11`
    return `{"metric":{"UUID":"${uuid}"},"value":[1700000000.123,"${100 + (i % 300)}.${i % 1000}"]}`
  })
  return Buffer.from(
    `{"status":"success","data":{"resultType":"vector","result":[${rows.join(',')}]}}`,
  )
}

function cpuOf(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!
}

const HERE = fileURLToPath(import.meta.url)

async function startPeer(): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(HERE, ['serve'])
  const port = await new Promise<unknown>((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`the peer ended with ${code ?? 'a signal'}`)))
  })
  return { child, url: `http://127.0.0.1:${String(port)}` }
}

/** Serves the large answer until the parent goes away. */
function serve(): void {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json')
    Readable.from(rangeBody(), { objectMode: true, highWaterMark: 4 }).pipe(response)
  })
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
  process.once('disconnect', () => process.exit())
}

/** A matrix as Prometheus prints it, in pieces of about 100 kB, which TCP cuts as it likes. */
function* rangeBody(): Generator<string> {
  const variants = Array.from({ length: 64 }, (_, variant) => pointsOf(variant))
  yield '{"status":"success","data":{"resultType":"matrix","result":['
  for (let i = 0; i < SERIES; i += 10) {
    const series = Array.from({ length: 10 }, (_, j) => {
      const labels = `"__name__":"power_watts","node":"gpu-worker-${i}","gpu":"${j}"`
      return `{"metric":{${labels}},"values":[${variants[(i + j) % 64]!}]}`
    })
    yield (i === 0 ? '' : ',') + series.join(',')
  }
  yield ']}}'
}

function pointsOf(variant: number): string {
  return Array.from({ length: POINTS }, (_, i) => {
    const value = 200 + ((i * 7 + variant * 13) % 300) + ((i * variant) % 1000) / 1000
    return `[${1_700_000_000 + i * 15}.123,"${value.toFixed(3)}"]`
  }).join(',')
}

if (process.argv[1] === HERE) {
  if (process.argv[2] === 'serve') serve()
  else report(await run())
}
