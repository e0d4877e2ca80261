import { afterEach, describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import type { FleetMember } from '../../support/fleet.ts'
import { serveMonitoring, type MonitoringApp } from '../../support/monitoring.ts'

const node = (name: string, watts: number) => `
kube_node_info{node="${name}",internal_ip="10.0.0.1"} 1
ipmi_up{instance="10.1.0.1",node="${name}",collector="dcmi"} 1
ipmi_dcmi_power_consumption_watts{instance="10.1.0.1",node="${name}"} ${watts}
`
const gpu = (
  index: number,
  on: string,
  figures: readonly [watts: number, busy: number, hot: number],
) => `
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-${on}-${index}",gpu="${index}",Hostname="${on}"} ${figures[0]}
DCGM_FI_DEV_GPU_UTIL{UUID="GPU-${on}-${index}",gpu="${index}",Hostname="${on}"} ${figures[1]}
DCGM_FI_DEV_GPU_TEMP{UUID="GPU-${on}-${index}",gpu="${index}",Hostname="${on}"} ${figures[2]}
`
/** 3000 W, two GPUs: 400 W at 80 % and 100 W at 0 %. */
const SEOUL = node('a', 3000) + gpu(0, 'a', [400, 80, 70]) + gpu(1, 'a', [100, 0, 35])
/** 1000 W, one GPU: 200 W at 60 %. */
const BUSAN = node('b', 1000) + gpu(0, 'b', [200, 60, 75])
/** A node that nobody measures, and no accelerator. */
const BARE = 'kube_node_info{node="c",internal_ip="10.0.0.1"} 1'
const DOWN: FleetMember = {
  fails: new KCloudError('backend_timeout', { detail: 'did not answer' }),
}

let served: MonitoringApp | undefined
afterEach(async () => served?.app.close())

async function serve(members: Record<string, FleetMember>) {
  served = await serveMonitoring(members)
  return served
}

const path = '/clusters/compare'
const ALL = 'power,energy,utilization,temperature,efficiency,idle_power,accelerators'

/** The rows of each metric, as lists of what is asked. */
function shown(data: any, ...fields: string[]): Record<string, unknown> {
  return Object.fromEntries(
    data.metrics.map((table: any) => [
      table.metric,
      table.rows.map((row: any) => fields.map((field) => row[field] as unknown)),
    ]),
  )
}

describe('GET /clusters/compare', () => {
  it('sets figures side by side, with rank and share', async () => {
    const { get } = await serve({ seoul: SEOUL, busan: BUSAN })
    const { status, data, meta } = await get(`${path}?metrics=${ALL}&period=10m`)
    expect(status).toBe(200)
    expect(meta).toMatchObject({ status: 'complete', warnings: [] })
    expect(shown(data, 'cluster', 'value', 'rank', 'share_percent')).toEqual({
      power: [
        ['seoul', 3000, 1, 75],
        ['busan', 1000, 2, 25],
      ],
      energy: [
        ['seoul', 3000 * 600, 1, 75],
        ['busan', 1000 * 600, 2, 25],
      ],
      utilization: [
        ['busan', 60, 1, null],
        ['seoul', 40, 2, null],
      ],
      temperature: [
        ['busan', 75, 1, null],
        ['seoul', 70, 2, null],
      ],
      // 60 % ÷ 200 W, and 40 % ÷ 250 W.
      efficiency: [
        ['busan', 0.3, 1, null],
        ['seoul', 0.16, 2, null],
      ],
      // Nobody says who holds the GPUs, nor who uses the CPUs: nothing is known to be idle.
      idle_power: [
        ['busan', 0, 1, null],
        ['seoul', 0, 1, null],
      ],
      accelerators: [
        ['seoul', 2, 1, (2 / 3) * 100],
        ['busan', 1, 2, (1 / 3) * 100],
      ],
    })
    expect(data.metrics.map(({ metric, unit, total }: any) => [metric, unit, total])).toEqual([
      ['power', 'watts', 4000],
      ['energy', 'joules', 2_400_000],
      ['utilization', 'percent', null],
      ['temperature', 'celsius', null],
      ['efficiency', 'percent_per_watt', null],
      ['idle_power', 'watts', 0],
      ['accelerators', 'count', 3],
    ])
    expect(data.window).toMatchObject({ end: '2026-11-20T00:00:00.000Z' })
  })

  it('says of each figure where it comes from and how much of it was measured', async () => {
    const { get } = await serve({ seoul: SEOUL + 'kube_node_info{node="x"} 1', busan: BUSAN })
    const { data } = await get(`${path}?metrics=power,utilization,energy&period=10m`)
    expect(data.metrics[0].rows[0]).toMatchObject({
      cluster: 'seoul',
      method: 'estimated',
      coverage: 0.5,
      sources: ['dcgm', 'dcmi'],
    })
    expect(data.metrics[1].rows[0]).toMatchObject({ coverage: 1, method: 'estimated' })
    expect(data.metrics[2].rows[0]).toMatchObject({ method: 'measured', sources: ['dcgm'] })
  })

  it('shows power, utilisation and temperature without being asked for any', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { data } = await get(path)
    expect(data.metrics.map(({ metric }: any) => metric as string)).toEqual([
      'power',
      'utilization',
      'temperature',
    ])
    expect(data.window).toBeNull()
  })

  it('gives equal ranks to equal values, and none to a cluster that reports nothing', async () => {
    const { get } = await serve({ seoul: node('a', 500), busan: node('b', 500), bare: BARE })
    const { data } = await get(`${path}?metrics=power,temperature`)
    expect(shown(data, 'cluster', 'value', 'rank', 'share_percent')).toEqual({
      power: [
        ['busan', 500, 1, 50],
        ['seoul', 500, 1, 50],
        ['bare', null, null, null],
      ],
      temperature: [
        ['bare', null, null, null],
        ['busan', null, null, null],
        ['seoul', null, null, null],
      ],
    })
    expect(data.unavailable).toEqual([])
  })

  it('names a cluster that is silent, and does not rank it', async () => {
    const { get } = await serve({ seoul: SEOUL, busan: DOWN })
    const { status, data, meta } = await get(`${path}?metrics=power,energy,utilization&period=5m`)
    expect(status).toBe(200)
    expect(meta.status).toBe('partial')
    expect(data.unavailable).toEqual([{ cluster: 'busan', status: 'timeout' }])
    for (const table of data.metrics)
      expect(table.rows.map(({ cluster }: any) => cluster as string)).toEqual(['seoul'])
    expect((await get(`${path}?partial=deny`)).status).toBe(503)
  })

  it('compares only the clusters that are asked for', async () => {
    const { get } = await serve({ seoul: SEOUL, busan: BUSAN, bare: BARE })
    const { data } = await get(`${path}?cluster=seoul,busan`)
    expect(data.metrics[0].rows).toHaveLength(2)
  })

  it.each([
    ['metrics=cost', '/query/metrics'],
    ['metrics=', '/query/metrics'],
    ['colour=red', '/query/colour'],
    ['metrics=energy&period=soon', '/query/period'],
  ])('refuses %s', async (query, pointer) => {
    const { get } = await serve({ seoul: SEOUL })
    const { status, errors } = await get(`${path}?${query}`)
    expect(status).toBe(400)
    expect(errors[0].pointer).toMatch(new RegExp(`^${pointer}`))
  })

  it('asks for credentials, knows no other clusters, and fails when none answers', async () => {
    const { get } = await serve({ seoul: SEOUL })
    expect((await get(path, { auth: false })).status).toBe(401)
    expect((await get(`${path}?cluster=nowhere`)).status).toBe(404)
    await served?.app.close()
    expect((await (await serve({ busan: DOWN })).get(path)).status).toBe(504)
  })
})
