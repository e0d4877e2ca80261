import { afterEach, describe, expect, it } from 'vitest'
import { DOWN, LATE, serveInfrastructure, type Served } from './served.ts'

// Two replicas of kube-state-metrics, which both say everything.
const twice = (text: string): string =>
  ['ksm-0:8080', 'ksm-1:8080']
    .flatMap((instance) =>
      text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '')
        .map((line) => line.replace('{', `{instance="${instance}",job="ksm",`)),
    )
    .join('\n')

const NODE_A = twice(`
  kube_node_info{node="node-a",internal_ip="10.0.0.1",kubelet_version="v1.33.4",os_image="Ubuntu 24.04",kernel_version="6.8.0",container_runtime_version="containerd://2.0",provider_id="",system_uuid="4c4c"} 1
  kube_node_labels{node="node-a",label_topology_kubernetes_io_zone="kr-1",label_node_kubernetes_io_instance_type="h100.8x"} 1
  kube_node_created{node="node-a"} 1760000000
  kube_node_spec_unschedulable{node="node-a"} 0
  kube_node_status_condition{node="node-a",condition="Ready",status="true"} 1
  kube_node_status_condition{node="node-a",condition="Ready",status="false"} 0
  kube_node_status_condition{node="node-a",condition="Ready",status="unknown"} 0
  kube_node_status_condition{node="node-a",condition="DiskPressure",status="false"} 1
  kube_node_status_capacity{node="node-a",resource="cpu",unit="core"} 64
  kube_node_status_capacity{node="node-a",resource="memory",unit="byte"} 549755813888
  kube_node_status_capacity{node="node-a",resource="pods",unit="integer"} 110
  kube_node_status_capacity{node="node-a",resource="nvidia_com_gpu",unit="integer"} 8
  kube_node_status_capacity{node="node-a",resource="ephemeral_storage",unit="byte"} 1073741824
  kube_node_status_allocatable{node="node-a",resource="cpu",unit="core"} 63
  kube_node_status_allocatable{node="node-a",resource="nvidia_com_gpu",unit="integer"} 7
  kube_pod_info{namespace="ml",pod="train-0",uid="u1",node="node-a"} 1
  kube_pod_info{namespace="ml",pod="done-0",uid="u2",node="node-a"} 1
  kube_pod_status_phase{namespace="ml",pod="train-0",uid="u1",phase="Running"} 1
  kube_pod_status_phase{namespace="ml",pod="done-0",uid="u2",phase="Succeeded"} 1
  kube_node_info{node="node-c",internal_ip="10.0.0.3",kubelet_version="v1.33.4"} 1
  kube_node_role{node="node-c",role="control-plane"} 1
  kube_node_status_condition{node="node-c",condition="Ready",status="true"} 1
  kube_node_spec_unschedulable{node="node-c"} 1
`)

// The node exporter is known by its address and a port, and counts since the node was started.
const METERS = `
  node_cpu_seconds_total{instance="10.0.0.1:9100",cpu="0",mode="idle"} 1000 0.25
  node_cpu_seconds_total{instance="10.0.0.1:9100",cpu="1",mode="idle"} 1000 0.75
  node_memory_MemTotal_bytes{instance="10.0.0.1:9100"} 549755813888
  node_memory_MemAvailable_bytes{instance="10.0.0.1:9100"} 274877906944
  node_load1{instance="10.0.0.1:9100"} 3.5
  node_network_receive_bytes_total{instance="10.0.0.1:9100",device="eth0"} 0 125000
  node_network_receive_bytes_total{instance="10.0.0.1:9100",device="lo"} 0 125000
  node_network_transmit_bytes_total{instance="10.0.0.1:9100",device="eth0"} 0 250000
  node_filesystem_size_bytes{instance="10.0.0.1:9100",device="/dev/sda1",fstype="ext4",mountpoint="/"} 1073741824
  node_filesystem_avail_bytes{instance="10.0.0.1:9100",device="/dev/sda1",fstype="ext4",mountpoint="/"} 268435456
  node_uname_info{instance="172.16.9.9:9100",nodename="node-c",release="6.8.0-c"} 1
  node_load1{instance="172.16.9.9:9100"} 0.5
  ipmi_dcmi_power_consumption_watts{instance="node-a",node="node-a"} 900
  DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="0",Hostname="node-a",modelName="NVIDIA H100"} 300
  DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",gpu="0",Hostname="node-a",modelName="NVIDIA H100"} 80
  DCGM_FI_DEV_POWER_USAGE{UUID="GPU-2",gpu="1",Hostname="node-a",modelName="NVIDIA H100"} 200
  DCGM_FI_DEV_GPU_UTIL{UUID="GPU-2",gpu="1",Hostname="node-a",modelName="NVIDIA H100"} 40
`

