import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import { createFleet } from '../../support/fleet.ts'
import { serveDemoGrafana, serveGrafana, type GrafanaApp } from '../../support/grafana.ts'
import { fakeClock } from '../../support/test-app.ts'

const START = '2026-11-20T05:00:00.000Z'
let demo: GrafanaApp
beforeAll(async () => {
  demo = await serveDemoGrafana(START)
})
afterAll(() => demo.close())

describe('GET /grafana', () => {
  it.each(['/grafana', '/grafana/'])(
    'answers 200 at %s, as the test of a data source wants',
    async (url) => {
      expect((await demo.app.get(url)).statusCode).toBe(200)
    },
  )

  it('asks for credentials in words that the test shows', async () => {
    const reply = await demo.app.get('/grafana', { auth: 'Basic bm9ib2R5Ondyb25nIG9uZQ==' })
    expect([reply.statusCode, reply.headers['www-authenticate']]).toEqual([401, expect.any(String)])
    expect(JSON.parse(reply.body).error).toEqual({
      code: 'unauthorized',
      message: expect.stringContaining('the user name or the password is wrong'),
    })
  })
})

describe.each(['/metrics', '/search', '/query', '/variable', '/tag-keys', '/annotations'])(
  'POST /grafana%s',
  (path) => {
    it('wants credentials', async () => {
      expect((await demo.post(path, {}, { auth: false })).status).toBe(401)
    })
  },
)

describe('the editor of a query', () => {
  it('lists metrics with their options', async () => {
    const { body } = await demo.post('/metrics', { metric: 'power', payload: { by: 'node' } })
    const power = body.find(({ value }: any) => value === 'power')
    expect(power.payloads.map(({ name, type }: any) => [name, type])).toEqual([
      ['cluster', 'multi-select'],
      ['by', 'select'],
      ['top', 'input'],
    ])
  })

  it('asks what an option can be', async () => {
    const question = { metric: 'power', name: 'cluster', payload: { cluster: ['seoul'] } }
    const { body } = await demo.post('/metric-payload-options', question)
    expect(body.map(({ value }: any) => value)).toEqual(['busan', 'daejeon', 'seoul'])
    const wrong = await demo.post('/metric-payload-options', { metric: 'power', name: 'colour' })
    expect([wrong.status, wrong.body.message]).toEqual([
      400,
      expect.stringContaining('name: must be one of'),
    ])
  })

  it('of older data sources searches names', async () => {
    const { body } = await demo.post('/search', { target: 'power_' })
    expect(body).toEqual(expect.arrayContaining(['power_breakdown', 'cpu_power_watts']))
    expect((await demo.post('/search', { target: '' })).body).toContain('gpus')
    expect((await demo.post('/search', { target: 'clusters' })).body).toEqual([
      'busan',
      'daejeon',
      'seoul',
    ])
  })
})

describe('a variable', () => {
  it.each([
    [{ target: 'clusters' }, ['busan', 'daejeon', 'seoul']],
    [{ target: 'label_values(cluster)' }, ['busan', 'daejeon', 'seoul']],
    [{ target: 'vendor', cluster: 'seoul' }, ['furiosa', 'nvidia', 'rebellions']],
  ])('%j has the values there are', async (payload, expected) => {
    const { body } = await demo.post('/variable', { payload })
    expect(body).toEqual(expected.map((value) => ({ __text: value, __value: value })))
  })

  it('is narrowed by another one', async () => {
    const names = async (payload: object) =>
      ((await demo.post('/variable', { payload })).body as any[]).map((each) => each.__value)
    const all = await names({ target: 'pod' })
    const some = await names({ target: 'pod', namespace: 'ai\\-platform' })
    expect(some.length).toBeGreaterThan(0)
    expect(some.length).toBeLessThan(all.length)
    expect(all).toEqual(expect.arrayContaining(some))
  })

  it('of nothing that there is names what there is', async () => {
    const { status, body } = await demo.post('/variable', { payload: { target: 'colour' } })
    expect([status, body.message]).toEqual([
      400,
      expect.stringContaining('must be one of cluster, node'),
    ])
  })
})

