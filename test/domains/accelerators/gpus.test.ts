import { afterEach, describe, expect, it } from 'vitest'
import { accelerators } from '../../../src/domains/accelerators/index.ts'
import { KCloudError } from '../../../src/kernel/errors.ts'
import { createFleet, type Fleet, type FleetMember } from '../../support/fleet.ts'
import { overTelemetry } from './serve.ts'
import { createTestApp, fakeClock, type TestApp } from '../../support/test-app.ts'

const SEOUL = `
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-a0",gpu="0",Hostname="gpu-1",modelName="NVIDIA H100 80GB HBM3",pci_bus_id="00000000:18:00.0",DCGM_FI_DRIVER_VERSION="570.86.15",namespace="ml",pod="train-0",container="main"} 640.5
DCGM_FI_DEV_GPU_UTIL{UUID="GPU-a0",gpu="0",Hostname="gpu-1",modelName="NVIDIA H100 80GB HBM3",namespace="ml",pod="train-0",container="main"} 97
DCGM_FI_DEV_FB_USED{UUID="GPU-a0",gpu="0",Hostname="gpu-1",namespace="ml",pod="train-0",container="main"} 70000
DCGM_FI_DEV_FB_FREE{UUID="GPU-a0",gpu="0",Hostname="gpu-1",namespace="ml",pod="train-0",container="main"} 11000
DCGM_FI_DEV_FB_RESERVED{UUID="GPU-a0",gpu="0",Hostname="gpu-1",namespace="ml",pod="train-0",container="main"} 559
DCGM_FI_DEV_GPU_TEMP{UUID="GPU-a0",gpu="0",Hostname="gpu-1"} 61
DCGM_FI_DEV_MEMORY_TEMP{UUID="GPU-a0",gpu="0",Hostname="gpu-1"} 9223372036854775794
DCGM_FI_DEV_SM_CLOCK{UUID="GPU-a0",gpu="0",Hostname="gpu-1"} 1980
DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{UUID="GPU-a0",gpu="0",Hostname="gpu-1"} 5000000 640500
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-a1",gpu="1",Hostname="gpu-1",modelName="NVIDIA H100 80GB HBM3"} 70
DCGM_FI_DEV_GPU_UTIL{UUID="GPU-a1",gpu="1",Hostname="gpu-1",modelName="NVIDIA H100 80GB HBM3"} 0
kube_node_info{node="gpu-1"} 1
kube_node_info{node="cpu-1"} 1
kube_node_status_capacity{node="gpu-1",resource="nvidia_com_gpu",unit="integer"} 2
kube_node_status_allocatable{node="gpu-1",resource="nvidia_com_gpu",unit="integer"} 2
kube_node_status_capacity{node="gpu-1",resource="cpu",unit="core"} 64
kube_pod_status_phase{namespace="ml",pod="train-0",phase="Running"} 1
kube_pod_status_phase{namespace="ml",pod="done-0",phase="Running"} 0
kube_pod_container_resource_requests{namespace="ml",pod="train-0",container="main",node="gpu-1",resource="nvidia_com_gpu",unit="integer"} 1
kube_pod_container_resource_requests{namespace="ml",pod="done-0",container="main",node="gpu-1",resource="nvidia_com_gpu",unit="integer"} 1
`
const MIG_PART = (id: number, profile: string, active: number, pod: string) => {
  const labels = `UUID="GPU-m0",gpu="0",hostname="mig-1",modelName="NVIDIA A100-SXM4-40GB",GPU_I_ID="${id}",GPU_I_PROFILE="${profile}"${pod}`
  return `
DCGM_FI_DEV_POWER_USAGE{${labels}} 300
DCGM_FI_DEV_FB_USED{${labels}} 1000
DCGM_FI_DEV_FB_FREE{${labels}} 3864
DCGM_FI_PROF_GR_ENGINE_ACTIVE{${labels}} ${active}`
}
const BUSAN = `
${MIG_PART(1, '3g.20gb', 1, ',exported_pod="notebook-0",exported_namespace="lab",exported_container="nb",pod="nvidia-dcgm-exporter-x",namespace="gpu-operator",container="nvidia-dcgm-exporter"')}
${MIG_PART(2, '2g.10gb', 0.5, ',pod="nvidia-dcgm-exporter-x",namespace="gpu-operator",container="nvidia-dcgm-exporter"')}
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-t0",gpu="1",hostname="mig-1",modelName="NVIDIA A100-SXM4-40GB",exported_namespace="ts",exported_pod="a",vgpu="0"} 250
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-t0",gpu="1",hostname="mig-1",modelName="NVIDIA A100-SXM4-40GB",exported_namespace="ts",exported_pod="b",vgpu="1"} 250
DCGM_FI_DEV_GPU_UTIL{UUID="GPU-t0",gpu="1",hostname="mig-1",modelName="NVIDIA A100-SXM4-40GB"} 80
DCGM_FI_DEV_GPU_UTIL{UUID="GPU-t0",gpu="1",hostname="mig-1",modelName="NVIDIA A100-SXM4-40GB",exported_namespace="ts",exported_pod="a",vgpu="0"} 50
`

