import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import compress from '@fastify/compress'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { assetOf, sendAsset, type Asset } from './asset.ts'
import { htmlPage } from './page.ts'

/** `/openapi.json`, Swagger UI at `/docs` and ReDoc at `/redoc`: all from this server, none from elsewhere. */
export async function mountDocumentation(fastify: FastifyInstance): Promise<void> {
  mountDocument(fastify)
  mountRedoc(fastify)
  await fastify.register(async (scope) => {
    await scope.register(compress, { encodings: ['gzip'] })
    await scope.register(swaggerUi, {
      routePrefix: '/docs',
      theme: { title: 'KCloud Monitor' },
      transformSpecificationClone: false,
      uiConfig: {
        docExpansion: 'none',
        displayRequestDuration: true,
        filter: true,
        persistAuthorization: true,
      },
    })
  })
}

function mountDocument(fastify: FastifyInstance): void {
  let document: Asset | undefined
  fastify.get('/openapi.json', (request, reply) => {
    document ??= assetOf('application/json; charset=utf-8', JSON.stringify(fastify.swagger()))
    return sendAsset(document, request, reply)
  })
}

const REDOC_PAGE = htmlPage(
  'KCloud Monitor: API reference',
  `<div id="reference"></div>
<script src="redoc/redoc.standalone.js"></script>
<script src="redoc/start.js"></script>`,
).replace(/<style>[^]*<\/style>\n/, '<style>body { margin: 0 }</style>\n')

const REDOC_START = `Redoc.init('openapi.json', { hideLoading: true }, document.getElementById('reference'))\n`

function mountRedoc(fastify: FastifyInstance): void {
  const require = createRequire(import.meta.url)
  const bundle = require.resolve('redoc/bundles/redoc.standalone.js')
  let script: Asset | undefined
  const page = assetOf('text/html; charset=utf-8', REDOC_PAGE)
  const start = assetOf('text/javascript; charset=utf-8', REDOC_START)
  fastify.get('/redoc', (request, reply) => sendAsset(page, request, reply))
  fastify.get('/redoc/start.js', (request, reply) => sendAsset(start, request, reply))
  fastify.get('/redoc/redoc.standalone.js', (request, reply) => {
    script ??= assetOf('text/javascript; charset=utf-8', readFileSync(bundle))
    return sendAsset(script, request, reply)
  })
}
