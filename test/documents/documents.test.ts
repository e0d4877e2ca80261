import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireReal } from '../support/real-prometheus.ts'
import { scrape, type ScrapingPrometheus } from '../support/scraped.ts'
import { startServerProcess, type ServerProcess } from '../support/server-process.ts'
import { LONGEST_MS, runBlocks, type Surroundings } from './commands.ts'
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

describe.skipIf(!real).concurrent('the commands of the documentation', () => {
  let prometheus: ScrapingPrometheus
  const started: ServerProcess[] = []
  /** Those that no page asks just now. Pages run side by side, as many as there are demos (`maxConcurrency`). */
  const demos: Surroundings[] = []
  let site: Surroundings

  beforeAll(async () => {
    const text =
      'DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-1",modelName="NVIDIA A100",Hostname="n"} 200\n'
    prometheus = await scrape([{ job: 'dcgm', text }])
    await prometheus.scraped()
    const address = new URL(prometheus.url).host
    const common = { username: 'monitor', password: 'a long pass phrase', prometheus: address }
    const start = async (flags: readonly string[], environment: Record<string, string>) => {
      const server = await startServerProcess(
        {
          API_AUTH_USERNAME: common.username,
          API_AUTH_PASSWORD: common.password,
          STATE_PATH: ':memory:',
          LOG_LEVEL: 'error',
          ...environment,
        },
        flags,
      )
      started.push(server)
      return { ...common, server: `localhost:${server.port}` }
    }
    for (let each = 0; each < 2; each += 1) demos.push(await start(['--demo'], {}))
    site = await start([], {
      PROMETHEUS_URL: prometheus.url,
      CLUSTER_URL_ALLOW: address,
      STATE_KEY: Buffer.alloc(32, 7).toString('base64'),
    })
  }, 120_000)
  afterAll(async () => {
    for (const server of started) await server.kill()
    await prometheus.stop()
  })

  async function onDemo<T>(use: (demo: Surroundings) => Promise<T>): Promise<T> {
    const demo = demos.pop()
    if (demo === undefined) throw new Error('more pages run at once than there are demos')
    try {
      return await use(demo)
    } finally {
      demos.push(demo)
    }
  }

  it.each(pages.filter(({ path }) => !OWN_TEST.includes(path)))(
    'run: $path',
    async ({ path, blocks }) => {
      const here = blocks.filter((block) => !ELSEWHERE.some(([beginning]) => beginning.test(block)))
      const { failed, said } = path.endsWith('add-a-cluster.md')
        ? await runBlocks(here, site)
        : await onDemo((demo) => runBlocks(here, demo))
      const unmeant = failed.filter((command) => !MEANT.some((meant) => meant.test(command)))
      expect(unmeant, said.slice(-3000)).toEqual([])
    },
    LONGEST_MS + 60_000,
  )
})