let app: TestApp | undefined
afterEach(async () => app?.close())

async function serve(members: Record<string, FleetMember> = { seoul: SEOUL, busan: BUSAN }) {
  const clock = fakeClock()
  const fleet: Fleet = createFleet(members, clock.now)
  app = await createTestApp([accelerators(overTelemetry(fleet.telemetry))], { clock })
  const served = app
  const get = async (url: string) => read(await served.get(`/api/v1/accelerators${url}`))
  return { fleet, clock, get }
}

function read(response: { statusCode: number; body: string }) {
  return { status: response.statusCode, ...(JSON.parse(response.body) as Body) }
}

interface Body {
  // Answers are read as the JSON they are.
  readonly data: any
  readonly meta: {
    readonly status: string
    readonly clusters: readonly { name: string; status: string }[]
    readonly warnings: readonly { code: string; cluster?: string; detail: string }[]
    readonly page?: { total: number; limit: number; offset: number }
  }
  readonly detail: string
  readonly errors: readonly { pointer: string; detail: string }[]
}

describe('GET /accelerators/gpus', () => {
  it('lists each physical GPU once, with what it is, does and who holds it', async () => {
    const { get } = await serve()
    const { status, data, meta } = await get('/gpus')
    expect(status).toBe(200)
    expect(meta.page).toEqual({ total: 4, limit: 100, offset: 0 })
    expect(data.map((gpu: { gpu_id: string }) => gpu.gpu_id)).toEqual([
      'GPU-m0',
      'GPU-t0',
      'GPU-a0',
      'GPU-a1',
    ])
    expect(data[2]).toEqual({
      cluster: 'seoul',
      node: 'gpu-1',
      gpu_id: 'GPU-a0',
      uuid: 'GPU-a0',
      device_index: 0,
      vendor: 'nvidia',
      model: 'NVIDIA H100 80GB HBM3',
      pci_bus_id: '00000000:18:00.0',
      driver_version: '570.86.15',
      status: 'active',
      power_watts: 640.5,
      power_limit_watts: null,
      gpu_utilization_percent: 97,
      memory_used_mb: 70_000,
      memory_total_mb: 81_559,
      gpu_temperature_celsius: 61,
      memory_temperature_celsius: null,
      sm_clock_mhz: 1980,
      memory_clock_mhz: null,
      partitions: [],
      allocated_to: [{ namespace: 'ml', pod: 'train-0', container: 'main' }],
      sources: ['dcgm'],
    })
  })

  it('counts a MIG card and a time-sliced card once, and knows their pods', async () => {
    const { get } = await serve({ busan: BUSAN })
    const [mig, sliced] = (await get('/gpus')).data
    expect(mig).toMatchObject({ power_watts: 300, memory_used_mb: 2000, memory_total_mb: 9728 })
    expect(mig.gpu_utilization_percent).toBeCloseTo((3 * 100 + 2 * 50) / 7, 9)
    expect(mig.allocated_to).toEqual([{ namespace: 'lab', pod: 'notebook-0', container: 'nb' }])
    expect(sliced).toMatchObject({ power_watts: 250, gpu_utilization_percent: 80 })
    expect(sliced.allocated_to.map(({ pod }: { pod: string }) => pod)).toEqual(['a', 'b'])
  })

  it('says which values it left out, and why', async () => {
    const { get } = await serve()
    const { meta } = await get('/gpus')
    expect(meta.status).toBe('complete')
    expect(meta.warnings).toEqual([
      {
        code: 'implausible_values',
        cluster: 'seoul',
        detail: expect.stringMatching(
          /^1 value of memory_temperature_celsius left out: .*9223372036854775794|9223372036854776000/,
        ),
      },
    ])
  })

  it.each([
    ['?cluster=seoul', ['GPU-a0', 'GPU-a1']],
    ['?node=mig-1', ['GPU-m0', 'GPU-t0']],
    ['?status=idle', ['GPU-a1']],
    ['?namespace=ts&pod=b', ['GPU-t0']],
    ['?model=NVIDIA%20A100-SXM4-40GB&limit=1&offset=1', ['GPU-t0']],
    ['?vendor=amd', []],
    ['?node=cpu-1', []],
    ['?namespace=nowhere', []],
    ['?sort=-power_watts', ['GPU-a0', 'GPU-m0', 'GPU-t0', 'GPU-a1']],
    ['?sort=gpu_utilization_percent&cluster=seoul', ['GPU-a1', 'GPU-a0']],
  ])('with %s gives %j', async (query, ids) => {
    const { get } = await serve()
    const { status, data } = await get(`/gpus${query}`)
    expect(status).toBe(200)
    expect(data.map((gpu: { gpu_id: string }) => gpu.gpu_id)).toEqual(ids)
  })

  it.each([
    ['?sort=colour', '/query/sort'],
    ['?limit=0', '/query/limit'],
    ['?limit=10001', '/query/limit'],
    ['?status=broken', '/query/status'],
    ['?colour=red', '/query/colour'],
    ['?node=', '/query/node'],
  ])('refuses %s and names the parameter', async (query, pointer) => {
    const { get } = await serve()
    const { status, errors } = await get(`/gpus${query}`)
    expect(status).toBe(400)
    expect(errors[0]?.pointer).toBe(pointer)
  })

  it.each(['?cluster=nowhere', '?node=nowhere', '?pod=nowhere'])(
    'does not know %s',
    async (query) => {
      const { get } = await serve()
      expect((await get(`/gpus${query}`)).status).toBe(404)
    },
  )

  it('needs a password', async () => {
    await serve()
    expect((await app?.get('/api/v1/accelerators/gpus', { auth: false }))?.statusCode).toBe(401)
  })

  it('answers without a silent cluster, says so, and asks it again', async () => {
    const fails = new KCloudError('backend_timeout', { detail: 'no answer within 10 s' })
    const { get, fleet } = await serve({ seoul: SEOUL, busan: { fails } })
    const { status, data, meta } = await get('/gpus')
    expect(status).toBe(200)
    expect(data).toHaveLength(2)
    expect(meta.status).toBe('partial')
    expect(meta.clusters).toEqual([
      { name: 'seoul', status: 'ok' },
      { name: 'busan', status: 'timeout' },
    ])
    expect(meta.warnings).toContainEqual({
      code: 'cluster_unavailable',
      cluster: 'busan',
      detail: 'no answer within 10 s',
    })
    fleet.set('busan', BUSAN)
    expect((await get('/gpus')).data).toHaveLength(4)
  })

  it('refuses a partial answer to those who cannot use one', async () => {
    const fails = new KCloudError('backend_unreachable', { detail: 'connection refused' })
    const { get } = await serve({ seoul: SEOUL, busan: { fails } })
    const { status, detail } = await get('/gpus?partial=deny')
    expect(status).toBe(503)
    expect(detail).toContain('busan')
  })

  it('marks an answer that its backend calls incomplete', async () => {
    const { get } = await serve({
      seoul: { text: SEOUL, warnings: ['results truncated due to limit'] },
    })
    const { meta } = await get('/gpus')
    expect(meta.clusters).toEqual([{ name: 'seoul', status: 'partial' }])
    expect(meta.warnings.map(({ code }) => code)).toContain('cluster_incomplete')
  })

  it.each([
    ['backend_timeout', 504],
    ['backend_unreachable', 502],
    ['backend_unauthorized', 502],
  ] as const)('with every cluster %s fails with %d', async (kind, expected) => {
    const fails = new KCloudError(kind, { detail: 'gone' })
    const { get } = await serve({ seoul: { fails }, busan: { fails } })
    expect((await get('/gpus')).status).toBe(expected)
  })

  it('does not say "not found" while somebody who might know is silent', async () => {
    const fails = new KCloudError('backend_timeout', { detail: 'late' })
    const { get } = await serve({ seoul: SEOUL, busan: { fails } })
    expect((await get('/gpus/GPU-t0')).status).toBe(504)
    expect((await get('/gpus?node=mig-1')).status).toBe(504)
    expect((await get('/gpus/GPU-a0')).status).toBe(200)
  })

  it('knows a GPU without a UUID by its node and index, in every read', async () => {
    const { get } = await serve({
      seoul: `
        DCGM_FI_DEV_POWER_USAGE{gpu="0",Hostname="old-1"} 210
        DCGM_FI_DEV_POWER_USAGE{gpu="1",Hostname="old-1"} 220
        DCGM_FI_DEV_POWER_USAGE{gpu="1",Hostname="old-2"} 230`,
    })
    const { data, meta } = await get('/gpus')
    expect(data.map((gpu: any) => [gpu.gpu_id, gpu.power_watts])).toEqual([
      ['old-1:nvidia:0', 210],
      ['old-1:nvidia:1', 220],
      ['old-2:nvidia:1', 230],
    ])
    expect(meta.warnings).toEqual([])
    const power = await get('/gpus/old-1:nvidia:1/power?period=10m&step=5m')
    expect(power.data).toMatchObject({ power_watts_avg: 220, energy_joules: 220 * 600 })
  })

  it('does not call data old because a pod left', async () => {
    const { get } = await serve({
      seoul: `
        DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="0",Hostname="gpu-9",pod="gone"} 300 # last 200s
        DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="0",Hostname="gpu-9"} 70`,
    })
    expect((await get('/gpus')).meta.warnings).toEqual([])
  })

  it('tells that samples are older than they may be', async () => {
    const { get } = await serve({
      seoul: 'DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="0",Hostname="gpu-9"} 300 # last 200s',
    })
    const { data, meta } = await get('/gpus')
    expect(data[0].power_watts).toBe(300)
    expect(meta.warnings[0]).toMatchObject({ code: 'stale_data', cluster: 'seoul' })
    expect(meta.warnings[0]?.detail).toContain('gpu-9')
  })

  it('keeps a GPU that fell silent in the list, without figures, and says so', async () => {
    const { get, fleet, clock } = await serve({ seoul: SEOUL })
    await get('/gpus')
    fleet.set(
      'seoul',
      SEOUL.split('\n')
        .filter((line) => !line.includes('GPU-a1'))
        .join('\n'),
    )
    clock.advance(60)
    const { data, meta } = await get('/gpus')
    expect(data[1]).toMatchObject({ gpu_id: 'GPU-a1', status: 'unknown', power_watts: null })
    expect(meta.warnings).toContainEqual({
      code: 'silent_entities',
      cluster: 'seoul',
      detail: '1 known device reports nothing now: GPU-a1',
    })
  })

  it('finds a GPU that came after the list was made', async () => {
    const { get, fleet, clock } = await serve({ seoul: SEOUL })
    await get('/gpus')
    fleet.set(
      'seoul',
      `${SEOUL}\nDCGM_FI_DEV_POWER_USAGE{UUID="GPU-new",gpu="7",Hostname="gpu-1"} 99`,
    )
    clock.advance(60)
    expect((await get('/gpus')).data).toHaveLength(3)
    expect((await get('/gpus/GPU-new')).data.power_watts).toBe(99)
  })

  it('shows no rows of a cluster that fell silent, though it knew them a minute ago', async () => {
    const { get, fleet, clock } = await serve()
    await get('/gpus')
    fleet.set('busan', { fails: new KCloudError('backend_unreachable', { detail: 'refused' }) })
    clock.advance(60)
    const { data, meta } = await get('/gpus')
    expect(data).toHaveLength(2)
    expect(meta.clusters).toContainEqual({ name: 'busan', status: 'unreachable' })
    expect(meta.warnings.map(({ code }) => code)).not.toContain('silent_entities')
  })

  it('asks each cluster the same few questions, however many GPUs there are', async () => {
    const cards = (count: number) =>
      Array.from(
        { length: count },
        (_, i) =>
          `DCGM_FI_DEV_POWER_USAGE{UUID="GPU-${i}",gpu="${i % 8}",Hostname="n-${i >> 3}"} 300`,
      ).join('\n')
    const few = await serve({ seoul: cards(2) })
    await few.get('/gpus')
    const asked = few.fleet.queries.length
    await app?.close()
    const large = await serve({ seoul: cards(200) })
    await large.get('/gpus?limit=200')
    expect(large.fleet.queries).toHaveLength(asked)
  })
})

