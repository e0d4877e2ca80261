import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import { createFleet } from '../../support/fleet.ts'
import { serveGrafana, serveSiteGrafana, type GrafanaApp } from '../../support/grafana.ts'
import { fakeClock } from '../../support/test-app.ts'

const START = '2026-11-20T05:00:00.000Z'
const NOW = String(Date.parse(START) / 1000)
const NODE = `kube_node_info{node="n1",internal_ip="10.0.0.1"} 1
ipmi_dcmi_power_consumption_watts{instance="10.0.0.1:9290"} 100`

let site: GrafanaApp
beforeAll(async () => {
  site = await serveSiteGrafana(START)
})
afterAll(() => site.close())

describe('GET /prometheus/api/v1/query', () => {
  it('gives the power of the route, as a text', async () => {
    const rest = await site.rest('/monitoring/power')
    const { status, body } = await site.prom('/query', {
      query: 'sum(kcloud_power_watts)',
      time: NOW,
    })
    expect([status, body.status, body.data.resultType]).toEqual([200, 'success', 'vector'])
    const [{ metric, value }] = body.data.result
    expect([metric, value[0], typeof value[1]]).toEqual([{}, Number(NOW), 'string'])
    expect(Number(value[1])).toBeCloseTo(rest.total_power_watts, 6)
  })

  it.each(['kcloud_component_power_watts', 'kcloud_workload_power_watts'])(
    'tells the same watts apart by %s',
    async (name) => {
      const total = await site.prom('/query', { query: 'sum(kcloud_power_watts)' })
      const parts = await site.prom('/query', { query: `sum(${name})` })
      expect(Number(parts.body.data.result[0].value[1])).toBeCloseTo(
        Number(total.body.data.result[0].value[1]),
        6,
      )
    },
  )

  it('answers what the Prometheus scaler of KEDA asks', async () => {
    const query = 'sum(kcloud_gpu_requests) or avg(kcloud_gpu_utilization_percent{cluster="site"})'
    const { status, body } = await site.prom('/query', { query, time: '2026-11-20T05:00:00Z' })
    expect([status, body.data.resultType, body.data.result.length]).toEqual([200, 'vector', 1])
    expect(Number.isFinite(Number.parseFloat(body.data.result[0].value[1] as string))).toBe(true)
    expect(typeof body.data.result[0].value[1]).toBe('string')
  })

  it('answers the check of a data source of Grafana', async () => {
    const { body } = await site.prom('/query', { query: '1+1', time: NOW })
    expect(body).toEqual({
      status: 'success',
      data: { resultType: 'scalar', result: [Number(NOW), '2'] },
    })
  })

  it('answers a form as it answers an address', async () => {
    const parameters = { query: 'kcloud_power_watts{node=~"gpu-.*"}', time: NOW }
    const [address, form] = [
      await site.prom('/query', parameters),
      await site.prom('/query', parameters, { form: true }),
    ]
    expect(form).toEqual(address)
    expect(form.body.data.result.length).toBeGreaterThan(1)
  })

  it('gives costs, carbon and what is forecast', async () => {
    const ask = async (query: string) => (await site.prom('/query', { query })).body.data.result
    const cost = await ask('sum by (currency) (kcloud_cost_per_hour)')
    expect(cost).toEqual([
      { metric: { currency: 'USD' }, value: [Number(NOW), expect.any(String)] },
    ])
    expect(await ask('kcloud_carbon_kg_per_hour')).toHaveLength(1)
    const bands = await ask('kcloud_power_forecast_watts offset -30m')
    expect(bands.map(({ metric }: any) => metric.band)).toContain('forecast')
    expect(await ask('kcloud_power_forecast_watts')).toEqual([])
  })
})

