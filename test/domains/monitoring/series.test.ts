import { afterEach, describe, expect, it } from 'vitest'
import { serveMonitoring, type MonitoringApp } from '../../support/monitoring.ts'

/** A node with a meter and two boards, one of which changes hands; samples are of the last hour. */
const SEOUL = `
kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
kube_node_info{node="gpu-2",internal_ip="10.0.0.2"} 1
ipmi_dcmi_power_consumption_watts{instance="10.1.0.1",node="gpu-1"} 1000
kepler_node_cpu_watts{node_name="gpu-1",zone="package"} 100
kepler_pod_cpu_watts{pod_name="a",pod_namespace="ml",node_name="gpu-1",zone="package",state="running"} 60
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-0",gpu="0",Hostname="gpu-1",namespace="ml",pod="a",container="c"} 400
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="1",Hostname="10.0.0.1:9400"} 50
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-2",gpu="0",Hostname="gpu-2"} 70 # last 1800s
DCGM_FI_DEV_GPU_TEMP{UUID="GPU-0",gpu="0",Hostname="gpu-1"} 70
DCGM_FI_DEV_GPU_TEMP{UUID="GPU-1",gpu="1",Hostname="10.0.0.1:9400"} 40
DCGM_FI_DEV_GPU_TEMP{UUID="GPU-2",gpu="0",Hostname="gpu-2"} 30
DCGM_FI_DEV_FB_USED{UUID="GPU-m",gpu="1",Hostname="gpu-2",GPU_I_ID="1",GPU_I_PROFILE="1g.5gb"} 100
DCGM_FI_DEV_FB_USED{UUID="GPU-m",gpu="1",Hostname="gpu-2",GPU_I_ID="2",GPU_I_PROFILE="1g.5gb"} 200
`

let served: MonitoringApp | undefined
afterEach(async () => served?.app.close())

async function serve(text = SEOUL) {
  served = await serveMonitoring({ seoul: text })
  return served
}

type Points = readonly (readonly [number, number | null])[]
const valuesOf = (series: { points: Points }) => series.points.map(([, value]) => value)

describe('GET /monitoring/timeseries/power', () => {
  it('has one point a step, on whole steps, and null where nothing was measured', async () => {
    const { get } = await serve()
    const { status, data } = await get('/monitoring/timeseries/power?period=2h&step=5m')
    expect(status).toBe(200)
    expect(data).toMatchObject({ metric: 'power_watts', unit: 'watts', step_seconds: 300 })
    const [{ points }] = data.series as [{ points: Points }]
    const times = points.map(([time]) => time)
    expect(times).toHaveLength(25)
    expect(
      times.every((time, index) => index === 0 || time - (times[index - 1] ?? 0) === 300),
    ).toBe(true)
    expect(times.every((time) => time % 300 === 0)).toBe(true)
    expect(points.slice(0, 12).every(([, value]) => value === null)).toBe(true)
    expect(points.at(14)?.[1]).toBe(1070)
    expect(points.at(-1)?.[1]).toBe(1000)
    expect(data.coverage.least).toBe(0)
  })

  it.each(['cluster', 'node', 'namespace', 'pod', 'vendor', 'resource_type', 'workload_type'])(
    'by %s adds up to the total at each point',
    async (by) => {
      const { get } = await serve()
      const path = '/monitoring/timeseries/power?period=90m&step=5m'
      const total = valuesOf((await get(path)).data.series[0])
      const { data } = await get(`${path}&by=${by}`)
      const sums = total.map((_, index) => {
        const known = (data.series as { points: Points }[]).flatMap(
          ({ points }) => points[index]?.[1] ?? [],
        )
        return known.length === 0 ? null : known.reduce((a, b) => a + b, 0)
      })
      for (const [index, value] of total.entries())
        if (value === null) expect(sums[index]).toBeNull()
        else expect(sums[index]).toBeCloseTo(value, 6)
    },
  )

  it('makes one series of the smaller ones, so that nothing is missing', async () => {
    const { get } = await serve()
    const path = '/monitoring/timeseries/power?period=10m&by=resource_type&top=1'
    const { data } = await get(path)
    expect(data.series.map((row: any) => row.key)).toEqual([
      { resource_type: 'gpu' },
      { resource_type: 'others' },
    ])
    expect(valuesOf(data.series[0]).at(-1)).toBe(450)
    expect(valuesOf(data.series[1]).at(-1)).toBe(550)
  })

  it('reads a long window in pieces, all of its points once', async () => {
    const { get, fleet } = await serve()
    const { data } = await get('/monitoring/timeseries/power?period=20h&step=15s')
    const [{ points }] = data.series as [{ points: Points }]
    expect(points).toHaveLength(4801)
    expect(new Set(points.map(([time]) => time)).size).toBe(4801)
    expect(points.at(-1)?.[1]).toBe(1000)
    expect(fleet.queries.length).toBeLessThan(150)
  })

  it.each([
    ['step=1s&period=1w', '/query/step'],
    ['start=2026-11-20T00:00:00Z&end=2026-11-19T00:00:00Z', '/query/start'],
    ['by=rack', '/query/by'],
    ['top=0', '/query/top'],
  ])('refuses %s', async (query, pointer) => {
    const { get } = await serve()
    const { status, errors } = await get(`/monitoring/timeseries/power?${query}`)
    expect(status).toBe(400)
    expect(errors).toMatchObject([{ pointer }])
  })
})

