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
  const [exporters, dir, port] = await Promise.all([
    serve(expositions),
    mkdtemp(join(tmpdir(), 'victoria-')),
    freePort(),
  ])
  const config = join(dir, 'scrape.yml')
  await writeFile(config, exporters.config)
  const url = `http://127.0.0.1:${port}`
  const flags = [
    `-storageDataPath=${join(dir, 'data')}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    `-promscrape.config=${config}`,
  ]
  const child = spawn(VICTORIA, flags, { stdio: 'ignore' })
  const ended = new Promise((done) => child.once('exit', done))
  await until(() =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    ),
  )
  return {
    url,
    scraped: () =>
      until(async () => {
        await fetch(`${url}/internal/force_flush`)
        return (await upCount(url)) === expositions.length
      }),
    async stop() {
      child.kill()
      await ended
      await exporters.stop()
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
