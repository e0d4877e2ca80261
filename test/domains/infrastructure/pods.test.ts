import { afterEach, describe, expect, it } from 'vitest'
import { DOWN, LATE, serveInfrastructure, type Served } from './served.ts'

// kube-state-metrics whose own pod took the names pod and namespace, and a pod that was replaced under its name.
const TRAIN = 'exported_namespace="ml",exported_pod="train-0",namespace="kube-system",pod="ksm-0"'
const KUBERNETES = `
  kube_node_info{node="node-a",internal_ip="10.0.0.1"} 1
  kube_node_status_capacity{node="node-a",resource="cpu",unit="core"} 64
  kube_pod_info{${TRAIN},uid="old",node="node-b",pod_ip="10.244.0.8",host_ip="10.0.0.2"} 1
  kube_pod_created{${TRAIN},uid="old"} 1760000000
  kube_pod_status_phase{${TRAIN},uid="old",phase="Failed"} 1
  kube_pod_info{${TRAIN},uid="new",node="node-a",pod_ip="10.244.0.9",host_ip="10.0.0.1",created_by_kind="PyTorchJob",created_by_name="train"} 1
  kube_pod_created{${TRAIN},uid="new"} 1760000600
  kube_pod_start_time{${TRAIN},uid="new"} 1760000610
  kube_pod_owner{${TRAIN},uid="new",owner_kind="PyTorchJob",owner_name="train"} 1
  kube_pod_status_phase{${TRAIN},uid="new",phase="Running"} 1
  kube_pod_status_phase{${TRAIN},uid="new",phase="Pending"} 0
  kube_pod_container_resource_requests{${TRAIN},uid="new",exported_container="main",container="ksm",resource="cpu",unit="core"} 6
  kube_pod_container_resource_requests{${TRAIN},uid="new",exported_container="side",container="ksm",resource="cpu",unit="core"} 2
  kube_pod_container_resource_requests{${TRAIN},uid="new",exported_container="main",container="ksm",resource="nvidia_com_gpu",unit="integer"} 1
  kube_pod_container_resource_limits{${TRAIN},uid="new",exported_container="main",container="ksm",resource="cpu",unit="core"} 8
  kube_pod_container_resource_limits{${TRAIN},uid="new",exported_container="main",container="ksm",resource="memory",unit="byte"} 1073741824
  kube_pod_container_info{${TRAIN},uid="new",exported_container="main",container="ksm",container_id="containerd://aaaaaaaaaaaa1111",image="reg/train:1",image_id="sha256:1"} 1
  kube_pod_container_info{${TRAIN},uid="new",exported_container="side",container="ksm",container_id="containerd://bbbbbbbbbbbb2222",image="reg/side:1"} 1
  kube_pod_container_status_running{${TRAIN},uid="new",exported_container="main",container="ksm"} 1
  kube_pod_container_status_ready{${TRAIN},uid="new",exported_container="main",container="ksm"} 1
  kube_pod_container_status_restarts_total{${TRAIN},uid="new",exported_container="main",container="ksm"} 2
  kube_pod_container_state_started{${TRAIN},uid="new",exported_container="main",container="ksm"} 1760000620
  kube_pod_container_status_last_terminated_reason{${TRAIN},uid="new",exported_container="main",container="ksm",reason="OOMKilled"} 1
  kube_pod_container_status_running{${TRAIN},uid="new",exported_container="side",container="ksm"} 0
  kube_pod_container_status_waiting{${TRAIN},uid="new",exported_container="side",container="ksm"} 1
  kube_pod_container_status_waiting_reason{${TRAIN},uid="new",exported_container="side",container="ksm",reason="CrashLoopBackOff"} 1
  kube_pod_container_status_restarts_total{${TRAIN},uid="new",exported_container="side",container="ksm"} 5
  kube_pod_info{exported_namespace="web",exported_pod="idle-0",uid="w",node="node-a"} 1
  kube_pod_status_phase{exported_namespace="web",exported_pod="idle-0",uid="w",phase="Pending"} 1
`

