import { afterEach, describe, expect, it } from 'vitest'
import { DOWN, LATE, serveInfrastructure, type Served } from './served.ts'

// The exporter of hv-1 writes all on every series; that of hv-2 the domain there, and the rest on one of its own.
const ONE =
  'domain="instance-00000001",uuid="2CE4-a",name="train-a",flavor="g1.xlarge",project_name="research"'
const LIBVIRT = `
  libvirt_domain_info_virtual_cpus{instance="hv-1:9177",${ONE}} 8
  libvirt_domain_info_vstate{instance="hv-1:9177",${ONE}} 1
  libvirt_domain_info_cpu_time_seconds_total{instance="hv-1:9177",${ONE}} 0 4
  libvirt_domain_info_maximum_memory_bytes{instance="hv-1:9177",${ONE}} 1073741824
  libvirt_domain_info_memory_usage_bytes{instance="hv-1:9177",${ONE}} 536870912
  libvirt_domain_interface_stats_receive_bytes_total{instance="hv-1:9177",${ONE},target_device="tap0"} 0 125000
  libvirt_domain_interface_stats_receive_bytes_total{instance="hv-1:9177",${ONE},target_device="tap1"} 0 125000
  libvirt_domain_info_meta{instance="hv-2:9177",domain="instance-00000002",uuid="5e8f-b",instance_name="web-1",flavor="m1.small",project_name="demo"} 1
  libvirt_domain_state_code{instance="hv-2:9177",domain="instance-00000002"} 5
  libvirt_domain_info_virtual_cpus{instance="hv-2:9177",domain="instance-00000002"} 2
  libvirt_domain_info_virtual_cpus{instance="hv-1:9177",domain="test"} 1
  libvirt_domain_info_virtual_cpus{instance="hv-2:9177",domain="test"} 1
`

// Nova calls the hypervisors by their full names, and knows one machine that is on none.
const NOVA = `
  openstack_nova_server_status{id="2ce4-a",name="train-a",instance_libvirt="instance-00000001",hypervisor_hostname="hv-1.cloud",tenant_id="p1",flavor_id="f1",status="ACTIVE",address_ipv4="10.5.0.4",availability_zone="nova"} 0
  openstack_nova_server_status{id="5e8f-b",name="web-1",instance_libvirt="instance-00000002",hypervisor_hostname="hv-2.cloud",tenant_id="p2",flavor_id="f2",status="ACTIVE"} 0
  openstack_nova_server_status{id="9999-c",name="lost",instance_libvirt="instance-00000009",tenant_id="p2",flavor_id="f2",status="ERROR"} 5
  openstack_nova_flavor{id="f1",name="g1.xlarge"} 1
  openstack_nova_flavor{id="f2",name="m1.small"} 1
  openstack_nova_limits_vcpus_max{tenant="research",tenant_id="p1"} 40
  openstack_nova_limits_vcpus_max{tenant="demo",tenant_id="p2"} -1
`

// scaphandre knows a machine by its domain only.
const POWER = `
  node_cpu_seconds_total{instance="hv-1:9100",cpu="0",mode="idle"} 0 0.5
  node_cpu_seconds_total{instance="hv-1:9100",cpu="1",mode="idle"} 0 0.5
  node_cpu_seconds_total{instance="hv-1:9100",cpu="2",mode="idle"} 0 0.5
  node_cpu_seconds_total{instance="hv-1:9100",cpu="3",mode="idle"} 0 0.5
  node_cpu_seconds_total{instance="hv-1:9100",cpu="4",mode="idle"} 0 0.5
  node_cpu_seconds_total{instance="hv-1:9100",cpu="5",mode="idle"} 0 0.5
  node_cpu_seconds_total{instance="hv-1:9100",cpu="6",mode="idle"} 0 0.5
  node_cpu_seconds_total{instance="hv-1:9100",cpu="7",mode="idle"} 0 0.5
  node_rapl_package_joules_total{instance="hv-1:9100",index="0"} 0 200
  ipmi_dcmi_power_consumption_watts{instance="hv-1"} 400
`

const CLOUD = `${LIBVIRT}\n${NOVA}\n${POWER}`

let served: Served | undefined
afterEach(async () => served?.close())
const serve = async (...args: Parameters<typeof serveInfrastructure>) =>
  (served = await serveInfrastructure(...args))

