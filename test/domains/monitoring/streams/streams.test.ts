import { afterEach, describe, expect, it } from 'vitest'
import { EVENTS } from '../../../../src/domains/monitoring/streams/events.ts'
import { KCloudError } from '../../../../src/kernel/errors.ts'
import { openEvents, openSocket, type Refused, type StreamFrame } from '../../../support/stream-clients.ts' // prettier-ignore
import { serveStreams, type StreamServer, type StreamServerOptions } from '../../../support/streams.ts' // prettier-ignore

const watts = (node: string, value: number) =>
  `kepler_node_cpu_watts{node_name="${node}",zone="package"} ${value}`
const seoul = (a: number) => [watts('a', a), watts('b', 50)].join('\n')
const SEOUL = seoul(100)
const BUSAN = watts('c', 30)

let server: StreamServer
const serve = async (options?: StreamServerOptions) => {
  server = await serveStreams({ seoul: SEOUL, busan: BUSAN }, options)
  return server
}
afterEach(() => server.close())

const isUpdate = ({ type }: StreamFrame) => type === 'update'
const refusedBy = (opening: Promise<unknown>): Promise<Refused> =>
  opening.then(
    () => {
      throw new Error('it was opened')
    },
    (error: unknown) => error as Refused,
  )
const problemOf = ({ body }: Refused) => JSON.parse(body) as StreamFrame

