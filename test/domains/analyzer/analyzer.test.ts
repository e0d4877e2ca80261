import { afterEach, describe, expect, it } from 'vitest'
import { priceBookList } from '../../../src/config-prices.ts'
import { tariffList } from '../../../src/config-tariffs.ts'
import { DOWN, SEOUL, servePower, type Served } from '../power/served.ts'

let served: Served | undefined
afterEach(async () => served?.close())
const serve = async (...args: Parameters<typeof servePower>) => (served = await servePower(...args))

const DOCUMENT = {
  workload_id: 'training-job-001',
  type: 'training',
  resources: { cpu_cores: 16, memory_gb: 64, gpu_count: 4, npu_count: 0 },
  usage_pattern: { cpu_utilization: 85.2, memory_utilization: 78.1, gpu_utilization: 92.3 },
}

const IDLE = `${SEOUL}
  kube_pod_container_resource_requests{namespace="llm",pod="chat-0",uid="c",container="main",resource="memory",unit="byte"} 8589934592
  container_memory_working_set_bytes{namespace="llm",pod="chat-0",container="main",instance="10.0.0.1:10250"} 1073741824
`

describe('POST /analyze', () => {
  it('analyses a workload of the site: what it is, draws and holds, and what could be better', async () => {
    const { post } = await serve({ seoul: IDLE })
    const { status, data } = await post('/api/v1/analyze', {
      workload_id: 'llm/chat-0',
      time_range: '30m',
    })
    expect(status).toBe(200)
    expect(data).toMatchObject({
      basis: 'site',
      pods: ['seoul/llm/chat-0'],
      window_seconds: 1800,
      covered_seconds: 1800,
      classification: { type: 'serving', method: 'observed' },
      energy_profile: {
        power_watts_mean: 170,
        power_watts_peak: 170,
        variability: 0,
        idle_share: 1,
        phases: [{ phase: 'steady', power_watts: 170 }],
      },
      resource_profile: {
        gpu: { unit: 'percent', requested: 1, mean: 0, p50: 0, p95: 0, max: 0 },
        memory: { unit: 'megabytes', requested: 8192, mean: 1024, max: 1024 },
      },
    })
    expect(data.energy_profile.energy_joules).toBeCloseTo(170 * 1800, 6)
    expect(data.energy_profile.joules_per_token).toBeCloseTo(170 / 500, 6)
    expect(data.recommendations).toMatchObject([
      {
        kind: 'release_idle_accelerator',
        estimated_saving: {
          power_watts: 150,
          energy_kwh_per_month: 109.5,
          cost_per_month: expect.closeTo(109.5 * 0.326, 6) as number,
          carbon_kg_per_month: expect.closeTo(109.5 * 1.3 * 0.4173, 6) as number,
          accelerators: 1,
        },
      },
      { kind: 'reduce_memory_request', estimated_saving: { memory_mb: 8192 - 1.2 * 1024 } },
    ])
  })

  it('analyses what is posted in the shape of the document, and claims no watts', async () => {
    const { post } = await serve({ seoul: SEOUL })
    const { data } = await post('/analyze', DOCUMENT)
    expect(data).toMatchObject({
      workload_id: 'training-job-001',
      basis: 'posted',
      classification: { type: 'training', probability: 1 },
      resource_profile: { cpu: { requested: 16 }, gpu: { requested: 4, mean: 92.3, p95: null } },
      energy_profile: { power_watts_mean: null, method: null },
      recommendations: [],
    })
    const idle = await post('/analyze', {
      ...DOCUMENT,
      usage_pattern: { cpu_utilization: 5, gpu_utilization: 1 },
    })
    expect(idle.data.recommendations.map(({ kind }: any) => kind as string)).toEqual([
      'release_idle_accelerator',
      'reduce_cpu_request',
    ])
  })

  it('says when the same energy would cost less, by the tariff, for work that nobody waits for', async () => {
    // The clock stands at 09:00 in Seoul: the last hour was at the higher price.
    const cheapAtNight = tariffWith([
      { from: '00:00', until: '06:00', band: 'low' },
      { from: '06:00', until: '24:00', band: 'high' },
    ])
    const rates = { model: 'facility' as const, tariffs: cheapAtNight }
    const job = SEOUL.replaceAll('PyTorchJob', 'Job').replaceAll('train', 'report')
    const { post } = await serve({ seoul: job }, { cost: { rates } })
    const { data } = await post('/analyze', { workload_id: 'ml/report-0' })
    expect(data).toMatchObject({ cost_model: 'facility', classification: { type: 'batch' } })
    const { reason, estimated_saving: saving } = data.recommendations.find(
      ({ kind }: any) => kind === 'shift_to_off_peak',
    )
    expect(reason).toContain('cost 45 % less if it began at 2026-11-19T15:00:00.000Z')
    const kwh = (data.energy_profile.energy_joules / 3.6e6) * 1.3
    expect(saving.cost_per_month).toBeCloseTo((kwh * 0.1 * 730) / 24, 6)
    expect(saving.power_watts).toBeNull()
    const flat = await serve({ seoul: job })
    const same = await flat.post('/analyze', { workload_id: 'ml/report-0' })
    expect(same.data.recommendations.map(({ kind }: any) => kind as string)).not.toContain(
      'shift_to_off_peak',
    )
  })

  it('names what is wrong, and does not know strangers', async () => {
    const { post } = await serve({ seoul: SEOUL, busan: DOWN })
    expect((await post('/analyze', {})).errors[0].pointer).toBe('/body/workload_id')
    expect(
      (await post('/analyze', { workload_id: 'x', time_range: 'soon' })).errors[0].pointer,
    ).toBe('/body/time_range')
    expect((await post('/analyze', { workload_id: 'nobody', cluster: 'seoul' })).status).toBe(404)
    expect((await post('/analyze', { workload_id: 'nobody' })).status).toBe(502)
    expect((await post('/analyze', { workload_id: 'train-0' })).meta.status).toBe('partial')
  })
})

