import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { outcome, things } from './things.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp([things(() => outcome([])).domain])
})
afterAll(() => app.close())

const open = (url: string, headers: Record<string, string> = {}) =>
  app.get(url, { auth: false, headers })

/** What a page loads, as addresses of this server. */
async function loadedBy(url: string): Promise<readonly string[]> {
  const { body } = await open(url)
  const base = new URL(url, 'http://here')
  return [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => {
    const target = new URL(link, base)
    expect(target.host).toBe('here')
    return target.pathname
  })
}

describe('the documentation', () => {
  it.each(['/docs', '/docs/', '/redoc'])('at %s loads everything from here', async (url) => {
    const links = await loadedBy(url)
    expect(links.some((link) => link.endsWith('.js'))).toBe(true)
    for (const link of links) expect((await open(link)).statusCode).toBe(200)
  })

  it('may run and show only what comes from here', async () => {
    for (const url of ['/docs', '/redoc', '/']) {
      const policy = String((await open(url)).headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self';")
      expect(policy).not.toMatch(/https?:|unsafe-eval/)
    }
    const { body } = await open('/redoc')
    expect(body).not.toMatch(/<script>|onload=/)
  })

  it('is the document of the routes, which is sent once and compressed', async () => {
    const response = await open('/openapi.json')
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(Object.keys(response.json<{ paths: object }>().paths)).toContain('/api/v1/things')
    const etag = String(response.headers.etag)
    expect((await open('/openapi.json', { 'if-none-match': etag })).statusCode).toBe(304)
    for (const url of [
      '/openapi.json',
      '/redoc/redoc.standalone.js',
      '/docs/static/swagger-ui-bundle.js',
    ]) {
      const zipped = await open(url, { 'accept-encoding': 'gzip' })
      expect(zipped.headers['content-encoding']).toBe('gzip')
    }
  })

  it('describes each route with its parameters, answers and problems', () => {
    const document = JSON.parse(JSON.stringify(app.fastify.swagger())) as Record<string, never>
    expect(document).toMatchObject({
      openapi: '3.1.0',
      security: [{ basic: [] }, { api_key: [] }, { bearer: [] }],
      components: { securitySchemes: { basic: { type: 'http', scheme: 'basic' } } },
      paths: {
        '/api/v1/things': {
          get: {
            operationId: 'getThings',
            tags: ['things'],
            summary: 'Things',
            responses: {
              400: { $ref: '#/components/responses/invalid_request' },
              401: { $ref: '#/components/responses/unauthorized' },
              504: { $ref: '#/components/responses/backend_timeout' },
            },
          },
        },
      },
    })
  })
})

describe('the front page', () => {
  it('says what this is, to programs and to people', async () => {
    expect((await open('/')).json()).toMatchObject({
      name: 'KCloud Monitor',
      links: { documentation: '/docs', openapi: '/openapi.json' },
    })
    const page = await open('/', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' })
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.body).toContain('<a href="/docs">')
  })
})
