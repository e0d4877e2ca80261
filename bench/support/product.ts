import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The product as it runs in production: built, and in a process of its own. */
export interface Product {
  /** Below which all routes lie. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Seconds of CPU, user and system, that its process has used so far. */
  cpuSeconds(): Promise<number>
  /** The most memory that its process has had so far, in bytes; null where the system does not tell. */
  peakBytes(): number | null
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>
}

export interface ProductOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Flags of Node, such as `--cpu-prof`. */
  readonly flags?: readonly string[]
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const USER = 'bench'
const PASSWORD = 'correct horse battery'
const READY_WITHIN_MS = 60_000
const running = new Set<ChildProcess>()

/** Starts it over one Prometheus, with the limit on requests on and so high that none is refused. */
export async function startProduct(
  prometheusUrl: string,
  { env = {}, flags = [] }: ProductOptions = {},
): Promise<Product> {
  await built()
  const port = await freePort()
  const own = ['--enable-source-maps', '--max-semi-space-size=64', ...flags]
  const child = spawn(process.execPath, [...own, 'dist/main.js'], {
    cwd: ROOT,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: String(port),
      PROMETHEUS_URL: prometheusUrl,
      API_AUTH_USERNAME: USER,
      API_AUTH_PASSWORD: PASSWORD,
      RATE_LIMIT_PER_MINUTE: '10000000',
      ...env,
    },
    // Its log is written, as always, but to nowhere.
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (running.size === 0) process.once('exit', killAll)
  running.add(child)
  child.once('exit', () => running.delete(child))
  const url = `http://127.0.0.1:${port}/api/v1`
  await ready(child, `${url}/system/readyz`)
  return {
    url,
    headers: { authorization: `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}` },
    cpuSeconds: () => cpuSeconds(`${url}/system/metrics`),
    peakBytes: () => peakBytes(child.pid),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      if (child.kill()) await ended
    },
  }
}

let building: Promise<unknown> | undefined

function built(): Promise<unknown> {
  const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--noCheck']
  return (building ??= promisify(execFile)(process.execPath, tsc, { cwd: ROOT }))
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (child.exitCode === null && Date.now() < deadline) {
    const status = await fetch(url).then(
      async (reply) => reply.text().then(() => reply.status),
      () => 0,
    )
    if (status === 200) return
    await sleep(50)
  }
  child.kill('SIGKILL')
  throw new Error('the product does not get ready')
}

async function cpuSeconds(url: string): Promise<number> {
  const text = await (await fetch(url)).text()
  const total = /^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1]
  if (total === undefined) throw new Error('the product does not say how much CPU it used')
  return Number(total)
}

function peakBytes(pid: number | undefined): number | null {
  try {
    const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kibibytes === undefined ? null : Number(kibibytes) * 1024
  } catch {
    return null
  }
}

function killAll(): void {
  for (const child of running) child.kill('SIGKILL')
}
