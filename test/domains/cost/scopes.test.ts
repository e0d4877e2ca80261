import { afterEach, describe, expect, it } from 'vitest'
import { priceBookList } from '../../../src/config-prices.ts'
import { contractWith, serveCost, type CostApp, type CostOptions } from '../../support/cost.ts'

/*
 * Two namespaces on one node with a board each, a third board that nobody holds, a pod that waits with a request, a
 * meter of the site, a price for the node, and a demand charge: everything that makes a bill out of others' figures.
 */
const SEOUL = `
kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
kube_node_status_capacity{node="gpu-1",resource="cpu",unit="core"} 10
${['own', 'others']
  .map(
    (namespace, index) => `
kube_pod_info{namespace="${namespace}",pod="train-0",node="gpu-1",uid="u${index}",created_by_kind="Job",created_by_name="train"} 1
kube_pod_status_phase{namespace="${namespace}",pod="train-0",phase="Running"} 1
kube_pod_owner{namespace="${namespace}",pod="train-0",owner_kind="Job",owner_name="train"} 1
kube_pod_container_resource_requests{namespace="${namespace}",pod="train-0",container="c",node="gpu-1",resource="cpu",unit="core"} ${3 + index}
kepler_pod_cpu_watts{pod_name="train-0",pod_namespace="${namespace}",node_name="gpu-1",zone="package",state="running"} ${60 + 20 * index}
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-${index}",gpu="${index}",Hostname="gpu-1",modelName="NVIDIA A100-SXM4-80GB",namespace="${namespace}",pod="train-0",container="c"} ${200 + 100 * index}`,
  )
  .join('\n')}
