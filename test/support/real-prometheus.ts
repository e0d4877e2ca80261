import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface RealPrometheusOptions {
  /** The program; by default the `prometheus` on the PATH. */
  readonly binary?: string
  /** The text of prometheus.yml. By default it scrapes nothing. */
  readonly config?: string
  /**
   * History in OpenMetrics text, which can be queried from the start. `# EOF` is added where it is missing, except
   * to a text in pieces.
   */
  readonly openMetrics?: string | Iterable<string>
  /** How long blocks may be, such as `240h`: the history is read once for each, by default of two hours. */
  readonly blocks?: string
  /** The text of `--web.config.file`: TLS (then the url is https) and basic auth. Paths in it are absolute. */
  readonly webConfig?: string
  /** More command line flags, such as `--web.enable-remote-write-receiver`. */
  readonly flags?: readonly string[]
  /** A port to come back on. By default any free one. */
  readonly port?: number
}

/** A running server of our own. Whatever became of it, `stop` must be called to remove its directory. */
export interface RealPrometheus {
  /** Without a trailing slash, such as `http://127.0.0.1:41234`. */
  readonly url: string
  readonly pid: number
  /** Its configuration and data. */
  readonly dir: string
  /** Ends it cleanly, whatever state it is in, and removes its directory. May be called twice. */
  stop(): Promise<void>
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>
  /** Freezes it: it accepts connections and never answers. */
  pause(): void
  resume(): void
}

const SCRAPES_NOTHING = 'global: { scrape_interval: 15s }\n'
const READY_WITHIN_MS = 30_000
const STOPPED_WITHIN_MS = 5_000
const running = new Set<ChildProcess>()

/** Starts a Prometheus on 127.0.0.1 and waits until it answers queries. Rejects with what it logged if it ends. */
export async function startPrometheus(
  options: RealPrometheusOptions = {},
): Promise<RealPrometheus> {
  const dir = await mkdtemp(join(tmpdir(), 'real-prometheus-'))
  try {
    await fill(dir, options)
    const child = launch(dir, options)
    const address = await listeningAddress(child)
    const scheme = options.webConfig?.includes('tls_server_config') === true ? 'https' : 'http'
    return control(child, `${scheme}://${address}`, dir)
  } catch (error) {
    await rm(dir, { recursive: true, force: true })
    throw error
  }
}

async function fill(dir: string, options: RealPrometheusOptions): Promise<void> {
  await mkdir(join(dir, 'data'))
  await writeFile(join(dir, 'prometheus.yml'), options.config ?? SCRAPES_NOTHING)
  await writeFile(join(dir, 'web.yml'), options.webConfig ?? '')
  if (options.openMetrics === undefined) return
  const history = join(dir, 'history.om')
  await writeFile(history, ended(options.openMetrics))
  const { blocks } = options
  const longer = blocks === undefined ? [] : [`--max-block-duration=${blocks}`]
  const own = ['tsdb', 'create-blocks-from', ...longer, 'openmetrics', '-q']
  await run('promtool', [...own, history, join(dir, 'data')])
  await rm(history)
}

const ended = (text: string | Iterable<string>): string | Iterable<string> =>
  typeof text === 'string' ? text.replace(/\n?(?:# EOF\n?)?$/, '\n# EOF\n') : text

function launch(dir: string, options: RealPrometheusOptions): ChildProcess {
  const flags = [
    `--config.file=${join(dir, 'prometheus.yml')}`,
    `--web.config.file=${join(dir, 'web.yml')}`,
    `--storage.tsdb.path=${join(dir, 'data')}`,
    // The default of 15 days would delete older history at once.
    '--storage.tsdb.retention.time=10y',
    `--web.listen-address=127.0.0.1:${options.port ?? 0}`,
    ...(options.flags ?? []),
  ]
  const child = spawn(options.binary ?? 'prometheus', flags, { stdio: ['ignore', 'pipe', 'pipe'] })
  if (running.size === 0) process.once('exit', killAll)
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

function killAll(): void {
  for (const child of running) child.kill('SIGKILL')
}

/** The log tells the port it got, and when `/-/ready` says yes: also behind TLS, passwords and client certificates. */
function listeningAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = ''
    const fail = (why: string) => {
      clearTimeout(deadline)
      child.kill('SIGKILL')
      reject(new Error(`prometheus ${why}: ${log.slice(-4000)}`))
    }
    const deadline = setTimeout(() => fail('is not ready in time'), READY_WITHIN_MS)
    const read = (chunk: Buffer) => {
      log += chunk.toString()
      // The address it got and that it is ready: it logs the two in either order.
      const address = /Listening on.*?address=([\d.]+:\d+)/.exec(log)?.[1]
      if (address === undefined || !log.includes('Server is ready to receive web requests')) return
      clearTimeout(deadline)
      // From here the log is only drained, so that the server never blocks on a full pipe.
      for (const stream of [child.stdout, child.stderr]) stream?.off('data', read).resume()
      resolve(address)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('error', (error) => fail(`does not start (${error.message})`))
    child.once('exit', (code) => fail(`ended with ${code ?? 'a signal'}`))
  })
}

function control(child: ChildProcess, url: string, dir: string): RealPrometheus {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await ended
  }
  return {
    url,
    pid: child.pid!,
    dir,
    async stop() {
      child.kill('SIGCONT')
      const deadline = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS)
      await end('SIGTERM')
      clearTimeout(deadline)
      await rm(dir, { recursive: true, force: true })
    },
    kill: () => end('SIGKILL'),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  }
}

/**
 * Whether a program is there, for `describe.skipIf(!requireReal('prometheus', 'prometheus'))`. Where it is not,
 * it says which Debian package to install; with REQUIRE_REAL=1 it throws instead.
 */
export function requireReal(name: string, debianPackage: string): boolean {
  if (pathOf(name) !== undefined) return true
  const advice = `needs a real ${name}: apt-get install ${debianPackage}`
  if (process.env['REQUIRE_REAL'] === '1') throw new Error(advice)
  console.warn(`skipped: ${advice}`)
  return false
}

function pathOf(name: string): string | undefined {
  const places = (process.env['PATH'] ?? '').split(delimiter)
  const candidates = isAbsolute(name) ? [name] : places.map((place) => join(place, name))
  return candidates.find((candidate) => isExecutable(candidate))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A Prometheus to test against, and on which edges its windows include a sample. */
export interface RealBinary {
  readonly name: string
  readonly path: string
  /** `closed` up to Prometheus 2, `left_open` from 3 on. */
  readonly edges: 'left_open' | 'closed'
}

/** The one on the PATH and the one that the environment variable PROMETHEUS3 names, where they exist. */
export function realPrometheusBinaries(): readonly RealBinary[] {
  const paths = ['prometheus', process.env['PROMETHEUS3'] ?? '']
    .filter((name) => name !== '')
    .map((name) => pathOf(name))
    .filter((path) => path !== undefined)
  return [...new Set(paths)].map((path) => describeBinary(path))
}

function describeBinary(path: string): RealBinary {
  const version = execFileSync(path, ['--version'], { encoding: 'utf8' })
  const [, number = 'unknown', major = '0'] = /version ((\d+)\.[\d.]+)/.exec(version) ?? []
  return { name: `Prometheus ${number}`, path, edges: Number(major) < 3 ? 'closed' : 'left_open' }
}