describe('GET /accelerators/gpus/summary', () => {
  it('adds up what the boards report, and shows what Kubernetes counts', async () => {
    const { get } = await serve()
    const { data } = await get('/gpus/summary')
    expect(data).toMatchObject({
      total_gpus: 4,
      by_status: { active: 3, idle: 1, error: 0, unknown: 0 },
      power_watts: 640.5 + 70 + 300 + 250,
      power_watts_max: 640.5,
      power_coverage: 1,
      allocated_gpus: 3,
      idle_allocated_gpus: 0,
      partitioned_gpus: 1,
      partitions: 2,
      by_cluster: [
        { cluster: 'seoul', gpus: 2, power_watts: 710.5 },
        { cluster: 'busan', gpus: 2, power_watts: 550 },
      ],
      kubernetes: {
        capacity: { nvidia_com_gpu: 2 },
        allocatable: { nvidia_com_gpu: 2 },
        requested_by_running_pods: { nvidia_com_gpu: 1 },
      },
    })
  })

  it('is null and not zero where nobody reports', async () => {
    const { get } = await serve({ empty: 'kube_node_info{node="cpu-1"} 1' })
    const { data } = await get('/gpus/summary')
    expect(data).toMatchObject({
      total_gpus: 0,
      power_watts: null,
      power_coverage: null,
      gpu_utilization_percent_avg: null,
      kubernetes: null,
    })
  })
})

