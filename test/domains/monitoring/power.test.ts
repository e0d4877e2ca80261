import { afterEach, describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import type { FleetMember } from '../../support/fleet.ts'
import {
  serveMonitoring,
  type MonitoringApp,
  type MonitoringOptions,
} from '../../support/monitoring.ts'

/** Two nodes: one with a meter, zones and boards; one of which only the zones are read; and one that is silent. */
const SEOUL = `
kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
kube_node_info{node="cpu-1",internal_ip="10.0.0.2"} 1
kube_node_info{node="cpu-2",internal_ip="10.0.0.3"} 1
ipmi_up{instance="10.1.0.1",node="gpu-1",collector="dcmi"} 1
ipmi_dcmi_power_consumption_watts{instance="10.1.0.1",node="gpu-1"} 3000
ipmi_power_watts{instance="10.1.0.1",node="gpu-1",name="Pwr Consumption",id="1"} 2990
ipmi_power_watts{instance="10.1.0.1",node="gpu-1",name="PS1 Input Power",id="2"} 1500
ipmi_power_watts{instance="10.1.0.1",node="gpu-1",name="PS2 Input Power",id="3"} 1500
ipmi_power_watts{instance="10.1.0.1",node="gpu-1",name="GPU Power",id="4"} 2400
ipmi_chassis_power_state{instance="10.1.0.1",node="gpu-1"} 1
kepler_node_cpu_watts{node_name="gpu-1",zone="package"} 200
kepler_node_cpu_watts{node_name="gpu-1",zone="core"} 140
kepler_node_cpu_watts{node_name="gpu-1",zone="dram"} 40
kepler_node_cpu_watts{node_name="cpu-1",zone="package"} 90
kepler_node_cpu_watts{node_name="cpu-1",zone="dram"} 10
kepler_pod_cpu_watts{pod_name="train-0",pod_namespace="ml",node_name="gpu-1",zone="package",state="running"} 120
kepler_pod_cpu_watts{pod_name="web-0",pod_namespace="web",node_name="cpu-1",zone="package",state="running"} 30
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-a0",gpu="0",Hostname="gpu-1",modelName="NVIDIA H100 80GB HBM3",namespace="ml",pod="train-0",container="main"} 600
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-a1",gpu="1",Hostname="gpu-1",modelName="NVIDIA H100 80GB HBM3"} 70
DCGM_FI_DEV_GPU_UTIL{UUID="GPU-a0",gpu="0",Hostname="gpu-1"} 95
DCGM_FI_DEV_GPU_UTIL{UUID="GPU-a1",gpu="1",Hostname="gpu-1"} 0
kube_pod_info{namespace="ml",pod="train-0",node="gpu-1",uid="u1"} 1
kube_pod_status_phase{namespace="ml",pod="train-0",phase="Running"} 1
kube_pod_labels{namespace="ml",pod="train-0",label_training_kubeflow_org_job_name="train"} 1
kube_pod_info{namespace="web",pod="web-0",node="cpu-1",uid="u2"} 1
kube_pod_status_phase{namespace="web",pod="web-0",phase="Running"} 1
`
const BUSAN = `
kube_node_info{node="npu-1",internal_ip="10.0.0.1"} 1
furiosa_npu_hw_power{uuid="N-0",device="npu0",hostname="npu-1",arch="rngd",core="0-7",label="rms"} 80
`
const DOWN: FleetMember = {
  fails: new KCloudError('backend_unreachable', { detail: 'connection refused' }),
}

let served: MonitoringApp | undefined
afterEach(async () => served?.app.close())

async function serve(
  members: Record<string, FleetMember> = { seoul: SEOUL, busan: BUSAN },
  options: MonitoringOptions = {},
) {
  served = await serveMonitoring(members, options)
  return served
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

describe('GET /monitoring/power', () => {
  it('counts every watt once', async () => {
    const { get } = await serve()
    const { status, data, meta } = await get('/monitoring/power')
    expect(status).toBe(200)
    expect(meta).toMatchObject({ status: 'complete', warnings: [] })
    expect(data).toMatchObject({
      total_power_watts: 3180,
      method: 'estimated',
      coverage: 0.25,
      parts: { cpu_watts: 290, dram_watts: 50, gpu_watts: 670, npu_watts: 80, other_watts: 2090 },
      nodes: { known: 4, measured: 1, estimated: 1 },
      sources: ['dcgm', 'dcmi', 'furiosa', 'kepler'],
      part_sources: {
        cpu: ['kepler'],
        dram: ['kepler'],
        gpu: ['dcgm'],
        npu: ['furiosa'],
        other: ['dcmi'],
      },
    })
    expect(data.by_cluster).toMatchObject([
      { cluster: 'seoul', total_power_watts: 3100, coverage: 1 / 3, method: 'estimated' },
      { cluster: 'busan', total_power_watts: 80, coverage: 0, method: 'estimated' },
    ])
  })

  it('adds the inputs of the supplies where no meter sees the whole', async () => {
    const text = SEOUL.replaceAll(/^.*(?:dcmi_power|Pwr Consumption).*$/gm, '')
    const { get } = await serve({ seoul: text })
    const { data } = await get('/monitoring/power')
    expect(data).toMatchObject({ total_power_watts: 3100, coverage: 1 / 3 })
    expect(data.sources).toContain('psu_input')
  })

  it('takes a BMC that reads nonsense for none, and says so', async () => {
    const { get } = await serve({ seoul: SEOUL.replace('"gpu-1"} 3000', '"gpu-1"} NaN') })
    const { data, meta } = await get('/monitoring/power')
    expect(data.by_cluster[0].total_power_watts).toBe(3100)
    expect(meta.warnings).toMatchObject([{ code: 'implausible_values', cluster: 'seoul' }])
  })

  it('says how far apart meters are that contradict one another', async () => {
    const { get } = await serve({ seoul: SEOUL.replace('"gpu-1"} 3000', '"gpu-1"} 600') })
    const { data, meta } = await get('/monitoring/power')
    expect(data.by_cluster[0].total_power_watts).toBe(3100)
    expect(meta.warnings).toMatchObject([
      {
        code: 'inconsistent_sources',
        detail: expect.stringContaining('dcmi of gpu-1 reads 600 W, its parts draw 910 W: 310 W'),
      },
    ])
  })

  it('finds the node of a BMC that only the operator can name, and lists those that nobody names', async () => {
    const text = SEOUL.replaceAll('instance="10.1.0.1",node="gpu-1"', 'instance="10.1.0.1"')
    const unnamed = await (await serve({ seoul: text })).get('/monitoring/power')
    expect(unnamed.data).toMatchObject({ coverage: 0, total_power_watts: 240 + 100 + 670 })
    expect(unnamed.meta.warnings).toMatchObject([
      { code: 'unmatched_names', cluster: 'seoul', detail: expect.stringContaining('10.1.0.1') },
    ])
    await served?.app.close()
    const bmcs = [{ cluster: null, bmc: '10.1.0.1', node: 'gpu-1' }]
    const named = await serve({ seoul: text }, { identity: { rewrites: [], bmcs } })
    const { data, meta } = await named.get('/monitoring/power')
    expect(data).toMatchObject({ coverage: 1 / 3, total_power_watts: 3100 })
    expect(meta.warnings).toEqual([])
  })

  it('is null, never 0, where nothing is measured', async () => {
    const { get } = await serve({ seoul: 'kube_node_info{node="a"} 1' })
    const { data } = await get('/monitoring/power')
    expect(data).toMatchObject({
      total_power_watts: null,
      method: null,
      coverage: 0,
      nodes: { known: 1, measured: 0, estimated: 0 },
    })
  })

  it('warns of boards that were there within the hour and are silent now', async () => {
    const { get, fleet, app } = await serve({ seoul: SEOUL })
    await get('/monitoring/power')
    fleet.set('seoul', SEOUL.replaceAll(/^.*GPU-a1.*$/gm, ''))
    app.clock.advance(600)
    const { data, meta } = await get('/monitoring/power')
    expect(data.parts.gpu_watts).toBe(600)
    expect(meta.warnings).toMatchObject([
      { code: 'silent_entities', detail: '1 known GPU reports no power now: GPU-a1' },
    ])
  })
})

describe('GET /monitoring/power/accelerators', () => {
  it('counts each board once, by kind, vendor and cluster', async () => {
    const { get } = await serve()
    const { data } = await get('/monitoring/power/accelerators')
    expect(data).toMatchObject({
      total_power_watts: 750,
      method: 'measured',
      coverage: 1,
      boards: 3,
      measured: 3,
      by_kind: [
        { kind: 'gpu', boards: 2, power_watts: 670, sources: ['dcgm'] },
        { kind: 'npu', boards: 1, power_watts: 80, sources: ['furiosa'] },
      ],
      by_vendor: [
        { vendor: 'furiosa', power_watts: 80 },
        { vendor: 'nvidia', power_watts: 670 },
      ],
      by_cluster: [
        { cluster: 'seoul', boards: 2 },
        { cluster: 'busan', boards: 1 },
      ],
    })
  })

  it('takes the instances of a card and its turns for the one card that they are', async () => {
    const mig = [1, 2, 3].map(
      (id) =>
        `DCGM_FI_DEV_POWER_USAGE{UUID="GPU-m",gpu="0",Hostname="g",modelName="NVIDIA A100",GPU_I_ID="${id}",GPU_I_PROFILE="${id}g.5gb",namespace="n",pod="p${id}"} 300`,
    )
    const turns = ['a', 'b', 'c', 'd'].map(
      (pod) =>
        `DCGM_FI_DEV_POWER_USAGE{UUID="GPU-t",gpu="1",Hostname="g",namespace="t",pod="${pod}"} 300`,
    )
    const { get } = await serve({ seoul: [...mig, ...turns].join('\n') })
    expect((await get('/monitoring/power/accelerators')).data.total_power_watts).toBe(600)
    const { data } = await get('/monitoring/power/breakdown?by=pod')
    const watts = Object.fromEntries(
      data.rows.map((row: any) => [row.key.pod as string, row.power_watts as number]),
    )
    expect(watts).toMatchObject({ a: 75, b: 75, c: 75, d: 75 })
    expect(watts['p1']).toBeCloseTo(300 / 7, 9)
    expect(watts['p2']).toBeCloseTo(600 / 7, 9)
    expect(watts['p3']).toBeCloseTo(900 / 7, 9)
  })
})

describe('the pods of a divided NPU', () => {
  it('share the card by their cores, whoever else shows the card', async () => {
    const card = 'uuid="N-1",device="npu0",hostname="npu-1",arch="rngd",label="rms"'
    const { get } = await serve({
      busan: `
furiosa_npu_hw_power{${card},core="0-7"} 160
furiosa_npu_hw_power{${card},core="0-3",namespace="n",pod="a",container="c"} 160
furiosa_npu_hw_power{${card},core="4-5",namespace="n",pod="b",container="c"} 160
furiosa_npu_hw_power{uuid="N-2",device="npu1",hostname="npu-1",core="0-7",namespace="n",pod="whole",container="c"} 50
`,
    })
    const { data } = await get('/monitoring/power/breakdown?by=pod')
    const rows = data.rows.map((row: any) => [row.key.pod, row.power_watts])
    expect(data.total_power_watts).toBe(210)
    expect(Object.fromEntries(rows)).toMatchObject({ whole: 50 })
    const [a, b] = ['a', 'b'].map((pod) => Object.fromEntries(rows)[pod] as number)
    expect((a ?? 0) / (b ?? 1)).toBeCloseTo(2, 9)
    expect((a ?? 0) + (b ?? 0)).toBeCloseTo(160, 9)
  })
})

describe('GET /monitoring/power/infrastructure', () => {
  it('says which meter counts for each node', async () => {
    const { get } = await serve()
    const { data } = await get('/monitoring/power/infrastructure')
    expect(data).toMatchObject({ total_power_watts: 3180, without_accelerators_watts: 2430 })
    expect(data.by_source).toEqual([
      { source: 'components', method: 'estimated', nodes: 1, power_watts: 100 },
      { source: 'dcmi', method: 'measured', nodes: 1, power_watts: 3000 },
    ])
    const node = data.by_node.find((each: any) => each.node === 'gpu-1')
    expect(node).toMatchObject({ source: 'dcmi', power_watts: 3000, disagreement_watts: 0 })
    expect(node.alternatives).toMatchObject([
      { source: 'psu_input', power_watts: 3000, ratio: 1 },
      { source: 'ipmi_sensor', power_watts: 2990 },
    ])
  })
})

describe('GET /monitoring/power/breakdown', () => {
  it.each([
    ['cluster', { 'cluster=seoul': 3100, 'cluster=busan': 80 }],
    [
      'node',
      {
        'cluster=seoul,node=gpu-1': 3000,
        'cluster=seoul,node=cpu-1': 100,
        'cluster=busan,node=npu-1': 80,
      },
    ],
    [
      'namespace',
      {
        'cluster=seoul,namespace=ml': 720,
        'cluster=seoul,namespace=web': 30,
        'namespace=idle': 210,
        'namespace=unattributed': 2220,
      },
    ],
    [
      'pod',
      {
        'cluster=seoul,namespace=ml,pod=train-0': 720,
        'cluster=seoul,namespace=web,pod=web-0': 30,
        'pod=idle': 210,
        'pod=unattributed': 2220,
      },
    ],
    ['vendor', { 'vendor=nvidia': 670, 'vendor=furiosa': 80, 'vendor=unattributed': 2430 }],
    [
      'resource_type',
      {
        'resource_type=other': 2090,
        'resource_type=gpu': 670,
        'resource_type=cpu': 290,
        'resource_type=npu': 80,
        'resource_type=dram': 50,
      },
    ],
    [
      'workload_type',
      {
        'workload_type=training': 720,
        'workload_type=unknown': 30,
        'workload_type=idle': 210,
        'workload_type=unattributed': 2220,
      },
    ],
  ])('by %s adds up to the total', async (by, expected) => {
    const { get } = await serve()
    const { data } = await get(`/monitoring/power/breakdown?by=${by}`)
    expect(data).toMatchObject({ by, idle: 'separate', total_power_watts: 3180, coverage: 0.25 })
    const rows = data.rows.map((row: any) => [
      Object.entries<string>(row.key)
        .map((pair) => pair.join('='))
        .join(),
      row.power_watts,
    ])
    expect(Object.fromEntries(rows)).toEqual(expected)
    expect(sum(data.rows.map((row: any) => row.percentage))).toBeCloseTo(100, 9)
  })

  it('lets the workloads pay for idle power when asked', async () => {
    const { get } = await serve()
    const { data } = await get('/monitoring/power/breakdown?by=pod&idle=proportional')
    expect(data.idle).toBe('proportional')
    const idle = data.rows.find((row: any) => row.kind === 'idle')
    // The GPU that nobody holds: nobody is there to pay for it.
    expect(idle.power_watts).toBe(70)
    expect(sum(data.rows.map((row: any) => row.power_watts))).toBeCloseTo(3180, 9)
  })

  it('follows CPU time where nobody gives watts', async () => {
    const { get } = await serve({
      seoul: `
kube_node_info{node="a"} 1
kube_node_status_capacity{node="a",resource="cpu",unit="core"} 10
kepler_node_cpu_watts{node_name="a",zone="package"} 100
kube_pod_info{namespace="n",pod="p",node="a",uid="u"} 1
container_cpu_usage_seconds_total{namespace="n",pod="p",container="c",node="a"} 0 4
`,
    })
    const { data } = await get('/monitoring/power/breakdown?by=pod')
    expect(data.rows).toMatchObject([
      { key: { cluster: 'seoul', namespace: 'n', pod: 'p' }, power_watts: 40 },
      { kind: 'idle', power_watts: 60 },
      { kind: 'unattributed', power_watts: 0 },
    ])
  })

  it('gives idle power to those who reserved it when asked', async () => {
    const request = (pod: string, cores: number) =>
      `kube_pod_container_resource_requests{namespace="n",pod="${pod}",container="c",node="a",resource="cpu",unit="core"} ${cores}
kube_pod_status_phase{namespace="n",pod="${pod}",phase="Running"} 1`
    const { get } = await serve({
      seoul: `
kube_node_info{node="a"} 1
kube_node_status_capacity{node="a",resource="cpu",unit="core"} 100
kepler_node_cpu_watts{node_name="a",zone="package"} 160
kepler_pod_cpu_watts{pod_name="A",pod_namespace="n",node_name="a",zone="package",state="running"} 45
kepler_pod_cpu_watts{pod_name="B",pod_namespace="n",node_name="a",zone="package",state="running"} 15
${request('A', 50)}
${request('B', 25)}
`,
    })
    const by = async (idle: string) => {
      const { data } = await get(`/monitoring/power/breakdown?by=pod&idle=${idle}`)
      return data.rows.map((row: any) => row.power_watts as number).slice(0, 3)
    }
    expect(await by('separate')).toEqual([45, 15, 100])
    expect(await by('proportional')).toEqual([120, 40, 0])
    expect(await by('reserved')).toEqual([95, 40, 25])
  })

  it.each([
    ['', '/query/by'],
    ['?by=rack', '/query/by'],
    ['?by=pod&idle=mine', '/query/idle'],
    ['?by=pod&colour=red', '/query/colour'],
  ])('refuses %s', async (query, pointer) => {
    const { get } = await serve()
    const { status, errors } = await get(`/monitoring/power/breakdown${query}`)
    expect(status).toBe(400)
    expect(errors).toMatchObject([{ pointer }])
  })
})

describe('GET /monitoring/power/efficiency', () => {
  const path = '/monitoring/power/efficiency?period=10m'

  it('measures PUE by the meter of the site', async () => {
    const { get } = await serve({ seoul: `${SEOUL}\nsite_power_watts{meter="hall"} 4650` })
    const { data } = await get(path)
    expect(data).toMatchObject({
      pue: 1.5,
      pue_source: 'measured',
      facility: { energy_joules: 4650 * 600, power_watts: 4650, sources: ['facility_meter'] },
      it: { energy_joules: 3100 * 600, power_watts: 3100, method: 'estimated' },
      covered_seconds: 600,
      window_seconds: 600,
    })
  })

  it.each([
    [1.4, { pue: 1.4, pue_source: 'assumed' }],
    [null, { pue: null, pue_source: null }],
  ])('assumes %s where there is none, and says so', async (assumedPue, expected) => {
    const { get } = await serve({ seoul: SEOUL }, { assumedPue })
    expect((await get(path)).data).toMatchObject(expected)
  })

  it('sets the work of GPUs against their watts, and names idle power', async () => {
    const { get } = await serve({ seoul: SEOUL })
    const { data } = await get(path)
    expect(data.gpu).toMatchObject({
      boards: 2,
      power_watts: 670,
      utilization_percent: 47.5,
      utilization_percent_per_watt: 47.5 / 335,
      idle_boards: 1,
      idle_power_watts: 70,
    })
    expect(data.idle).toMatchObject({ power_watts: 210, unattributed_watts: 2140 })
  })
})

describe('GET /clusters/{name}/power', () => {
  it('is the part of the cluster in the power of all', async () => {
    const { get } = await serve()
    const { status, data } = await get('/clusters/seoul/power')
    expect(status).toBe(200)
    expect(data).toMatchObject({
      cluster: 'seoul',
      total_power_watts: 3100,
      nodes: { known: 3, measured: 1, estimated: 1 },
    })
    expect(data.by_node).toMatchObject([
      { node: 'cpu-1', power_watts: 100, method: 'estimated' },
      { node: 'cpu-2', power_watts: null, method: null },
      { node: 'gpu-1', power_watts: 3000, method: 'measured' },
    ])
  })

  it('refuses a cluster that nobody knows', async () => {
    const { get } = await serve()
    expect((await get('/clusters/nowhere/power')).status).toBe(404)
  })
})

const PATHS = [
  '/monitoring/power',
  '/monitoring/power/accelerators',
  '/monitoring/power/infrastructure',
  '/monitoring/power/breakdown?by=node',
  '/monitoring/power/efficiency?period=5m',
  '/monitoring/timeseries/power?period=5m',
  '/monitoring/timeseries/metrics?metric=power_watts&period=5m',
  '/monitoring/timeseries/temperature?period=5m',
]
const and = (path: string, more: string) => `${path}${path.includes('?') ? '&' : '?'}${more}`

describe.each(PATHS)('%s', (path) => {
  it('asks for credentials', async () => {
    const { get } = await serve()
    expect((await get(path, { auth: false })).status).toBe(401)
  })

  it('does not know a cluster that is not there, nor a parameter', async () => {
    const { get } = await serve()
    expect((await get(and(path, 'cluster=nowhere'))).status).toBe(404)
    expect((await get(and(path, 'colour=red'))).status).toBe(400)
  })

  it('answers without a cluster that is down, and names it', async () => {
    const { get } = await serve({ seoul: SEOUL, busan: DOWN })
    const { status, meta } = await get(path)
    expect(status).toBe(200)
    expect(meta.status).toBe('partial')
    expect(meta.clusters).toEqual([
      { name: 'seoul', status: 'ok' },
      { name: 'busan', status: 'unreachable' },
    ])
    expect((await get(and(path, 'partial=deny'))).status).toBe(503)
  })

  it('is an error when no cluster answers', async () => {
    const { get } = await serve({ busan: DOWN })
    expect((await get(path)).status).toBe(502)
  })
})