const SEOUL = `${NODE_A}\n${METERS}`
const BUSAN = `
  kube_node_info{node="node-a",internal_ip="10.1.0.1"} 1
  kube_node_status_condition{node="node-a",condition="Ready",status="unknown"} 1
  kube_node_info{node="node-b",internal_ip="10.1.0.2"} 1
  kube_node_status_condition{node="node-b",condition="Ready",status="false"} 1
`

let served: Served | undefined
afterEach(async () => served?.close())
const serve = async (...args: Parameters<typeof serveInfrastructure>) =>
  (served = await serveInfrastructure(...args))

describe('GET /infrastructure/nodes', () => {
  it('shows what Kubernetes, the kernel and the meters say of a node', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { status, data, meta } = await get('/nodes?sort=node')
    expect(status).toBe(200)
    expect(meta.warnings).toEqual([])
    expect(data).toHaveLength(2)
    expect(data[0]).toEqual({
      cluster: 'seoul',
      node: 'node-a',
      status: 'ready',
      roles: ['gpu', 'worker'],
      conditions: [
        { condition: 'DiskPressure', status: 'false' },
        { condition: 'Ready', status: 'true' },
      ],
      unschedulable: false,
      created_at: '2025-10-09T08:53:20.000Z',
      kubelet_version: 'v1.33.4',
      container_runtime: 'containerd://2.0',
      os_image: 'Ubuntu 24.04',
      kernel_version: '6.8.0',
      provider_id: null,
      system_uuid: '4c4c',
      instance_type: 'h100.8x',
      availability_zone: 'kr-1',
      addresses: [{ address_type: 'InternalIP', address: '10.0.0.1' }],
      capacity: {
        cpu_cores: 64,
        memory_mb: 524288,
        resources: { pods: 110, nvidia_com_gpu: 8, ephemeral_storage_mb: 1024 },
      },
      allocatable: { cpu_cores: 63, memory_mb: null, resources: { nvidia_com_gpu: 7 } },
      gpus: 2,
      npus: 0,
      pods: 1,
      cpu_utilization_percent: expect.closeTo(50, 9),
      memory_used_mb: 262144,
      memory_total_mb: 524288,
      power_watts: 900,
      power_source: 'dcmi',
      power_method: 'measured',
      sources: [
        'dcgm',
        'dcmi',
        'kube_state_metrics_nodes',
        'kube_state_metrics_pods',
        'node_exporter',
      ],
    })
    expect(data[1]).toMatchObject({
      node: 'node-c',
      status: 'maintenance',
      roles: ['control_plane'],
      kernel_version: '6.8.0-c',
      pods: 0,
      power_watts: null,
      power_source: null,
      power_method: null,
    })
  })

  it('reads the names of kube-state-metrics 1', async () => {
    const { get } = await serve({
      old: `
        kube_node_info{node="node-a",internal_ip="10.0.0.1"} 1
        kube_node_role{node="node-a",role="master"} 1
        kube_node_status_capacity_cpu_cores{node="node-a"} 32
        kube_node_status_capacity_memory_bytes{node="node-a"} 1073741824
        kube_node_status_capacity_nvidia_gpu_cards{node="node-a"} 4
        kube_node_status_capacity{node="node-a",resource="cpu",unit="core"} 32
      `,
    })
    const { data } = await get('/nodes')
    expect(data[0].roles).toEqual(['control_plane'])
    expect(data[0].capacity).toEqual({
      cpu_cores: 32,
      memory_mb: 1024,
      resources: { nvidia_com_gpu: 4 },
    })
  })

  it('lists machines that only a meter or a kernel knows', async () => {
    const { get } = await serve({
      bare: `
        node_load1{instance="host-1:9100"} 1
        node_rapl_package_joules_total{instance="host-1:9100",index="0"} 0 50
      `,
    })
    const { data } = await get('/nodes')
    expect(data).toMatchObject([
      {
        node: 'host-1',
        status: 'unknown',
        roles: [],
        pods: null,
        power_watts: expect.closeTo(50, 9),
        power_source: 'components',
        power_method: 'estimated',
      },
    ])
  })

  it('names exporters that belong to no node', async () => {
    const { get } = await serve({ seoul: `${SEOUL}\nnode_load1{instance="10.9.9.9:9100"} 1` })
    const { data, meta } = await get('/nodes')
    expect(data).toHaveLength(2)
    expect(meta.warnings).toMatchObject([
      {
        code: 'unmatched_names',
        cluster: 'seoul',
        detail: "1 name is no node's: 10.9.9.9 (node_exporter)",
      },
    ])
  })

  it.each([
    ['role=gpu', ['seoul/node-a']],
    ['role=control_plane', ['seoul/node-c']],
    ['status=not_ready', ['busan/node-b']],
    ['status=unknown', ['busan/node-a']],
    ['node=node-a', ['busan/node-a', 'seoul/node-a']],
    ['cluster=busan', ['busan/node-a', 'busan/node-b']],
    ['sort=-power_watts&limit=1', ['seoul/node-a']],
    ['sort=node&offset=3', ['seoul/node-c']],
  ])('with %s', async (query, names) => {
    const { get } = await serve({ seoul: SEOUL, busan: BUSAN })
    const { status, data } = await get(`/nodes?${query}`)
    expect(status).toBe(200)
    expect(data.map((row: any) => `${row.cluster}/${row.node}`)).toEqual(names)
  })

  it.each(['sort=colour', 'status=on', 'colour=red', 'limit=0'])('refuses %s', async (query) => {
    const { get } = await serve({ seoul: SEOUL })
    expect((await get(`/nodes?${query}`)).status).toBe(400)
  })

  it('knows nothing of an unknown node or cluster', async () => {
    const { get } = await serve({ seoul: SEOUL })
    expect((await get('/nodes?node=node-x')).status).toBe(404)
    expect((await get('/nodes?cluster=jeju')).status).toBe(404)
  })

  it('gives the watts that the routes of power give', async () => {
    const { get, anywhere } = await serve({ seoul: SEOUL })
    const { data } = await get('/nodes')
    const { data: power } = await anywhere('/monitoring/power/infrastructure')
    for (const node of power.by_node) {
      const row = data.find((each: any) => each.node === node.node)
      expect(row.power_watts).toBe(node.power_watts)
    }
  })
})