describe('GET /accelerators/gpus/{id}', () => {
  it.each(['GPU-a1', 'gpu-1:nvidia:1'])('finds %s', async (id) => {
    const { get } = await serve()
    const { status, data } = await get(`/gpus/${id}`)
    expect(status).toBe(200)
    expect(data).toMatchObject({ gpu_id: 'GPU-a1', power_watts: 70, status: 'idle' })
  })

  it('takes an index alone where it is unambiguous, else lists the candidates', async () => {
    const { get } = await serve()
    expect((await get('/gpus/0?cluster=seoul')).data.gpu_id).toBe('GPU-a0')
    const response = await app?.get('/api/v1/accelerators/gpus/0')
    expect(response?.statusCode).toBe(409)
    expect(response?.json()).toMatchObject({ candidates: ['busan/GPU-m0', 'seoul/GPU-a0'] })
  })

  it.each(['GPU-zz', '99', 'gpu-1:amd:0', 'DCGM{}"'])(
    'says 404 for %s when everyone answered',
    async (id) => {
      const { get } = await serve()
      expect((await get(`/gpus/${encodeURIComponent(id)}`)).status).toBe(404)
    },
  )
})

describe('GET /accelerators/gpus/{id}/metrics', () => {
  it('gives every measure, null where it is not reported', async () => {
    const { get } = await serve()
    const { data } = await get('/gpus/GPU-a0/metrics')
    expect(data.metrics).toMatchObject({
      power_watts: 640.5,
      gpu_utilization_percent: 97,
      tensor_active_percent: null,
      xid_code: null,
    })
  })
})

