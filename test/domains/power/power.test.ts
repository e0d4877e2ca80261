import { afterEach, describe, expect, it } from 'vitest'
import { DOWN, SEOUL, servePower, type Served } from './served.ts'

const sumOf = (...terms: readonly unknown[]) =>
  terms.reduce<number>((sum, term) => sum + Number(term), 0)

let served: Served | undefined
afterEach(async () => served?.close())
const serve = async (...args: Parameters<typeof servePower>) => (served = await servePower(...args))

describe('GET /power/current', () => {
  it('gives what a workload draws: the same as its row everywhere', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { status, data } = await get('/api/v1/power/current?workload=llm-train')
    expect(status).toBe(200)
    expect(data).toMatchObject({
      timestamp: '2026-11-20T00:00:00.000Z',
      unit: 'watts',
      workload: 'llm-train',
      time_range: null,
      power_watts: 680,
      cpu_power_watts: 80,
      gpu_power_watts: 600,
      idle_power_watts: null,
      method: 'attributed',
      coverage: 0.5,
      energy_joules: null,
      workloads: [
        {
          cluster: 'seoul',
          namespace: 'ml',
          pod: 'train-0',
          vm: null,
          node: 'node-a',
          workload_type: 'training',
          power_watts: 680,
        },
      ],
    })
    const pods = await get('/api/v1/infrastructure/pods?pod=train-0')
    expect(pods.data[0].power_watts).toBe(data.power_watts)
    for (const name of ['train-0', 'ml/train-0', 'seoul/ml/train-0'])
      expect((await get(`/power/current?workload=${name}`)).data.power_watts).toBe(680)
  })

  it('is the total of the fleet without a filter, with what is idle and what nobody can attribute', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { data } = await get('/power/current')
    const total = await get('/api/v1/monitoring/power')
    const breakdown = await get('/api/v1/monitoring/power/breakdown?by=pod')
    const remainder = (kind: string) =>
      breakdown.data.rows.find((row: { kind: string }) => row.kind === kind).power_watts
    expect(data.power_watts).toBe(total.data.total_power_watts)
    expect(data.idle_power_watts).toBe(remainder('idle'))
    expect(data.unattributed_power_watts).toBe(remainder('unattributed'))
    const used = data.workloads.reduce(
      (sum: number, row: { power_watts: number }) => sum + row.power_watts,
      0,
    )
    expect(sumOf(used, data.idle_power_watts, data.unattributed_power_watts)).toBeCloseTo(1200, 9)
  })

  it('gives the mean and the energy of a window', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { data } = await get('/power/current?namespace=ml&time_range=5m')
    expect(data).toMatchObject({
      time_range: '5m',
      power_watts: 680,
      window_seconds: 300,
      covered_seconds: 300,
    })
    expect(data.energy_joules).toBeCloseTo(680 * 300, 6)
    const all = await get('/power/current?time_range=5m')
    expect(all.data.power_watts).toBeCloseTo(1200, 9)
    expect(all.data.energy_joules).toBeCloseTo(1200 * 300, 6)
  })

  it('says that nobody knows a workload only when everyone answered', async () => {
    const { get } = await serve({ seoul: SEOUL, busan: DOWN })
    expect((await get('/power/current?workload=nobody&cluster=seoul')).status).toBe(404)
    expect((await get('/power/current?workload=nobody')).status).toBe(502)
    const { status, meta, data } = await get('/power/current')
    expect([status, meta.status, data.power_watts]).toEqual([200, 'partial', 1200])
  })

  it('refuses what it cannot understand, strangers, and answers of nobody', async () => {
    const { get } = await serve({ seoul: DOWN })
    expect((await get('/power/current?time_range=soon')).errors[0].pointer).toBe(
      '/query/time_range',
    )
    expect((await get('/power/current?time_range=1s')).status).toBe(400)
    expect((await get('/power/current?job=x')).errors[0].pointer).toBe('/query/job')
    expect((await get('/power/current', { auth: false })).status).toBe(401)
    expect((await get('/power/current')).status).toBe(502)
    expect((await get('/power/current?cluster=mars')).status).toBe(404)
  })
})

describe('GET /power/containers', () => {
  it('gives the containers that infrastructure lists, with the same watts', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { data, meta } = await get('/power/containers?sort=-power_watts')
    const listed = await get('/api/v1/infrastructure/containers?sort=-power_watts')
    const shown = ({ pod, container, power_watts: watts }: any) => [pod, container, watts]
    expect(data.containers.map(shown)).toEqual(listed.data.map(shown))
    expect(data).toMatchObject({
      unit: 'watts',
      total_power_watts: 850,
      coverage: 0.5,
      method: 'attributed',
    })
    expect(meta.page.total).toBe(2)
    expect((await get('/power/containers?namespace=llm')).data).toMatchObject({
      namespace: 'llm',
      total_power_watts: 170,
      containers: [{ pod: 'chat-0', container: 'main', power_watts: 170, gpu_power_watts: 150 }],
    })
    expect((await get('/power/containers?sort=image')).status).toBe(400)
  })
})