describe('GET /monitoring/timeseries/metrics', () => {
  const path = '/monitoring/timeseries/metrics?period=10m&step=5m'

  it.each([
    ['metric=power_watts&aggregation=sum&by=node', { 'gpu-1': 450 }],
    ['metric=power_watts&aggregation=count&by=node', { 'gpu-1': 2 }],
    // Of 50 and 400, at 0.95 of the way from the first to the second.
    ['metric=power_watts&aggregation=p95&by=node', { 'gpu-1': 382.5 }],
    ['metric=gpu_temperature_celsius&aggregation=max&by=node', { 'gpu-1': 70, 'gpu-2': 30 }],
    ['metric=gpu_temperature_celsius&aggregation=avg&by=vendor', { nvidia: 140 / 3 }],
    ['metric=memory_used_mb&aggregation=sum&by=uuid', { 'GPU-m': 300 }],
    ['metric=cpu_power_watts&entity=pod&by=pod', { a: 60 }],
  ])('%s', async (query, expected) => {
    const { get } = await serve()
    const { status, data } = await get(`${path}&${query}`)
    expect(status).toBe(200)
    const last = data.series.map((row: any) => [
      Object.values<string>(row.key).at(-1),
      valuesOf(row).at(-1),
    ])
    expect(Object.fromEntries(last.filter(([, value]: any) => value !== null))).toEqual(expected)
    expect(data.series.every((row: any) => row.key.cluster === 'seoul')).toBe(true)
  })

  it.each([
    ['', '/query/metric'],
    ['&metric=secrets', '/query/metric'],
    ['&metric=power_watts&by=pod', '/query/by'],
    ['&metric=power_watts&entity=vm', '/query/entity'],
    ['&metric=gpu_temperature_celsius&aggregation=sum', '/query/aggregation'],
    ['&metric=power_watts&aggregation=median', '/query/aggregation'],
  ])('refuses %s', async (query, pointer) => {
    const { get } = await serve()
    const { status, errors } = await get(`${path}${query}`)
    expect(status).toBe(400)
    expect(errors).toMatchObject([{ pointer }])
  })
})

describe('GET /monitoring/timeseries/temperature', () => {
  it('gives the temperatures that there are, the highest of each group', async () => {
    const { get } = await serve()
    const { data } = await get('/monitoring/timeseries/temperature?period=10m&step=5m&by=node')
    expect(data.timeseries).toMatchObject([
      {
        metric: 'gpu_temperature_celsius',
        unit: 'celsius',
        series: [
          { key: { cluster: 'seoul', node: 'gpu-1' }, sources: ['dcgm'] },
          { key: { cluster: 'seoul', node: 'gpu-2' } },
        ],
      },
    ])
    expect(valuesOf(data.timeseries[0].series[0])).toEqual([70, 70, 70])
  })
})
