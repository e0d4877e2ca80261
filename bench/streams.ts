/**
 * What does it cost to bring one frame of 20 kB each second to thousands of clients? Our server with all that is
 * around a stream (credentials, limits, order, backlog, heartbeats, pings) against a bare `ws` server that sends the
 * same bytes to everybody: the ratio of their CPU, in turns of one run. Servers and clients have processes of their own.
 * Then some clients stop reading: the others must not lose anything.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { report, type BenchResult } from './result.ts'
import type { BareBroadcastReady } from './support/bare-broadcast.ts'
import { startChild, type Child } from './support/child.ts'
import type { ClientsAsk, Counted } from './support/stream-clients.ts'
import type { Memory } from './support/stream-frame.ts'
import type { StreamServerReady } from './support/stream-server.ts'

const SECONDS = Number(process.env['STREAM_SECONDS'] ?? 60)
const SHARE = Number(process.env['STREAM_SHARE'] ?? 1)
const MOST_CPU = 1.3
const SETTLE_MS = 3000

type Server = Child<StreamServerReady | BareBroadcastReady, object, Memory>
type Clients = Child<null, ClientsAsk, Counted>

interface Case {
  readonly name: string
  readonly path: string
  readonly websocket: boolean
  readonly clients: number
}

const CASES: readonly Case[] = [
  {
    name: 'WebSocket',
    path: '/api/v1/bench/websocket',
    websocket: true,
    clients: Math.ceil(10_000 * SHARE),
  },
  {
    name: 'SSE',
    path: '/api/v1/bench/event_stream',
    websocket: false,
    clients: Math.ceil(5000 * SHARE),
  },
]

export async function run(): Promise<BenchResult> {
  const lines: string[] = []
  let pass = true
  for (const each of CASES) {
    const ours = await measure('stream-server.ts', each)
    const bare = await measure('bare-broadcast.ts', { ...each, path: '/', websocket: true })
    const ratio = ours.cpu / bare.cpu
    lines.push(show(each, ours, bare), `  CPU ratio ${ratio.toFixed(2)} (at most ${MOST_CPU})`)
    pass &&= ratio <= MOST_CPU && ours.lost === 0 && ours.clients === each.clients
  }
  const stalled = await withStalled()
  lines.push(stalled.line)
  return { name: 'streams', pass: pass && stalled.pass, lines }
}

interface Measured extends Counted {
  /** Seconds of CPU a second. */
  readonly cpu: number
  readonly bytesPerClient: number
}

function show({ name, clients }: Case, ours: Measured, bare: Measured): string {
  const kilobytes = ({ bytesPerClient: bytes }: Measured) => `${(bytes / 1000).toFixed(1)} kB`
  return [
    `${clients} ${name} clients for ${SECONDS} s: ${ours.frames} frames, ${ours.announced} announced as missed, ${ours.lost} lost`,
    `CPU ${ours.cpu.toFixed(3)} s a second, bare ws ${bare.cpu.toFixed(3)}`,
    `memory per client ${kilobytes(ours)}, bare ws ${kilobytes(bare)}`,
  ].join('; ')
}

async function measure(script: string, each: Case): Promise<Measured> {
  const server: Server = await startChild(script)
  const clients: Clients = await startChild('stream-clients.ts')
  try {
    const before = await server.ask({})
    await clients.ask({ do: 'open', port: server.ready.port, ...each })
    await sleep(SETTLE_MS)
    await clients.ask({ do: 'count' })
    const start = await server.cpuSeconds()
    await sleep(SECONDS * 1000)
    const used = (await server.cpuSeconds()) - start
    const counted = await clients.ask({ do: 'count' })
    const { rss } = await server.ask({})
    const bytesPerClient = (rss - before.rss) / each.clients
    return { ...counted, cpu: used / SECONDS, bytesPerClient }
  } finally {
    await Promise.all([server.stop(), clients.stop()])
  }
}

/** One of a thousand clients does not read: the others get every frame. */
async function withStalled(): Promise<{ readonly line: string; readonly pass: boolean }> {
  const server: Server = await startChild('stream-server.ts')
  const clients: Clients = await startChild('stream-clients.ts')
  try {
    const [{ path, websocket }] = CASES as [Case]
    const many = Math.ceil(1000 * SHARE)
    await clients.ask({ do: 'open', port: server.ready.port, path, websocket, clients: many })
    await sleep(SETTLE_MS)
    await clients.ask({ do: 'stall', clients: 1 })
    await clients.ask({ do: 'count' })
    await sleep(SECONDS * 1000)
    const { frames, lost, announced, least } = await clients.ask({ do: 'count' })
    const line = `1 of ${many} clients does not read: the others got ${frames} frames, at least ${least} each, ${announced} announced as missed, ${lost} lost`
    return { line, pass: lost === 0 && announced === 0 }
  } finally {
    await Promise.all([server.stop(), clients.stop()])
  }
}

const HERE = fileURLToPath(import.meta.url)
if (process.argv[1] === HERE) report(await run())