describe('GET /prometheus/api/v1/query_range', () => {
  const window = { start: String(Number(NOW) - 600), end: NOW, step: '60' }
  it('gives each step once', async () => {
    const { body } = await site.prom('/query_range', {
      query: 'sum(kcloud_power_watts)',
      ...window,
    })
    expect(body.data.resultType).toBe('matrix')
    const times = body.data.result[0].values.map(([time]: any) => time)
    expect(times).toEqual(Array.from({ length: 11 }, (_, index) => Number(NOW) - 600 + index * 60))
  })

  it('takes RFC 3339 and durations, and gives numbers at every step', async () => {
    const { body } = await site.prom('/query_range', {
      query: '42',
      start: '2026-11-20T04:58:00Z',
      end: '2026-11-20T05:00:00+00:00',
      step: '1m',
    })
    expect(body.data.result).toEqual([
      { metric: {}, values: [-120, -60, 0].map((each) => [Number(NOW) + each, '42']) },
    ])
  })

  it.each([
    [{ step: '0' }, 'zero or negative query resolution step'],
    [{ step: 'x' }, 'cannot parse "x" to a valid duration'],
    [{ start: 'x' }, 'cannot parse "x" to a valid timestamp'],
    [{ end: '1' }, 'end timestamp must not be before start time'],
    [{ start: '1' }, 'exceeded maximum resolution of 11,000 points'],
    [
      { query: 'avg_over_time(kcloud_power_watts[1m])', start: '1790000000', step: '3600' },
      'too far for a window of 60s',
    ],
    [{ lookback_delta: '1m' }, 'lookback_delta'],
    [{ limit: '-1' }, 'limit must be non-negative'],
  ])('refuses %j as bad_data', async (wrong, words) => {
    const { status, body } = await site.prom('/query_range', { query: '1', ...window, ...wrong })
    expect([status, body.status, body.errorType]).toEqual([400, 'error', 'bad_data'])
    expect(body.error).toContain(words)
  })

  it('says how far samples lie apart where they cannot be as fine as usual', async () => {
    const fleet = await serveGrafana(createFleet({ site: NODE }, fakeClock(START).now), START)
    const query = 'avg_over_time(kcloud_coverage_ratio[4h])'
    const start = String(Number(NOW) - 36_000)
    const { body } = await fleet.prom('/query_range', { query, ...window, start, step: '3600' })
    await fleet.close()
    expect(body.infos).toEqual(['kcloud_coverage_ratio is sampled every 30s over this range'])
  })
})

describe('what is not answered', () => {
  it.each([
    ['histogram_quantile(0.9, kcloud_power_watts)', 'the function histogram_quantile'],
    ['quantile(0.9, kcloud_power_watts)', 'the aggregation quantile'],
    ['kcloud_power_watts @ end()', 'the modifier @'],
    ['kcloud_power_watts[5m:1m]', 'subqueries'],
    ['rate(sum(kcloud_gpu_energy_joules_total)[5m:1m])', 'subqueries'],
    ['kcloud_power_watts[5m]', 'a range vector'],
    ['"text"', 'a string'],
    ['a atan2 b', 'the operator atan2'],
    ['a * on(node) group_left b', 'group_left'],
    ['rate(kcloud_power_watts[5m])', 'rate is of counters, and kcloud_power_watts is a gauge'],
    ['rate(kcloud_gpu_energy_joules_total)', 'expected type range vector'],
    ['{node=~".*"}', 'at least one non-empty matcher'],
    ['kcloud_power_watts{node=~"("}', 'missing closing )'],
    ['sum(kcloud_power_watts', '1:23: parse error: unexpected end of input'],
    ['kcloud_power_watts{', 'parse error'],
    ['', 'no expression found'],
    ['# only a comment', 'no expression found'],
    ['1 > 2', 'must use BOOL'],
    ['a + bool b', 'bool modifier'],
    ['a and 1', 'set operator'],
    ['sum(1)', 'expected type instant vector'],
    ['topk(kcloud_power_watts)', 'expected 2, got 1'],
    ['kcloud_power_watts offset 5m offset 5m', 'offset'],
    [`${'('.repeat(500)}1${')'.repeat(500)}`, 'nested more than'],
    ['x'.repeat(9000), 'more than 8192 characters'],
  ])('%s is refused by name', async (query, words) => {
    const { status, body } = await site.prom('/query', { query })
    expect([status, body.errorType]).toEqual([400, 'bad_data'])
    expect(body.error).toContain(words)
  })

  it('is an error of execution where the data do not fit', async () => {
    const query =
      '{__name__=~"kcloud_(power|gpu_power)_watts"} * on(node) kcloud_component_power_watts'
    const { status, body } = await site.prom('/query', { query })
    expect([status, body.errorType]).toEqual([422, 'execution'])
    expect(body.error).toContain('many-to-many')
  })

  it('wants credentials, in the words of an error', async () => {
    const { status, body } = await site.prom('/query', { query: '1' }, { auth: false })
    expect([status, body.status, body.errorType]).toEqual([401, 'error', 'unauthorized'])
  })
})