describe.each(['websocket', 'event stream'])('a stream of power by %s', (transport) => {
  const open = (query: string) =>
    transport === 'websocket'
      ? server.socket(`/stream/power${query}`)
      : server.events(`/events/power${query}`)

  it('says at once what /monitoring/power says, and again at each interval', async () => {
    await serve()
    const client = await open('?interval=2')
    const first = await client.next()
    const answer = await server.app.get('/api/v1/monitoring/power')
    const { data, meta } = JSON.parse(answer.body) as StreamFrame
    expect(first).toMatchObject({ type: 'snapshot', data, exceeded: [] })
    const { request_id: _, ...told } = meta
    expect(first['meta']).toEqual(told)
    server.fleet.set('busan', watts('c', 45))
    await server.timers.pass(2)
    expect((await client.next(isUpdate))['data']).toMatchObject({ total_power_watts: 195 })
    client.close()
  })

  it('says by rows and components what /monitoring/power/breakdown says', async () => {
    await serve()
    const query = '?by=node&cluster=seoul&resource_type=cpu'
    const client = await open(query)
    const { data } = await client.next()
    const answer = await server.app.get(`/api/v1/monitoring/power/breakdown${query}`)
    expect(data).toEqual((JSON.parse(answer.body) as StreamFrame)['data'])
    expect(data.total_power_watts).toBe(150)
    client.close()
  })

  it('tells a partial state as such, a failure as a problem, and lives on', async () => {
    await serve()
    const client = await open('?interval=1')
    await client.next()
    const dead = { fails: new KCloudError('backend_unreachable', { detail: 'cannot connect' }) }
    server.fleet.set('busan', dead)
    await server.timers.pass(1)
    expect(await client.next(isUpdate)).toMatchObject({
      data: { total_power_watts: 150 },
      meta: { status: 'partial' },
    })
    server.fleet.set('seoul', dead)
    await server.timers.pass(1)
    const error = await client.next(({ type }) => type === 'error')
    expect(error['error']).toMatchObject({ status: 502, type: '/problems/backend_unreachable' })
    server.fleet.set('seoul', SEOUL)
    server.fleet.set('busan', BUSAN)
    await server.timers.pass(1)
    expect(await client.next(isUpdate)).toMatchObject({ meta: { status: 'complete' } })
    client.close()
  })

  it('tells when a threshold is crossed, and that it still is to whoever comes later', async () => {
    await serve()
    const query = '?interval=1&threshold_watts=200'
    const client = await open(query)
    await client.next()
    server.fleet.set('seoul', seoul(500))
    await server.timers.pass(3)
    const edge = await client.next(({ type }) => type === 'threshold_exceeded')
    expect(edge).toMatchObject({ key: {}, value: 580, threshold: 200, hysteresis_percent: 5 })
    const late = await open(query)
    expect((await late.next())['exceeded']).toEqual([{ key: {}, since: edge['observed_at'] }])
    server.fleet.set('seoul', SEOUL)
    await server.timers.pass(2)
    await client.next(({ type }) => type === 'threshold_cleared')
    const edges = client.frames.filter(({ type }) => String(type).startsWith('threshold'))
    expect(edges).toHaveLength(2)
    expect(client.frames.filter(({ type }) => type === 'power_spike')).toHaveLength(2)
    client.close()
    late.close()
  })

  it('goes on after the last event that a client had', async () => {
    await serve()
    const client = await open('?interval=1')
    const { id } = await client.next()
    const steady = await open('?interval=1')
    await steady.next()
    client.close()
    await server.timers.pass(2)
    await steady.next(isUpdate)
    await steady.next(isUpdate)
    const again = await open(`?interval=1&last_event_id=${String(id)}`)
    expect([(await again.next())['type'], (await again.next())['type']]).toEqual(['update', 'update']) // prettier-ignore
    const lost = await open('?interval=1&last_event_id=long.gone')
    expect([(await lost.next())['type'], (await lost.next())['type']]).toEqual(['reset', 'snapshot']) // prettier-ignore
    for (const each of [steady, again, lost]) each.close()
  })

  it('writes every event as it is described', async () => {
    await serve()
    const client = await open('?interval=1&threshold_watts=160&by=cluster')
    await client.next()
    server.fleet.set('seoul', seoul(10))
    await server.timers.pass(16)
    await client.next(({ type }) => type === 'heartbeat')
    server.fleet.set('seoul', { fails: new KCloudError('backend_timeout', { detail: 'slow' }) })
    server.fleet.set('busan', { fails: new KCloudError('backend_timeout', { detail: 'slow' }) })
    await server.timers.pass(1)
    await client.next(({ type }) => type === 'error')
    expect(client.frames.length).toBeGreaterThan(5)
    for (const frame of client.frames)
      expect(EVENTS[frame['type'] as 'update'].safeDecode(frame as never)).toMatchObject({
        success: true,
      })
    client.close()
  })

  it.each([
    ['?interval=0', '/query/interval'],
    ['?interval=61', '/query/interval'],
    ['?interval=1.5', '/query/interval'],
    ['?by=colour', '/query/by'],
    ['?threshold_watts=much', '/query/threshold_watts'],
    ['?deadband=-1', '/query/deadband'],
    ['?colour=red', '/query/colour'],
  ])('is refused with 400 for %s, before anything is opened', async (query, pointer) => {
    await serve()
    const refused = await refusedBy(open(query))
    expect(refused.status).toBe(400)
    expect(refused.headers['content-type']).toContain('application/problem+json')
    expect(problemOf(refused)['errors']).toMatchObject([{ pointer }])
  })

  it('is refused with 404 for a cluster that nobody knows', async () => {
    await serve()
    expect((await refusedBy(open('?cluster=atlantis'))).status).toBe(404)
  })

  it('reads once for all who ask the same, and not at all when they have gone', async () => {
    await serve()
    const asked = () => server.fleet.queries.length
    const first = await open('?interval=1')
    await first.next()
    const before = asked()
    const others = await Promise.all(Array.from({ length: 20 }, () => open('?interval=1')))
    for (const other of others) await other.next()
    await server.timers.pass(0.5)
    expect(asked()).toBe(before)
    await server.timers.pass(1)
    for (const client of [first, ...others]) await client.next(isUpdate)
    const one = asked() - before
    await server.timers.pass(1)
    await first.next(isUpdate)
    expect(asked() - before).toBe(2 * one)
    for (const client of [first, ...others]) client.close()
    const metric = async () => /^stream_subscriptions (\d+)$/m.exec(await server.app.metrics.text())?.[1] // prettier-ignore
    await expect.poll(metric, { timeout: 5000 }).toBe('0')
    const after = asked()
    await server.timers.pass(30)
    expect(asked()).toBe(after)
  })
})