describe('GET /infrastructure/nodes/summary', () => {
  it('counts and adds up', async () => {
    const { get } = await serve({ seoul: SEOUL, busan: BUSAN })
    const { status, data } = await get('/nodes/summary')
    expect(status).toBe(200)
    expect(data).toEqual({
      nodes: 4,
      gpus: 2,
      npus: 0,
      pods: 1,
      power_watts: 900,
      power_coverage: 0.25,
      by_status: { ready: 1, not_ready: 1, maintenance: 1, unknown: 1 },
      by_role: { control_plane: 1, gpu: 1, worker: 1 },
      power_watts_avg: 900,
      capacity: {
        cpu_cores: 64,
        memory_mb: 524288,
        resources: { pods: 110, nvidia_com_gpu: 8, ephemeral_storage_mb: 1024 },
      },
      allocatable: { cpu_cores: 63, memory_mb: null, resources: { nvidia_com_gpu: 7 } },
      power_by_source: [{ power_source: 'dcmi', nodes: 1, power_watts: 900 }],
      top_nodes_by_power: [{ cluster: 'seoul', node: 'node-a', power_watts: 900 }],
      by_cluster: [
        {
          cluster: 'busan',
          nodes: 2,
          gpus: 0,
          npus: 0,
          pods: null,
          power_watts: null,
          power_coverage: 0,
        },
        {
          cluster: 'seoul',
          nodes: 2,
          gpus: 2,
          npus: 0,
          pods: 1,
          power_watts: 900,
          power_coverage: 0.5,
        },
      ],
    })
  })
})

