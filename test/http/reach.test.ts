import { fastify } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Domain } from '../../src/domains/domain.ts'
import { answerError } from '../../src/http/problem-details.ts'
import { heedReaches } from '../../src/http/reach.ts'
import type { Principal } from '../../src/kernel/principal.ts'
import { REACHES, type Reach } from '../../src/kernel/sight.ts'
import { createScopes } from '../../src/services/clusters/index.ts'
import { createTestApp } from '../support/test-app.ts'

type Scope = Principal['scope']

const SCOPES: Readonly<Record<string, Scope>> = {
  everything: null,
  cluster: [{ cluster: 'seoul', namespaces: null }],
  namespace: [{ cluster: 'seoul', namespaces: ['shop'] }],
  nothing: [],
}

/** A route for each reach, and one without, which answer with what may be seen of `seoul`. */
async function serve() {
  const app = fastify()
  const scopes = createScopes()
  app.setErrorHandler(answerError)
  app.decorateRequest('principal', null)
  app.addHook('onRequest', (request, _reply, done) => {
    const scope = SCOPES[String(request.headers['x-as'])] ?? null
    request.principal = { name: 'somebody', role: 'viewer', scope }
    done()
  })
  heedReaches(app, { scopes })
  const handler = () => ({ seen: scopes.current().of('seoul') })
  for (const reach of REACHES)
    app.route({ method: ['GET', 'POST'], url: `/${reach}`, config: { reach }, handler })
  app.get('/undeclared', handler)
  await app.ready()
  return app
}

let app: Awaited<ReturnType<typeof serve>> | undefined
afterEach(() => app?.close())

const WHOLE = { seen: 'whole' }
const SHOP = { seen: ['shop'] }
const NOTHING = { seen: 'nothing' }
/** What each scope is answered by a route of each reach; a number is a refusal. */
const TABLE: readonly [keyof typeof SCOPES, Reach | 'undeclared', object | number][] = [
  ['everything', 'namespace', WHOLE],
  ['everything', 'cluster', WHOLE],
  ['everything', 'everybody', WHOLE],
  ['everything', 'admin', WHOLE],
  ['everything', 'undeclared', WHOLE],
  ['cluster', 'namespace', WHOLE],
  ['cluster', 'cluster', WHOLE],
  ['cluster', 'everybody', WHOLE],
  ['cluster', 'admin', 403],
  ['cluster', 'undeclared', 403],
  ['namespace', 'namespace', SHOP],
  ['namespace', 'cluster', 403],
  ['namespace', 'everybody', SHOP],
  ['namespace', 'admin', 403],
  ['namespace', 'undeclared', 403],
  ['nothing', 'namespace', NOTHING],
  ['nothing', 'cluster', 403],
  ['nothing', 'everybody', NOTHING],
  ['nothing', 'admin', 403],
]

describe('the reach of a route', () => {
  it.each(TABLE)('shows a scope of %s, asking a route for %s, %j', async (as, reach, expected) => {
    const server = (app = await serve())
    for (const method of ['GET', 'POST'] as const) {
      const payload = method === 'POST' ? { payload: { some: 'body' } } : {}
      const reply = await server.inject({
        method,
        url: `/${reach}`,
        headers: { 'x-as': as },
        ...payload,
      })
      if (reach === 'undeclared' && method === 'POST') continue
      if (typeof expected === 'number') expect(reply.statusCode).toBe(expected)
      else expect(reply.json()).toEqual(expected)
    }
  })

  it('has to be declared by every route of a domain', async () => {
    const silent: Domain = {
      name: 'silent',
      routes: ({ fastify: scope }) => void scope.get('/x', () => ({})),
    }
    await expect(createTestApp([silent])).rejects.toThrow('does not say whom it is for')
  })

  it('is in the documentation of every route', async () => {
    const domain: Domain = {
      name: 'things',
      routes: (mount) =>
        mount.resource({
          url: '',
          reach: 'cluster',
          summary: 'Things',
          query: z.object({}),
          params: z.object({}),
          data: z.object({}),
          shelf: 'none',
          answer: ({ at }) => ({ data: {}, observedAt: at, clusters: [], warnings: [] }),
        }),
    }
    const documented = await createTestApp([domain])
    const { paths } = documented.fastify.swagger() as any
    const { get } = paths['/api/v1/things']
    expect([get['x-reach'], Object.keys(get.responses)]).toEqual([
      'cluster',
      expect.arrayContaining(['401', '403']),
    ])
    await documented.close()
  })
})