// The kubelet's rows of slices, sandboxes and the pod as a whole overlap with those of containers.
const USE = `
  container_cpu_usage_seconds_total{namespace="ml",pod="train-0",container="main",cpu="total",instance="10.0.0.1:10250"} 0 3
  container_cpu_usage_seconds_total{namespace="ml",pod="train-0",container="side",cpu="total",instance="10.0.0.1:10250"} 0 1
  container_cpu_usage_seconds_total{namespace="ml",pod="train-0",container="POD",cpu="total",instance="10.0.0.1:10250"} 0 1
  container_cpu_usage_seconds_total{namespace="ml",pod="train-0",container="",cpu="total",instance="10.0.0.1:10250"} 0 4
  container_memory_working_set_bytes{namespace="ml",pod="train-0",container="main",instance="10.0.0.1:10250"} 536870912
  container_memory_working_set_bytes{namespace="ml",pod="train-0",container="side",instance="10.0.0.1:10250"} 104857600
  container_memory_working_set_bytes{namespace="ml",pod="train-0",container="",instance="10.0.0.1:10250"} 700000000
  container_network_receive_bytes_total{namespace="ml",pod="train-0",interface="eth0",instance="10.0.0.1:10250"} 0 125000
`

const POWER = `
  ipmi_dcmi_power_consumption_watts{instance="node-a",node="node-a"} 900
  kepler_node_cpu_watts{node_name="node-a",zone="package",path="p"} 200
  kepler_pod_cpu_watts{node_name="node-a",pod_id="new",pod_name="train-0",pod_namespace="ml",state="running",zone="package"} 80
  DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="0",Hostname="node-a",modelName="NVIDIA H100",namespace="ml",pod="train-0",container="main"} 300
`

const SEOUL = `${KUBERNETES}\n${USE}\n${POWER}`
const BUSAN = KUBERNETES.replaceAll('idle-0', 'other-0')

let served: Served | undefined
afterEach(async () => served?.close())
const serve = async (...args: Parameters<typeof serveInfrastructure>) =>
  (served = await serveInfrastructure(...args))

const GPU_AMOUNT = { nvidia_com_gpu: 1 }

