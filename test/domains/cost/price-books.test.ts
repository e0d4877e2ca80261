import { afterEach, describe, expect, it } from 'vitest'
import { priceBookList } from '../../../src/config-prices.ts'
import { KCloudError } from '../../../src/kernel/errors.ts'
import { serveCost, type CostApp } from '../../support/cost.ts'
import type { FleetMember } from '../../support/fleet.ts'
import { focusMistakes } from './focus-rules.ts'

const board = (index: number, holder: string) =>
  `DCGM_FI_DEV_POWER_USAGE{UUID="GPU-${index}",gpu="${index}",Hostname="gpu-1",modelName="NVIDIA A100-SXM4-80GB"${holder}} 100`
const HELD = ',namespace="ml",pod="train-0",container="c"'

/** A node with eight GPUs, of which a pod holds three, and a node on spot capacity; each of ten processors. */
const SEOUL = `
kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
kube_node_info{node="web-1",internal_ip="10.0.0.2"} 1
kube_node_labels{node="web-1",label_node_kubernetes_io_instance_type="m5.large",label_karpenter_sh_capacity_type="spot"} 1
kube_node_status_capacity{node="gpu-1",resource="cpu",unit="core"} 10
kube_node_status_capacity{node="web-1",resource="cpu",unit="core"} 10
kube_pod_info{namespace="ml",pod="train-0",node="gpu-1",uid="u1"} 1
kube_pod_info{namespace="web",pod="site",node="web-1",uid="u2"} 1
kube_pod_info{namespace="web",pod="waiting",node="web-1",uid="u3"} 1
kube_pod_status_phase{namespace="ml",pod="train-0",phase="Running"} 1
kube_pod_status_phase{namespace="web",pod="site",phase="Running"} 1
kube_pod_status_phase{namespace="web",pod="waiting",phase="Running"} 1
kube_pod_container_resource_requests{namespace="ml",pod="train-0",container="c",node="gpu-1",resource="cpu",unit="core"} 5
kube_pod_container_resource_requests{namespace="web",pod="waiting",container="c",node="web-1",resource="cpu",unit="core"} 1
ipmi_dcmi_power_consumption_watts{instance="10.1.0.1",node="gpu-1"} 1000
ipmi_dcmi_power_consumption_watts{instance="10.1.0.2",node="web-1"} 100
kepler_node_cpu_watts{node_name="gpu-1",zone="package"} 100
kepler_node_cpu_watts{node_name="web-1",zone="package"} 50
kepler_pod_cpu_watts{pod_name="train-0",pod_namespace="ml",node_name="gpu-1",zone="package",state="running"} 60
kepler_pod_cpu_watts{pod_name="site",pod_namespace="web",node_name="web-1",zone="package",state="running"} 20
${[0, 1, 2].map((index) => board(index, HELD)).join('\n')}
${[3, 4, 5, 6, 7].map((index) => board(index, '')).join('\n')}
`
const gpuClass = {
  name: 'gpu',
  gpu_models: ['*A100*'],
  prices: [{ from: '2026-01-01', per_hour: '10', gpu_share: '0.85' }],
}
const webClass = {
  name: 'web',
  instance_types: ['m5.*'],
  prices: [
    {
      from: '2026-01-01',
      per_hour: '0.5',
      spot_per_hour: '0.2',
      storage_share: '0.1',
      network_share: '0.05',
    },
  ],
}
const BOOK = {
  name: 'lease',
  currency: 'USD',
  time_zone: 'Asia/Seoul',
  source_url: 'https://example.org/lease',
  verified: true,
  electricity: 'extra',
  classes: [gpuClass, webClass],
}

let served: CostApp | undefined
afterEach(async () => {
  await served?.app.close()
  served = undefined
})

async function serve(
  changed: object = {},
  members: Record<string, FleetMember> = { seoul: SEOUL },
) {
  const books = priceBookList.parse([{ ...BOOK, ...changed }])
  served = await serveCost(members, { rates: { books } })
  return served
}

