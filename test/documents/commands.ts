import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../support/real-redis.ts'

/** What stands where the pages say `localhost:8001` and the like. */
export interface Surroundings {
  /** `localhost:port` of the server that the page asks. */
  readonly server: string
  /** `127.0.0.1:port` of a Prometheus. */
  readonly prometheus: string
  readonly username: string
  readonly password: string
}

/** How the commands of a page went. */
export interface Outcome {
  /** Commands that ended with another status than 0, in order. */
  readonly failed: readonly string[]
  readonly said: string
}

const LONGEST_MS = 120_000

/**
 * Programs that stand before the real ones. `curl` takes an HTTP error for a failure, as a reader would, and ends
 * streams that would go on for ever; what serves until it is stopped is stopped when it is there; whole test runs are
 * left to CI, whose commands they are.
 */
const SHIMS: Readonly<Record<string, string>> = {
  curl: `
streams=no
for word in "$@"; do case "$word" in -sN) streams=yes ;; esac; done
if [ $streams = no ]; then exec /usr/bin/curl --fail-with-body --max-time 60 "$@"; fi
said=$(/usr/bin/curl --fail-with-body --max-time 10 "$@"); status=$?
printf '%s\\n' "$said"
# 28: it went on until its time was over. A stream that said nothing is no stream.
[ $status = 28 ] && [ -n "$said" ]`,
  kcloud: `
case "$1" in
top) exec node --import tsx src/cli/kcloud.ts "$@" --once ;;
*) exec node --import tsx src/cli/kcloud.ts "$@" ;;
esac`,
  prometheus: `
/usr/bin/prometheus "$@" --web.listen-address="127.0.0.1:$FREE_PORT" & serving=$!
for _ in $(seq 200); do /usr/bin/curl -sf "http://127.0.0.1:$FREE_PORT/-/ready" >/dev/null && break; sleep 0.1; done
/usr/bin/curl -sf "http://127.0.0.1:$FREE_PORT/-/ready"; status=$?
kill $serving; exit $status`,
  npm: `
serves() {
  setsid /usr/bin/env PATH="$REAL_PATH" PORT="$FREE_PORT" STATE_PATH=:memory: npm "$@" & serving=$!
  for _ in $(seq 400); do /usr/bin/curl -sf "http://127.0.0.1:$FREE_PORT/api/v1/system/livez" >/dev/null && break; sleep 0.1; done
  /usr/bin/curl -sf "http://127.0.0.1:$FREE_PORT/api/v1/system/livez"; status=$?
  kill -- -$serving; exit $status
}
case "$*" in
'run demo' | 'run dev') serves "$@" ;;
test | 'run check' | 'run spec' | 'run bench'*) grep -q 'npm test' .ci/run && grep -q 'npm run check' .ci/run ;;
*) exec /usr/bin/env PATH="$REAL_PATH" npm "$@" ;;
esac`,
  // A file of tests that a page names has to be there; CI runs it.
  npx: `for word in "$@"; do case "$word" in test/*) [ -e "$word" ] || exit 1 ;; esac; done`,
}

/** Runs the blocks of a page in one shell, in a directory that looks like a fresh clone. */
export async function runBlocks(
  blocks: readonly string[],
  surroundings: Surroundings,
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
    return await run({ dir, bin, surroundings })
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

const MARK = '::failed '

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
  return `set -E
trap 'echo "${MARK}$(tr "\\n" " " <<<"$BASH_COMMAND")"' ERR
${text}
trap - ERR
kill $(jobs -p) 2>/dev/null; true\n`
}

interface Running {
  readonly dir: string
  readonly bin: string
  readonly surroundings: Surroundings
}

async function run({ dir, bin, surroundings }: Running): Promise<Outcome> {
  const { username, password } = surroundings
  const child = spawn('bash', ['.page.sh'], {
    cwd: dir,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      REAL_PATH: process.env['PATH'] ?? '',
      HOME: dir,
      AUTH: `${username}:${password}`,
      KCLOUD_URL: `http://${surroundings.server}`,
      HOST: '127.0.0.1',
      STATE_PATH: join(dir, 'state.db'),
      FREE_PORT: String(await freePort()),
    },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (said += text.toString()))
  const end = () => {
    // The group too: whatever the page has started.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }
  const late = setTimeout(() => {
    said += `\n${MARK}it does not end\n`
    end()
  }, LONGEST_MS)
  await new Promise((resolve) => child.once('exit', resolve))
  clearTimeout(late)
  try {
    end()
  } catch {
    // Nothing is left of it.
  }
  const failed = said
    .split('\n')
    .filter((line) => line.startsWith(MARK))
    .map((line) => line.slice(MARK.length).trim())
  return { failed, said }
}
