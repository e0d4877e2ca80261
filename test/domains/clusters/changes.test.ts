import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startFakePrometheus, type FakePrometheus } from '../../support/fake-prometheus.ts'
import { changeServer, type ChangeOptions } from './change-server.ts'

const CLUSTERS = '/api/v1/clusters'
const SECRETS = ['hunter2-password', 'hunter2-token', 'hunter2-header']

let seoul: FakePrometheus
let busan: FakePrometheus
let server: Awaited<ReturnType<typeof changeServer>> | undefined
beforeAll(async () => {
  ;[seoul, busan] = await Promise.all([startFakePrometheus(), startFakePrometheus()])
})
afterAll(() => Promise.all([seoul.close(), busan.close()]))
beforeEach(() => busan.answer(undefined))
afterEach(() => server?.close())

async function serve(options: Partial<ChangeOptions> = {}) {
  server = await changeServer({ configuredUrl: seoul.url, ...options })
  const served = server
  const { fastify, authorization, logs, store } = served
  return {
    fastify,
    authorization,
    logs,
    store,
    get: (url: string) => served.get(url),
    send: (...request: Parameters<typeof served.send>) => served.send(...request),
    add: (body: object) => served.send('POST', CLUSTERS, { body }),
    names: async () =>
      (await served.get(CLUSTERS))
        .json<{ data: { name: string }[] }>()
        .data.map(({ name }) => name),
  }
}

