import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve, until, upCount, type Scraped } from './scraped.ts'

/** A real VictoriaMetrics that scrapes expositions. */
export interface ScrapingVictoria {
  readonly url: string
  /** Waits until every target has been scraped. */
  scraped(): Promise<void>
  stop(): Promise<void>
}

/** The program, and the Debian package that has it. */
export const VICTORIA = 'victoria-metrics'

/** Starts it, with one second between scrapes. */
export async function scrapeByVictoria(expositions: readonly Scraped[]): Promise<ScrapingVictoria> {
  const exporters = await serve(expositions)
  const victoria = await launch([], { scrapeConfig: exporters.config })
  const { url } = victoria
  return {
    url,
    scraped: () =>
      until(async () => {
        await fetch(`${url}/internal/force_flush`)
        return (await upCount(url)) === expositions.length
      }),
    async stop() {
      await victoria.stop()
      await exporters.stop()
    },
  }
}

/** Starts one with the samples of an OpenMetrics text, which can be queried from the start. */
export async function importToVictoria(
  openMetrics: string,
): Promise<Pick<ScrapingVictoria, 'url' | 'stop'>> {
  const victoria = await launch(['-retentionPeriod=10y'])
  const { url } = victoria
  const reply = await fetch(`${url}/api/v1/import/prometheus`, {
    method: 'POST',
    body: inMilliseconds(openMetrics),
  })
  if (!reply.ok) throw new Error(`${VICTORIA} took no samples: ${reply.status}`)
  await fetch(`${url}/internal/force_flush`)
  return victoria
}

/** OpenMetrics has seconds where Prometheus' own format has milliseconds. */
const inMilliseconds = (text: string): string =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) =>
      line.replace(/ ([\d.]+)$/, (_, seconds) => ` ${Math.round(Number(seconds) * 1000)}`),
    )
    .join('\n')

/** Starts an empty one on a port. */
export async function startVictoria(port: number): Promise<Pick<ScrapingVictoria, 'url' | 'stop'>> {
  return await launch(['-retentionPeriod=10y'], { port })
}

interface Launch {
  readonly scrapeConfig?: string
  readonly port?: number
}

async function launch(flags: readonly string[], { scrapeConfig, port: own }: Launch = {}) {
  const [dir, port] = await Promise.all([mkdtemp(join(tmpdir(), 'victoria-')), own ?? freePort()])
  const config = join(dir, 'scrape.yml')
  await writeFile(config, scrapeConfig ?? '')
  const url = `http://127.0.0.1:${port}`
  const places = [`-storageDataPath=${join(dir, 'data')}`, `-httpListenAddr=127.0.0.1:${port}`]
  const scraping = scrapeConfig === undefined ? [] : [`-promscrape.config=${config}`]
  const child = spawn(VICTORIA, [...places, ...scraping, ...flags], { stdio: 'ignore' })
  const ended = new Promise((done) => child.once('exit', done))
  await until(() =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    ),
  )
  return {
    url,
    async stop() {
      child.kill()
      await ended
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}