describe('GET /infrastructure/pods', () => {
  it('shows the pod that has the name now, with its containers and its watts', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { status, data, meta } = await get('/pods')
    expect(status).toBe(200)
    expect(meta.page).toEqual({ total: 2, limit: 100, offset: 0 })
    expect(data[0]).toEqual({
      cluster: 'seoul',
      namespace: 'ml',
      pod: 'train-0',
      uid: 'new',
      node: 'node-a',
      phase: 'running',
      reason: null,
      owner_kind: 'PyTorchJob',
      owner_name: 'train',
      workload_type: 'training',
      pod_ip: '10.244.0.9',
      host_ip: '10.0.0.1',
      created_at: '2025-10-09T09:03:20.000Z',
      started_at: '2025-10-09T09:03:30.000Z',
      restarts: 7,
      containers: [
        {
          container: 'main',
          image: 'reg/train:1',
          state: 'running',
          reason: null,
          ready: true,
          restarts: 2,
        },
        {
          container: 'side',
          image: 'reg/side:1',
          state: 'waiting',
          reason: 'CrashLoopBackOff',
          ready: null,
          restarts: 5,
        },
      ],
      requests: { cpu_cores: 8, memory_mb: null, resources: GPU_AMOUNT },
      limits: { cpu_cores: 8, memory_mb: 1024, resources: {} },
      cpu_cores_used: expect.closeTo(4, 9),
      memory_used_mb: 612,
      power_watts: 380,
      power_source: 'dcgm, kepler, kepler_pods, kubelet_pods',
      power_method: 'attributed',
      sources: expect.arrayContaining(['kube_state_metrics_pods', 'kubelet_pods', 'dcgm']),
    })
    expect(data[1]).toMatchObject({
      pod: 'idle-0',
      phase: 'pending',
      owner_kind: null,
      restarts: null,
      cpu_cores_used: null,
      power_watts: null,
      power_method: null,
    })
  })

  it('gives the watts that the breakdown by pod gives', async () => {
    const { get, anywhere } = await serve({ seoul: SEOUL })
    const { data } = await get('/pods?namespace=ml')
    const { data: breakdown } = await anywhere('/monitoring/power/breakdown?by=pod')
    const row = breakdown.rows.find(({ key }: any) => key.pod === 'train-0')
    expect(data[0].power_watts).toBe(row.power_watts)
  })

  it('reads the names of kube-state-metrics 1', async () => {
    const { get } = await serve({
      old: `
        kube_pod_info{namespace="ml",pod="train-0",uid="u",node="node-a",created_by_kind="<none>",created_by_name="<none>"} 1
        kube_pod_status_phase{namespace="ml",pod="train-0",phase="Running"} 1
        kube_pod_container_resource_requests_cpu_cores{namespace="ml",pod="train-0",container="main"} 2
        kube_pod_container_resource_limits_memory_bytes{namespace="ml",pod="train-0",container="main"} 1048576
      `,
    })
    const { data } = await get('/pods')
    expect(data).toMatchObject([
      {
        phase: 'running',
        owner_kind: null,
        requests: { cpu_cores: 2 },
        limits: { memory_mb: 1 },
        containers: [{ container: 'main', state: 'unknown' }],
      },
    ])
  })

  it.each([
    ['namespace=web&cluster=seoul', ['seoul/idle-0']],
    ['phase=running&cluster=busan', ['busan/train-0']],
    ['pod=train-0', ['busan/train-0', 'seoul/train-0']],
    ['node=node-a&cluster=seoul', ['seoul/train-0', 'seoul/idle-0']],
    ['owner_kind=PyTorchJob', ['busan/train-0', 'seoul/train-0']],
    ['workload_type=training&limit=1', ['busan/train-0']],
    ['sort=-power_watts&limit=1', ['seoul/train-0']],
  ])('with %s', async (query, names) => {
    const { get } = await serve({ seoul: SEOUL, busan: BUSAN })
    const { status, data } = await get(`/pods?${query}`)
    expect(status).toBe(200)
    expect(data.map((row: any) => `${row.cluster}/${row.pod}`)).toEqual(names)
  })

  it.each(['sort=colour', 'phase=on', 'colour=red'])('refuses %s', async (query) => {
    const { get } = await serve({ seoul: SEOUL })
    expect((await get(`/pods?${query}`)).status).toBe(400)
  })

  it.each(['node=node-x', 'pod=nobody', 'cluster=jeju'])('knows nothing of %s', async (query) => {
    const { get } = await serve({ seoul: SEOUL })
    expect((await get(`/pods?${query}`)).status).toBe(404)
  })
})

describe('GET /infrastructure/pods/summary', () => {
  it('counts and adds up', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { status, data } = await get('/pods/summary')
    expect(status).toBe(200)
    expect(data).toEqual({
      pods: 2,
      running: 1,
      power_watts: 380,
      namespaces: 2,
      containers: 2,
      restarts: 7,
      by_phase: { pending: 1, running: 1, succeeded: 0, failed: 0, unknown: 0 },
      by_workload_type: { training: 1, unknown: 1 },
      by_owner_kind: { PyTorchJob: 1, none: 1 },
      requests: { cpu_cores: 8, memory_mb: null, resources: GPU_AMOUNT },
      limits: { cpu_cores: 8, memory_mb: 1024, resources: {} },
      by_namespace: [
        { cluster: 'seoul', namespace: 'ml', pods: 1, running: 1, power_watts: 380 },
        { cluster: 'seoul', namespace: 'web', pods: 1, running: 0, power_watts: null },
      ],
      by_cluster: [{ cluster: 'seoul', pods: 2, running: 1, power_watts: 380 }],
      top_pods_by_power: [{ cluster: 'seoul', namespace: 'ml', pod: 'train-0', power_watts: 380 }],
    })
  })
})