interface Row {
  key: Record<string, string>
  kind: string
  cost_terms: { infrastructure: number }
  cost_breakdown: Record<'compute' | 'gpu' | 'storage' | 'network', number>
}
const micros = (value: number) => Math.round(value * 1e6)
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

describe('costs with a price book', () => {
  it('have nodes as a term of their own, told apart by what they are for', async () => {
    const { get } = await serve()
    const { status, data, meta } = await get('/cost/current?by=namespace')
    expect(status).toBe(200)
    expect(meta.warnings).toEqual([])
    expect(data.total.cost_terms.infrastructure).toBe(10.2)
    // 1.1 kWh by the formula beside them.
    expect(data.total.cost).toBe(10.5586)
    expect(data.rates[0]).toMatchObject({
      price_book: 'lease',
      price_book_source_url: 'https://example.org/lease',
      price_book_verified: true,
      price_book_electricity: 'extra',
    })
    const rows: Row[] = data.rows
    const of = (namespace: string) => rows.find(({ key }) => key['namespace'] === namespace)
    // Three of eight GPUs, and half of the processors.
    expect(of('ml')?.cost_terms.infrastructure).toBe(3 * 1.0625 + 0.75)
    // A tenth of the processors of a node of 0.2 that is asked for and not used.
    expect(of('web')?.cost_terms.infrastructure).toBe(0.02)
    expect(of('web')?.cost_breakdown).toMatchObject({ storage: 0.002, network: 0.001 })
    expect(data.total.cost_breakdown).toMatchObject({ storage: 0.02, network: 0.01 })
  })

  it.each(['cluster', 'namespace', 'node', 'pod', 'owner', 'workload_type'])(
    'by %s add up to the total, term by term and part by part',
    async (by) => {
      const { get } = await serve()
      for (const idle of ['separate', 'proportional', 'reserved']) {
        const { data } = await get(`/cost/current?by=${by}&idle=${idle}`)
        expect(data.total.cost).toBe(10.5586)
        const rows: (Row & { cost: number })[] = data.rows
        expect(sum(rows.map(({ cost }) => micros(cost)))).toBe(micros(data.total.cost))
        for (const [part, whole] of Object.entries(data.total.cost_breakdown))
          expect(sum(rows.map(({ cost_breakdown: parts }) => micros(parts[part as 'gpu'])))).toBe(
            micros(whole as number),
          )
        for (const { cost, cost_breakdown: parts } of rows)
          expect(sum(Object.values(parts).map(micros))).toBe(micros(cost))
      }
    },
  )

  it('are the same in all three dialects, to the millionth', async () => {
    const { app, get } = await serve()
    const window = 'start=2026-11-19T23:10:00Z&end=2026-11-19T23:50:00Z'
    const { data } = await get(`/cost/hourly?${window}`)
    expect(data.total.cost_terms.infrastructure).toBe(6.8)
    const rows = JSON.parse(
      (await app.get(`/cost/focus?${window}&granularity=hour&format=json`)).body,
    ) as Record<string, any>[]
    expect(focusMistakes(rows)).toEqual([])
    expect(sum(rows.map((row) => micros(row['BilledCost'])))).toBe(micros(data.total.cost))
    // The terms of a table are rounded so that each row adds up; their sum is within three millionths.
    const nodes = sum(rows.map((row) => micros(row['x_InfrastructureCost'])))
    expect(Math.abs(nodes - 6_800_000)).toBeLessThanOrEqual(3)
    const category = (name: string) =>
      rows.find((row) => row['ResourceName'] === name)?.['PricingCategory']
    expect([category('web/waiting'), category('ml/train-0')]).toEqual(['Dynamic', 'Standard'])
    for (const more of ['', '&aggregate=namespace', '&step=10m', '&shareIdle=true']) {
      const reply = await app.get(
        `/allocation?window=2026-11-19T23:10:00Z,2026-11-19T23:50:00Z&includeIdle=true${more}`,
      )
      const items: Record<string, number>[] = JSON.parse(reply.body).data.flatMap((set: object) =>
        Object.values(set),
      )
      expect(sum(items.map((item) => micros(item['totalCost'] ?? 0)))).toBe(micros(data.total.cost))
      for (const item of items)
        expect(
          sum(
            ['cpuCost', 'gpuCost', 'pvCost', 'networkCost'].map((name) => micros(item[name] ?? 0)),
          ),
        ).toBe(micros(item['totalCost'] ?? 0))
    }
  })

  it('charge no electricity where the price of a node holds it, and still tell of its energy', async () => {
    const { get } = await serve({ electricity: 'included' })
    for (const model of ['kcloud', 'facility']) {
      const { data, meta } = await get(`/cost/current?model=${model}`)
      expect(data.total.cost_terms).toMatchObject({
        electricity: 0,
        cooling: 0,
        infrastructure: 10.2,
      })
      expect(data.total.cost_terms.carbon).toBeGreaterThan(0)
      expect(data.total.energy_kwh).toBeCloseTo(1.1, 9)
      expect(meta.warnings).toEqual([])
    }
  })

  it('charge electricity of nodes that the book does not price, and name them', async () => {
    const { get } = await serve({ electricity: 'included', classes: [gpuClass] })
    const { data, meta } = await get('/cost/hourly?period=30m')
    expect(data.total.cost_terms).toMatchObject({ electricity: 0.006, infrastructure: 5 })
    expect(meta.warnings).toMatchObject([
      {
        code: 'rates_missing',
        cluster: 'seoul',
        detail: expect.stringContaining('only their energy is charged: web-1 (1 in all)'),
      },
    ])
  })

  it('tell that a spot price is missing, and that figures were not compared with their source', async () => {
    const { spot_per_hour: _, ...price } = webClass.prices[0] ?? {}
    const classes = [gpuClass, { ...webClass, prices: [price] }]
    const { get } = await serve({ classes, verified: false })
    const { data, meta } = await get('/cost/current')
    expect(data.total.cost_terms.infrastructure).toBe(10)
    expect(meta.warnings.map(({ code }: { code: string }) => code)).toEqual([
      'rates_unverified',
      'rates_missing',
    ])
  })

  it('know a node that nothing measures, and none in the time in which it was not there', async () => {
    const { get } = await serve({}, { seoul: SEOUL.replace(/ipmi_.*web-1.*/, '') })
    expect((await get('/cost/hourly?period=30m')).data.total.cost_terms.infrastructure).toBe(5.1)
    await served?.app.close()
    const gone = SEOUL.replace(/^kube_node_info\{node="web-1".*$/m, '$& # last 1200s')
    const { get: later } = await serve({}, { seoul: gone })
    const { data } = await later('/cost/hourly?start=2026-11-19T23:30:00Z&step=5m')
    // Half an hour of the one, and ten minutes of the other.
    expect(data.total.cost_terms.infrastructure).toBeCloseTo(5 + 0.2 / 6, 6)
  })

  it('refuse an incomplete answer unless it is asked for', async () => {
    const down = { fails: new KCloudError('backend_timeout', { detail: 'no answer' }) }
    const { get } = await serve({}, { seoul: SEOUL, busan: down })
    expect((await get('/cost/hourly?period=30m')).status).toBe(503)
    const { status, data } = await get('/cost/hourly?period=30m&partial=allow')
    expect([status, data.total.cost_terms.infrastructure]).toEqual([200, 5.1])
  })

  it('are those of a workload for the time that it held anything', async () => {
    const { get } = await serve()
    const { data } = await get('/cost/workload/train-0?period=30m')
    expect(data.cost_terms.infrastructure).toBe((3 * 1.0625 + 0.75) / 2)
    expect(data.accelerator_hours).toBeCloseTo(1.5, 9)
    const waiting = await get('/cost/workload/waiting?period=30m')
    expect(waiting.data).toMatchObject({ cost: 0.01, charged_seconds: 1800, energy_joules: 0 })
  })
})