describe('GET /accelerators/gpus/{id}/power', () => {
  it('gives watts and the energy of the counter over the window', async () => {
    const { get } = await serve()
    const { data } = await get('/gpus/GPU-a0/power?period=30m&step=5m')
    expect(data).toMatchObject({
      power_watts: 640.5,
      power_watts_min: 640.5,
      power_watts_avg: 640.5,
      power_watts_max: 640.5,
      energy_method: 'counter',
      covered_seconds: 1800,
      window_seconds: 1800,
      source: 'dcgm',
      method: 'measured',
    })
    expect(data.energy_joules).toBeCloseTo(640.5 * 1800, 6)
    expect(data.timeseries).toMatchObject({
      metric: 'power_watts',
      unit: 'watts',
      step_seconds: 300,
    })
    expect(data.timeseries.series[0].points).toHaveLength(7)
  })

  it('integrates the watts of a board without a counter', async () => {
    const { get } = await serve()
    const { data } = await get('/gpus/GPU-a1/power?period=30m&step=5m')
    expect(data).toMatchObject({ energy_method: 'integral', energy_joules: 70 * 1800 })
  })

  it.each([
    ['?period=1x', '/query/period'],
    ['?step=1s&period=1w', '/query/step'],
    ['?start=2026-11-20T01:00:00Z', '/query/start'],
  ])('refuses %s', async (query, pointer) => {
    const { get } = await serve()
    const { status, errors } = await get(`/gpus/GPU-a0/power${query}`)
    expect(status).toBe(400)
    expect(errors[0]?.pointer).toBe(pointer)
  })
})