describe('a stream of one measure', () => {
  it('has the shape of /timeseries/metrics, with the point of now', async () => {
    await serve()
    const client = await server.events('/events/metrics?metric=cpu_power_watts&by=node&interval=1')
    const { data, meta } = await client.next()
    expect(data).toMatchObject({
      metric: 'cpu_power_watts',
      unit: 'watts',
      aggregation: 'avg',
      by: 'node',
      end: meta.observed_at,
    })
    const now = server.timers.now().getTime() / 1000
    expect(data.series.map(({ key, points }: StreamFrame) => [key.node, points])).toEqual([
      ['c', [[now, 30]]],
      ['a', [[now, 100]]],
      ['b', [[now, 50]]],
    ])
    client.close()
  })

  it('is refused for what does not fit together', async () => {
    await serve()
    const refused = await refusedBy(server.socket('/stream/metrics?metric=cpu_power_watts&by=uuid'))
    expect(problemOf(refused)).toMatchObject({ status: 400, errors: [{ pointer: '/query/by' }] })
  })
})

describe('what a client says on a WebSocket', () => {
  it('subscribes to more, changes intervals, and ends subscriptions', async () => {
    await serve()
    const client = await server.socket('/stream/power?interval=5')
    const first = await client.next()
    client.say({ type: 'subscribe', id: 'nodes', params: { by: 'node', interval: 1 } })
    const told = await client.next()
    expect(told).toMatchObject({ type: 'subscribed', id: 'nodes', stream: 'power' })
    expect(told['topic']).not.toBe(first['topic'])
    expect(await client.next()).toMatchObject({ type: 'snapshot', topic: told['topic'] })
    client.say({ type: 'subscribe', id: 'cpu', stream: 'metrics', params: { metric: 'cpu_power_watts' } }) // prettier-ignore
    expect(await client.next()).toMatchObject({ type: 'subscribed', id: 'cpu', stream: 'metrics' })
    expect(await client.next()).toMatchObject({ type: 'snapshot', data: { by: 'cluster' } })
    client.say({ type: 'set_interval', interval: 2 })
    const changed = await client.next()
    expect(changed).toMatchObject({ type: 'subscribed', id: 'default', params: { interval: 2 } })
    expect(await client.next()).toMatchObject({ type: 'snapshot', topic: changed['topic'] })
    client.say({ type: 'unsubscribe', id: 'nodes' })
    expect(await client.next()).toEqual({ type: 'unsubscribed', id: 'nodes' })
    await server.timers.pass(2)
    expect((await client.next(isUpdate))['topic']).toBe(changed['topic'])
    client.say({ type: 'ping', nonce: 7 })
    expect(await client.next(({ type }) => type === 'pong')).toMatchObject({ nonce: 7 })
    client.close()
  })

  it('resumes after an event that it had', async () => {
    await serve()
    const steady = await server.socket('/stream/power?interval=1')
    const { id } = await steady.next()
    await server.timers.pass(2)
    await steady.next(isUpdate)
    await steady.next(isUpdate)
    const client = await server.socket('/stream/metrics?metric=cpu_power_watts')
    await client.next()
    const resume = { type: 'resume', stream: 'power', params: { interval: 1 } }
    client.say({ ...resume, id: 'a', last_event_id: id })
    await client.next(({ type }) => type === 'subscribed')
    expect([(await client.next())['type'], (await client.next())['type']]).toEqual(['update', 'update']) // prettier-ignore
    client.say({ ...resume, id: 'b', last_event_id: 'x.1' })
    await client.next(({ type }) => type === 'subscribed')
    expect([(await client.next())['type'], (await client.next())['type']]).toEqual(['reset', 'snapshot']) // prettier-ignore
    client.close()
    steady.close()
  })

  it.each([
    ['no JSON', '{', '/message'],
    ['no command', { type: 'dance' }, '/message/type'],
    ['an unknown field', { type: 'ping', colour: 'red' }, '/message/colour'],
    ['a wrong interval', { type: 'set_interval', interval: 0 }, '/message/interval'],
    ['an unknown subscription', { type: 'unsubscribe', id: 'x' }, '/message/id'],
    ['a taken name', { type: 'subscribe', id: 'default' }, '/message/id'],
    [
      'a wrong parameter',
      { type: 'subscribe', id: 'x', params: { interval: 99 } },
      '/message/params/interval',
    ],
    [
      'an unknown parameter',
      { type: 'subscribe', id: 'x', params: { colour: 1 } },
      '/message/params/colour',
    ],
  ])('that is %s is answered, and ends nothing', async (_name, message, pointer) => {
    await serve()
    const client = await server.socket('/stream/power')
    await client.next()
    client.say(message)
    const { error } = await client.next(({ type }) => type === 'error')
    expect(error).toMatchObject({ status: 400, errors: [{ pointer }] })
    client.say({ type: 'ping' })
    await client.next(({ type }) => type === 'pong')
    client.close()
  })

  it('may not be more than so many subscriptions, nor too much at once, nor too long', async () => {
    await serve()
    const client = await server.socket('/stream/power')
    for (const id of ['a', 'b', 'c', 'd']) client.say({ type: 'subscribe', id, params: { interval: 9 } }) // prettier-ignore
    const { error } = await client.next(({ type }) => type === 'error')
    expect(error).toMatchObject({ status: 429, detail: 'a connection has at most 4 subscriptions' })
    for (let count = 0; count < 100; count += 1) client.say({ type: 'ping' })
    expect((await client.next(({ type }) => type === 'error'))['error'].detail).toContain(
      'messages',
    )
    client.say(`{"type":"ping","nonce":"${'x'.repeat(70_000)}"}`)
    expect((await client.ended).code).toBe(1009)
  })

  it('is nothing for so long that it is closed as idle', async () => {
    await serve({ live: { pingSeconds: 0.02, idleSeconds: 0.05 } })
    const client = await server.socket('/stream/power')
    client.say({ type: 'unsubscribe', id: 'default' })
    expect(await client.ended).toEqual({ code: 4000, reason: 'idle' })
  })
})