describe('an ad-hoc filter', () => {
  it('offers labels, whatever else it is asked with', async () => {
    const { body } = await demo.post('/tag-keys', { filters: [], timeRange: {}, queries: [] })
    expect(body).toContainEqual({ type: 'string', text: 'node' })
  })

  it('offers their values', async () => {
    expect((await demo.post('/tag-values', { key: 'cluster' })).body).toEqual(
      ['busan', 'daejeon', 'seoul'].map((text) => ({ text })),
    )
    expect((await demo.post('/tag-values', { key: 'colour' })).status).toBe(400)
  })
})

const NODES = [1, 2]
  .map(
    (n) => `kube_node_info{node="n${n}",internal_ip="10.0.0.${n}"} 1
ipmi_dcmi_power_consumption_watts{instance="10.0.0.${n}:9290"} ${n * 100}`,
  )
  .join('\n')

const silent = { fails: new KCloudError('backend_timeout', { detail: 'no answer in time' }) }

async function serveText(members: Parameters<typeof createFleet>[0]): Promise<GrafanaApp> {
  return serveGrafana(createFleet(members, fakeClock(START).now), START)
}

describe('annotations', () => {
  const range = { from: '2026-11-20T04:00:00Z', to: START }
  it('show when less of a cluster was measured, as a stretch', async () => {
    const text = NODES.replace(/ 200$/, ' 200 # last 1800s')
    const site = await serveText({ site: text })
    const annotation = { name: 'Quality', query: 'quality', enable: true, iconColor: 'red' }
    const { status, body } = await site.post('/annotations', { range, annotation })
    await site.close()
    expect(status).toBe(200)
    expect(body).toEqual([
      expect.objectContaining({
        annotation,
        title: 'site: less is measured',
        tags: ['quality', 'site'],
        isRegion: true,
        text: expect.stringContaining('50 % of its nodes'),
      }),
    ])
    expect(body[0].timeEnd - body[0].time).toBeGreaterThan(20 * 60_000)
  })

  it('show alerts from their begin to their end', async () => {
    const at = new Date('2026-11-20T04:30:00Z')
    const until = new Date('2026-11-20T04:40:00Z')
    const event = {
      kind: 'alert',
      cluster: 'site',
      title: 'a GPU is at 71 °C',
      text: 'hot',
    } as const
    demo.alertEpisodes.push({ ...event, at, until })
    const { body } = await demo.post('/annotations', { range, annotation: { query: 'alerts' } })
    demo.alertEpisodes.length = 0
    expect(body).toMatchObject([
      {
        title: 'a GPU is at 71 °C',
        time: at.getTime(),
        timeEnd: until.getTime(),
        isRegion: true,
        tags: ['alert', 'site'],
      },
    ])
  })

  it('show the events of the kinds that are asked for, in the window', async () => {
    const event = { until: null, cluster: null, text: 'one more', title: 'scaled' }
    demo.events.add({ ...event, kind: 'scaling', at: new Date('2026-11-20T04:30:00Z') })
    demo.events.add({ ...event, kind: 'scaling', at: new Date('2026-11-20T03:30:00Z') })
    const asked = { range, annotation: { query: 'scaling' } }
    const { body } = await demo.post('/annotations', asked)
    expect(body).toMatchObject([{ title: 'scaled', time: Date.parse('2026-11-20T04:30:00Z') }])
    const others = await demo.post('/annotations', { range, annotation: { query: 'forecast' } })
    expect(others.body).toEqual([])
    const wrong = await demo.post('/annotations', { range, annotation: { query: 'colours' } })
    expect(wrong.status).toBe(400)
  })
})

describe('clusters that do not answer', () => {
  it('are a notice on what the others say', async () => {
    const fleet = await serveText({ site: NODES, far: silent })
    const { status, body } = await fleet.query([{ refId: 'A', target: 'power' }])
    await fleet.close()
    expect(status).toBe(200)
    expect(body[0].datapoints.at(-1)[0]).toBe(300)
    expect(body[0].meta).toMatchObject({
      notices: [{ severity: 'warning', text: expect.stringContaining('far: ') }],
      custom: {
        status: 'partial',
        clusters: [
          { name: 'site', status: 'ok' },
          { name: 'far', status: 'timeout' },
        ],
      },
    })
  })

  it('are an error where nobody answers, by name', async () => {
    const fleet = await serveText({ far: silent })
    const { status, body } = await fleet.query([{ refId: 'A', target: 'power' }])
    await fleet.close()
    expect([status, body.message]).toEqual([504, expect.stringContaining('far: no answer in time')])
  })
})
