import { describe, expect, it } from 'vitest'
import { known, latest } from './reading.ts'

const POD = 'namespace="ml",pod="train-0",uid="u1"'

describe('kube-state-metrics', () => {
  it('knows nodes with what they are', async () => {
    const text =
      'kube_node_info{node="a",kernel_version="6.8",os_image="Ubuntu 24.04",container_runtime_version="containerd://1.7",kubelet_version="v1.30",kubeproxy_version="deprecated",provider_id="",system_uuid="s",internal_ip="10.0.0.1"} 1'
    expect(
      await known(text, [
        'node',
        'node',
        'internal_ip',
        'kernel_version',
        'container_runtime',
        'provider_id',
      ]),
    ).toEqual([
      {
        source: 'kube_state_metrics_nodes',
        node: 'a',
        internal_ip: '10.0.0.1',
        kernel_version: '6.8',
        container_runtime: 'containerd://1.7',
      },
    ])
  })

  it('has a row for the status that a condition has, and none for those it has not', async () => {
    const { rows, warnings } = await latest(
      `kube_node_status_condition{node="a",condition="Ready",status="true"} 1
       kube_node_status_condition{node="a",condition="Ready",status="false"} 0
       kube_node_status_condition{node="a",condition="Ready",status="unknown"} 0
       kube_node_spec_unschedulable{node="a"} 0
       kube_node_role{node="a",role="control-plane"} 1`,
      ['node', 'node', 'condition', 'status', 'role'],
      ['node_condition', 'node_unschedulable', 'node_role'],
    )
    expect(rows).toEqual([
      {
        source: 'kube_state_metrics_nodes',
        node: 'a',
        condition: 'Ready',
        status: 'true',
        node_condition: 1,
      },
      { source: 'kube_state_metrics_nodes', node: 'a', node_unschedulable: 0 },
      { source: 'kube_state_metrics_nodes', node: 'a', role: 'control-plane', node_role: 1 },
    ])
    expect(warnings).toEqual([])
  })

  it('gives resources in the units that they say', async () => {
    const { rows } = await latest(
      `kube_node_status_capacity{node="a",resource="cpu",unit="core"} 64.5
       kube_node_status_allocatable{node="a",resource="cpu",unit="core"} 63
       kube_node_status_capacity{node="a",resource="memory",unit="byte"} 2.7e11
       kube_node_status_capacity{node="a",resource="furiosa_ai_rngd",unit="integer"} 8`,
      ['node', 'node', 'resource', 'unit'],
      ['resource_capacity', 'resource_allocatable'],
    )
    expect(rows).toEqual([
      expect.objectContaining({
        resource: 'cpu',
        unit: 'core',
        resource_capacity: 64.5,
        resource_allocatable: 63,
      }),
      expect.objectContaining({ resource: 'memory', unit: 'byte', resource_capacity: 2.7e11 }),
      expect.objectContaining({
        resource: 'furiosa_ai_rngd',
        unit: 'integer',
        resource_capacity: 8,
      }),
    ])
  })

  it('reads the names of version 1, which say the resource in the metric', async () => {
    const { rows } = await latest(
      `kube_node_status_capacity_cpu_cores{node="a"} 64
       kube_node_status_allocatable_cpu_cores{node="a"} 63
       kube_node_status_capacity_memory_bytes{node="a"} 2.7e11
       kube_node_status_capacity_pods{node="a"} 110`,
      ['node', 'node', 'resource', 'unit'],
      ['resource_capacity', 'resource_allocatable'],
    )
    expect(rows).toEqual([
      expect.objectContaining({
        node: 'a',
        resource: 'cpu',
        unit: 'core',
        resource_capacity: 64,
        resource_allocatable: 63,
      }),
      expect.objectContaining({ resource: 'memory', unit: 'byte', resource_capacity: 2.7e11 }),
      expect.objectContaining({ resource: 'pods', unit: 'integer', resource_capacity: 110 }),
    ])
    const requests = await latest(
      `kube_pod_container_resource_requests_cpu_cores{namespace="ml",pod="train-0",container="main",node="a"} 4
       kube_pod_container_resource_requests_cpu_cores{namespace="ml",pod="train-0",container="side",node="a"} 0.5`,
      ['pod', 'namespace', 'pod', 'resource'],
      ['resource_requested'],
    )
    expect(requests.rows).toEqual([
      {
        source: 'kube_state_metrics_v1_pod_cpu',
        namespace: 'ml',
        pod: 'train-0',
        resource: 'cpu',
        resource_requested: 4.5,
      },
    ])
  })

  it.each([
    [
      'honor_labels true',
      `kube_pod_info{${POD},node="a",host_ip="10.0.0.1",pod_ip="10.1.0.1",created_by_kind="ReplicaSet",created_by_name="rs"} 1`,
    ],
    [
      'honor_labels false',
      'kube_pod_info{exported_namespace="ml",exported_pod="train-0",uid="u1",exported_node="a",host_ip="10.0.0.1",pod_ip="10.1.0.1",created_by_kind="ReplicaSet",created_by_name="rs",namespace="monitoring",pod="kube-state-metrics-0",container="kube-state-metrics",node="b"} 1',
    ],
  ])('knows pods with where they are, %s', async (_how, text) => {
    expect(
      await known(text, ['pod', 'namespace', 'pod', 'container', 'pod_uid', 'node', 'owner_kind']),
    ).toEqual([
      {
        source: 'kube_state_metrics_pods',
        namespace: 'ml',
        pod: 'train-0',
        pod_uid: 'u1',
        node: 'a',
        owner_kind: 'ReplicaSet',
      },
    ])
  })

  it('has the phase that a pod is in, and the labels that say what it is for', async () => {
    const { rows } = await latest(
      `kube_pod_status_phase{${POD},phase="Running"} 1
       kube_pod_status_phase{${POD},phase="Pending"} 0
       kube_pod_labels{${POD},label_training_kubeflow_org_job_name="llm",label_kueue_x_k8s_io_queue_name="q"} 1
       kube_pod_labels{namespace="s",pod="p",uid="u2",label_serving_kserve_io_inferenceservice="llama",label_component="predictor"} 1
       kube_pod_labels{namespace="b",pod="j",uid="u3",label_batch_kubernetes_io_job_name="prep",label_job_name="prep"} 1
       kube_pod_start_time{${POD}} 1763500000`,
      [
        'pod',
        'namespace',
        'pod',
        'phase',
        'training_job',
        'queue',
        'inference_service',
        'component',
        'batch_job',
      ],
      ['pod_phase', 'pod_labels', 'pod_started_seconds'],
    )
    expect(rows).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ pod: 'train-0', phase: 'Running', pod_phase: 1 }),
        expect.objectContaining({ pod: 'train-0', training_job: 'llm', queue: 'q', pod_labels: 1 }),
        expect.objectContaining({ pod: 'p', inference_service: 'llama', component: 'predictor' }),
        expect.objectContaining({ pod: 'j', batch_job: 'prep' }),
        expect.objectContaining({ pod: 'train-0', pod_started_seconds: 1763500000 }),
      ]),
    )
  })

  it('adds what the containers of a pod ask for, unless they are asked for one by one', async () => {
    const text = `
      kube_pod_container_resource_requests{${POD},container="main",node="a",resource="nvidia_com_gpu",unit="integer"} 4
      kube_pod_container_resource_requests{${POD},container="side",node="a",resource="nvidia_com_gpu",unit="integer"} 1`
    const pods = await latest(text, ['pod', 'namespace', 'pod', 'resource'], ['resource_requested'])
    expect(pods.rows.map(({ resource_requested }) => resource_requested)).toEqual([5])
    const containers = await latest(
      text,
      ['pod', 'namespace', 'pod', 'container', 'resource'],
      ['resource_requested'],
    )
    expect(
      containers.rows.map(({ container, resource_requested }) => [container, resource_requested]),
    ).toEqual([
      ['main', 4],
      ['side', 1],
    ])
  })

  it('knows containers with their image and id, and why they wait', async () => {
    const container = `${POD},container="main"`
    const text = `
      kube_pod_container_info{${container},image="registry/llm:1",image_spec="registry/llm:latest",image_id="sha256:aa",container_id="containerd://3f1c"} 1
      kube_pod_container_status_ready{${container}} 0
      kube_pod_container_status_running{${container}} 0
      kube_pod_container_status_waiting_reason{${container},reason="CrashLoopBackOff"} 1
      kube_pod_container_status_last_terminated_reason{${container},reason="OOMKilled"} 1
      kube_pod_container_status_restarts_total{${container}} 7`
    expect(await known(text, ['container', 'pod', 'container', 'container_id', 'image'])).toEqual([
      {
        source: 'kube_state_metrics_containers',
        pod: 'train-0',
        container: 'main',
        container_id: '3f1c',
        image: 'registry/llm:latest',
      },
    ])
    const { rows } = await latest(
      text,
      ['container', 'pod', 'container', 'reason'],
      [
        'container_ready',
        'container_running',
        'container_restarts',
        'container_waiting_reason',
        'container_last_terminated_reason',
      ],
    )
    expect(rows).toEqual([
      expect.objectContaining({ container_ready: 0, container_running: 0, container_restarts: 7 }),
      expect.objectContaining({ reason: 'CrashLoopBackOff', container_waiting_reason: 1 }),
      expect.objectContaining({ reason: 'OOMKilled', container_last_terminated_reason: 1 }),
    ])
  })

  it('is filtered by the id of a container without its runtime', async () => {
    const { createFleet } = await import('../support/fleet.ts')
    const { fakeClock } = await import('../support/test-app.ts')
    const clock = fakeClock()
    const { telemetry } = createFleet(
      {
        seoul: `kube_pod_container_info{${POD},container="main",container_id="containerd://3f1c"} 1
                kube_pod_container_info{${POD},container="side",container_id="containerd://77aa"} 1`,
      },
      clock.now,
    )
    const { rows } = await telemetry.known({
      entity: 'container',
      labels: ['container'],
      where: { container_id: ['77aa'] },
      at: clock.now(),
      shelf: 'static',
    })
    expect(rows.map(({ labels }) => labels.container)).toEqual(['side'])
  })
})

