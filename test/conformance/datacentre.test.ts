import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Entity, Label } from '../../src/catalogue/entities.ts'
import type { Gauge } from '../../src/catalogue/measures.ts'
import { SOURCES } from '../../src/catalogue/sources/index.ts'
import { connectTo, openHttp } from '../../src/connect.ts'
import type { NonEmpty } from '../../src/kernel/kind.ts'
import { createCache } from '../../src/services/cache/index.ts'
import { createRegistry } from '../../src/services/clusters/index.ts'
import { clusterSpec } from '../../src/services/prometheus/index.ts'
import { createTelemetry } from '../../src/services/telemetry/index.ts'
import { expositionNames, haveFixtures } from '../support/fixtures.ts'
import { realPrometheusBinaries, requireReal } from '../support/real-prometheus.ts'
import { scrapeByVictoria, VICTORIA } from '../support/real-victoria.ts'
import { scrape } from '../support/scraped.ts'
import { wholeServer, type WholeServer } from '../support/whole-server.ts'
import { datacentre, FILES } from './datacentre.ts'

// What the samples state, read and added up by hand. Each board stands here once, whoever reports it.
const BOARDS = [
  // The same eight in dcgm-exporter 4.5.3, behind a federated Prometheus, and the fifth in Triton as well:
  // 642.75 + 640.5 + 648.1 + 651.3 + 188.5 + 691 + 70.25 + 688.4
  ['gpu', 'nvidia', 'gpu-worker-1', 8, 4220.8],
  // dcgm-exporter 3.1.8: 353.5125 + 352.275 + 356.455 + 358.215
  ['gpu', 'nvidia', 'bare-gpu-7', 4, 1420.4575],
  // The README has clocks only, and a temperature that says that there is none.
  ['gpu', 'nvidia', '10.0.2.8', 1, null],
  // AMD 1.3.1: 712 + 698 + 705 + 168, each under two names, and 0 under a third. The lines from its documents
  // have clocks and links of a serial number "xxxx", and no measure that every card has.
  ['gpu', 'amd', 'mi300-node-1', 4, 2283],
  ['npu', 'furiosa', 'cntk002', 1, 50],
  // Rebellions 0.2.2: 58.3 + 60.1 + 21 + 0
  ['npu', 'rebellions', 'npu-worker-2', 4, 139.4],
  // Gaudi, in milliwatts: 451,000 + 448,500 + 228,000
  ['npu', 'intel', '10.0.2.41', 3, 1127.5],
  // Both test data of Ascend read zero throughout; the lines from its documents have the clock of eight chips.
  ['npu', 'huawei', '10.0.2.31', 8, 0],
  ['npu', 'huawei', '10.0.2.32', 8, null],
  ['npu', 'huawei', '10.0.2.33', 8, 0],
  // TPUs have no series of power.
  ['npu', 'google', '10.0.2.51', 4, null],
] as const

// What holds boards, or has a share of the processors by Kepler: package and DRAM.
const WORKLOADS = {
  // GPUs 0 to 3 and 96.5 + 14.25
  'llm-train-worker-0': 2582.65 + 110.75,
  // GPUs 5 and 7
  'llm-train-worker-1': 1379.4,
  // GPU 4 and 22.25 + 3.75
  'llama-predictor-00001-deployment-7c9d8b6f5-x2k4q': 188.5 + 26,
  // 712 + 698 + 705
  'mi300-train-0': 2115,
  // 451 + 448.5
  'tgi-gaudi-0': 899.5,
  // 58.3 + 60.1
  'rbln-vllm-0': 118.4,
  furiosa: 50,
  // A virtual machine by Kepler: 11.5 + 1.5
  '2ce4c5b3-2866-4972-93ce-77a2ea46a7f9': 13,
  // Old Kepler's own pod: its counters stand still here.
  'kepler-exporter-8xkzl': 0,
} as const

// Two samples of kube-state-metrics. The second also has a node without a name.
const NODES = {
  // DCMI and Redfish both read 5,790; supplies and a sensor a little more and less.
  'gpu-worker-1': 5790,
  // Only its boards.
  'npu-worker-2': null,
  'npu-worker-1': null,
  'cpu-worker-1': null,
  '127.0.0.1': null,
} as const

// Boards of machines that Kubernetes does not know: 1420.4575 + 2283 + 50 + 1127.5
const ELSEWHERE = 4880.9575
const TOTAL = 5790 + 139.4 + ELSEWHERE