describe('POST /clusters', () => {
  it('answers 201 with the cluster, which has been checked, and where it is', async () => {
    const { add, get, names } = await serve()
    const response = await add({ name: 'busan', url: busan.url, region: 'kr', timeout: '5s' })
    expect(response.statusCode).toBe(201)
    expect(response.headers.location).toBe('/api/v1/clusters/busan')
    expect(response.headers['cache-control']).toBe('no-store')
    expect(response.headers.etag).toBeUndefined()
    expect(response.json()).toEqual({
      data: {
        name: 'busan',
        region: 'kr',
        description: null,
        flavour: 'prometheus',
        status: 'ok',
        checked_at: '2026-11-20T00:00:00.000Z',
        last_ok_at: '2026-11-20T00:00:00.000Z',
        response_time_ms: 0,
        version: '2.42.0-fake',
        consecutive_failures: 0,
        circuit: 'closed',
      },
      meta: {
        request_id: response.headers['x-request-id'],
        observed_at: '2026-11-20T00:00:00.000Z',
        status: 'complete',
        clusters: [],
        warnings: [],
      },
    })
    expect(await names()).toEqual(['configured', 'busan'])
    expect((await get(`${CLUSTERS}/busan`)).statusCode).toBe(200)
  })

  it('remembers who added it', async () => {
    const { add, store } = await serve()
    await add({ name: 'busan', url: busan.url })
    expect(await store.clusters.list()).toMatchObject([{ name: 'busan', added_by: 'tester' }])
  })

  it.each([
    ['/body/url', { name: 'busan' }],
    ['/body/name', { name: 'no spaces', url: 'http://127.0.0.1:9' }],
    ['/body/name', { name: 'compare', url: 'http://127.0.0.1:9' }],
    ['/body/url', { name: 'busan', url: 'ftp://127.0.0.1' }],
    ['/body/url', { name: 'busan', url: 'http://user:hunter2-password@127.0.0.1' }],
    ['/body/ca_file', { name: 'busan', url: 'https://127.0.0.1', ca_file: '/etc/passwd' }],
    ['/body/cert_file', { name: 'busan', url: 'https://127.0.0.1', cert_file: '/etc/passwd' }],
    ['/body/key_file', { name: 'busan', url: 'https://127.0.0.1', key_file: '/etc/shadow' }],
    ['/body/headers/Host', { name: 'busan', url: 'http://127.0.0.1', headers: { Host: 'inside' } }],
    ['/body/username', { name: 'busan', url: 'http://127.0.0.1', username: 'monitor' }],
    ['/body/colour', { name: 'busan', url: 'http://127.0.0.1', colour: 'red' }],
    ['/body', [{ name: 'busan', url: 'http://127.0.0.1' }]],
  ])('answers 400 that points at %s, and asks nobody', async (pointer, body) => {
    const { add, names } = await serve()
    const response = await add(body)
    expect(response.statusCode).toBe(400)
    expect(response.json()).toMatchObject({ type: '/problems/invalid_request' })
    expect(response.json<{ errors: object[] }>().errors).toContainEqual(
      expect.objectContaining({ pointer }),
    )
    expect(response.body).not.toContain('hunter2')
    expect(await names()).toEqual(['configured'])
  })

  it('says which fields there are when one is unknown', async () => {
    const { add } = await serve()
    const response = await add({ name: 'busan', url: busan.url, ca_file: '/etc/passwd' })
    expect(response.json<{ detail: string }>().detail).toMatch(
      /^ca_file: is not known here; allowed are name, url, region, .*, params, compression$/,
    )
  })

  it('answers 400 to no body, a broken one, and parameters', async () => {
    const { fastify, authorization, send } = await serve()
    const headers = { authorization }
    const none = await fastify.inject({ method: 'POST', url: CLUSTERS, headers })
    expect(none.statusCode).toBe(400)
    expect(none.json()).toMatchObject({ detail: 'body: must be object' })
    const broken = await fastify.inject({
      method: 'POST',
      url: CLUSTERS,
      headers: { ...headers, 'content-type': 'application/json' },
      payload: '{"name":',
    })
    expect(broken.statusCode).toBe(400)
    const body = { name: 'busan', url: busan.url }
    expect((await send('POST', `${CLUSTERS}?force=1`, { body })).json()).toMatchObject({
      status: 400,
      errors: [{ pointer: '/query/force' }],
    })
  })

  it('answers 401 without credentials, 413 to a large body and 415 to another media type', async () => {
    const { fastify, authorization, send } = await serve()
    const body = { name: 'busan', url: busan.url }
    expect((await send('POST', CLUSTERS, { body, auth: false })).statusCode).toBe(401)
    const large = { ...body, description: 'x'.repeat(2 ** 20) }
    expect((await send('POST', CLUSTERS, { body: large })).statusCode).toBe(413)
    for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
      expect(
        await fastify.inject({
          method: 'POST',
          url: CLUSTERS,
          headers: { authorization, 'content-type': type },
          payload: JSON.stringify(body),
        }),
      ).toMatchObject({ statusCode: 415 })
  })

  it('answers 403 that names the setting when none may be added', async () => {
    const { add } = await serve({ allow: [] })
    const before = busan.requests.length
    const response = await add({ name: 'busan', url: busan.url })
    expect(response.statusCode).toBe(403)
    expect(response.json()).toMatchObject({
      type: '/problems/forbidden',
      detail: 'clusters cannot be added at run time here: CLUSTER_URL_ALLOW lists no host',
    })
    expect(busan.requests).toHaveLength(before)
  })

  it('answers 403 to a host that is not on the list, and does not ask it', async () => {
    const { add, names } = await serve({ allow: ['prometheus.busan', `127.0.0.1:${seoul.port}`] })
    const before = busan.requests.length
    const response = await add({ name: 'busan', url: busan.url })
    expect(response.statusCode).toBe(403)
    expect(response.json()).toMatchObject({ errors: [{ pointer: '/body/url' }] })
    expect(busan.requests).toHaveLength(before)
    expect(await names()).toEqual(['configured'])
  })

  it('answers 409 to a name that is taken, without asking the new one', async () => {
    const { add } = await serve()
    const before = busan.requests.length
    const response = await add({ name: 'configured', url: busan.url })
    expect(response.statusCode).toBe(409)
    expect(response.json()).toMatchObject({
      errors: [{ pointer: '/body/name' }],
      candidates: ['configured'],
    })
    expect(busan.requests).toHaveLength(before)
  })

  it('lets one of two win who add the same name at once', async () => {
    const { add, names } = await serve()
    const body = { name: 'busan', url: busan.url }
    const statuses = (await Promise.all([add(body), add(body)])).map(({ statusCode }) => statusCode)
    expect(statuses.sort()).toEqual([201, 409])
    expect(await names()).toEqual(['configured', 'busan'])
  })

  it.each([
    ['is no Prometheus', { body: '<html>' }, /answer/],
    ['refuses the credentials', { status: 401 }, /does not accept our credentials/],
    ['leads elsewhere', { status: 302, headers: { location: 'http://inside/' } }, /redirect/],
    ['hangs', { delayMs: Number.POSITIVE_INFINITY }, /did not answer within 0.5 s/],
    ['hangs up', { hangUp: true }, /connection/],
  ])('answers 422 with the reason when the target %s, and keeps nothing', async (_, told, why) => {
    const { add, names, store } = await serve({ patienceSeconds: 'delayMs' in told ? 0.5 : 10 })
    busan.answer(told)
    const response = await add({ name: 'busan', url: busan.url })
    expect(response.statusCode).toBe(422)
    expect(response.json()).toMatchObject({
      type: '/problems/unprocessable',
      detail: expect.stringMatching(why) as string,
    })
    expect(response.body).not.toMatch(/127\.0\.0\.1|inside|html/)
    expect(await names()).toEqual(['configured'])
    expect(await store.clusters.list()).toEqual([])
  })

  it('answers 422 to secrets that it has no key to seal with, and keeps nothing', async () => {
    const { add, names, store } = await serve({ keyed: false })
    const response = await add({ name: 'busan', url: busan.url, bearer_token: SECRETS[1] })
    expect(response.statusCode).toBe(422)
    expect(response.json<{ detail: string }>().detail).toMatch(/STATE_KEY/)
    expect(await names()).toEqual(['configured'])
    expect(await store.clusters.list()).toEqual([])
  })

  it('answers 503 when the state store does not, and knows nothing new', async () => {
    const { add, names, store } = await serve()
    await store.close()
    const response = await add({ name: 'busan', url: busan.url })
    expect(response.statusCode).toBe(503)
    expect(response.json()).toMatchObject({ type: '/problems/store_unavailable' })
    expect(await names()).toEqual(['configured'])
  })

  it('uses the secrets, and shows neither them nor the address, in answers and in the log', async () => {
    const { add, get, send, logs } = await serve()
    const [password, , header] = SECRETS
    const secret = { username: 'reader', password, headers: { 'X-Key': header } }
    const before = busan.requests.length
    const answers = [
      await add({ name: 'busan', url: busan.url, ...secret }),
      await get(CLUSTERS),
      await get(`${CLUSTERS}/busan`),
      await add({ name: 'jeju', url: `${busan.url}1`.slice(0, -1), bearer_token: SECRETS[1] }),
      await add({ name: 'ulsan', url: 'http://127.0.0.1:9', ...secret }),
      await send('DELETE', `${CLUSTERS}/busan`),
    ]
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 200, 200, 201, 422, 204])
    const asked = busan.requests.slice(before)[0]
    expect(asked?.headers.authorization).toMatch(/^Basic /)
    expect(asked?.headers['x-key']).toBe(header)
    const said = answers.map(({ body }) => body).join() + JSON.stringify(logs)
    for (const word of [...SECRETS, String(busan.port), busan.url]) expect(said).not.toContain(word)
  })
})

