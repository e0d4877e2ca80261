import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CREDENTIALS, wholeServer, type WholeServer } from '../support/whole-server.ts'
import { READS } from '../support/reads.ts'

// Every route of the contract, over a server whose only cluster is down: a new one is here with its first line in
// spec/openapi.json. What the routes answer when clusters answer is in `every-route.test.ts`.

interface Operation {
  readonly security?: readonly unknown[]
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
  }[]
  readonly responses: Readonly<Record<string, unknown>>
}

const { paths } = JSON.parse(
  readFileSync(new URL('../../spec/openapi.json', import.meta.url), 'utf8'),
) as { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> }

interface Route {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

const ROUTES = Object.entries(paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(([method, operation]): Route => ({
    method: method.toUpperCase(),
    path,
    operation,
  })),
)
const READING = ROUTES.filter(({ method }) => method === 'GET')
const isPublic = ({ operation }: Route): boolean => operation.security?.length === 0

/** What a parameter that must be there is asked with. */
const VALUES: Readonly<Record<string, string>> = {
  by: 'namespace',
  metric: 'gpu_utilization_percent',
  window: '5m',
}

const NO_JOB = '00000000-0000-4000-8000-000000000000'

function addressOf({ path, operation: { parameters = [] } }: Route, more = ''): string {
  const query = parameters.flatMap(({ name, in: place, required }) =>
    place === 'query' && required === true ? [`${name}=${VALUES[name] ?? 'x'}`] : [],
  )
  const filled = path
    .replace('/clusters/{name}', '/clusters/down')
    .replace(/(?<=\/(?:jobs|manifests)\/)\{id\}/, NO_JOB)
    .replace(/\{\w+\}/g, 'x')
  return `${filled}?${[...query, ...(more === '' ? [] : [more])].join('&')}`
}

let server: WholeServer
let base: string
beforeAll(async () => {
  server = await wholeServer([{ name: 'down', url: 'http://127.0.0.1:9' }])
  base = (await server.listen()).replace(/\/$/, '')
})
afterAll(() => server.close())

const authorization = `Basic ${Buffer.from(Object.values(CREDENTIALS).join(':')).toString('base64')}`

async function ask(address: string, { method = 'GET', isKnown = true } = {}) {
  const reply = await fetch(`${base}${address}`, {
    method,
    headers: isKnown ? { authorization } : {},
  })
  const text = await reply.text()
  const isJson = (reply.headers.get('content-type') ?? '').includes('json')
  return { status: reply.status, body: isJson ? JSON.parse(text) : text }
}

describe('a route that is not public', () => {
  it.each(ROUTES.filter((route) => !isPublic(route)))(
    'wants credentials: $method $path',
    async (route) => {
      const { method } = route
      expect((await ask(addressOf(route), { method, isKnown: false })).status).toBe(401)
      expect(Object.keys(route.operation.responses)).toContain('401')
    },
  )
})

/**
 * Streams take their parameters at the upgrade, what answers as others do refuses in their words, and autoscalers and
 * scrapers put what they like behind an address.
 */
const OTHERWISE =
  /\/monitoring\/(?:stream|events)\/|^\/(?:grafana|prometheus|health)|\/system\/metrics|\/\{id\}\/metric$/

describe('a route that is read', () => {
  it.each(READING.filter(({ path }) => !OTHERWISE.test(path)))(
    'names a parameter that it does not know: $path',
    async (route) => {
      const { status, body } = await ask(addressOf(route, 'nonsense=1'))
      expect([status, body.errors], JSON.stringify(body)).toEqual([
        400,
        expect.arrayContaining([expect.objectContaining({ pointer: '/query/nonsense' })]),
      ])
    },
  )
})

/** The domains whose answers are made of what clusters say. */
const OF_CLUSTERS =
  /^\/api\/v1\/(?:accelerators|infrastructure|hardware|clusters\/|monitoring\/(?:power|timeseries)|power\/(?:current|containers|nodes)|cost|allocation|export\/(?:power|metrics))/

/** What is known of a cluster without asking it. */
const OF_THE_REGISTRY = /^\/api\/v1\/clusters\/\{name\}$/

const ASKING = READING.filter(({ path }) => OF_CLUSTERS.test(path) && !OF_THE_REGISTRY.test(path))

describe('a route that reads clusters', () => {
  it.each(ASKING)(
    'says that none answered, and not that nothing is there: $path',
    async (route) => {
      const { status, body } = await ask(addressOf(route))
      expect([502, 503, 504], JSON.stringify(body)).toContain(status)
      expect(body.type).toMatch(/^\/problems\//)
    },
  )

  it.each(ASKING)('does not find a cluster that is not there: $path', async (route) => {
    const nowhere = route.path.includes('/clusters/{name}')
      ? addressOf(route).replace('/clusters/down', '/clusters/nowhere')
      : addressOf(route, 'cluster=nowhere')
    const { status, body } = await ask(nowhere)
    expect(status, JSON.stringify(body)).toBe(404)
  })
})

/** The domains of which `READS` has every route, which other tests ask with clusters that answer. */
const READ_EVERYWHERE =
  /^\/api\/v1\/(?:accelerators\/|infrastructure|hardware|clusters\/(?:compare|\{name\}\/)|monitoring\/(?:power|timeseries))/

it('every route that reads clusters is among those that are asked in full, in part and in vain', () => {
  const patterns = READS.map((read) => `/api/v1${read.split('?')[0] ?? ''}`)
  const isAsked = ({ path }: Route): boolean => {
    const shape = new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`)
    return patterns.some((pattern) => shape.test(pattern.replace('/POD', '/NAMESPACE/POD')))
  }
  const missing = READING.filter(
    (route) => READ_EVERYWHERE.test(route.path) && !isAsked(route),
  ).map(({ path }) => path)
  expect(missing).toEqual([])
})
