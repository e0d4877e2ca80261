import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer as createHttpServer, request } from 'node:http'
import { connect, createServer, type AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'

const AUTHORIZATION = `Basic ${Buffer.from('monitor:long enough').toString('base64')}`
/** On a busy machine everything takes its time. */
const SOON = { timeout: 20_000 }
const GPUS = '/api/v1/accelerators/gpus'
const EMPTY = JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } })

interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly port: number
  /** Everything that it wrote so far. */
  readonly output: () => string
  readonly exit: Promise<readonly [code: number | null, signal: string | null]>
}

let running: Running | undefined
let prometheus: Gate
afterEach(async () => {
  running?.child.kill('SIGKILL')
  await running?.exit
  prometheus.close()
})

/** A Prometheus that knows nothing, and says so when it is let. */
interface Gate {
  readonly url: string
  /** Questions that wait for their answer. */
  readonly waiting: () => number
  hold(): void
  release(): void
  close(): void
}

async function startGate(): Promise<Gate> {
  let held = false
  const waiting: (() => void)[] = []
  const server = createHttpServer((asked, response) => {
    const answer = () => response.writeHead(200, { 'content-type': 'application/json' }).end(EMPTY)
    asked.resume()
    if (held) waiting.push(answer)
    else answer()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    waiting: () => waiting.length,
    hold() {
      held = true
    },
    release() {
      held = false
      for (const answer of waiting.splice(0)) answer()
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** A whole process over one Prometheus, which answers when the test lets it. */
async function start(environment: Record<string, string> = {}): Promise<Running> {
  prometheus = await startGate()
  const port = await freePort()
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      PROMETHEUS_URL: prometheus.url,
      API_AUTH_USERNAME: 'monitor',
      API_AUTH_PASSWORD: 'long enough',
      HEALTH_CHECK_INTERVAL: '0',
      PORT: String(port),
      STATE_PATH: ':memory:',
      ...environment,
    },
  })
  let written = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (written += chunk.toString()))
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>
  running = { child, port, exit, output: () => written }
  await expect.poll(() => canConnect(port), SOON).toBe(true)
  return running
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (connected: boolean) => () => {
      socket.destroy()
      resolve(connected)
    }
    socket.on('connect', end(true)).on('error', end(false))
  })
}

/** Asks over a connection that would be kept alive. */
function ask(port: number, agent: Agent): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: AUTHORIZATION }
    request({ port, host: '127.0.0.1', path: GPUS, agent, headers }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode, body }))
    })
      .on('error', reject)
      .end()
  })
}

describe('SIGTERM', () => {
  it('lets requests in flight finish, takes no new ones, and ends with 0', async () => {
    const { child, port, exit, output } = await start()
    const agent = new Agent({ keepAlive: true })
    prometheus.hold()
    const inFlight = ask(port, agent)
    await expect.poll(() => prometheus.waiting(), SOON).toBeGreaterThan(0)
    child.kill('SIGTERM')
    await expect.poll(() => canConnect(port), SOON).toBe(false)
    prometheus.release()
    const { status, body } = await inFlight
    expect(status).toBe(200)
    expect(JSON.parse(body)).toMatchObject({ meta: { status: 'complete' } })
    expect(await exit).toEqual([0, null])
    expect(output()).toContain('"msg":"request"')
    agent.destroy()
  })

  it('does not wait longer than it may', async () => {
    const { child, port, exit, output } = await start({ SHUTDOWN_TIMEOUT: '1s' })
    prometheus.hold()
    const agent = new Agent({ keepAlive: true })
    const lost = ask(port, agent).catch(() => 'lost')
    await expect.poll(() => prometheus.waiting(), SOON).toBeGreaterThan(0)
    child.kill('SIGTERM')
    expect(await exit).toEqual([1, null])
    expect(await lost).toBe('lost')
    expect(output()).toContain('took longer than the deadline')
  })

  it('twice ends at once', async () => {
    const { child, port, exit } = await start()
    prometheus.hold()
    const lost = ask(port, new Agent()).catch(() => 'lost')
    await expect.poll(() => prometheus.waiting(), SOON).toBeGreaterThan(0)
    child.kill('SIGTERM')
    await expect.poll(() => canConnect(port), SOON).toBe(false)
    child.kill('SIGTERM')
    expect(await exit).toEqual([1, null])
    expect(await lost).toBe('lost')
  })
})

describe('a start', () => {
  it('with mistakes in the configuration lists them and ends', async () => {
    prometheus = await startGate()
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'], PORT: 'x', API_AUTH_PASSWORD: 'changeme' },
    })
    let written = ''
    child.stderr.on('data', (chunk: Buffer) => (written += chunk.toString()))
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(1)
    for (const variable of ['PORT', 'PROMETHEUS_URL', 'API_AUTH_USERNAME', 'API_AUTH_PASSWORD'])
      expect(written).toMatch(new RegExp(`^ {2}${variable}: `, 'm'))
  })
})