// Names that no node of Kubernetes has: machines outside it, and Kepler's on two of them.
const UNMATCHED = [
  ...BOARDS.map(([, , node]) => node).filter((node) => !(node in NODES)),
  'vm',
  'worker-1',
]

const VMS = [
  // libvirt has three; Nova and Kepler know the first.
  '2ce4c5b3-2866-4972-93ce-77a2ea46a7f9',
  '5e8f7b1d-91a4-4f0c-9d57-8d0b6a3c1e24',
  'b3a1f9d2-6f43-4d11-8a59-1c2d3e4f5a6b',
]

// Five of six in the first sample run; of the second, whose pods are four, pod1 and pod4.
const RUNNING_PODS = 7

interface Backend {
  readonly title: string
  readonly flavour: string
  readonly start: () => Promise<{
    readonly url: string
    readonly scraped: () => Promise<void>
    readonly stop: () => Promise<void>
  }>
}

const BACKENDS: readonly Backend[] = [
  ...(requireReal('prometheus', 'prometheus') ? realPrometheusBinaries() : []).map(
    ({ name, path }) => ({
      title: name,
      flavour: 'prometheus',
      start: () => scrape(datacentre(), path),
    }),
  ),
  ...(requireReal(VICTORIA, VICTORIA)
    ? [
        {
          title: 'VictoriaMetrics',
          flavour: 'victoriametrics',
          start: () => scrapeByVictoria(datacentre()),
        },
      ]
    : []),
]

const ready = haveFixtures && BACKENDS.length > 0

it.skipIf(!haveFixtures)('has a place for every sample', () => {
  expect([...FILES].sort()).toEqual([...expositionNames()].sort())
})

