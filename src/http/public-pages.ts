import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { KCloudError } from '../kernel/errors.ts'
import { assetOf, sendAsset, type Asset } from './asset.ts'
import { mountDocumentation } from './documentation.ts'
import { wantsHtml } from './negotiation.ts'
import { htmlPage } from './page.ts'
import { PROBLEMS, problemType, type ProblemKind } from './problem-kinds.ts'
import type { SecurityHeaders } from './security-headers.ts'

/** The pages that need no credentials: what this is, the documentation, and what each problem means. */
export function mountPublicPages(
  fastify: FastifyInstance,
  { version, headers }: { readonly version: string; readonly headers: SecurityHeaders },
): void {
  void fastify.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, open: true }
      route.schema = { ...route.schema, hide: true }
    })
    scope.addHook('onRequest', (_request, reply, done) => {
      void reply.headers(headers)
      done()
    })
    mountFrontPage(scope, version)
    mountProblemPages(scope)
    await mountDocumentation(scope)
  })
}

const LINKS = {
  api: '/api/v1',
  dashboard: '/dashboard',
  documentation: '/docs',
  reference: '/redoc',
  openapi: '/openapi.json',
  health: '/api/v1/system/health',
  capabilities: '/api/v1/system/capabilities',
  metrics: '/api/v1/system/metrics',
}
const SUMMARY = 'Power, performance, cost and carbon of AI clouds, from many Prometheus servers.'

function mountFrontPage(scope: FastifyInstance, version: string): void {
  const data = { name: 'KCloud Monitor', version, summary: SUMMARY, links: LINKS }
  const links = Object.entries(LINKS)
    .filter(([name]) => name !== 'api')
    .map(([name, path]) => `<li><a href="${path}">${name}</a> <code>${path}</code></li>`)
  const answer = negotiated(
    JSON.stringify(data),
    htmlPage(
      data.name,
      `<h1>${data.name}</h1>\n<p>${SUMMARY}</p>\n<ul>\n${links.join('\n')}\n</ul>\n<p>Version ${version}</p>`,
    ),
  )
  scope.get('/', answer)
  scope.get('/favicon.ico', (_request, reply) => reply.code(204).send())
}

function mountProblemPages(scope: FastifyInstance): void {
  const pages = new Map(
    Object.entries(PROBLEMS).map(([kind, { status, title, meaning }]) => {
      const data = { type: problemType(kind as ProblemKind), title, status, meaning }
      const text = meaning.replace(/`([^`]*)`/g, '<code>$1</code>')
      const body = `<h1>${title}</h1>\n<p>${text}</p>\n<p>Status ${status}, <code>${kind}</code></p>`
      return [kind, negotiated(JSON.stringify(data), htmlPage(title, body))]
    }),
  )
  scope.get('/problems/:kind', (request, reply) => {
    const { kind } = request.params as { readonly kind: string }
    const page = pages.get(kind)
    if (page === undefined)
      throw new KCloudError('not_found', { detail: 'there is no such kind of problem' })
    return page(request, reply)
  })
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** A page for browsers, data for everyone else. */
function negotiated(json: string, html: string): Handler {
  const data: Asset = assetOf('application/json; charset=utf-8', json)
  const page: Asset = assetOf('text/html; charset=utf-8', html)
  return async (request, reply) => {
    await sendAsset(wantsHtml(request.headers.accept) ? page : data, request, reply)
    return reply
  }
}
