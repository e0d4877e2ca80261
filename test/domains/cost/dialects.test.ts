import { afterEach, describe, expect, it } from 'vitest'
import { allocationWindow } from '../../../src/domains/cost/allocation-window.ts'
import { KCloudError } from '../../../src/kernel/errors.ts'
import { focusMistakes, readCsv } from './focus-rules.ts'
import { serveCost, type CostApp } from '../../support/cost.ts'

const SEOUL = `
kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
kube_pod_info{namespace="ml",pod="train-0",node="gpu-1",uid="u1"} 1
kube_pod_owner{namespace="ml",pod="train-0",owner_kind="Job",owner_name="train"} 1
kube_pod_status_phase{namespace="ml",pod="train-0",phase="Running"} 1
kube_pod_info{namespace="web",pod="site",node="gpu-1",uid="u2"} 1
ipmi_dcmi_power_consumption_watts{instance="10.1.0.1",node="gpu-1"} 1000
kepler_node_cpu_watts{node_name="gpu-1",zone="package"} 200
kepler_pod_cpu_watts{pod_name="train-0",pod_namespace="ml",node_name="gpu-1",zone="package",state="running"} 61
kepler_pod_cpu_watts{pod_name="site",pod_namespace="web",node_name="gpu-1",zone="package",state="running"} 23
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-0",gpu="0",Hostname="gpu-1",namespace="ml",pod="train-0",container="c"} 407
`
const DOWN = { fails: new KCloudError('backend_timeout', { detail: 'no answer' }) }

let served: CostApp | undefined
afterEach(async () => {
  await served?.app.close()
  served = undefined
})

async function serve(members: Parameters<typeof serveCost>[0] = { seoul: SEOUL }) {
  served = await serveCost(members)
  return served.app
}

const micros = (value: number) => Math.round(value * 1e6)
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
const START = 'start=2026-11-19T23:10:00Z&end=2026-11-19T23:50:00Z'

describe('GET /cost/focus', () => {
  it('gives rows that keep the rules of the specification, as CSV and as JSON', async () => {
    const app = await serve()
    const csv = await app.get(`/cost/focus?${START}&granularity=hour`)
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8')
    const fromCsv = readCsv(csv.body)
    expect(fromCsv.length).toBeGreaterThan(3)
    expect(focusMistakes(fromCsv)).toEqual([])
    const json = JSON.parse(
      (await app.get(`/cost/focus?${START}&granularity=hour&format=json`)).body,
    )
    expect(focusMistakes(json)).toEqual([])
    expect(json).toHaveLength(fromCsv.length)
  })

  it('gives rows in which the checker finds what is broken', () => {
    expect(focusMistakes([{ BilledCost: 1 }]).length).toBeGreaterThan(5)
  })

  it('refuses unknown parameters, and a cluster that is silent unless asked', async () => {
    const app = await serve({ seoul: SEOUL, busan: DOWN })
    expect((await app.get('/cost/focus?format=xml')).statusCode).toBe(400)
    expect((await app.get('/cost/focus?period=30m')).statusCode).toBe(503)
    expect((await app.get('/cost/focus?period=30m&partial=allow')).statusCode).toBe(200)
    expect((await app.get('/cost/focus?period=30m', { auth: false })).statusCode).toBe(401)
  })
})

interface Allocation {
  readonly totalCost: number
  readonly cpuCost: number
  readonly gpuCost: number
  readonly minutes: number
}
type Sets = readonly Readonly<Record<string, Allocation>>[]

