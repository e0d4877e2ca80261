import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  startPrometheus,
  type RealPrometheus,
  type RealPrometheusOptions,
} from './real-prometheus.ts'

/** One exposition that a Prometheus scrapes: its text, and how the scrape is set up. */
export interface Scraped {
  readonly job: string
  readonly text: string
  readonly honorLabels?: boolean
  /** Labels of the target, as relabelling or a ServiceMonitor would add them. */
  readonly labels?: Readonly<Record<string, string>>
}

/** A real Prometheus that scrapes expositions, each served over HTTP. */
export interface ScrapingPrometheus extends RealPrometheus {
  /** Waits until every target has been scraped. Not for a server behind TLS or a password. */
  scraped(): Promise<void>
}

/** Starts it, with one second between scrapes. Timestamps in the texts are not honoured: samples are of now. */
export async function scrape(
  expositions: readonly Scraped[],
  binary?: string,
  more: Pick<RealPrometheusOptions, 'port' | 'webConfig' | 'flags'> = {},
): Promise<ScrapingPrometheus> {
  const exporters = await serve(expositions)
  const prometheus = await startPrometheus({
    ...more,
    config: exporters.config,
    ...(binary !== undefined && { binary }),
  })
  return {
    ...prometheus,
    scraped: () => until(async () => (await upCount(prometheus.url)) === expositions.length),
    async stop() {
      await prometheus.stop()
      await exporters.stop()
    },
  }
}

/** The expositions over HTTP, and the configuration of a server that scrapes them. */
export interface Served {
  readonly config: string
  stop(): Promise<void>
}

/** Serves each exposition below the name of its job. */
export async function serve(expositions: readonly Scraped[]): Promise<Served> {
  const server = createServer((request, reply) => {
    const found = expositions.find(({ job }) => request.url === `/${job}`)
    reply.writeHead(found === undefined ? 404 : 200, {
      'content-type': 'text/plain; version=0.0.4',
    })
    reply.end(found?.text)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    config: configOf(expositions, port),
    async stop() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

function configOf(expositions: readonly Scraped[], port: number): string {
  const jobs = expositions.map(({ job, honorLabels = false, labels = {} }) => ({
    job_name: job,
    metrics_path: `/${job}`,
    honor_labels: honorLabels,
    honor_timestamps: false,
    static_configs: [{ targets: [`127.0.0.1:${port}`], labels }],
  }))
  // JSON is YAML.
  return JSON.stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: jobs,
  })
}

/** A question is about the last full second, so what was scraped a moment ago does not count yet. */
const SETTLED_MS = 2_000

/** How many targets have been scraped for two seconds at least. */
export async function upCount(url: string): Promise<number> {
  const time = (Date.now() - SETTLED_MS) / 1000
  const reply = await fetch(
    `${url}/api/v1/query?query=sum(up)&time=${time}&nocache=1&latency_offset=1ms`,
  )
  const { data } = (await reply.json()) as { data: { result: { value: [number, string] }[] } }
  return Number(data.result[0]?.value[1] ?? 0)
}

const WAIT_MS = 15_000

/** Waits until something is so; rejects after fifteen seconds. */
export async function until(test: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline;) {
    if (await test()) return
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error('waited for fifteen seconds in vain')
}