/** A tariff of Seoul in dollars with the same bands on all days: a kWh costs 0.1 or 0.2, and carbon 0.05 a kg. */
function tariffWith(bands: readonly object[]) {
  const season = {
    name: 'all',
    months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    prices: { low: '0.1', high: '0.2' },
    days: { weekday: bands, weekend: bands },
  }
  return tariffList.parse([
    {
      name: 'two bands',
      currency: 'USD',
      time_zone: 'Asia/Seoul',
      schedules: [{ from: '2026-01-01', verified: true, seasons: [season] }],
    },
  ])
}

describe('GET /metrics', () => {
  it('gives what is collected of every workload', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { data, meta } = await get('/api/v1/metrics?sort=-power_watts')
    expect(meta.page.total).toBe(2)
    expect(data[0]).toMatchObject({
      workload_id: 'seoul/ml/train-0',
      workload_type: 'training',
      power_watts: 680,
      method: 'attributed',
    })
    expect((await get('/api/v1/metrics?sort=color')).status).toBe(400)
    expect((await get('/api/v1/metrics', { auth: false })).status).toBe(401)
  })
})

describe('POST /predict-cost', () => {
  /** Pods whose watts are 10 for each core. */
  const many = Array.from(
    { length: 20 },
    (_, index) => `
    kube_pod_info{namespace="web",pod="p-${index}",uid="u${index}",node="node-a"} 1
    kube_pod_container_resource_requests{namespace="web",pod="p-${index}",uid="u${index}",container="c",resource="cpu",unit="core"} ${1 + (index % 5)}
    kepler_pod_cpu_watts{node_name="node-a",pod_id="u${index}",pod_name="p-${index}",pod_namespace="web",state="running",zone="package"} ${10 * (1 + (index % 5))}
  `,
  ).join('')
  const body = (cores: number) => ({ resources: { cpu_cores: cores }, duration_hours: 10 })

  it('draws a line through what the site asks for and draws', async () => {
    const { post } = await serve({ seoul: SEOUL.replace('} 200', '} 900') + many })
    const { data } = await post('/api/v1/predict-cost', body(3))
    expect(data).toMatchObject({ known: true, currency: 'USD', coverage: 1, reason: null })
    expect(data.predicted_power_watts).toBeCloseTo(30, 2)
    expect(data.predicted_cost).toBeCloseTo(0.3 * (0.12 * 2.3 + 0.05), 5)
    expect(data.interval.lower).toBeLessThanOrEqual(data.predicted_cost)
    expect(data.interval.upper).toBeGreaterThanOrEqual(data.predicted_cost)
    expect(data.model).toMatchObject({ kind: 'linear_regression', workloads: 20 })
    expect(data.model.coefficients.cpu_cores).toBeCloseTo(10, 2)
  })

  it('says that it does not know what the site never saw, and when it has too little', async () => {
    const { post } = await serve({ seoul: SEOUL.replace('} 200', '} 900') + many, busan: SEOUL })
    expect((await post('/predict-cost', body(500))).data).toMatchObject({
      known: false,
      predicted_cost: null,
      coverage: 0.75,
    })
    const little = await post('/predict-cost', { ...body(3), cluster: 'busan' })
    expect(little.data).toMatchObject({
      known: false,
      predicted_cost: null,
      model: { workloads: 0 },
    })
    expect((await post('/predict-cost', { resources: {} })).errors[0].pointer).toBe(
      '/body/duration_hours',
    )
  })

  describe('with a price book', () => {
    const price = { per_hour: '10', spot_per_hour: '4', gpu_share: '0.85' }
    const classes = [
      {
        name: 'gpu-8x',
        gpu_models: ['*A100*'],
        gpu_count: 8,
        prices: [
          { from: '2026-01-01', until: '2026-11-20', ...price },
          { from: '2026-11-20', ...price, per_hour: '12' },
        ],
      },
    ]
    const BOOK = {
      name: 'lease',
      currency: 'USD',
      time_zone: 'America/New_York',
      verified: true,
      electricity: 'included',
      classes,
    }
    const booked = async (changed: object, asked: object) => {
      const books = priceBookList.parse([{ ...BOOK, ...changed }])
      const world = { seoul: SEOUL.replace('} 200', '} 900') + many }
      const { post } = await serve(world, { cost: { rates: { books } } })
      return (await post('/predict-cost', { ...body(3), ...asked })).data
    }

    it('is exact where the price of nodes holds their electricity, across a change of prices', async () => {
      // Now is midnight in UTC, five hours before the new price.
      const data = await booked({}, { node_class: 'gpu-8x', node_count: 2 })
      expect(data).toMatchObject({
        known: true,
        predicted_cost: 2 * (5 * 10 + 5 * 12),
        infrastructure_cost: 220,
        price_book: 'lease',
        interval: { level: 1, lower: 220, upper: 220 },
      })
      const spot = await booked({}, { node_class: 'gpu-8x', spot_instance: true })
      expect(spot.predicted_cost).toBe(40)
    })

    it('adds the energy that is charged beside it, and prices single GPUs', async () => {
      const data = await booked(
        { electricity: 'extra' },
        { resources: { cpu_cores: 3, gpu_count: 2 }, gpu_model: 'NVIDIA A100-SXM4-80GB' },
      )
      expect(data.infrastructure_cost).toBeCloseTo(2 * 5 * (1.0625 + 1.275), 9)
      expect(data).toMatchObject({ known: false, predicted_cost: null })
      const whole = await booked({ electricity: 'extra' }, { node_class: 'gpu-8x' })
      expect(whole.predicted_cost).toBeCloseTo(110 + 0.3 * (0.12 * 2.3 + 0.05), 5)
    })

    it('says what the book does not', async () => {
      const data = await booked({}, { node_class: 'gpu-9x' })
      expect(data).toMatchObject({
        known: false,
        predicted_cost: null,
        reason: 'the price book lease has no class gpu-9x',
      })
      const other = await booked({ clusters: ['busan'] }, { node_class: 'gpu-8x' })
      expect(other).toMatchObject({ known: false, price_book: null })
    })
  })
})