describe.skipIf(!ready).each(BACKENDS)('all samples behind one $title', ({ flavour, start }) => {
  let backend: Awaited<ReturnType<Backend['start']>>
  let server: WholeServer
  const read = async (path: string) => {
    const { status, body } = await server.get(path)
    expect(status, path).toBe(200)
    return body
  }

  beforeAll(async () => {
    backend = await start()
    await backend.scraped()
    server = await wholeServer([{ name: 'site', url: backend.url, flavour }], {
      BMC_NODES: '{"10.9.0.21":"npu-worker-1"}',
      NODE_REWRITES: '[{"match":"suffix","text":"-bmc","replace":""}]',
    })
  }, 120_000)
  afterAll(async () => {
    await server.close()
    await backend.stop()
  })

  it.each(['gpu', 'npu'] as const)('has every %s once, with its watts', async (kind) => {
    const { data } = await read(`/accelerators/${kind}s?limit=1000`)
    const stated = BOARDS.filter(([board]) => board === kind)
    for (const [, vendor, node, count, watts] of stated) {
      const found = data.filter((row: any) => row.node === node)
      expect(new Set(found.map((row: any) => row.vendor)), node).toEqual(new Set([vendor]))
      expect(found, node).toHaveLength(count)
      expect(sum(found.map((row: any) => row.power_watts)), node).toEqual(near(watts))
    }
    expect(data).toHaveLength(total(stated.map(([, , , count]) => count)))
  })

  it('adds them up', async () => {
    const { data } = await read('/monitoring/power/accelerators')
    expect(data.boards).toBe(total(BOARDS.map(([, , , count]) => count)))
    expect(data.total_power_watts).toEqual(near(total(BOARDS.map(([, , , , watts]) => watts ?? 0))))
  })

  it('has every node once, with the watts of its best meter', async () => {
    const { data } = await read('/monitoring/power/infrastructure')
    expect(watts(data.by_node, (row) => row.node)).toEqual(NODES)
    const [worker] = data.by_node.filter((row: any) => row.node === 'gpu-worker-1')
    expect(worker.parts).toEqual({
      cpu_watts: 412.25,
      dram_watts: 61.5,
      gpu_watts: near(4220.8),
      npu_watts: null,
      other_watts: near(5790 - 412.25 - 61.5 - 4220.8),
    })
    // Its BMC is read by IPMI and by Redfish: the two sensors of the supplies, or six supplies.
    expect(worker.source).toBe('dcmi')
    expect(worker.alternatives).toEqual(
      expect.arrayContaining([
        { source: 'redfish', power_watts: 5790, ratio: 1 },
        { source: 'ipmi_sensor', power_watts: 5775, ratio: near(5775 / 5790) },
      ]),
    )
  })

  it('counts every watt once', async () => {
    const { data } = await read('/monitoring/power')
    expect(data.total_power_watts).toEqual(near(TOTAL))
    expect(data).toMatchObject({
      coverage: 1 / 5,
      nodes: { known: 5, measured: 1 },
      parts: { cpu_watts: 412.25, dram_watts: 61.5 },
    })
  })

  it('has the watts of every pod and virtual machine', async () => {
    const { data } = await read('/monitoring/power/breakdown?by=pod')
    const named = data.rows.filter((row: any) => row.kind === 'named')
    expect(watts(named, ({ key }) => key.pod ?? key.vm)).toEqual(
      Object.fromEntries(Object.entries(WORKLOADS).map(([pod, power]) => [pod, near(power)])),
    )
    expect(total(data.rows.map((row: any) => row.power_watts))).toEqual(near(TOTAL))
  })

  it('has every BMC, the silent one too', async () => {
    const { data, meta } = await read('/hardware/ipmi/power')
    expect(data).toMatchObject([
      {
        node: 'gpu-worker-1',
        bmcs: ['10.9.0.12', 'gpu-worker-1-bmc'],
        power_watts: 5790,
        parts: { cpu_watts: 513, memory_watts: 96, gpu_watts: 4220, fan_watts: 316 },
        psu_count: 6,
        // 1482 + 1466 + 1473 + 1469 and 1402 + 1388 + 1395 + 1391
        psu_input_watts: 5890,
        psu_output_watts: 5576,
      },
      { node: 'npu-worker-1', status: 'bmc_unreachable', power_watts: null },
    ])
    // The servers behind it are told of too: their power is that of their parts.
    const codes = meta.warnings.map(({ code }: any) => code as string)
    expect(codes.sort()).toEqual(['bmc_unreachable', 'silent_entities'])
  })

  it('tells which names it could not match', async () => {
    const { data } = await read('/monitoring/unmatched-names?limit=1000')
    expect(new Set(data.map(({ name }: any) => name))).toEqual(new Set(UNMATCHED))
    const { data: capabilities } = await read('/system/capabilities')
    expect(capabilities.unmatched_names).toMatchObject([{ cluster: 'site', names: data.length }])
  })

  it('has every virtual machine and every running pod once', async () => {
    const vms = await rowsOf(backend.url, flavour, {
      entity: 'vm',
      labels: ['vm_id'],
      measures: ['vm_present', 'cpu_cores'],
    })
    expect(new Set(vms.map(({ labels }) => labels.vm_id))).toEqual(new Set(VMS))
    const cores = vms.map(({ values }) => values.cpu_cores).filter((each) => each !== undefined)
    expect(cores.sort()).toEqual([2, 4, 8])
    const pods = await rowsOf(backend.url, flavour, {
      entity: 'pod',
      labels: ['namespace', 'pod'],
      measures: ['pod_running'],
    })
    expect(pods.filter(({ values }) => values.pod_running === 1)).toHaveLength(RUNNING_PODS)
  })
})

const total = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
const near = (number: number | null) => (number === null ? null : expect.closeTo(number, 6))

/** The sum of what is reported; null where nothing is. */
function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : total(known)
}

const watts = (rows: readonly any[], nameOf: (row: any) => string) =>
  Object.fromEntries(rows.map((row) => [nameOf(row), row.power_watts]))

interface Asked {
  readonly entity: Entity
  readonly labels: NonEmpty<Label>
  readonly measures: NonEmpty<Gauge>
}

/** What the catalogue reads of things that have no route of their own. */
async function rowsOf(url: string, flavour: string, asked: Asked) {
  const now = () => new Date()
  const ttlSeconds = { static: 0, realtime: 0, series: 0, summary: 0 }
  const cache = createCache<'static' | 'realtime' | 'series'>({
    maxBytes: 0,
    ttlSeconds,
    now,
    observe: () => undefined,
  })
  const registry = createRegistry({
    clusters: [clusterSpec(10).parse({ name: 'site', url, flavour })],
    connect: connectTo({ open: openHttp(1e8), cache, observe: () => undefined, now }),
    healthIntervalSeconds: 0,
    healthTimeoutSeconds: 5,
    now,
    onChange: () => undefined,
  })
  const telemetry = createTelemetry({ registry, sources: SOURCES })
  const { rows } = await telemetry.latest({ ...asked, at: now(), shelf: 'realtime' })
  await registry.close()
  return rows
}