describe('DELETE /clusters/{name}', () => {
  it('answers 204 with nothing, and the cluster is gone', async () => {
    const { add, send, names, store, get } = await serve()
    await add({ name: 'busan', url: busan.url })
    const response = await send('DELETE', `${CLUSTERS}/busan`)
    expect(response.statusCode).toBe(204)
    expect(response.body).toBe('')
    expect(await names()).toEqual(['configured'])
    expect(await store.clusters.list()).toEqual([])
    expect((await get(`${CLUSTERS}/busan`)).statusCode).toBe(404)
    expect((await add({ name: 'busan', url: busan.url })).statusCode).toBe(201)
  })

  it('answers 401 without credentials, 404 to an unknown name, 400 to parameters', async () => {
    const { send } = await serve()
    const status = async (path: string, auth?: false) =>
      (await send('DELETE', `${CLUSTERS}${path}`, auth === false ? { auth } : {})).statusCode
    expect(await status('/configured', false)).toBe(401)
    expect(await status('/jeju')).toBe(404)
    expect(await status('/configured?force=1')).toBe(400)
  })

  it('answers 422 to a cluster of the configuration, with the reason', async () => {
    const { send, names } = await serve()
    const response = await send('DELETE', `${CLUSTERS}/configured`)
    expect(response.statusCode).toBe(422)
    expect(response.json<{ detail: string }>().detail).toMatch(/configuration/)
    expect(await names()).toEqual(['configured'])
  })

  it('answers 503 when the state store does not', async () => {
    const { add, send, store, names } = await serve()
    await add({ name: 'busan', url: busan.url })
    await store.close()
    expect((await send('DELETE', `${CLUSTERS}/busan`)).statusCode).toBe(503)
    expect(await names()).toEqual(['configured', 'busan'])
  })
})

describe('/clusters', () => {
  it('says which methods it has, and documents its changes', async () => {
    const { fastify, send } = await serve()
    const response = await send('PUT', CLUSTERS, { body: {} })
    expect(response.statusCode).toBe(405)
    expect(response.headers.allow).toBe('GET, HEAD, POST')
    const { paths } = JSON.parse(JSON.stringify(fastify.swagger()))
    const { post } = paths[CLUSTERS]
    expect(Object.keys(post.responses).sort()).toEqual([
      '201',
      '400',
      '401',
      '403',
      '409',
      '413',
      '415',
      '422',
      '429',
      '500',
      '503',
    ])
    const { schema, example } = post.requestBody.content['application/json']
    expect(post.requestBody.required).toBe(true)
    expect(schema).toMatchObject({ required: ['name', 'url'], additionalProperties: false })
    expect(Object.keys(schema.properties)).not.toContain('ca_file')
    expect(example).toMatchObject({ name: 'jeju' })
    const { delete: removal } = paths[`${CLUSTERS}/{name}`]
    expect(Object.keys(removal.responses)).toContain('204')
    expect(Object.keys(removal.responses)).toContain('404')
  })
})