const byName = (data: any[], domain: string) => data.filter((row) => row.domain === domain)

describe('GET /infrastructure/vms', () => {
  it('joins the hypervisor and Nova by UUID, whatever its spelling', async () => {
    const { get } = await serve({ cloud: CLOUD })
    const { status, data } = await get('/vms')
    expect(status).toBe(200)
    expect(byName(data, 'instance-00000001')).toEqual([
      {
        cluster: 'cloud',
        id: '2CE4-a',
        vm_id: '2CE4-a',
        domain: 'instance-00000001',
        name: 'train-a',
        node: 'hv-1',
        status: 'running',
        libvirt_state: 'running',
        nova_status: 'ACTIVE',
        project_id: 'p1',
        project_name: 'research',
        flavor: 'g1.xlarge',
        flavor_id: 'f1',
        availability_zone: 'nova',
        ip_address: '10.5.0.4',
        vcpus: 8,
        cpu_utilization_percent: expect.closeTo(50, 9),
        memory_total_mb: 1024,
        memory_allocated_mb: 512,
        // Half of the processors' time: half of the watts of the packages.
        power_watts: expect.closeTo(100, 9),
        power_source: 'libvirt, rapl',
        power_method: 'attributed',
        sources: expect.arrayContaining(['libvirt', 'openstack']),
      },
    ])
  })

  it('joins by the name of the domain what has no UUID', async () => {
    const { get } = await serve({ cloud: CLOUD })
    const { data } = await get('/vms')
    expect(byName(data, 'instance-00000002')).toMatchObject([
      {
        id: '5e8f-b',
        status: 'stopped',
        libvirt_state: 'shut_off',
        nova_status: 'ACTIVE',
        vcpus: 2,
        project_name: 'demo',
        flavor: 'm1.small',
      },
    ])
  })

  it('keeps apart machines of one name on two hypervisors', async () => {
    const { get } = await serve({ cloud: CLOUD })
    const { data } = await get('/vms')
    expect(byName(data, 'test').map(({ id }) => id)).toEqual(['hv-1:test', 'hv-2:test'])
    expect((await get('/vms/test')).status).toBe(409)
    expect((await get('/vms/hv-2:test')).status).toBe(200)
  })

  it('lists what only Nova knows', async () => {
    const { get } = await serve({ cloud: CLOUD })
    const { data } = await get('/vms')
    expect(byName(data, 'instance-00000009')).toMatchObject([
      { id: '9999-c', node: null, status: 'error', project_name: 'demo', power_watts: null },
    ])
  })

  it('counts a machine once that one source knows by UUID and another by domain', async () => {
    const text = `${CLOUD}\nscaph_process_power_consumption_microwatts{instance="hv-1:8080",vmname="instance-00000001",pid="1"} 80000000`
    const { get, anywhere } = await serve({ cloud: text })
    const { data } = await get('/vms')
    const [row] = byName(data, 'instance-00000001')
    expect(row.power_watts).toBe(80)
    const { data: breakdown } = await anywhere('/monitoring/power/breakdown?by=pod')
    const vms = breakdown.rows.filter(({ key }: any) => key.vm !== undefined)
    expect(vms).toMatchObject([{ key: { vm: '2CE4-a' }, power_watts: 80 }])
  })

  it.each([
    ['project=research', ['instance-00000001']],
    ['project=p1', ['instance-00000001']],
    ['flavor=m1.small&sort=domain', ['instance-00000002', 'instance-00000009']],
    ['status=stopped', ['instance-00000002']],
    ['node=hv-1&sort=domain', ['instance-00000001', 'test']],
    ['sort=-power_watts&limit=1', ['instance-00000001']],
  ])('with %s', async (query, domains) => {
    const { get } = await serve({ cloud: CLOUD })
    const { status, data } = await get(`/vms?${query}`)
    expect(status).toBe(200)
    expect(data.map((row: any) => row.domain)).toEqual(domains)
  })

  it.each([
    ['/vms?status=on', 400],
    ['/vms?sort=colour', 400],
    ['/vms?colour=red', 400],
    ['/vms?node=hv-9', 404],
    ['/vms?cluster=jeju', 404],
    ['/vms/nobody', 404],
    ['/vms/nobody/metrics', 404],
    ['/vms/nobody/power', 404],
    ['/vms/2ce4-a/power?period=soon', 400],
  ])('%s is %i', async (path, expected) => {
    const { get } = await serve({ cloud: CLOUD })
    expect((await get(path)).status).toBe(expected)
  })
})