describe('a connection', () => {
  it('needs credentials, and right ones', async () => {
    await serve()
    const wrong = { authorization: `Basic ${Buffer.from('tester:wrong').toString('base64')}` }
    for (const path of ['/stream/power', '/stream/metrics'])
      for (const headers of [{}, wrong]) {
        const refused = await refusedBy(openSocket(server.url + path, { headers }))
        expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, expect.stringContaining('Basic')]) // prettier-ignore
      }
    for (const path of ['/events/power', '/events/metrics'])
      for (const headers of [{}, wrong])
        expect((await refusedBy(openEvents(server.url + path, headers))).status).toBe(401)
  })

  it('is opened with a ticket once, not with one that expired, is used or made up', async () => {
    await serve()
    const open = (ticket: string) => openSocket(`${server.url}/stream/power?ticket=${ticket}`)
    const ticket = await server.ticket()
    const client = await open(ticket)
    expect(await client.next()).toMatchObject({ type: 'snapshot' })
    client.close()
    expect((await refusedBy(open(ticket))).status).toBe(401)
    expect((await refusedBy(open('made-up'))).status).toBe(401)
    const old = await server.ticket()
    await server.timers.pass(31)
    expect((await refusedBy(open(old))).status).toBe(401)
    const events = await openEvents(`${server.url}/events/power?ticket=${await server.ticket()}`)
    await events.next()
    events.close()
  })

  it('has a ticket in no line of the log', async () => {
    await serve()
    const ticket = await server.ticket()
    const client = await openSocket(`${server.url}/stream/power?ticket=${ticket}`)
    await client.next()
    client.close()
    await client.ended
    await refusedBy(openSocket(`${server.url}/stream/power?ticket=${ticket}`))
    await expect
      .poll(
        () =>
          server.app.logs.filter(({ path }) => path === '/api/v1/monitoring/stream/power').length,
      ) // prettier-ignore
      .toBe(2)
    expect(JSON.stringify(server.app.logs)).not.toContain(ticket)
    expect(server.app.logs.find(({ status }) => status === 101)).toMatchObject({ user: 'tester' })
  })

  it('cannot be had with a ticket where there is no stream', async () => {
    await serve()
    const ticket = await server.ticket()
    const { statusCode } = await server.app.fastify.inject(
      `/api/v1/monitoring/power?ticket=${ticket}`,
    )
    expect(statusCode).toBe(401)
    const reply = await server.app.fastify.inject({ method: 'POST', url: '/api/v1/monitoring/stream/tickets' }) // prettier-ignore
    expect(reply.statusCode).toBe(401)
  })

  it('is refused to pages of other origins, whatever they bring', async () => {
    await serve({ app: { corsOrigins: ['https://dashboard.example.org'] } })
    const from = (origin: string) =>
      openSocket(`${server.url}/stream/power`, { headers: { ...server.authorization, origin } })
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1', 'nonsense'])
      expect((await refusedBy(from(origin))).status).toBe(403)
    const own = new URL(server.url).origin
    for (const origin of ['https://dashboard.example.org', own]) (await from(origin)).close()
    const ticket = await server.ticket()
    const evil = openEvents(`${server.url}/events/power?ticket=${ticket}`, {
      origin: 'https://evil.example',
    })
    expect((await refusedBy(evil)).status).toBe(403)
  })

  it('is one of so many, of one user and in all', async () => {
    await serve({ live: { maxConnectionsPerUser: 2 } })
    const [first, second] = [await server.socket('/stream/power'), await server.events('/events/power')] // prettier-ignore
    const refused = await refusedBy(server.socket('/stream/power'))
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '10'])
    first.close()
    await first.ended
    await expect.poll(async () => /^websocket_connections (\d+)$/m.exec(await server.app.metrics.text())?.[1]).toBe('0') // prettier-ignore
    const third = await server.socket('/stream/power')
    second.close()
    third.close()
  })

  it('is not opened for one topic too many', async () => {
    await serve({ limits: { maxTopics: 1 } })
    const first = await server.socket('/stream/power?interval=1')
    expect((await refusedBy(server.events('/events/power?interval=2'))).status).toBe(429)
    first.close()
  })

  it('that does not answer is dropped', async () => {
    await serve({ live: { pingSeconds: 0.05 } })
    const client = await server.socket('/stream/power')
    await client.next()
    // The client's answer to a ping is taken away from it.
    client.socket.pong = () => undefined
    expect((await client.ended).code).toBe(1006)
  })

  it('is told that the server stops', async () => {
    await serve()
    const socket = await server.socket('/stream/power')
    const events = await server.events('/events/power')
    await events.next()
    await server.app.close()
    expect(await socket.ended).toEqual({ code: 1001, reason: 'going_away' })
    expect(await events.next()).toEqual({ type: 'closing', code: 'going_away' })
  })

  it('by plain HTTP at the address of a WebSocket is told what it is', async () => {
    await serve()
    const reply = await server.app.get('/api/v1/monitoring/stream/power')
    expect([reply.statusCode, reply.headers.upgrade]).toEqual([426, 'websocket'])
  })

  it('with events is neither compressed nor kept back', async () => {
    await serve()
    const client = await server.events('/events/power', { 'accept-encoding': 'gzip, br' })
    const { headers } = client.response
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    })
    expect(headers['content-encoding']).toBeUndefined()
    client.close()
  })
})

describe('GET /monitoring/stream/info', () => {
  it('says what there is, what is allowed and what is so now', async () => {
    await serve()
    const client = await server.socket('/stream/power')
    await client.next()
    const reply = await server.app.get('/api/v1/monitoring/stream/info')
    expect(reply.statusCode).toBe(200)
    const { data } = JSON.parse(reply.body) as StreamFrame
    expect(data.streams.map(({ name }: StreamFrame) => name as string)).toEqual([
      'power',
      'metrics',
    ])
    expect(data.now).toEqual({
      websocket_connections: 1,
      event_stream_connections: 0,
      subscriptions: 1,
      topics: 1,
      reads: 1,
    })
    expect((await server.app.get('/api/v1/monitoring/stream/info', { auth: false })).statusCode).toBe(401) // prettier-ignore
    expect((await server.app.get('/api/v1/monitoring/stream/info?x=1')).statusCode).toBe(400)
    client.close()
  })
})
