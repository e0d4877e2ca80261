import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireReal } from '../support/real-prometheus.ts'
import { scrape, type ScrapingPrometheus } from '../support/scraped.ts'
import { freePort } from '../support/real-redis.ts'
import { runBlocks, type Surroundings } from './commands.ts'
import { pagesWithCommands } from './pages.ts'

/** Blocks that cannot run where tests run, by how they begin, and who runs what they show instead. */
const ELSEWHERE: readonly (readonly [beginning: RegExp, instead: string])[] = [
  [/^docker |^API_AUTH_PASSWORD=.* docker /, 'needs an engine for containers'],
  [/^(sudo )?apt-get install/, '.ci/run installs them'],
  [/^PROMETHEUS3=.* npm test|REQUIRE_REAL=1 npm test/, '.ci/run does it'],
  [/^export SOURCES_FILE/, 'test/journeys/add-a-source.test.ts follows the page to the letter'],
]
/** The page has a test of its own, with a server that it configures. */
const OWN_TEST = ['docs/how-to/add-a-source.md']

/** Commands that are there to fail, with the mistake that the page is about. */
const MEANT = [/limt=3/, /check --demo --cluster daejeon/]

const real = [
  ['prometheus', 'prometheus'],
  ['jq', 'jq'],
  ['curl', 'curl'],
  ['sqlite3', 'sqlite3'],
].every(([name = '', from = '']) => requireReal(name, from))
const pages = await pagesWithCommands()

describe.skipIf(!real)('the commands of the documentation', () => {
  let prometheus: ScrapingPrometheus
  const started: ChildProcess[] = []
  let demo: Surroundings
  let site: Surroundings

  beforeAll(async () => {
    const text =
      'DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-1",modelName="NVIDIA A100",Hostname="n"} 200\n'
    prometheus = await scrape([{ job: 'dcgm', text }])
    await prometheus.scraped()
    const address = new URL(prometheus.url).host
    const common = { username: 'monitor', password: 'a long pass phrase', prometheus: address }
    const start = async (flags: readonly string[], environment: Record<string, string>) => {
      const port = await freePort()
      started.push(server(port, flags, { ...common, environment }))
      await comesUp(port)
      return { ...common, server: `localhost:${port}` }
    }
    demo = await start(['--demo'], {})
    site = await start([], {
      PROMETHEUS_URL: prometheus.url,
      CLUSTER_URL_ALLOW: address,
      STATE_KEY: Buffer.alloc(32, 7).toString('base64'),
    })
  }, 120_000)
  afterAll(async () => {
    for (const child of started) {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    }
    await prometheus.stop()
  })

  it.each(pages.filter(({ path }) => !OWN_TEST.includes(path)))(
    'run: $path',
    async ({ path, blocks }) => {
      const here = blocks.filter((block) => !ELSEWHERE.some(([beginning]) => beginning.test(block)))
      const surroundings = path.endsWith('add-a-cluster.md') ? site : demo
      const { failed, said } = await runBlocks(here, surroundings)
      const unmeant = failed.filter((command) => !MEANT.some((meant) => meant.test(command)))
      expect(unmeant, said.slice(-3000)).toEqual([])
    },
    130_000,
  )
})

interface Settings {
  readonly username: string
  readonly password: string
  readonly environment: Readonly<Record<string, string>>
}

function server(port: number, flags: readonly string[], settings: Settings): ChildProcess {
  const { username, password, environment } = settings
  return spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', ...flags], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      API_AUTH_USERNAME: username,
      API_AUTH_PASSWORD: password,
      HOST: '127.0.0.1',
      PORT: String(port),
      STATE_PATH: ':memory:',
      LOG_LEVEL: 'error',
      ...environment,
    },
  })
}

/** A server that compiles its sources on a busy machine takes its time. */
async function comesUp(port: number): Promise<void> {
  for (const deadline = Date.now() + 50_000; Date.now() < deadline;) {
    if (await isUp(port)) return
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error('the server did not come up')
}

const isUp = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/api/v1/system/livez`).then(
    ({ ok }) => ok,
    () => false,
  )
