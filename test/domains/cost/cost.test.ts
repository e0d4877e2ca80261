import { afterEach, describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import type { FleetMember } from '../../support/fleet.ts'
import { serveCost, type CostApp, type CostOptions } from '../../support/cost.ts'

/** A node of 1000 W: a board of 400 W that pod a holds, one of 50 W that is free, and a pod b on the CPU. */
const SEOUL = `
kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
kube_node_status_capacity{node="gpu-1",resource="cpu",unit="core"} 10
kube_pod_info{namespace="ml",pod="train-0",node="gpu-1",uid="u1",created_by_kind="Job",created_by_name="train"} 1
kube_pod_info{namespace="web",pod="site-6d5f8c9b7d-x2x4z",node="gpu-1",uid="u2",created_by_kind="ReplicaSet",created_by_name="site-6d5f8c9b7d"} 1
kube_pod_info{namespace="web",pod="twin",node="gpu-1",uid="u3"} 1
kube_pod_info{namespace="ml",pod="twin",node="gpu-1",uid="u4"} 1
kube_pod_status_phase{namespace="ml",pod="train-0",phase="Running"} 1
kube_pod_status_phase{namespace="web",pod="site-6d5f8c9b7d-x2x4z",phase="Running"} 1
kube_pod_owner{namespace="ml",pod="train-0",owner_kind="Job",owner_name="train"} 1
kube_pod_owner{namespace="web",pod="site-6d5f8c9b7d-x2x4z",owner_kind="ReplicaSet",owner_name="site-6d5f8c9b7d"} 1
ipmi_dcmi_power_consumption_watts{instance="10.1.0.1",node="gpu-1"} 1000
kepler_node_cpu_watts{node_name="gpu-1",zone="package"} 200
kepler_pod_cpu_watts{pod_name="train-0",pod_namespace="ml",node_name="gpu-1",zone="package",state="running"} 60
kepler_pod_cpu_watts{pod_name="site-6d5f8c9b7d-x2x4z",pod_namespace="web",node_name="gpu-1",zone="package",state="running"} 20
kepler_pod_cpu_watts{pod_name="twin",pod_namespace="web",node_name="gpu-1",zone="package",state="running"} 10
kepler_pod_cpu_watts{pod_name="twin",pod_namespace="ml",node_name="gpu-1",zone="package",state="running"} 10
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-0",gpu="0",Hostname="gpu-1",namespace="ml",pod="train-0",container="c"} 400
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="1",Hostname="gpu-1"} 50
`
const DOWN: FleetMember = {
  fails: new KCloudError('backend_unreachable', { detail: 'connection refused' }),
}

let served: CostApp | undefined
afterEach(async () => served?.app.close())

async function serve(
  members: Readonly<Record<string, FleetMember>> = { seoul: SEOUL },
  options: CostOptions = {},
) {
  served = await serveCost(members, options)
  return served
}

interface Row {
  key: Record<string, string>
  kind: string
  cost: number
  energy_joules: number
}
const micros = (value: number) => Math.round(value * 1e6)
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

describe('GET /cost/current', () => {
  it('costs an hour of the running power by the published formula', async () => {
    const { get } = await serve()
    const { status, data } = await get('/cost/current')
    expect(status).toBe(200)
    expect(data).toMatchObject({ model: 'kcloud', currency: 'USD', power_watts: 1000, coverage: 1 })
    // 1 kWh: 0.12, 1.3 times that, and 0.05.
    expect(data.cost_per_hour).toBe(0.326)
    expect(data.total.cost_terms).toEqual({
      electricity: 0.12,
      cooling: 0.156,
      carbon: 0.05,
      demand: 0,
      infrastructure: 0,
    })
    expect(data.rates).toMatchObject([
      { cluster: 'seoul', electricity_per_kwh: 0.12, cooling_factor: 1.3, carbon_per_kwh: 0.05 },
    ])
  })

  it.each(['cluster', 'namespace', 'node', 'pod', 'owner', 'workload_type', 'label:app'])(
    'by %s adds up to the total, to the millionth',
    async (by) => {
      const { get } = await serve()
      for (const idle of ['separate', 'proportional', 'reserved']) {
        const { data } = await get(`/cost/current?by=${by}&idle=${idle}`)
        expect(sum(data.rows.map((row: Row) => micros(row.cost)))).toBe(micros(data.total.cost))
        expect(sum(data.rows.map((row: Row) => row.energy_joules))).toBeCloseTo(3_600_000, 3)
      }
    },
  )

  it('charges each namespace what it uses, and tells apart what is idle and what nobody can say', async () => {
    const { get } = await serve()
    const { data } = await get('/cost/current?by=namespace')
    const watts = Object.fromEntries(
      data.rows.map(({ key, energy_joules: joules }: Row) => [key['namespace'], joules / 3600]),
    )
    // 400 + 60 + 10 and 20 + 10; idle are 100 of the CPU and the free board; the rest of the node is nobody's.
    expect(watts).toEqual({ ml: 470, web: 30, idle: 150, unattributed: 350 })
  })

  it('by owner knows the Deployment of a ReplicaSet', async () => {
    const { get } = await serve()
    const { data } = await get('/cost/current?by=owner')
    expect(data.rows.map(({ key }: Row) => key)).toContainEqual({
      cluster: 'seoul',
      namespace: 'web',
      owner_kind: 'Deployment',
      owner_name: 'site',
    })
  })

  it('costs by physics when asked: PUE, tariff and mass of carbon', async () => {
    const { get } = await serve()
    const { data } = await get('/cost/current?model=facility')
    expect(data.total.cost_terms).toMatchObject({ electricity: 0.156, cooling: 0 })
    expect(data.total.carbon_kg).toBeCloseTo(1.3 * 0.4173, 12)
    expect(data.total.cost_terms.carbon).toBe(0.027124)
    expect(data.total.facility_energy_kwh).toBeCloseTo(1.3, 12)
    expect(data.rates[0]).toMatchObject({ pue: 1.3, pue_source: 'assumed', carbon_per_kg: 0.05 })
  })

  it('takes the PUE of a meter of the site', async () => {
    const { get } = await serve({ seoul: `${SEOUL}site_power_watts 1500\n` })
    const { data } = await get('/cost/current?model=facility')
    expect(data.rates[0]).toMatchObject({ pue: 1.5, pue_source: 'measured' })
    expect(data.total.cost_terms.electricity).toBe(0.18)
  })

  it('says what is missing, and never makes up a PUE or a carbon intensity', async () => {
    const none = { read: () => Promise.resolve({ byCluster: new Map(), missing: [] }) }
    const { get } = await serve(
      { seoul: SEOUL },
      { rates: { assumedPue: null }, intensities: none },
    )
    const { data, meta } = await get('/cost/current?model=facility')
    expect(data.rates[0]).toMatchObject({ pue: null, pue_source: null })
    expect(data.total).toMatchObject({ facility_energy_kwh: null, carbon_kg: null })
    expect(meta.warnings.map(({ code }: { code: string }) => code)).toEqual([
      'rates_missing',
      'rates_missing',
    ])
  })
})

describe('GET /cost/hourly', () => {
  it('has the hours of the window, which add up to the total', async () => {
    const { get } = await serve()
    const { data } = await get('/cost/hourly?period=1h')
    expect(data.hours).toHaveLength(1)
    expect(data.hours[0]).toMatchObject({
      start: '2026-11-19T23:00:00.000Z',
      end: '2026-11-20T00:00:00.000Z',
      cost: 0.326,
      covered_seconds: 3600,
      provisional: true,
    })
    expect(data.total.cost).toBe(0.326)
  })

  it('cuts the first and last hour at the window, and charges nothing for what was not measured', async () => {
    const { get } = await serve()
    const { data } = await get(
      '/cost/hourly?start=2026-11-19T21:30:00Z&end=2026-11-19T23:30:00Z&namespace=ml',
    )
    expect(data.hours.map(({ start, covered_seconds: seconds }: any) => [start, seconds])).toEqual([
      ['2026-11-19T21:30:00.000Z', 0],
      // The first sample is of 23:00, which the minute before it holds.
      ['2026-11-19T22:00:00.000Z', 60],
      ['2026-11-19T23:00:00.000Z', 1800],
    ])
    expect(data.hours.map(({ cost }: Row) => cost)).toEqual([0, 0.002554, 0.07661])
    expect(data.coverage).toBeCloseTo(1860 / 7200, 12)
    expect(sum(data.hours.map(({ cost }: Row) => micros(cost)))).toBe(micros(data.total.cost))
  })

  it('says 404 for a namespace that nobody knows, and not that it costs nothing', async () => {
    const { get } = await serve()
    const { status, data } = await get('/cost/hourly?period=1h&namespace=nobody')
    expect(status).toBe(404)
    expect(data).toBeUndefined()
  })

  it('does not say 404 for it while a cluster that may know it does not answer', async () => {
    const { get } = await serve({ seoul: SEOUL, busan: DOWN })
    const one = await get('/cost/hourly?period=1h&namespace=nobody&partial=allow')
    expect(one.status).toBe(502)
  })

  it('tells of a namespace whose pods nothing measures that its cost is not known', async () => {
    const { get } = await serve({
      seoul: `${SEOUL}kube_pod_info{namespace="dark",pod="web-0",node="gpu-1",uid="u9"} 1\n`,
    })
    const { status, meta } = await get('/cost/hourly?period=1h&namespace=dark')
    expect(status).toBe(200)
    expect(meta.warnings).toContainEqual({
      code: 'silent_entities',
      detail:
        'nothing tells what the pods of namespace dark draw (1): what they cost is not in the figures',
    })
    const workload = await get('/cost/workload/dark:web-0?period=1h')
    expect(workload.status).toBe(404)
    expect(JSON.stringify(workload)).toContain('knows what workload')
  })

  it('gives the same energy as the power of the same window', async () => {
    const { get } = await serve()
    const { data } = await get('/cost/hourly?period=30m')
    expect(data.total.energy_joules).toBeCloseTo(1000 * 1800, 3)
  })
})

describe('GET /cost/workload/{id} and /cost/{workload_id}', () => {
  it('charge a pod for its energy, and its share of idle by the policy', async () => {
    const { get } = await serve()
    const { data } = await get('/cost/workload/train-0?period=30m')
    expect(data).toMatchObject({
      workload_id: 'train-0',
      cluster: 'seoul',
      namespace: 'ml',
      kind: 'pod',
      charged_seconds: 1800,
      accelerator_hours: 0.5,
    })
    expect(data.energy_joules).toBeCloseTo(460 * 1800, 3)
    expect(data.cost).toBe(0.07498)
    expect(data.cost_per_hour).toBe(0.14996)
    const shared = await get('/cost/workload/train-0?period=30m&idle=proportional')
    // Of 100 idle watts of the CPU, 60 of 100 that are used are its.
    expect(shared.data.energy_joules).toBeCloseTo(520 * 1800, 3)
  })

  it('find it by namespace and name, by its owner, and by the Deployment of its owner', async () => {
    const { get } = await serve()
    for (const id of ['ml:train-0', 'ml%2Ftrain-0', 'train', 'ml:train', 'site', 'web:site']) {
      const { status, data } = await get(`/cost/${id}?period=10m`)
      expect(status).toBe(200)
      expect(data.pods).toHaveLength(1)
    }
  })

  it("answer in the shape of the analyzer's document, by the hour", async () => {
    const { get } = await serve()
    const { data } = await get('/cost/train-0?period=30m')
    expect(data).toMatchObject({
      timestamp: '2026-11-20T00:00:00.000Z',
      workload_id: 'train-0',
      cost_per_hour: 0.14996,
      cost_breakdown: { compute: 0.01956, gpu: 0.1304, storage: null, network: null },
      power_watts: 460,
    })
  })

  it('say 409 with the candidates for a name that two have, and 404 for one that nobody has', async () => {
    const { get } = await serve()
    const twins = await get('/cost/twin?period=10m')
    expect(twins.status).toBe(409)
    expect(JSON.stringify(twins)).toContain('seoul/ml/pod/twin')
    expect((await get('/cost/twin?period=10m&namespace=web')).status).toBe(200)
    expect((await get('/cost/workload/nobody?period=10m')).status).toBe(404)
  })
})

describe('all routes of costs', () => {
  const PATHS = [
    '/cost/current',
    '/cost/hourly?period=10m',
    '/cost/workload/train-0?period=10m',
    '/cost/train-0?period=10m',
  ]

  it('answer at the root too, and want credentials', async () => {
    const { app } = await serve()
    for (const path of PATHS) {
      expect((await app.get(path)).statusCode).toBe(200)
      expect((await app.get(path, { auth: false })).statusCode).toBe(401)
    }
  })

  it('refuse an incomplete answer unless it is asked for', async () => {
    const { get } = await serve({ seoul: SEOUL, busan: DOWN })
    for (const path of PATHS) {
      expect((await get(path)).status).toBe(503)
      const joined = path.includes('?') ? '&' : '?'
      const { status, meta, data } = await get(`${path}${joined}partial=allow`)
      expect(status).toBe(200)
      expect(meta.status).toBe('partial')
      expect(JSON.stringify(data)).not.toContain('busan')
    }
  })

  it('are a failure when no cluster answers', async () => {
    const { get } = await serve({ seoul: DOWN })
    for (const path of PATHS) expect((await get(path)).status).toBe(502)
  })

  it.each([
    ['/cost/current?by=colour', '/query/by'],
    ['/cost/current?model=magic', '/query/model'],
    ['/cost/current?idle=none', '/query/idle'],
    ['/cost/current?currency=USD', '/query'],
    ['/cost/hourly?start=yesterday', '/query/start'],
    ['/cost/hourly?start=2026-11-21T00:00:00Z', '/query/start'],
    ['/cost/hourly?start=2026-11-19T00:00:00Z&end=2026-11-18T00:00:00Z', '/query/start'],
    ['/cost/hourly?period=90d', '/query/start'],
    ['/cost/hourly?period=1h&step=10s', '/query/step'],
    ['/cost/workload/a?period=30d&step=1m', '/query/step'],
    ['/cost/workload/a?start=2020-01-01T00:00:00Z', '/query/start'],
  ])('name what is wrong with %s', async (path, pointer) => {
    const { get } = await serve()
    const { status, errors } = await get(path)
    expect(status).toBe(400)
    expect(errors[0].pointer).toContain(pointer)
  })

  it('know no unknown cluster', async () => {
    const { get } = await serve()
    expect((await get('/cost/current?cluster=nowhere')).status).toBe(404)
  })
})