describe('GET /infrastructure/vms/summary', () => {
  it('counts and adds up', async () => {
    const { get } = await serve({ cloud: CLOUD })
    const { status, data } = await get('/vms/summary')
    expect(status).toBe(200)
    expect(data).toMatchObject({
      vms: 5,
      running: 1,
      vcpus: 12,
      memory_total_mb: 1024,
      power_watts: expect.closeTo(100, 9),
      by_status: { running: 1, paused: 0, stopped: 1, error: 1, unknown: 2 },
      by_flavor: { 'g1.xlarge': 1, 'm1.small': 2, unknown: 2 },
      by_cluster: [{ cluster: 'cloud', vms: 5 }],
      top_vms_by_power: [{ id: '2CE4-a', node: 'hv-1' }],
    })
    expect(data.by_project.map((row: any) => [row.project_name, row.vms])).toEqual([
      [null, 2],
      ['demo', 2],
      ['research', 1],
    ])
  })
})

describe('GET /infrastructure/vms/{id}', () => {
  it.each(['2ce4-a', '2CE4-a', 'instance-00000001', 'hv-1:instance-00000001', 'train-a'])(
    'finds it as %s',
    async (id) => {
      const { get } = await serve({ cloud: CLOUD })
      const { status, data } = await get(`/vms/${id}`)
      expect(status).toBe(200)
      expect(data).toMatchObject({
        id: '2CE4-a',
        power_parts: { cpu_watts: expect.closeTo(100, 9), gpu_watts: null },
      })
    },
  )

  it('shows its figures in the units of their names', async () => {
    const { get } = await serve({ cloud: CLOUD })
    const { data } = await get('/vms/2ce4-a/metrics')
    expect(data).toMatchObject({
      vcpus: 8,
      cpu_cores_used: expect.closeTo(4, 9),
      cpu_utilization_percent: expect.closeTo(50, 9),
      memory_total_mb: 1024,
      memory_allocated_mb: 512,
      network_rx_mbps: expect.closeTo(2, 9),
      network_tx_mbps: null,
    })
  })

  it('gives energy over a window', async () => {
    const { get } = await serve({ cloud: CLOUD })
    const { status, data } = await get('/vms/2ce4-a/power?period=10m&step=1m')
    expect(status).toBe(200)
    expect(data).toMatchObject({
      power_watts_avg: expect.closeTo(100, 6),
      energy_joules: expect.closeTo(60_000, 3),
      covered_seconds: 600,
      window_seconds: 600,
    })
    expect(data.timeseries.series[0].key).toEqual({ cluster: 'cloud', vm: '2CE4-a' })
  })

  it('asks which cluster is meant, and says not found only when everyone answered', async () => {
    const { get, fleet } = await serve({ cloud: CLOUD, other: NOVA })
    expect((await get('/vms/2ce4-a')).candidates).toEqual(['cloud/2CE4-a', 'other/2ce4-a'])
    expect((await get('/vms/nobody')).status).toBe(404)
    fleet.set('other', LATE)
    served?.clock.advance(60)
    expect((await get('/vms/nobody')).status).toBe(504)
  })
})

describe('every route of virtual machines', () => {
  const PATHS = [
    '/vms',
    '/vms/summary',
    '/vms/2ce4-a',
    '/vms/2ce4-a/metrics',
    '/vms/2ce4-a/power?period=10m&step=1m',
  ]

  it.each(PATHS)('%s wants credentials', async (path) => {
    const { get } = await serve({ cloud: CLOUD })
    expect((await get(path, { auth: false })).status).toBe(401)
  })

  it.each(PATHS)('%s names the cluster that did not answer', async (path) => {
    const { get } = await serve({ cloud: CLOUD, jeju: LATE })
    const { status, meta } = await get(path)
    expect(status).toBe(200)
    expect(meta.status).toBe('partial')
    const denied = `${path}${path.includes('?') ? '&' : '?'}partial=deny`
    expect((await get(denied)).status).toBe(503)
  })

  it.each(PATHS)('%s fails when no cluster answers', async (path) => {
    const { get } = await serve({ cloud: DOWN, jeju: LATE })
    expect((await get(path)).status).toBe(502)
  })
})