describe('GET /infrastructure/nodes/{node}', () => {
  it('shows the parts of its power and its boards', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { status, data } = await get('/nodes/node-a')
    expect(status).toBe(200)
    expect(data).toMatchObject({
      node: 'node-a',
      power_parts: {
        cpu_watts: null,
        dram_watts: null,
        gpu_watts: 500,
        npu_watts: null,
        other_watts: 400,
      },
      accelerators: [
        { kind: 'gpu', id: 'GPU-1', vendor: 'nvidia', power_watts: 300 },
        { kind: 'gpu', id: 'GPU-2', vendor: 'nvidia', power_watts: 200 },
      ],
    })
  })

  it('shows its figures in the units of their names', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { status, data } = await get('/nodes/node-a/metrics')
    expect(status).toBe(200)
    expect(data).toMatchObject({
      cpu_cores: 2,
      cpu_cores_used: expect.closeTo(1, 9),
      cpu_utilization_percent: expect.closeTo(50, 9),
      load1: 3.5,
      load5: null,
      memory_total_mb: 524288,
      memory_used_mb: 262144,
      memory_utilization_percent: 50,
      disk_total_mb: 1024,
      disk_used_mb: 768,
      disk_utilization_percent: 75,
      network_rx_mbps: expect.closeTo(1, 9),
      network_tx_mbps: expect.closeTo(2, 9),
      gpu_utilization_percent: 60,
      power_watts: 900,
    })
  })

  it('gives energy over a window', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { status, data } = await get('/nodes/node-a/power?period=10m&step=1m')
    expect(status).toBe(200)
    expect(data).toMatchObject({
      power_watts: 900,
      power_watts_min: 900,
      power_watts_avg: 900,
      power_watts_max: 900,
      energy_joules: 540_000,
      energy_method: 'integral',
      covered_seconds: 600,
      window_seconds: 600,
    })
    expect(data.timeseries.step_seconds).toBe(60)
    expect(data.timeseries.series[0].key).toEqual({ cluster: 'seoul', node: 'node-a' })
    expect(data.timeseries.series[0].points).toHaveLength(11)
  })

  it('has no energy where nothing measures, and says so by nulls', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { data } = await get('/nodes/node-c/power?period=10m')
    expect(data).toMatchObject({ energy_joules: null, covered_seconds: 0, power_watts_avg: null })
  })

  const PATHS = ['/nodes/node-a', '/nodes/node-a/metrics', '/nodes/node-a/power?period=10m']

  it.each(PATHS)('%s asks which cluster is meant', async (path) => {
    const { get } = await serve({ seoul: SEOUL, busan: BUSAN })
    const { status, candidates } = await get(path)
    expect(status).toBe(409)
    expect(candidates).toEqual(['busan/node-a', 'seoul/node-a'])
    expect((await get(`${path}${path.includes('?') ? '&' : '?'}cluster=seoul`)).status).toBe(200)
  })

  it.each(PATHS)('%s is 404 only when everyone answered', async (path) => {
    const other = path.replace('node-a', 'node-x')
    const { get, fleet } = await serve({ seoul: SEOUL, busan: BUSAN })
    expect((await get(other)).status).toBe(404)
    fleet.set('busan', LATE)
    served?.clock.advance(60)
    expect((await get(other)).status).toBe(504)
  })

  it('refuses a window that is none', async () => {
    const { get } = await serve({ seoul: SEOUL })
    expect((await get('/nodes/node-a/power?period=soon')).status).toBe(400)
    expect((await get('/nodes/node-a?period=1h')).status).toBe(400)
  })
})

describe('every route of nodes', () => {
  const PATHS = [
    '/nodes',
    '/nodes/summary',
    '/nodes/node-a',
    '/nodes/node-a/metrics',
    '/nodes/node-a/power?period=10m',
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