describe('GET /power/nodes', () => {
  it('gives the nodes of monitoring, measured or not', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { data } = await get('/power/nodes')
    const listed = await get('/api/v1/monitoring/power/infrastructure')
    expect(data.total_power_watts).toBe(listed.data.total_power_watts)
    expect(data.nodes).toEqual([
      {
        cluster: 'seoul',
        node: 'node-a',
        power_watts: 1200,
        cpu_power_watts: 200,
        dram_power_watts: 50,
        gpu_power_watts: 750,
        npu_power_watts: null,
        other_power_watts: 200,
        method: 'measured',
        source: 'dcmi',
        sources: expect.arrayContaining(['dcmi', 'kepler', 'dcgm']) as string[],
      },
      expect.objectContaining({ node: 'node-b', power_watts: null, method: null }) as object,
    ])
    expect(data.coverage).toBe(0.5)
  })
})

describe('GET /profile/workload-types', () => {
  it('gives each type the watts of the breakdown by type, and no model before one is trained', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { data } = await get('/profile/workload-types')
    const rows = (await get('/api/v1/monitoring/power/breakdown?by=workload_type')).data.rows
    for (const { key, kind, power_watts: watts } of rows)
      if (kind === 'named')
        expect(
          data.types.find((one: any) => one.workload_type === key.workload_type).power_watts,
        ).toBe(watts)
    const sum = sumOf(...data.types.map((one: any) => one.power_watts as unknown))
    expect(sumOf(sum, data.idle_power_watts, data.unattributed_power_watts)).toBeCloseTo(1200, 9)
    expect(data.types.find((one: any) => one.workload_type === 'training')).toMatchObject({
      workloads: 1,
      power_watts_mean: 680,
      accelerator_share: 600 / 680,
    })
    expect(data.model).toBeNull()
  })
})

describe('POST /profile/classify', () => {
  it('tells a workload of the site by its owner, or by what its server reports', async () => {
    const { post } = await serve({ seoul: SEOUL })
    expect((await post('/profile/classify', { workload_id: 'llm-train' })).data).toMatchObject({
      workload_id: 'llm-train',
      workload_type: 'training',
      probability: 1,
      method: 'declared',
      pods: ['seoul/ml/train-0'],
      model_version: null,
    })
    const chat = await post('/api/v1/profile/classify', { workload_id: 'llm/chat-0' })
    expect(chat.data).toMatchObject({
      workload_type: 'serving',
      method: 'observed',
      probability: 0.99,
    })
    expect(chat.data.evidence[0].detail).toMatch(
      /^an inference server reports tokens_per_second=4\d\d\.\d, requests_running=2$/,
    )
  })

  it('tells what was posted, in the words of the document', async () => {
    const { post } = await serve({ seoul: SEOUL })
    const type = async (body: object) => (await post('/profile/classify', body)).data.workload_type
    expect(
      await type({
        workload_id: 'training-job-001',
        type: 'training',
        resources: { cpu_cores: 16, memory_gb: 64, gpu_count: 4, npu_count: 0 },
        usage_pattern: { cpu_utilization: 85.2, memory_utilization: 78.1, gpu_utilization: 92.3 },
      }),
    ).toBe('training')
    expect(await type({ pod_name: 'x', command: 'torchrun --nproc 8 main.py' })).toBe('training')
    expect(await type({ pod_name: 'x', image: 'vllm/vllm-openai:v0.11' })).toBe('serving')
    expect(
      await type({ pod_name: 'x', labels: { 'batch.kubernetes.io/job-name': 'nightly' } }),
    ).toBe('batch')
    expect(await type({ pod_name: 'x', namespace: 'default' })).toBe('unknown')
  })

  it('refuses a body that says nothing, names what is wrong, and does not know strangers', async () => {
    const { post } = await serve({ seoul: SEOUL })
    expect((await post('/profile/classify', {})).errors[0].pointer).toBe('/body/workload_id')
    expect(
      (await post('/profile/classify', { usage_pattern: { gpu_utilization: 120 } })).status,
    ).toBe(400)
    expect((await post('/profile/classify', { color: 'red' })).status).toBe(400)
    expect((await post('/profile/classify', { workload_id: 'nobody' })).status).toBe(404)
  })

  it('asks back when two namespaces have the name', async () => {
    const twin = SEOUL.replaceAll('namespace="llm"', 'namespace="other"')
      .replaceAll('"chat-0"', '"train-0"')
      .replaceAll('pod_namespace="llm"', 'pod_namespace="other"')
    const { post } = await serve({ seoul: SEOUL, busan: twin })
    const { status, candidates } = await post('/profile/classify', { workload_id: 'train-0' })
    expect(status).toBe(409)
    expect(candidates).toContain('seoul/ml/train-0')
  })
})

describe('POST /profile/train', () => {
  it('says what it lacks where no two types are labelled', async () => {
    const { post } = await serve({ seoul: SEOUL })
    const { status, data } = await post('/profile/train')
    expect(status).toBe(200)
    expect(data).toMatchObject({ windows: 2, model: null })
    expect(data.reason).toBe(
      'windows of at least two types are needed, each of 3 or more workloads; there are 1 of serving, 1 of training',
    )
  })
})
