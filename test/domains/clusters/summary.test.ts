import { afterEach, describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import type { FleetMember } from '../../support/fleet.ts'
import { serveMonitoring, type MonitoringApp } from '../../support/monitoring.ts'

const SEOUL = `
kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
kube_node_info{node="cpu-1",internal_ip="10.0.0.2"} 1
kube_node_info{node="cpu-2",internal_ip="10.0.0.3"} 1
kube_node_role{node="cpu-1",role="control-plane"} 1
kube_node_role{node="cpu-1",role="etcd"} 1
kube_node_status_condition{node="gpu-1",condition="Ready",status="true"} 1
kube_node_status_condition{node="gpu-1",condition="Ready",status="false"} 0
kube_node_status_condition{node="cpu-1",condition="Ready",status="false"} 1
kube_node_status_condition{node="cpu-1",condition="MemoryPressure",status="true"} 1
kube_node_spec_unschedulable{node="cpu-1"} 1
kube_node_spec_unschedulable{node="gpu-1"} 0
kube_pod_info{namespace="ml",pod="train-0",node="gpu-1",uid="u1"} 1
kube_pod_status_phase{namespace="ml",pod="train-0",phase="Running"} 1
kube_pod_status_phase{namespace="ml",pod="train-0",phase="Pending"} 0
kube_pod_status_phase{namespace="ml",pod="train-1",phase="Pending"} 1
kube_pod_status_phase{namespace="ml",pod="old",phase="Failed"} 1
ipmi_up{instance="10.1.0.1",node="gpu-1",collector="dcmi"} 1
ipmi_dcmi_power_consumption_watts{instance="10.1.0.1",node="gpu-1"} 3000
ipmi_temperature_celsius{instance="10.1.0.1",node="gpu-1",id="1",name="Inlet Temp"} 24
ipmi_temperature_state{instance="10.1.0.1",node="gpu-1",id="1",name="Inlet Temp"} 2
ipmi_up{instance="10.1.0.2",node="cpu-1",collector="dcmi"} 0
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-0",gpu="0",Hostname="gpu-1",modelName="NVIDIA H100",namespace="ml",pod="train-0",container="main"} 600
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="1",Hostname="gpu-1",modelName="NVIDIA H100"} 70
DCGM_FI_DEV_GPU_UTIL{UUID="GPU-0",gpu="0",Hostname="gpu-1",modelName="NVIDIA H100"} 90
DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",gpu="1",Hostname="gpu-1",modelName="NVIDIA H100"} 0
DCGM_FI_DEV_GPU_TEMP{UUID="GPU-0",gpu="0",Hostname="gpu-1",modelName="NVIDIA H100"} 70
DCGM_FI_DEV_GPU_TEMP{UUID="GPU-1",gpu="1",Hostname="gpu-1",modelName="NVIDIA H100"} 30
libvirt_domain_info_meta{domain="instance-1",uuid="vm-1",instance_name="web",instance="kvm-1:9177"} 1
libvirt_domain_info_vstate{domain="instance-1",instance="kvm-1:9177"} 1
libvirt_domain_info_meta{domain="instance-2",uuid="vm-2",instance_name="db",instance="kvm-1:9177"} 1
libvirt_domain_info_vstate{domain="instance-2",instance="kvm-1:9177"} 5
openstack_nova_server_status{id="vm-1",name="web",status="ACTIVE",hypervisor_hostname="kvm-1"} 0
openstack_nova_server_status{id="vm-3",name="gone",status="ERROR",hypervisor_hostname="kvm-2"} 1
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

const path = '/clusters/seoul/summary'

describe('GET /clusters/{name}/summary', () => {
  it('counts nodes by state and role, and pods by phase', async () => {
    const { get } = await serve()
    const { status, data } = await get(path)
    expect(status).toBe(200)
    expect(data.nodes).toEqual({
      known: 3,
      ready: 1,
      not_ready: 1,
      unknown: 1,
      unschedulable: 1,
      by_role: [
        { role: null, nodes: 2 },
        { role: 'control-plane', nodes: 1 },
        { role: 'etcd', nodes: 1 },
      ],
    })
    expect(data.pods).toEqual({
      total: 3,
      pending: 1,
      running: 1,
      succeeded: 0,
      failed: 1,
      unknown: 0,
    })
  })

  it('counts accelerators by what they are, and who has them', async () => {
    const { get } = await serve()
    const { data } = await get(path)
    expect(data.accelerators).toMatchObject({
      total: 2,
      gpus: 2,
      npus: 0,
      by_status: { active: 1, idle: 1, error: 0, unknown: 0 },
      by_vendor: [{ vendor: 'nvidia', accelerators: 2, power_watts: 670 }],
      by_model: [{ type: 'gpu', vendor: 'nvidia', model: 'NVIDIA H100', accelerators: 2 }],
      allocated: 1,
      free: 1,
      idle_allocated: 0,
    })
    expect(data.utilization).toMatchObject({
      gpu_utilization_percent_avg: 45,
      gpu_utilization_percent_max: 90,
      npu_utilization_percent_avg: null,
    })
    expect(data.temperature).toMatchObject({
      gpu_temperature_celsius_avg: 50,
      gpu_temperature_celsius_max: 70,
      inlet_temperature_celsius_max: 24,
    })
  })

  it('has the power that the route of power has', async () => {
    const { get } = await serve()
    const { data } = await get(path)
    const { data: power } = await get('/clusters/seoul/power')
    expect(data.power).toMatchObject({ total_power_watts: 3000, coverage: 1 / 3 })
    expect(power).toMatchObject(data.power)
  })

  it('counts each virtual machine once, whoever tells of it', async () => {
    const { get } = await serve()
    const { data } = await get(path)
    expect(data.vms).toMatchObject({
      total: 3,
      by_status: { running: 1, shut_off: 1, error: 1, unknown: 0 },
    })
  })

  it('says what the servers find wrong, and how far the figures can be trusted', async () => {
    const { get } = await serve()
    const { data, meta } = await get(path)
    expect(data.hardware).toMatchObject({
      servers: 2,
      bmcs_unreachable: 1,
      sensors_critical: 1,
      sensors_warning: 0,
    })
    expect(data.data_quality).toMatchObject({
      unmeasured_nodes: 2,
      silent_accelerators: 0,
      warnings: { bmc_unreachable: 1, stale_data: 0 },
    })
    expect(meta.warnings).toMatchObject([{ code: 'silent_entities' }, { code: 'bmc_unreachable' }])
  })

  it('has null and not zero for what nobody watches', async () => {
    const { get } = await serve({ seoul: 'DCGM_FI_DEV_POWER_USAGE{UUID="GPU-0",gpu="0"} 100' })
    const { data } = await get(path)
    expect(data).toMatchObject({ nodes: null, pods: null, vms: null, hardware: null })
    expect(data.accelerators).toMatchObject({ total: 1, allocated: null, free: null })
    expect(data.utilization.gpu_utilization_percent_avg).toBeNull()
    expect(data.power.total_power_watts).toBe(100)
  })

  it('says when the cluster calls its answer incomplete', async () => {
    const { get } = await serve({ seoul: { text: SEOUL, warnings: ['store gone'] } })
    const { status, data, meta } = await get(path)
    expect(status).toBe(200)
    expect(meta.status).toBe('partial')
    expect(data.data_quality.warnings.cluster_incomplete).toBe(1)
    expect((await get(`${path}?partial=deny`)).status).toBe(503)
  })

  it('refuses parameters, asks for credentials, and knows no other clusters', async () => {
    const { get } = await serve()
    expect((await get(`${path}?colour=red`)).status).toBe(400)
    expect((await get(path, { auth: false })).status).toBe(401)
    expect((await get('/clusters/nowhere/summary')).status).toBe(404)
    expect((await get('/clusters/busan/summary')).status).toBe(502)
  })
})
