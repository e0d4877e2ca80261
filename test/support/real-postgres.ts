import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { chmod, chown, copyFile, mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'

const run = promisify(execFile)

export interface RealPostgresOptions {
  /** Serves TLS with these, which are copied. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string }
}

/** A running server of our own, with a user `lab` who needs no password. */
export interface RealPostgres {
  readonly port: number
  /** The address of a new, empty database. */
  createDatabase(): Promise<string>
  /** Ends it cleanly, whatever state it is in, and removes its directory. May be called twice. */
  stop(): Promise<void>
  /** Ends it and all its connections at once, as a crash does. */
  kill(): Promise<void>
  /** Comes back on the same port with what was written. */
  restart(): Promise<void>
}

const PLACE = '/usr/lib/postgresql'
const NOBODY = 65_534
const READY_WITHIN_MS = 30_000
const running = new Set<ChildProcess>()

/** The newest installed `postgres`, for `requireReal`; Debian keeps it away from the PATH. */
export const POSTGRES = newest() ?? 'postgres'

/** Makes a database cluster and starts a PostgreSQL on it, as nobody when the tests run as root. */
export async function startPostgres(options: RealPostgresOptions = {}): Promise<RealPostgres> {
  const dir = await mkdtemp(join(tmpdir(), 'real-postgres-'))
  try {
    await own(dir)
    const tls = await tlsFlags(dir, options)
    const initdb = ['-D', join(dir, 'data'), '-U', 'lab', '-A', 'trust', '-E', 'UTF8']
    await run(
      join(POSTGRES, '../initdb'),
      [...initdb, '--locale=C.UTF-8', '--no-sync'],
      unprivileged,
    )
    return await control(dir, tls, await freePort())
  } catch (error) {
    await rm(dir, { recursive: true, force: true })
    throw error
  }
}

function newest(): string | undefined {
  try {
    const versions = readdirSync(PLACE).map(Number).filter(Number.isFinite)
    return versions.length > 0 ? `${PLACE}/${Math.max(...versions)}/bin/postgres` : undefined
  } catch {
    return undefined
  }
}

/** The server refuses to run as root. */
const unprivileged = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY, cwd: '/' } : {}

async function own(path: string): Promise<void> {
  if (unprivileged.uid !== undefined) await chown(path, NOBODY, NOBODY)
}

async function tlsFlags(dir: string, { tls }: RealPostgresOptions): Promise<readonly string[]> {
  if (tls === undefined) return []
  const [cert, key] = [join(dir, 'server.pem'), join(dir, 'server.key')]
  await copyFile(tls.certFile, cert)
  await copyFile(tls.keyFile, key)
  await chmod(key, 0o600)
  await own(cert)
  await own(key)
  return ['-c', 'ssl=on', '-c', `ssl_cert_file=${cert}`, '-c', `ssl_key_file=${key}`]
}

async function control(dir: string, tls: readonly string[], port: number): Promise<RealPostgres> {
  const data = join(dir, 'data')
  const base = `postgres://lab@127.0.0.1:${port}`
  let child = await launch(data, port, tls)
  let databases = 0
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    // The server's processes are one group: each connection has one of its own.
    if (signal === 'SIGKILL') process.kill(-child.pid!, signal)
    else child.kill(signal)
    await ended
  }
  return {
    port,
    async createDatabase() {
      databases += 1
      const client = new pg.Client(`${base}/postgres`)
      await client.connect()
      await client.query(`create database lab${databases}`)
      await client.end()
      return `${base}/lab${databases}`
    },
    async stop() {
      // A fast shutdown: it does not wait for its clients.
      await end('SIGINT')
      await rm(dir, { recursive: true, force: true })
    },
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGINT')
      await rm(join(data, 'postmaster.pid'), { force: true })
      child = await launch(data, port, tls)
    },
  }
}

async function launch(data: string, port: number, more: readonly string[]): Promise<ChildProcess> {
  const flags = ['listen_addresses=127.0.0.1', 'unix_socket_directories='].flatMap((flag) => ['-c', flag]) // prettier-ignore
  const child = spawn(POSTGRES, ['-D', data, '-p', String(port), ...flags, ...more], {
    ...unprivileged,
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own, so that a crash can take all of it.
    detached: true,
  })
  if (running.size === 0) process.once('exit', killAll)
  running.add(child)
  child.once('exit', () => running.delete(child))
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4000)))
  child.once('error', (error) => (log += error.message))
  const deadline = Date.now() + READY_WITHIN_MS
  while (!log.includes('ready to accept connections') || !(await answers(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`postgres is not ready: ${log}`)
    }
    await setTimeout(20)
  }
  return child
}

function killAll(): void {
  for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGKILL')
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    }).on('error', () => resolve(false))
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