describe('GET /allocation', () => {
  const window = 'window=2026-11-19T23:10:00Z,2026-11-19T23:50:00Z'
  const read = async (query: string): Promise<Sets> => {
    const app = served?.app ?? (await serve())
    const reply = await app.get(`/allocation?${query}`)
    expect(reply.statusCode, reply.body).toBe(200)
    const body = JSON.parse(reply.body)
    expect(body).toMatchObject({ code: 200, status: 'success', message: '' })
    return body.data
  }

  it('names allocations as they are aggregated, idle and unallocated apart', async () => {
    const [set] = await read(`${window}&aggregate=namespace&includeIdle=true`)
    expect(Object.keys(set ?? {}).sort()).toEqual(['__idle__', '__unallocated__', 'ml', 'web'])
    const [plain] = await read(`${window}&aggregate=cluster,controller`)
    expect(Object.keys(plain ?? {})).toContain('seoul/train')
    expect(Object.keys(plain ?? {})).not.toContain('__idle__')
  })

  it('has a set for each step, and one when they are accumulated', async () => {
    const sets = await read(`${window}&aggregate=namespace&step=10m`)
    expect(sets).toHaveLength(4)
    const [one, ...none] = await read(`${window}&aggregate=namespace&step=10m&accumulate=true`)
    expect(none).toEqual([])
    expect(one?.['ml']?.minutes).toBe(40)
    expect(sum(sets.map((set) => set['ml']?.totalCost ?? 0))).toBeCloseTo(
      one?.['ml']?.totalCost ?? 0,
      5,
    )
  })

  it('costs the same as FOCUS and the native answer, to the millionth', async () => {
    const app = await serve()
    const native = JSON.parse((await app.get(`/cost/hourly?${START}`)).body)
    const cost = micros(native.data.total.cost)
    expect(cost).toBeGreaterThan(0)
    const rows = JSON.parse((await app.get(`/cost/focus?${START}&format=json`)).body)
    expect(sum(rows.map((row: { BilledCost: number }) => micros(row.BilledCost)))).toBe(cost)
    for (const more of [
      'aggregate=namespace',
      'step=10m',
      'aggregate=pod&accumulate=true',
      'idleByNode=true',
    ]) {
      const sets = await read(`${window}&includeIdle=true&${more}`)
      const items = sets.flatMap((set) => Object.values(set))
      expect(sum(items.map(({ totalCost }) => micros(totalCost)))).toBe(cost)
      for (const item of items)
        expect(micros(item.cpuCost) + micros(item.gpuCost)).toBe(micros(item.totalCost))
    }
    const shared = await read(`${window}&shareIdle=true`)
    expect(sum(Object.values(shared[0] ?? {}).map(({ totalCost }) => micros(totalCost)))).toBe(cost)
  })

  it.each([
    ['', '/query/window'],
    ['window=sometime', '/query/window'],
    ['window=7d&aggregate=colour', '/query/aggregate'],
    ['window=1h&step=1s', '/query/step'],
    ['window=1h&time_zone=Mars/Olympus', '/query/time_zone'],
    ['window=1h&accumulate=maybe', '/query/accumulate'],
  ])('names what is wrong with %j', async (query, pointer) => {
    const app = await serve()
    const reply = await app.get(`/allocation/compute?${query}`)
    expect(reply.statusCode).toBe(400)
    expect(JSON.parse(reply.body).errors[0].pointer).toBe(pointer)
  })
})

describe('a window of an allocation', () => {
  // A Wednesday; the clocks of Berlin were changed on Sunday, 2026-03-29.
  const at = new Date('2026-04-01T12:00:00Z')
  it.each([
    ['today', 'Asia/Seoul', '2026-03-31T15:00:00Z', '2026-04-01T12:00:00Z'],
    ['yesterday', 'Asia/Seoul', '2026-03-30T15:00:00Z', '2026-03-31T15:00:00Z'],
    ['week', 'UTC', '2026-03-30T00:00:00Z', '2026-04-01T12:00:00Z'],
    ['lastweek', 'Europe/Berlin', '2026-03-22T23:00:00Z', '2026-03-29T22:00:00Z'],
    ['month', 'UTC', '2026-04-01T00:00:00Z', '2026-04-01T12:00:00Z'],
    ['lastmonth', 'Europe/Berlin', '2026-02-28T23:00:00Z', '2026-03-31T22:00:00Z'],
    ['12h', 'UTC', '2026-04-01T00:00:00Z', '2026-04-01T12:00:00Z'],
    ['1d offset 1w', 'UTC', '2026-03-24T12:00:00Z', '2026-03-25T12:00:00Z'],
    ['1774915200,1775001600', 'UTC', '2026-03-31T00:00:00Z', '2026-04-01T00:00:00Z'],
    [
      '2026-03-01T00:00:00Z,2026-03-02T00:00:00Z',
      'UTC',
      '2026-03-01T00:00:00Z',
      '2026-03-02T00:00:00Z',
    ],
  ])('%s in %s', (text, zone, start, end) => {
    expect(allocationWindow(text, at, zone)).toEqual({ start: new Date(start), end: new Date(end) })
  })
})