describe('GET /infrastructure/pods/{namespace}/{pod}', () => {
  it('shows the parts of its power', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { status, data } = await get('/pods/ml/train-0')
    expect(status).toBe(200)
    expect(data.power_parts).toMatchObject({ cpu_watts: 80, gpu_watts: 300, npu_watts: null })
  })

  it('shows its figures in the units of their names', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { status, data } = await get('/pods/ml/train-0/metrics')
    expect(status).toBe(200)
    expect(data).toMatchObject({
      node: 'node-a',
      cpu_cores_used: expect.closeTo(4, 9),
      cpu_cores_requested: 8,
      cpu_utilization_percent: expect.closeTo(50, 9),
      cpu_request_percent: expect.closeTo(50, 9),
      memory_used_mb: 612,
      memory_limit_mb: 1024,
      memory_utilization_percent: expect.closeTo(59.765625, 9),
      network_rx_mbps: expect.closeTo(1, 9),
      network_tx_mbps: null,
      power_watts: 380,
    })
  })

  it('gives energy over the time in which the pod was there', async () => {
    const { get } = await serve({
      seoul: SEOUL.replace('zone="package"} 80', 'zone="package"} 80 # last 300s').replace(
        'container="main"} 300',
        'container="main"} 300 # last 300s',
      ),
    })
    const { status, data } = await get('/pods/ml/train-0/power?period=10m&step=1m')
    expect(status).toBe(200)
    expect(data.window_seconds).toBe(600)
    // The exporters said nothing more of it in the last five minutes, beyond the time that a sample is fresh for.
    const points = data.timeseries.series[0].points as [number, number | null][]
    expect(points[1]?.[1]).toBe(380)
    expect(data.power_watts_max).toBe(380)
    expect(data.covered_seconds).toBeLessThanOrEqual(600)
  })

  it('gives energy over a window', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { data } = await get('/pods/ml/train-0/power?period=10m&step=1m')
    expect(data).toMatchObject({
      power_watts: 380,
      power_watts_avg: 380,
      energy_joules: 228_000,
      covered_seconds: 600,
      energy_method: 'integral',
    })
  })

  const PATHS = [
    '/pods/ml/train-0',
    '/pods/ml/train-0/metrics',
    '/pods/ml/train-0/power?period=10m&step=1m',
    '/containers/aaaaaaaaaaaa',
    '/containers/ml:train-0:main/metrics',
  ]

  it.each(PATHS)('%s asks which cluster is meant', async (path) => {
    const { get } = await serve({ seoul: SEOUL, busan: BUSAN })
    const { status, candidates } = await get(path)
    expect(status).toBe(409)
    expect(candidates).toHaveLength(2)
    expect((await get(`${path}${path.includes('?') ? '&' : '?'}cluster=seoul`)).status).toBe(200)
  })

  it.each(PATHS)('%s is 404 only when everyone answered', async (path) => {
    const other = path.replace('train-0', 'nobody').replace('aaaaaaaaaaaa', 'cccccccccccc')
    const { get, fleet } = await serve({ seoul: SEOUL, busan: BUSAN })
    expect((await get(other)).status).toBe(404)
    fleet.set('busan', LATE)
    served?.clock.advance(60)
    expect((await get(other)).status).toBe(504)
  })
})

