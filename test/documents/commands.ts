import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../support/real-redis.ts'
import { SHIMS } from './shims.ts'

/** What stands where the pages say `localhost:8001` and the like. */
export interface Surroundings {
  /** `localhost:port` of the server that the page asks. */
  readonly server: string
  /** `127.0.0.1:port` of a Prometheus. */
  readonly prometheus: string
  readonly username: string
  readonly password: string
}

/** When a page takes longer, something hangs: what works is far from it also on a machine that is ten times as slow. */
export const LONGEST_MS = 900_000

/** How the commands of a page went. */
export interface Outcome {
  /** Commands that ended with another status than 0, in order. */
  readonly failed: readonly string[]
  readonly said: string
}

/**
 * Runs the blocks of a page in one shell, in a directory that looks like a fresh clone. A command that is running when
 * the time is over has failed, and its name says so.
 */
export async function runBlocks(
  blocks: readonly string[],
  surroundings: Surroundings,
  longestMs = LONGEST_MS,
): Promise<Outcome> {
  const dir = await mkdtemp(join(tmpdir(), 'page-'))
  const bin = join(dir, '.bin')
  try {
    for (const name of await readdir('.'))
      if (!['data', 'coverage'].includes(name)) await symlink(join(process.cwd(), name), join(dir, name)) // prettier-ignore
    await mkdir(bin)
    for (const [name, text] of Object.entries(SHIMS)) {
      await writeFile(join(bin, name), `#!/usr/bin/env bash\n${text}\n`)
      await chmod(join(bin, name), 0o755)
    }
    const script = scriptOf(blocks, { ...surroundings, exporters: await freePort() })
    await writeFile(join(dir, '.page.sh'), script)
    return await run({ dir, bin, surroundings, longestMs })
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

const MARK = '::failed '
const TRACE = '.trace'
const STARTED = '.started'

function scriptOf(
  blocks: readonly string[],
  { server, prometheus, username, password, exporters }: Surroundings & { exporters: number },
): string {
  const text = blocks
    .join('\n')
    .replaceAll('localhost:8001', server)
    .replaceAll('http://prometheus:9090', `http://${prometheus}`)
    .replaceAll('prometheus.busan:9090', prometheus)
    .replaceAll('9900', String(exporters))
    .replaceAll(/^AUTH=.*/gm, 'true')
    .replaceAll(/^(BASE=\S+) AUTH=\S+/gm, '$1')
    .replaceAll(`API_AUTH_USERNAME=monitor`, `API_AUTH_USERNAME=${username}`)
    .replaceAll(`'a long pass phrase'`, `'${password}'`)
  return `set -ET
trap 'printf "%s\\t%s\\t%s\\n" "$EPOCHREALTIME" "$LINENO" "$(tr "\\n" " " <<<"$BASH_COMMAND")" >>"$HOME/${TRACE}"' DEBUG
trap 'echo "${MARK}$(tr "\\n" " " <<<"$BASH_COMMAND")"' ERR
${text}
trap - ERR DEBUG
kill $(jobs -p) 2>/dev/null; true\n`
}

interface Running {
  readonly dir: string
  readonly bin: string
  readonly surroundings: Surroundings
  readonly longestMs: number
}

async function run({ dir, bin, surroundings, longestMs }: Running): Promise<Outcome> {
  const child = spawn('bash', ['.page.sh'], {
    cwd: dir,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: await environmentOf(dir, bin, surroundings),
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (said += text.toString()))
  const timer = setTimeout(() => endGroup(child.pid), longestMs)
  await new Promise((resolve) => child.once('exit', resolve))
  clearTimeout(timer)
  const isLate = child.signalCode === 'SIGKILL'
  // The group too: whatever the page has started, and what has a group of its own.
  const started = await readFile(join(dir, STARTED), 'utf8').catch(() => '')
  for (const pid of [child.pid, ...started.split('\n').map(Number)]) endGroup(pid)
  const failed = said
    .split('\n')
    .filter((line) => line.startsWith(MARK))
    .map((line) => line.slice(MARK.length).trim())
  const trace = await readFile(join(dir, TRACE), 'utf8').catch(() => '')
  return { failed: isLate ? [...failed, hanging(trace)] : failed, said }
}

async function environmentOf(
  dir: string,
  bin: string,
  { server, username, password }: Surroundings,
) {
  return {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    REAL_PATH: process.env['PATH'] ?? '',
    HOME: dir,
    AUTH: `${username}:${password}`,
    KCLOUD_URL: `http://${server}`,
    HOST: '127.0.0.1',
    STATE_PATH: join(dir, 'state.db'),
    FREE_PORT: String(await freePort()),
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined || pid === 0 || Number.isNaN(pid)) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing is left of it.
  }
}

/** The commands of the last line that was begun, and for how long they ran. */
function hanging(trace: string): string {
  const commands = trace
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
  const [began = '', line] = commands.at(-1) ?? []
  const running = commands.filter(([, at]) => at === line).map(([, , command]) => command?.trim())
  const seconds = Math.round(Date.now() / 1000 - Number(began))
  return `did not end in ${seconds} s: ${running.join(' | ')}`
}