describe('what there is', () => {
  it('is listed: labels, values, series, metadata, and whose rules hold', async () => {
    expect((await site.prom('/labels')).body.data).toEqual(
      expect.arrayContaining(['__name__', 'node']),
    )
    const match = { 'match[]': 'kcloud_power_watts' }
    expect((await site.prom('/labels', match)).body.data).toEqual(['__name__', 'cluster', 'node'])
    const names = (await site.prom('/label/__name__/values')).body.data
    expect(names).toEqual([...names].sort())
    expect(names).toContain('kcloud_power_watts')
    expect((await site.prom('/label/cluster/values')).body.data).toEqual(['site'])
    const nodes = (await site.prom('/label/node/values', match)).body.data
    expect((await site.prom('/label/node/values')).body.data).toEqual(expect.arrayContaining(nodes))
    expect((await site.prom('/label/nothing/values')).body.data).toEqual([])
    const { data } = (await site.prom('/metadata', { metric: 'kcloud_power_watts' })).body
    expect(Object.keys(data)).toEqual(['kcloud_power_watts'])
    expect((await site.prom('/status/buildinfo')).body.data.version).toMatch(/^3\./)
  })

  it('is the series of some selectors, and of no others', async () => {
    const selectors = { 'match[]': 'kcloud_power_watts{cluster="site"}' }
    const { body } = await site.prom('/series', selectors)
    expect(body.data.length).toBeGreaterThan(3)
    for (const each of body.data)
      expect(each).toMatchObject({ __name__: 'kcloud_power_watts', cluster: 'site' })
    const limited = await site.prom('/series', { ...selectors, limit: '2' })
    expect([limited.body.data.length, limited.body.warnings]).toEqual([
      2,
      ['results truncated due to limit'],
    ])
    const form = await site.prom('/series', selectors, { form: true })
    expect(form.body).toEqual(body)
  })

  it('is not listed without a selector', async () => {
    const { status, body } = await site.prom('/series')
    expect([status, body.error]).toEqual([400, expect.stringContaining('no match[] parameter')])
    const wrong = await site.prom('/series', { 'match[]': 'sum(x)' })
    expect(wrong.status).toBe(400)
  })
})

const silent = { fails: new KCloudError('backend_timeout', { detail: 'no answer in time' }) }

describe('a cluster that does not answer', () => {
  const serve = (members: Parameters<typeof createFleet>[0]) =>
    serveGrafana(createFleet(members, fakeClock(START).now), START)

  it('is a warning beside what the others say, unless that is refused', async () => {
    const fleet = await serve({ site: NODE, far: silent })
    const query = 'sum(kcloud_power_watts)'
    const { status, body } = await fleet.prom('/query', { query })
    expect([status, body.data.result[0].value[1]]).toEqual([200, '100'])
    expect(body.warnings).toEqual([expect.stringContaining('far: ')])
    const strict = await fleet.prom('/query', { query, partial: 'deny' })
    expect([strict.status, strict.body.errorType]).toEqual([503, 'unavailable'])
    // Asked of the others alone, nothing is missing.
    const some = await fleet.prom('/query', { query: 'sum(kcloud_power_watts{cluster="site"})' })
    expect(some.body.warnings).toBeUndefined()
    // Whoever scales by it would take nothing for zero.
    const empty = await fleet.prom('/query', { query: 'kcloud_power_watts > 1000' })
    expect([empty.status, empty.body.errorType]).toEqual([503, 'unavailable'])
    await fleet.close()
  })

  it('is an error where nobody answers', async () => {
    const fleet = await serve({ far: silent })
    const { status, body } = await fleet.prom('/query', { query: 'kcloud_power_watts' })
    await fleet.close()
    expect([status, body.errorType]).toEqual([503, 'timeout'])
  })

  it('ends the series of what is gone with the next sample', async () => {
    const fleet = await serve({ site: NODE.replace(/ 100$/, ' 100 # last 600s') })
    const ask = async (seconds: number) => {
      const time = String(Number(NOW) - seconds)
      const { body } = await fleet.prom('/query', { query: 'kcloud_power_watts', time })
      return body.data.result.length
    }
    expect([await ask(900), await ask(0)]).toEqual([1, 0])
    await fleet.close()
  })
})