describe('GET /infrastructure/containers', () => {
  it('shows what each runs, how it fares and what it draws', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { status, data } = await get('/containers')
    expect(status).toBe(200)
    expect(data).toHaveLength(2)
    expect(data[0]).toEqual({
      cluster: 'seoul',
      namespace: 'ml',
      pod: 'train-0',
      container: 'main',
      id: 'aaaaaaaaaaaa1111',
      node: 'node-a',
      image: 'reg/train:1',
      image_id: 'sha256:1',
      state: 'running',
      reason: null,
      ready: true,
      restarts: 2,
      last_terminated_reason: 'OOMKilled',
      started_at: '2025-10-09T09:03:40.000Z',
      requests: { cpu_cores: 6, memory_mb: null, resources: GPU_AMOUNT },
      limits: { cpu_cores: 8, memory_mb: 1024, resources: {} },
      cpu_cores_used: expect.closeTo(3, 9),
      memory_used_mb: 512,
      // The pod's 80 W of CPU by CPU time, and the board that it holds.
      power_watts: expect.closeTo(360, 9),
      power_source: expect.stringContaining('dcgm'),
      power_method: 'attributed',
      sources: expect.arrayContaining(['kube_state_metrics_containers', 'kubelet_containers']),
    })
    expect(data[1]).toMatchObject({ container: 'side', power_watts: expect.closeTo(20, 9) })
  })

  it('has no watts for containers whose share of a pod nobody tells', async () => {
    const { get } = await serve({ seoul: `${KUBERNETES}\n${POWER}` })
    const { data } = await get('/containers')
    expect(data).toMatchObject([{ power_watts: null }, { power_watts: null }])
  })

  it.each(['state=running', 'pod=train-0&sort=-power_watts&limit=1', 'namespace=ml&limit=1'])(
    'with %s',
    async (query) => {
      const { get } = await serve({ seoul: SEOUL })
      const { data } = await get(`/containers?${query}`)
      expect(data).toMatchObject([{ container: 'main' }])
    },
  )

  it.each([
    ['/containers?state=on', 400],
    ['/containers?sort=colour', 400],
    ['/containers?node=node-x', 404],
    ['/containers/x?colour=red', 400],
    ['/containers/aaaa', 404],
    ['/containers/containerd%3A%2F%2Faaaaaaaaaaaa1111', 200],
    ['/containers/aaaaaaaaaaaa1111/metrics', 200],
  ])('%s is %i', async (path, expected) => {
    const { get } = await serve({ seoul: SEOUL })
    expect((await get(path)).status).toBe(expected)
  })

  it('shows the figures of one', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { data } = await get('/containers/ml:train-0:main/metrics')
    expect(data).toMatchObject({
      id: 'aaaaaaaaaaaa1111',
      cpu_utilization_percent: expect.closeTo(37.5, 9),
      memory_utilization_percent: 50,
      power_parts: { cpu_watts: expect.closeTo(60, 9), gpu_watts: 300 },
    })
  })
})

describe('every route of pods and containers', () => {
  const PATHS = [
    '/pods',
    '/pods/summary',
    '/pods/ml/train-0',
    '/pods/ml/train-0/metrics',
    '/pods/ml/train-0/power?period=10m&step=1m',
    '/containers',
    '/containers/ml:train-0:main',
    '/containers/ml:train-0:main/metrics',
  ]

  it.each(PATHS)('%s wants credentials', async (path) => {
    const { get } = await serve({ seoul: SEOUL })
    expect((await get(path, { auth: false })).status).toBe(401)
  })

  it.each(PATHS)('%s names the cluster that did not answer', async (path) => {
    const { get } = await serve({ seoul: SEOUL, jeju: LATE })
    const { status, meta } = await get(path)
    expect(status).toBe(200)
    expect(meta.status).toBe('partial')
    expect(meta.clusters).toContainEqual({ name: 'jeju', status: 'timeout' })
    const denied = `${path}${path.includes('?') ? '&' : '?'}partial=deny`
    expect((await get(denied)).status).toBe(503)
  })

  it.each(PATHS)('%s fails when no cluster answers', async (path) => {
    const { get } = await serve({ seoul: DOWN, jeju: LATE })
    expect((await get(path)).status).toBe(502)
  })
})
