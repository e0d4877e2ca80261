import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { until } from './scraped.ts'

export const REDIS = 'redis-server'

/** A Redis of our own that writes every change to disk before it answers. */
export interface RealRedis {
  readonly url: string
  readonly client: Redis
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Starts one on a free port. */
export async function startRedis(): Promise<RealRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'real-redis-'))
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: null })
  client.on('error', () => undefined)
  let child: ChildProcess
  const start = async (): Promise<void> => {
    const flags = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '']
    child = spawn(REDIS, [...flags, '--appendonly', 'yes', '--appendfsync', 'always'], {
      stdio: 'ignore',
    })
    await until(() => answers(url))
  }
  const end = (signal: NodeJS.Signals): Promise<unknown> => {
    const ended = new Promise((done) => child.once('exit', done))
    child.kill(signal)
    return ended
  }
  await start()
  return {
    url,
    client,
    async kill() {
      await end('SIGKILL')
    },
    restart: start,
    async stop() {
      client.disconnect()
      await end('SIGTERM')
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function answers(url: string): Promise<boolean> {
  const probe = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
  probe.on('error', () => undefined)
  try {
    await probe.connect()
    await probe.ping()
    return true
  } catch {
    return false
  } finally {
    probe.disconnect()
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}
