import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serveDemoGrafana, type GrafanaApp } from '../../support/grafana.ts'

// The data source gives the figures of the routes, and its readers choose among them in Grafana's ways.

let demo: GrafanaApp
beforeAll(async () => {
  demo = await serveDemoGrafana('2026-11-20T05:00:00.000Z')
})
afterAll(() => demo.close())

const WINDOW = 'start=2026-11-20T04:50:00Z&end=2026-11-20T05:00:00Z&step=1m'
const one = async (target: string, payload: object = {}, more: object = {}) => {
  const { status, body } = await demo.query([{ refId: 'A', target, payload }], more)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

/** Frames in the words of our routes: the key of each series, and its points. */
const asSeries = (frames: readonly any[]) =>
  frames.map(({ tags, datapoints }) => ({
    key: tags,
    points: datapoints.map(([value, time]: [number, number]) => [time / 1000, value]),
  }))
const bare = ({ series }: any) => series.map(({ key, points }: any) => ({ key, points }))

describe('POST /grafana/query', () => {
  it.each(['total', 'cluster', 'node', 'namespace', 'resource_type'])(
    'gives the power by %s of the route',
    async (by) => {
      const rest = await demo.rest(`/monitoring/timeseries/power?by=${by}&top=20&${WINDOW}`)
      expect(asSeries(await one('power', { by }))).toEqual(bare(rest))
    },
  )

  it.each(['gpu_temperature_celsius', 'power_watts', 'load1'])(
    'gives the measure %s of the route',
    async (metric) => {
      const rest = await demo.rest(
        `/monitoring/timeseries/metrics?metric=${metric}&by=node&aggregation=max&${WINDOW}`,
      )
      expect(asSeries(await one(metric, { by: 'node', aggregation: 'max' }))).toEqual(bare(rest))
    },
  )

  it('gives the breakdown of the route, whose rows add up', async () => {
    const rest = await demo.rest('/monitoring/power/breakdown?by=workload_type')
    const [table] = await one('power_breakdown', { by: 'workload_type' })
    const watts = table.columns.findIndex(({ text }: any) => text === 'power_watts')
    expect(table.rows.map((row: any) => [row[0], row[watts]])).toEqual(
      rest.rows.map((row: any) => [row.key.workload_type, row.power_watts]),
    )
  })

  it('gives the cost of the route', async () => {
    const rest = await demo.rest('/cost/hourly?start=2026-11-20T04:00:00Z&end=2026-11-20T05:00:00Z')
    const range = { from: '2026-11-20T04:00:00Z', to: '2026-11-20T05:00:00Z' }
    const lines = await one('cost', { by: 'cluster' }, { range })
    const cost = lines.reduce((sum: number, line: any) => sum + Number(line.datapoints[0][0]), 0)
    expect(cost).toBeCloseTo(rest.total.cost, 5)
    expect(lines[0].unit).toBe('currencyUSD')
  })

  it('reads names as the patterns that Grafana makes of variables', async () => {
    const both = await one('(power|coverage)', { cluster: '(seoul|busan)' })
    expect(both.map(({ target }: any) => target)).toEqual(['total', 'coverage'])
    const listed = await one('power', { by: 'cluster', cluster: ['seoul', 'busan'] })
    const written = await one('power', { by: 'cluster', cluster: '(seoul|busan)' })
    expect(written).toEqual(listed)
    expect(asSeries(written).map(({ key }) => key.cluster)).toEqual(['seoul', 'busan'])
  })

  it('takes options as a text, and puts in the variables that were left in it', async () => {
    const scopedVars = { site: { text: 'Seoul', value: ['seoul'] }, how: { value: 'cluster' } }
    const lines = await one('power', { by: 'cluster', cluster: 'seoul' })
    const text = JSON.stringify({ by: '$how', cluster: '${site:regex}' })
    const { body } = await demo.query([{ refId: 'A', target: 'power', payload: text }], {
      scopedVars,
    })
    expect(body).toEqual(lines)
  })

  it.each([
    ['=', 'gpu-worker-1', ['seoul / gpu-worker-1', 'busan / gpu-worker-1']],
    ['=~', 'gpu-worker-[12]', 4],
    ['!~', '.*worker.*', 6],
  ])('filters by node %s %s', async (operator, value, expected) => {
    const filters = [{ key: 'node', operator, value }]
    const frames = await one('power', { by: 'node', top: '1000' }, { adhocFilters: filters })
    const named = frames
      .map(({ target }: any) => target)
      .filter((name: string) => name.includes('/'))
    if (typeof expected === 'number') expect(named.length).toBeGreaterThanOrEqual(expected)
    else expect(named).toEqual(expect.arrayContaining(expected))
    for (const name of named) {
      const node = name.split(' / ')[1]
      const fits = new RegExp(`^(?:${value})$`).test(node)
      expect([name, fits]).toEqual([name, operator !== '!~'])
    }
  })

  it('filters the total to what is left, and not the whole', async () => {
    const filters = [{ key: 'vendor', operator: '=', value: 'nvidia' }]
    const [line] = await one('power', {}, { adhocFilters: filters })
    const rest = await demo.rest(`/monitoring/timeseries/power?by=vendor&${WINDOW}`)
    const nvidia = rest.series.find(({ key }: any) => key.vendor === 'nvidia')
    expect(asSeries([line])[0]!.points.at(-1)[1]).toBeCloseTo(nvidia.points.at(-1)[1], 6)
  })

  it('says where a filter does not reach', async () => {
    const filters = [{ key: 'node', operator: '=', value: 'gpu-worker-1' }]
    const [frame] = await one('coverage', {}, { adhocFilters: filters })
    expect(JSON.stringify(frame.meta.notices)).toContain('not filtered by node')
  })

  it.each([
    [{ target: 'nonsense' }, 404, 'there is no metric "nonsense"'],
    [{ target: 'power', payload: { by: 'colour' } }, 400, 'by: must be one of total, cluster'],
    [{ target: 'power', payload: { cluster: 'nowhere' } }, 404, 'nothing is called "nowhere"'],
    [{ target: 'power', payload: '{' }, 400, 'must be a JSON object'],
    [{ target: '(' }, 400, 'is no pattern'],
    [{ target: 'power_watts', payload: { by: 'pod' } }, 400, 'by: must be one of cluster, node'],
    [
      { target: 'gpu_temperature_celsius', payload: { aggregation: 'sum' } },
      400,
      'cannot be added',
    ],
  ])('refuses %j in words that a panel can show', async (target, status, words) => {
    const answer = await demo.query([{ refId: 'A', ...target }])
    expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(words)])
    expect(answer.body.error.message).toBe(answer.body.message)
  })

  it.each([
    [{ range: { from: 'yesterday', to: 'now' } }, 'from: must be a time'],
    [{ range: { from: 2, to: 1 } }, 'from: must be before to'],
    [{ adhocFilters: [{ key: 'colour', operator: '=', value: 'x' }] }, 'cannot be filtered by'],
    [{ adhocFilters: [{ key: 'node', operator: '<', value: 'x' }] }, 'does not fit names'],
    [{ targets: 'power' }, 'targets: must be array'],
  ])('refuses %j', async (more, words) => {
    const { status, body } = await demo.query([{ refId: 'A', target: 'power' }], more)
    expect([status, body.message]).toEqual([400, expect.stringContaining(words)])
  })

  it('tells what is missing where it is drawn', async () => {
    const [frame] = await one('power')
    expect(frame.meta.custom).toMatchObject({ status: 'complete', coverage: expect.any(Number) })
    expect(frame.meta.notices[0]).toMatchObject({ severity: 'warning' })
  })
})