kube_pod_info{namespace="others",pod="waiting",node="gpu-1",uid="u9"} 1
kube_pod_status_phase{namespace="others",pod="waiting",phase="Running"} 1
kube_pod_container_resource_requests{namespace="others",pod="waiting",container="c",node="gpu-1",resource="cpu",unit="core"} 2
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-2",gpu="2",Hostname="gpu-1",modelName="NVIDIA A100-SXM4-80GB"} 50
ipmi_dcmi_power_consumption_watts{instance="10.1.0.1",node="gpu-1"} 1000
kepler_node_cpu_watts{node_name="gpu-1",zone="package"} 200
site_power_watts{meter="a"} 1470
`
const tariffs = contractWith({
  currency: 'USD',
  price: '0.1',
  demand: { price_per_kw: '720', ratchet_months: 1, ratchet_of: [], known_peaks: {} },
})
const books = priceBookList.parse([
  {
    name: 'lease',
    currency: 'USD',
    time_zone: 'Asia/Seoul',
    source_url: 'https://example.org/lease',
    verified: true,
    electricity: 'extra',
    classes: [
      {
        name: 'gpu',
        gpu_models: ['*A100*'],
        prices: [{ from: '2026-01-01', per_hour: '10', gpu_share: '0.6' }],
      },
    ],
  },
])
const PRICED = { rates: { model: 'facility', tariffs, books } } as const satisfies CostOptions
const OWN = [{ cluster: 'seoul', namespaces: ['own'] }] as const
const CITIES = { seoul: SEOUL, busan: SEOUL.replaceAll('gpu-1', 'busan-secret') }
const HIDDEN = /others|waiting|busan|GPU-1|GPU-2|"(?:idle|unattributed)"\}|__idle__|__unalloc/

const open: CostApp[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ app }) => app.close()))
})

/** The same for whoever sees everything, and for whoever sees one namespace. */
async function bothOf(options: CostOptions = PRICED) {
  const [all, own] = await Promise.all([
    serveCost(CITIES, options),
    serveCost(CITIES, { ...options, scope: OWN }),
  ])
  open.push(all, own)
  return { all: all.get, own: own.get, file: own.app, whole: all.app }
}

interface Row {
  readonly key: Record<string, string>
  readonly [field: string]: unknown
}
const ownRows = (rows: readonly Row[]) =>
  rows.filter(({ key }) => key['cluster'] === 'seoul' && key['namespace'] === 'own')

/** Amounts that are rounded so that they add up may differ in their last digit. */
function expectAlike(own: unknown, all: unknown): void {
  expect(flat(own)).toEqual(
    flat(all).map(([name, value]) => [
      name,
      typeof value === 'number' ? expect.closeTo(value, 5) : value,
    ]),
  )
}

const flat = (value: unknown, name = ''): readonly (readonly [string, unknown])[] =>
  value !== null && typeof value === 'object'
    ? Object.entries(value).flatMap(([key, one]) => flat(one, `${name}/${key}`))
    : [[name, value]]

describe('costs of whoever sees one namespace', () => {
  it.each(['separate', 'proportional', 'reserved'])(
    'are those that everybody else sees of it, where idle power is %s',
    async (idle) => {
      const { all, own } = await bothOf()
      for (const path of [`/cost/current?by=pod`, `/cost/current?by=namespace`]) {
        const seen = await own(`${path}&idle=${idle}`)
        const whole = await all(`${path}&idle=${idle}`)
        expect(seen.status).toBe(200)
        expectAlike(seen.data.rows, ownRows(whole.data.rows))
        expect(seen.data.rows).toHaveLength(1)
        expect(seen.data.cost_per_hour).toBeGreaterThan(3)
        expect(seen.data.total.cost).toBe(seen.data.rows[0].cost)
        expect(JSON.stringify(seen)).not.toMatch(HIDDEN)
      }
    },
  )

  it.each(['separate', 'proportional', 'reserved'])(
    'are by the hour and by the workload what everybody else sees, where idle power is %s',
    async (idle) => {
      const { all, own } = await bothOf()
      const window = `period=3h&step=15m&idle=${idle}`
      const seen = await own(`/cost/hourly?${window}`)
      const whole = await all(`/cost/hourly?${window}&cluster=seoul&namespace=own`)
      expectAlike(seen.data.hours, whole.data.hours)
      expect(seen.data.total.cost).toBeGreaterThan(3)
      expect(seen.data.total.cost_terms.demand).toBeGreaterThan(0)
      expect(JSON.stringify(seen)).not.toMatch(HIDDEN)
      for (const shape of ['workload/train-0', 'train-0']) {
        const one = await own(`/cost/${shape}?${window}`)
        const same = await all(`/cost/${shape}?${window}&cluster=seoul&namespace=own`)
        expectAlike(
          { ...one.data, rates: [], coverage: null },
          { ...same.data, rates: [], coverage: null },
        )
        expect(JSON.stringify(one)).not.toMatch(HIDDEN)
      }
    },
  )

  it('tell no PUE that was measured, no demand, and no coverage of the cluster', async () => {
    const { all, own } = await bothOf()
    const path = '/cost/hourly?period=1h&step=15m&cluster=seoul'
    const [whole] = (await all(path)).data.rates
    expect(whole).toMatchObject({ pue: 1.47, pue_source: 'measured', coverage: 1 })
    expect(whole.demand).toHaveLength(1)
    const seen = await own(path)
    expect(seen.data.rates).toHaveLength(1)
    expect(seen.data.rates[0]).toMatchObject({
      cluster: 'seoul',
      pue: null,
      pue_source: 'measured',
      demand: [],
      coverage: null,
      tariff: 'contract',
      price_book: 'lease',
    })
    expect(seen.data.coverage).toBeNull()
    expect(seen.meta.warnings).toEqual([])
  })

  it('tell a PUE that is configured', async () => {
    const options = { rates: { model: 'facility', tariffs, assumedPue: 1.3 } } as const
    const app = await serveCost(
      { seoul: SEOUL.replace(/site_power.*/, '') },
      { ...options, scope: OWN },
    )
    open.push(app)
    const { data } = await app.get('/cost/current')
    expect(data.rates[0]).toMatchObject({ pue: 1.3, pue_source: 'assumed' })
  })

  it.each(['others/waiting', 'waiting', 'nothing', 'busan/own/train-0'])(
    'know nothing of %s, in the words for what is not there',
    async (name) => {
      const { own } = await bothOf()
      const reply = await own(`/cost/workload/${encodeURIComponent(name)}?period=30m`)
      expect(reply.status).toBe(404)
      expect(reply).toMatchObject({
        detail: `no asked cluster knows workload ${JSON.stringify(name)} in this window`,
      })
    },
  )

  it('are rows of FOCUS of their own workloads, in both forms', async () => {
    const { file, whole } = await bothOf()
    const path = '/api/v1/cost/focus?period=2h&step=15m&granularity=hour&format='
    const rowsOf = async (app: typeof file) =>
      JSON.parse((await app.get(`${path}json`)).body) as readonly Record<string, unknown>[]
    const own = await rowsOf(file)
    const theirs = (await rowsOf(whole)).filter(
      ({ SubAccountId: account }) => account === 'seoul/own',
    )
    expect(own).toHaveLength(2)
    const told = theirs.map((row) => ({ ...row, x_Coverage: null }))
    expectAlike(own, told)
    const csv = (await file.get(`${path}csv`)).body
    expect(csv.trim().split('\r\n')).toHaveLength(3)
    expect(JSON.stringify(own) + csv).not.toMatch(HIDDEN)
  })

  it.each(['false', 'true'])('are allocations, shareIdle=%s', async (shareIdle) => {
    const { file, whole } = await bothOf()
    const path = `/api/v1/allocation?window=1h&resolution=15m&aggregate=cluster,namespace&includeIdle=true&idleByNode=true&shareIdle=${shareIdle}`
    const setsOf = async (app: typeof file) =>
      (JSON.parse((await app.get(path)).body) as { data: readonly Record<string, object>[] }).data
    const [own = {}] = await setsOf(file)
    const [all = {}] = await setsOf(whole)
    expect(Object.keys(own)).toEqual(['seoul/own'])
    expectAlike(own['seoul/own'], all['seoul/own'])
  })

  it('are refused where they are too much work, without a word on how much others there are', async () => {
    const app = await serveCost(CITIES, { mostCharges: 20, scope: OWN })
    open.push(app)
    const reply = await app.get('/cost/hourly?period=1h&step=1m')
    expect(reply.status).toBe(413)
    expect(JSON.stringify(reply).replaceAll(/request_id":"[^"]*/g, '')).not.toMatch(/\d{2,} shares/)
  })
})
