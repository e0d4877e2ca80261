import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { KCloudError } from '../kernel/errors.ts'
import type { World } from '../simulator/datacentre.ts'
import { targetGroups } from '../simulator/discovery.ts'
import { targetText } from '../simulator/exposition.ts'
import { targetsOf, type Target } from '../simulator/targets.ts'

/** The exporters of a datacentre over HTTP, not yet listening; `seconds` is the time that they live in. */
export function createExporters(world: World, seconds: () => number): Server {
  const targets = world.clusters.flatMap((cluster) => targetsOf(cluster))
  const byPath = new Map(targets.map((target) => [target.path, target]))
  return createServer((request, reply) => {
    const url = new URL(request.url ?? '/', 'http://exporters.invalid')
    const target = byPath.get(url.pathname)
    if (target !== undefined) sendScrape(reply, targetText(target, seconds()))
    else if (url.pathname.startsWith('/sd/')) sendDiscovery(world, url, { request, reply })
    else if (url.pathname === '/') sendText(reply, 200, overview(targets))
    else sendText(reply, 404, 'No exporter is here; / lists them all.\n')
  })
}

/** An exporter that does not answer gives 503, and its scrape fails. */
function sendScrape(reply: ServerResponse, text: string): void {
  if (text === '') sendText(reply, 503, 'This exporter does not answer now.\n')
  else {
    reply.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
    reply.end(text)
  }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly reply: ServerResponse
}

/** `/sd/<cluster>?honor_labels=true`, for `http_sd_configs`. */
function sendDiscovery(world: World, url: URL, { request, reply }: Exchange): void {
  const cluster = url.pathname.slice('/sd/'.length)
  const honorLabels = url.searchParams.get('honor_labels') !== 'false'
  const address = request.headers.host ?? 'localhost'
  try {
    const groups = targetGroups(world, { cluster, address, honorLabels })
    reply.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(groups))
  } catch (error) {
    if (!(error instanceof KCloudError)) throw error
    sendText(reply, 404, `${error.detail}\n`)
  }
}

function sendText(reply: ServerResponse, status: number, text: string): void {
  reply.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text)
}

function overview(targets: readonly Target[]): string {
  const clusters = [...new Set(targets.map(({ cluster }) => cluster.name))]
  return [
    'Simulated exporters. Service discovery for Prometheus:',
    ...clusters.flatMap((name) => [
      `  /sd/${name}?honor_labels=true`,
      `  /sd/${name}?honor_labels=false`,
    ]),
    'Exporters:',
    ...targets.map(({ path }) => `  ${path}`),
    '',
  ].join('\n')
}