describe('GET /accelerators/gpus/{id}/temperature', () => {
  it('gives both sensors, null where a card has none', async () => {
    const { get } = await serve()
    const { data } = await get('/gpus/GPU-a0/temperature?period=10m&step=5m')
    expect(data).toMatchObject({
      gpu_temperature_celsius: 61,
      gpu_temperature_celsius_max: 61,
      memory_temperature_celsius: null,
      memory_temperature_celsius_max: null,
    })
    expect(
      data.timeseries[1].series[0].points.map(([, value]: [number, number | null]) => value),
    ).toEqual([null, null, null])
  })
})

describe('GET /accelerators/gpus/{id}/partitions', () => {
  it('lists the instances of a divided card', async () => {
    const { get } = await serve()
    const { data } = await get('/gpus/GPU-m0/partitions')
    expect(data.slices_total).toBe(7)
    expect(data.partitions).toEqual([
      {
        partition_id: '1',
        profile: '3g.20gb',
        slices: 3,
        gpu_utilization_percent: 100,
        memory_used_mb: 1000,
        memory_total_mb: 4864,
        allocated_to: [{ namespace: 'lab', pod: 'notebook-0', container: 'nb' }],
      },
      expect.objectContaining({ partition_id: '2', slices: 2, allocated_to: [] }),
    ])
  })

  it('is empty for a card that is not divided', async () => {
    const { get } = await serve()
    expect((await get('/gpus/GPU-a0/partitions')).data.partitions).toEqual([])
  })
})
