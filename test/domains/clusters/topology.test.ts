import { afterEach, describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import type { FleetMember } from '../../support/fleet.ts'
import { serveMonitoring, type MonitoringApp } from '../../support/monitoring.ts'

/** A pod with a whole card, one with an instance of another, one without any, one that waits; a VM on a host. */
const SEOUL = `
kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
kube_node_info{node="cpu-1",internal_ip="10.0.0.2"} 1
kube_node_status_condition{node="gpu-1",condition="Ready",status="true"} 1
kube_node_status_condition{node="cpu-1",condition="Ready",status="false"} 1
ipmi_up{instance="10.1.0.1",node="gpu-1",collector="dcmi"} 1
ipmi_dcmi_power_consumption_watts{instance="10.1.0.1",node="gpu-1"} 1000
kube_pod_info{namespace="ml",pod="train-0",node="gpu-1",uid="u1"} 1
kube_pod_status_phase{namespace="ml",pod="train-0",phase="Running"} 1
kube_pod_container_info{namespace="ml",pod="train-0",container="main"} 1
kube_pod_container_status_running{namespace="ml",pod="train-0",container="main"} 1
kube_pod_info{namespace="llm",pod="serve-0",node="gpu-1",uid="u2"} 1
kube_pod_status_phase{namespace="llm",pod="serve-0",phase="Running"} 1
kube_pod_info{namespace="web",pod="web-0",node="cpu-1",uid="u3"} 1
kube_pod_status_phase{namespace="web",pod="web-0",phase="Running"} 1
kube_pod_container_resource_requests{namespace="web",pod="web-0",container="nginx",node="cpu-1",resource="cpu",unit="core"} 1
kube_pod_info{namespace="ml",pod="train-1",node="",uid="u4"} 1
kube_pod_status_phase{namespace="ml",pod="train-1",phase="Pending"} 1
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-0",gpu="0",Hostname="gpu-1",modelName="NVIDIA H100",namespace="ml",pod="train-0",container="main"} 600
DCGM_FI_DEV_GPU_UTIL{UUID="GPU-0",gpu="0",Hostname="gpu-1",modelName="NVIDIA H100"} 90
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="1",Hostname="gpu-1",modelName="NVIDIA H100",GPU_I_ID="1",GPU_I_PROFILE="3g.40gb",namespace="llm",pod="serve-0",container="vllm"} 140
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="1",Hostname="gpu-1",modelName="NVIDIA H100",GPU_I_ID="2",GPU_I_PROFILE="4g.40gb"} 140
libvirt_domain_info_meta{domain="instance-1",uuid="vm-1",instance_name="db",instance="cpu-1:9177"} 1
libvirt_domain_info_vstate{domain="instance-1",instance="cpu-1:9177"} 1
libvirt_domain_info_meta{domain="instance-2",uuid="vm-2",instance_name="elsewhere",instance="kvm-9:9177"} 1
`
const DOWN: FleetMember = {
  fails: new KCloudError('backend_unreachable', { detail: 'connection refused' }),
}

let served: MonitoringApp | undefined
afterEach(async () => served?.app.close())

async function serve(members: Record<string, FleetMember> = { seoul: SEOUL, busan: DOWN }) {
  served = await serveMonitoring(members)
  return served
}

const path = '/clusters/seoul/topology'
const idsOf = (data: any): string[] => data.nodes.map(({ id }: any) => id as string)
const edgesOf = (data: any): string[] =>
  data.edges.map(({ source, type, target }: any) => `${source} ${type} ${target}`)

describe('GET /clusters/{name}/topology', () => {
  it('is a graph from the cluster down to containers and partitions', async () => {
    const { get } = await serve()
    const { status, data, meta } = await get(path)
    expect(status).toBe(200)
    expect(idsOf(data)).toEqual([
      'cluster:seoul',
      'node:seoul/cpu-1',
      'node:seoul/gpu-1',
      'accelerator:seoul/GPU-0',
      'accelerator:seoul/GPU-1',
      'partition:seoul/GPU-1/1',
      'partition:seoul/GPU-1/2',
      'vm:seoul/vm-1',
      'vm:seoul/vm-2',
      'pod:seoul/llm/serve-0',
      'pod:seoul/ml/train-0',
      'pod:seoul/ml/train-1',
      'pod:seoul/web/web-0',
      'container:seoul/llm/serve-0/vllm',
      'container:seoul/ml/train-0/main',
      'container:seoul/web/web-0/nginx',
    ])
    expect(edgesOf(data).sort()).toEqual([
      'accelerator:seoul/GPU-1 contains partition:seoul/GPU-1/1',
      'accelerator:seoul/GPU-1 contains partition:seoul/GPU-1/2',
      'cluster:seoul contains node:seoul/cpu-1',
      'cluster:seoul contains node:seoul/gpu-1',
      'cluster:seoul contains pod:seoul/ml/train-1',
      'cluster:seoul contains vm:seoul/vm-2',
      'container:seoul/llm/serve-0/vllm uses partition:seoul/GPU-1/1',
      'container:seoul/ml/train-0/main uses accelerator:seoul/GPU-0',
      'node:seoul/gpu-1 contains accelerator:seoul/GPU-0',
      'node:seoul/gpu-1 contains accelerator:seoul/GPU-1',
      'pod:seoul/llm/serve-0 contains container:seoul/llm/serve-0/vllm',
      'pod:seoul/llm/serve-0 runs_on node:seoul/gpu-1',
      'pod:seoul/ml/train-0 contains container:seoul/ml/train-0/main',
      'pod:seoul/ml/train-0 runs_on node:seoul/gpu-1',
      'pod:seoul/web/web-0 contains container:seoul/web/web-0/nginx',
      'pod:seoul/web/web-0 runs_on node:seoul/cpu-1',
      'vm:seoul/vm-1 runs_on node:seoul/cpu-1',
    ])
    expect(data).toMatchObject({
      total_nodes: 16,
      total_edges: 17,
      pruned: false,
      by_type: { cluster: 1, node: 2, accelerator: 2, partition: 2, vm: 2, pod: 4, container: 3 },
    })
    expect(meta.page).toEqual({ total: 16, limit: 1000, offset: 0 })
  })

  it('says of each thing what it is, how it is and what it draws', async () => {
    const { get } = await serve()
    const { data } = await get(path)
    const node = (id: string) => data.nodes.find((each: any) => each.id === id)
    expect(node('cluster:seoul')).toMatchObject({ status: 'ok', power_watts: 1000, parent: null })
    expect(node('node:seoul/gpu-1')).toMatchObject({
      type: 'node',
      label: 'gpu-1',
      parent: 'cluster:seoul',
      status: 'ready',
      power_watts: 1000,
      method: 'measured',
    })
    expect(node('node:seoul/cpu-1')).toMatchObject({ status: 'not_ready', power_watts: null })
    expect(node('accelerator:seoul/GPU-0')).toMatchObject({
      label: 'GPU 0',
      status: 'active',
      power_watts: 600,
      method: 'measured',
      utilization_percent: 90,
      vendor: 'nvidia',
      model: 'NVIDIA H100',
    })
    expect(node('partition:seoul/GPU-1/1')).toMatchObject({ label: '3g.40gb', power_watts: null })
    expect(node('pod:seoul/ml/train-0')).toMatchObject({
      status: 'running',
      power_watts: 600,
      method: 'attributed',
      namespace: 'ml',
    })
    // Three of the seven slices of a card that draws 140 W.
    expect(node('pod:seoul/llm/serve-0').power_watts).toBeCloseTo(60, 9)
    expect(node('pod:seoul/ml/train-1')).toMatchObject({ status: 'pending', power_watts: null })
    expect(node('container:seoul/ml/train-0/main')).toMatchObject({ status: 'running' })
    expect(node('container:seoul/web/web-0/nginx')).toMatchObject({ status: 'unknown' })
    expect(node('vm:seoul/vm-1')).toMatchObject({ label: 'db', status: 'running' })
  })

  it.each([
    ['depth=node', 3, 2],
    ['depth=pod', 9, 8],
    ['depth=container', 12, 11],
    ['types=node,accelerator', 4, 2],
    // What stands between a pod and the board that it holds is bridged.
    ['types=pod,accelerator', 6, 2],
    ['node=cpu-1', 5, 4],
    ['namespace=llm', 6, 6],
    ['namespace=ml&node=gpu-1', 5, 5],
  ])('shows less with %s, and says so', async (query, nodes, edges) => {
    const { get } = await serve()
    const { data } = await get(`${path}?${query}`)
    expect([idsOf(data).length, data.edges.length]).toEqual([nodes, edges])
    expect(data).toMatchObject({ total_nodes: nodes, total_edges: edges, pruned: true })
  })

  it('comes in parts of which no edge and no parent leads nowhere', async () => {
    const { get } = await serve()
    const edges: string[] = []
    for (let offset = 0; offset < 16; offset += 5) {
      const { data, meta } = await get(`${path}?limit=5&offset=${offset}`)
      expect(meta.page).toEqual({ total: 16, limit: 5, offset })
      expect(data).toMatchObject({ total_nodes: 16, pruned: true })
      const ids = new Set(idsOf(data))
      for (const { source, target } of data.edges)
        expect(ids.has(source) && ids.has(target)).toBe(true)
      for (const { parent } of data.nodes) expect(parent === null || ids.has(parent)).toBe(true)
      if (offset === 0) expect(ids.size).toBe(5)
      edges.push(...edgesOf(data))
    }
    expect(new Set(edges).size).toBe(17)
    expect(edges).toHaveLength(17)
  })

  it.each([
    ['depth=rack', '/query/depth'],
    ['types=rack', '/query/types'],
    ['types=pod&depth=pod', '/query/types'],
    ['limit=0', '/query/limit'],
    ['colour=red', '/query/colour'],
  ])('refuses %s', async (query, pointer) => {
    const { get } = await serve()
    const { status, errors } = await get(`${path}?${query}`)
    expect(status).toBe(400)
    expect(errors[0].pointer).toMatch(new RegExp(`^${pointer}`))
  })

  it('knows no other clusters, nodes and namespaces', async () => {
    const { get } = await serve()
    expect((await get('/clusters/nowhere/topology')).status).toBe(404)
    expect((await get(`${path}?node=nowhere`)).status).toBe(404)
    expect((await get(`${path}?namespace=nowhere`)).status).toBe(404)
  })

  it('asks for credentials, and fails when the cluster is down', async () => {
    const { get } = await serve()
    expect((await get(path, { auth: false })).status).toBe(401)
    expect((await get('/clusters/busan/topology')).status).toBe(502)
  })

  it('says when the cluster calls its answer incomplete, and then knows nothing for certain', async () => {
    const { get } = await serve({ seoul: { text: SEOUL, warnings: ['store gone'] } })
    const { status, data, meta } = await get(path)
    expect(status).toBe(200)
    expect(meta.status).toBe('partial')
    expect(data.nodes[0]).toMatchObject({ id: 'cluster:seoul', status: 'partial' })
    expect((await get(`${path}?partial=deny`)).status).toBe(503)
    expect((await get(`${path}?node=nowhere`)).status).toBe(502)
  })
})
