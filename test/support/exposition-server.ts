import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { World } from '../../src/simulator/datacentre.ts'
import { scrapeConfig } from '../../src/simulator/discovery.ts'
import { targetText } from '../../src/simulator/exposition.ts'
import { targetsOf } from '../../src/simulator/targets.ts'

export interface ExpositionServerOptions {
  /** Texts by path, such as `{ '/metrics': 'up_to_you 1\n' }`. */
  readonly texts?: Readonly<Record<string, string>>
  /** A simulated datacentre, every exporter under its target's path. */
  readonly world?: World
  /** The time that its exporters live in, in unix seconds; by default the real one. */
  readonly now?: () => number
}

/** Exporters on 127.0.0.1. */
export interface ExpositionServer {
  /** Host and port, as a scrape configuration wants them. */
  readonly address: string
  /** The whole of a prometheus.yml that scrapes a cluster as its own Prometheus would. */
  configFor(cluster: string, intervalSeconds?: number): string
  stop(): Promise<void>
}

/** Starts it. A path that is not known gets 404, an exporter that does not answer 503. */
export async function startExpositionServer(
  options: ExpositionServerOptions,
): Promise<ExpositionServer> {
  const now = options.now ?? (() => Date.now() / 1000)
  const world = options.world ?? { seed: 0, clusters: [] }
  const targets = world.clusters.flatMap((cluster) => targetsOf(cluster))
  const byPath = new Map(targets.map((target) => [target.path, target]))
  const server = createServer((request, reply) => {
    const path = request.url ?? ''
    const target = byPath.get(path)
    const text = target === undefined ? options.texts?.[path] : targetText(target, now())
    const status = text === undefined ? 404 : text === '' ? 503 : 200
    reply.writeHead(status, { 'content-type': 'text/plain; version=0.0.4' }).end(text)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    address,
    configFor(cluster, intervalSeconds = 1) {
      // JSON is YAML.
      return JSON.stringify(scrapeConfig(world, { cluster, address, intervalSeconds }))
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