describe('the kubelet', () => {
  const cgroup = (
    container: string,
    id: string,
    image: string,
    pod = 'pod="train-0",namespace="ml"',
  ) => `container="${container}",id="${id}",image="${image}",${pod},node="a"`
  const ROOT = cgroup('', '/', '', 'pod="",namespace=""')
  const SLICE = cgroup('', '/kubepods.slice', '', 'pod="",namespace=""')
  const POD_CGROUP = cgroup('', '/kubepods.slice/pod1', '')
  const MAIN = cgroup('main', '/kubepods.slice/pod1/c1', 'registry/llm:1')
  const SIDE = cgroup('side', '/kubepods.slice/pod1/c2', 'registry/side:1')
  const PAUSE = cgroup('POD', '/kubepods.slice/pod1/pause', 'registry.k8s.io/pause:3.9')
  const TEXT = `
    container_cpu_usage_seconds_total{cpu="total",${ROOT}} 1e6 100
    container_cpu_usage_seconds_total{cpu="total",${SLICE}} 1e6 90
    container_cpu_usage_seconds_total{cpu="total",${POD_CGROUP}} 1e6 12
    container_cpu_usage_seconds_total{cpu="total",${MAIN}} 1e6 10
    container_cpu_usage_seconds_total{cpu="total",${SIDE}} 1e6 1.5
    container_cpu_usage_seconds_total{cpu="total",${PAUSE}} 1e6 0.5
    container_memory_working_set_bytes{${ROOT}} 1048576000
    container_memory_working_set_bytes{${POD_CGROUP}} 340787200
    container_memory_working_set_bytes{${MAIN}} 314572800
    container_memory_working_set_bytes{${SIDE}} 20971520
    container_memory_working_set_bytes{${PAUSE}} 1048576
    container_network_receive_bytes_total{interface="eth0",${PAUSE}} 1e6 125000
    container_network_receive_bytes_total{interface="eth0",${POD_CGROUP}} 1e6 125000
    container_network_receive_bytes_total{interface="net1",${PAUSE}} 1e6 250000
    container_network_receive_bytes_total{interface="lo",${PAUSE}} 1e6 999999
    container_network_receive_bytes_total{interface="eth0",${ROOT}} 1e6 999999`

  it('counts containers, and neither pods, sandboxes nor slices', async () => {
    const { rows } = await latest(
      TEXT,
      ['container', 'namespace', 'pod', 'container'],
      ['cpu_cores_used', 'memory_working_set_mb'],
    )
    expect(rows).toEqual([
      {
        source: 'kubelet_containers',
        namespace: 'ml',
        pod: 'train-0',
        container: 'main',
        cpu_cores_used: 10,
        memory_working_set_mb: 300,
      },
      {
        source: 'kubelet_containers',
        namespace: 'ml',
        pod: 'train-0',
        container: 'side',
        cpu_cores_used: 1.5,
        memory_working_set_mb: 20,
      },
    ])
  })

  it('adds containers and interfaces to pods, each once', async () => {
    const { rows } = await latest(
      TEXT,
      ['pod', 'namespace', 'pod'],
      ['cpu_cores_used', 'memory_working_set_mb', 'network_rx_mbps'],
    )
    expect(rows).toEqual([
      {
        source: 'kubelet_pods',
        namespace: 'ml',
        pod: 'train-0',
        cpu_cores_used: 11.5,
        memory_working_set_mb: 320,
        network_rx_mbps: 3,
      },
    ])
  })

  it('knows the machine by its root', async () => {
    const { rows } = await latest(
      `${TEXT}\nmachine_cpu_cores{node="a",machine_id="m"} 128`,
      ['node', 'node'],
      ['cpu_cores', 'cpu_cores_used', 'memory_working_set_mb'],
    )
    expect(rows).toEqual([
      {
        source: 'kubelet_nodes',
        node: 'a',
        cpu_cores: 128,
        cpu_cores_used: 100,
        memory_working_set_mb: 1000,
      },
    ])
  })

  it('up to 1.15 says pod_name and container_name, and each processor', async () => {
    const { rows } = await latest(
      `container_cpu_usage_seconds_total{cpu="cpu00",container_name="main",pod_name="train-0",namespace="ml"} 1e6 1
       container_cpu_usage_seconds_total{cpu="cpu01",container_name="main",pod_name="train-0",namespace="ml"} 1e6 2
       container_cpu_usage_seconds_total{cpu="cpu00",container_name="POD",pod_name="train-0",namespace="ml"} 1e6 1
       container_cpu_usage_seconds_total{cpu="cpu00",container_name="",pod_name="train-0",namespace="ml"} 1e6 5`,
      ['container', 'namespace', 'pod', 'container'],
      ['cpu_cores_used'],
    )
    expect(rows).toEqual([
      {
        source: 'kubelet_containers_early',
        namespace: 'ml',
        pod: 'train-0',
        container: 'main',
        cpu_cores_used: 3,
      },
    ])
  })
})
