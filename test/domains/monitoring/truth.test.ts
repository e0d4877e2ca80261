import { afterEach, describe, expect, it } from 'vitest'
import { monitoring } from '../../../src/domains/monitoring/index.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import type { Cluster, Device, Node, World } from '../../../src/simulator/datacentre.ts'
import type { Fault, SourceName } from '../../../src/simulator/faults.ts'
import {
  clusterJoules,
  laneCores,
  nodeWatts,
  wattsPerCore,
} from '../../../src/simulator/node-truth.ts'
import { sizedCluster } from '../../../src/simulator/plan.ts'
import { podAt } from '../../../src/simulator/pods.ts'
import { lastScrape, targetsOf } from '../../../src/simulator/targets.ts'
import { boardWatts } from '../../../src/simulator/truth.ts'
import { createWorld } from '../../../src/simulator/world.ts'
import { SOURCES } from '../../../src/catalogue/sources/index.ts'
import { simulatedFleet } from '../../support/simulated-fleet.ts'
import { createTestApp, fakeClock, type TestApp } from '../../support/test-app.ts'

// DCMI gives whole watts.
const NODE_ROUNDING = 0.5

let app: TestApp | undefined
afterEach(async () => app?.close())

async function serve(world: World) {
  const clock = fakeClock('2026-11-20T02:00:00.000Z')
  const fleet = simulatedFleet(world, clock.now, SOURCES)
  // Where the target of a BMC does not say so, the operator does.
  const bmcs = world.clusters.flatMap((cluster) =>
    cluster.nodes.map((node) => ({
      cluster: cluster.name,
      bmc: node.bmcAddress,
      node: node.name,
    })),
  )
  const reader = createFleetReader({ telemetry: fleet.telemetry, identity: { rewrites: [], bmcs } })
  app = await createTestApp(
    [monitoring({ telemetry: fleet.telemetry, fleet: reader, assumedPue: null })],
    { clock },
  )
  const served = app
  const at = clock.now().getTime() / 1000
  const get = async (url: string) => {
    const reply = await served.get(`/api/v1/monitoring${url}`)
    expect(reply.statusCode, reply.body).toBe(200)
    return JSON.parse(reply.body) as Record<string, any>
  }
  return { at, get, queries: fleet.queries, clock }
}

/** When each exporter of a node was last asked: what it said then is what can be known. */
function scrapes(cluster: Cluster, at: number) {
  const targets = targetsOf(cluster)
  const byKey = new Map(
    targets.map((target) => [
      `${target.source} ${target.node?.name ?? ''}`,
      lastScrape(target, at),
    ]),
  )
  return (source: SourceName, node: Node) => byKey.get(`${source} ${node.name}`) ?? Number.NaN
}

const SOURCE_OF = { nvidia: 'dcgm', furiosa: 'furiosa', rebellions: 'rebellions' } as const

function truthOf(cluster: Cluster, at: number) {
  const seen = scrapes(cluster, at)
  const board = (node: Node, device: Device) =>
    boardWatts(device, seen(SOURCE_OF[device.model.vendor], node))
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
  const boards = cluster.nodes.flatMap((node) => node.devices.map((device) => ({ node, device })))
  const ofKind = (gpu: boolean) =>
    sum(
      boards
        .filter(({ device }) => (device.model.vendor === 'nvidia') === gpu)
        .map(({ node, device }) => board(node, device)),
    )
  const zone = (part: 'cpu' | 'dram') =>
    sum(cluster.nodes.map((node) => nodeWatts(node, seen('kepler', node))[part]))
  return {
    seen,
    board,
    total: sum(cluster.nodes.map((node) => nodeWatts(node, seen('ipmi', node)).total)),
    gpu: ofKind(true),
    npu: ofKind(false),
    cpu: cluster.plan.kepler ? zone('cpu') : null,
    dram: cluster.plan.kepler ? zone('dram') : null,
  }
}

/** The watts of each pod that the world knows: boards it holds alone, and CPU and DRAM that Kepler gives it. */
function podTruth(cluster: Cluster, at: number): ReadonlyMap<string, number> {
  const { seen, board } = truthOf(cluster, at)
  const watts = new Map<string, number>()
  const add = (pod: { namespace: string; name: string }, more: number) => {
    const key = `${pod.namespace}/${pod.name}`
    watts.set(key, (watts.get(key) ?? 0) + more)
  }
  for (const node of cluster.nodes) {
    const kepler = seen('kepler', node)
    const perCore = wattsPerCore(node)
    if (cluster.plan.kepler)
      for (const lane of node.lanes) {
        const pod = podAt(lane, kepler)
        if (pod !== undefined) add(pod, laneCores(lane, kepler) * (perCore.cpu + perCore.dram))
      }
    for (const device of node.devices.filter(({ sharing }) => sharing === 'whole'))
      for (const { lane } of device.seats) {
        const pod =
          lane === undefined ? undefined : podAt(lane, seen(SOURCE_OF[device.model.vendor], node))
        if (pod !== undefined) add(pod, board(node, device))
      }
  }
  return watts
}

const WORLDS: readonly (readonly [string, () => World])[] = [
  ['the demo', () => createWorld({ seed: 7 })],
  [
    '10 nodes',
    () =>
      createWorld({
        seed: 3,
        clusters: [sizedCluster({ name: 'lab', nodes: 10, gpusPerNode: 8, pods: 120 })],
      }),
  ],
  [
    '100 nodes',
    () =>
      createWorld({
        seed: 4,
        clusters: [sizedCluster({ name: 'lab', nodes: 100, gpusPerNode: 8, pods: 800 })],
      }),
  ],
  [
    '1,000 nodes',
    () =>
      createWorld({
        seed: 8,
        clusters: [sizedCluster({ name: 'lab', nodes: 1000, gpusPerNode: 1, pods: 1000 })],
      }),
  ],
]

describe.each(WORLDS)('the power of %s', (_name, make) => {
  it('is what really flows, in total, by cluster and by part', async () => {
    const world = make()
    const { at, get } = await serve(world)
    const { data, meta } = await get('/power')
    expect(meta.warnings).toEqual([])
    expect(data.coverage).toBe(1)
    expect(data.method).toBe('measured')
    for (const cluster of world.clusters) {
      const truth = truthOf(cluster, at)
      const row = data.by_cluster.find((each: { cluster: string }) => each.cluster === cluster.name)
      const nodes = cluster.nodes.length
      const boards = cluster.nodes.flatMap(({ devices }) => devices).length
      // Kepler gives six decimals, DCGM and Furiosa three, Rebellions one.
      const rounding: Record<string, number> = {
        cpu: 1e-6 * nodes,
        dram: 1e-6 * nodes,
        gpu: 1e-3 * boards,
        npu: 0.05 * boards,
      }
      expect(Math.abs(row.total_power_watts - truth.total)).toBeLessThanOrEqual(
        NODE_ROUNDING * nodes,
      )
      const parts = { cpu: truth.cpu, dram: truth.dram, gpu: truth.gpu, npu: truth.npu }
      for (const [part, watts] of Object.entries(parts)) {
        const given = row.parts[`${part}_watts`]
        if (watts === null || (watts === 0 && given === null)) expect(given).toBeNull()
        else expect(Math.abs(given - watts)).toBeLessThanOrEqual(rounding[part] ?? 0)
      }
    }
  })

  it('is attributed to the pods that draw it', async () => {
    const world = make()
    const { at, get } = await serve(world)
    const { data } = await get('/power/breakdown?by=pod')
    const given = new Map<string, number>(
      data.rows.map(
        ({ key, power_watts }: { key: Record<string, string>; power_watts: number }) => [
          `${key['cluster'] ?? ''}/${key['namespace'] ?? ''}/${key['pod'] ?? ''}`,
          power_watts,
        ],
      ),
    )
    for (const cluster of world.clusters) {
      const divided = new Set(dividedPods(cluster, at))
      for (const [pod, watts] of podTruth(cluster, at)) {
        if (divided.has(pod) || watts === 0) continue
        expect(given.get(`${cluster.name}/${pod}`) ?? 0, `${cluster.name}/${pod}`).toBeCloseTo(
          watts,
          1,
        )
      }
    }
  })
})

describe.each([10, 100, 1000])('the energy of %i nodes', (nodes) => {
  it('is what they really used, within half a percent', async () => {
    const size = { name: 'lab', nodes, gpusPerNode: nodes === 10 ? 8 : 1, pods: nodes }
    const world = createWorld({ seed: 9, clusters: [sizedCluster(size)] })
    const { at, get } = await serve(world)
    const { data } = await get('/power/efficiency?period=5m&step=5m')
    const [cluster] = world.clusters
    if (cluster === undefined) throw new Error('no cluster')
    // Meters are read four times a minute, and each reading is a whole number of watts.
    const { total } = clusterJoules(cluster, { from: at - 300, until: at })
    expect(data).toMatchObject({ covered_seconds: 300, it: { coverage: 1, method: 'measured' } })
    expect(Math.abs(data.it.energy_joules / total - 1)).toBeLessThan(0.005)
  })
})

/** Pods on a share of a board, whose watts nobody measures. */
function dividedPods(cluster: Cluster, at: number): readonly string[] {
  return cluster.nodes.flatMap(({ devices }) =>
    devices
      .filter(({ sharing }) => sharing !== 'whole')
      .flatMap(({ seats }) =>
        seats.flatMap(({ lane }) => {
          const pod = lane === undefined ? undefined : podAt(lane, at)
          return pod === undefined ? [] : [`${pod.namespace}/${pod.name}`]
        }),
      ),
  )
}

/** What an answer says beside its figures, so that a wrong one would not pass for a right one. */
const codesIn = (meta: { warnings: readonly { code: string }[] }) =>
  new Set(meta.warnings.map(({ code }) => code))

const FAULTS: readonly (readonly [string, Fault, readonly string[]])[] = [
  [
    'a BMC that does not answer',
    { kind: 'bmc_silent', target: { cluster: 'lab', node: 'gpu-worker-1' }, from: 0, until: 4e9 },
    [],
  ],
  [
    'a meter that gives milliwatts for watts',
    {
      kind: 'unit_slip',
      target: { cluster: 'lab', metric: 'ipmi_dcmi_power_consumption_watts' },
      factor: 1000,
      from: 0,
      until: 4e9,
    },
    ['implausible_values'],
  ],
  [
    'a meter that gives kilowatts for watts',
    {
      kind: 'unit_slip',
      target: { cluster: 'lab', metric: 'ipmi_dcmi_power_consumption_watts' },
      factor: 0.001,
      from: 0,
      until: 4e9,
    },
    ['inconsistent_sources'],
  ],
  [
    'a board that reads NaN',
    {
      kind: 'nan',
      target: { cluster: 'lab', node: 'gpu-worker-1', metric: 'DCGM_FI_DEV_POWER_USAGE' },
      from: 0,
      until: 4e9,
    },
    ['implausible_values', 'silent_entities'],
  ],
  [
    'a board that gives the value for none',
    {
      kind: 'sentinel',
      target: { cluster: 'lab', node: 'gpu-worker-1', metric: 'DCGM_FI_DEV_POWER_USAGE' },
      from: 0,
      until: 4e9,
    },
    ['implausible_values', 'silent_entities'],
  ],
  [
    'an exporter that is stale',
    {
      kind: 'exporter_stale',
      target: { cluster: 'lab', node: 'gpu-worker-1', source: 'dcgm' },
      from: Date.UTC(2026, 10, 20, 1, 56) / 1000,
      until: 4e9,
    },
    ['stale_data'],
  ],
  [
    'a DCGM that does not answer',
    {
      kind: 'exporter_down',
      target: { cluster: 'lab', node: 'gpu-worker-1', source: 'dcgm' },
      from: Date.UTC(2026, 10, 20, 1) / 1000,
      until: 4e9,
    },
    [],
  ],
  [
    'a board that has fallen off the bus',
    {
      kind: 'device_lost',
      target: { cluster: 'lab', node: 'gpu-worker-1', device: 0 },
      from: Date.UTC(2026, 10, 20, 1, 30) / 1000,
      until: 4e9,
    },
    [],
  ],
  [
    'a node without power',
    {
      kind: 'node_down',
      target: { cluster: 'lab', node: 'gpu-worker-2' },
      from: Date.UTC(2026, 10, 20, 1, 30) / 1000,
      until: 4e9,
    },
    [],
  ],
  [
    'a driver that was loaded again',
    {
      kind: 'counter_reset',
      target: { cluster: 'lab', node: 'gpu-worker-1' },
      from: Date.UTC(2026, 10, 20, 1, 58) / 1000,
      until: 4e9,
    },
    [],
  ],
  [
    'a Prometheus that says that something is missing',
    {
      kind: 'backend_warning',
      target: { cluster: 'lab' },
      text: 'PromQL warning: one store did not answer',
      from: 0,
      until: 4e9,
    },
    ['cluster_incomplete'],
  ],
]

describe('with a fault', () => {
  it.each(FAULTS)('%s: the total is right, or said not to be', async (_name, fault, codes) => {
    const clusters = [sizedCluster({ name: 'lab', nodes: 3, gpusPerNode: 2, pods: 12 })] as const
    const world = createWorld({ seed: 5, clusters, faults: [fault] })
    const { at, get } = await serve(world)
    const [cluster] = world.clusters
    if (cluster === undefined) throw new Error('no cluster')
    const { data, meta } = await get('/power')
    for (const code of codes) expect(codesIn(meta)).toContain(code)
    const { total } = truthOf(cluster, at)
    const isRight = Math.abs(data.total_power_watts - total) <= NODE_ROUNDING * 3 * 2
    const isFlagged = data.coverage < 1 || data.method === 'estimated' || meta.warnings.length > 0
    expect(isRight || isFlagged).toBe(true)
    if (!isRight) expect(data.total_power_watts).toBeLessThan(total)
  })

  it('a cluster that is silent is missing from the totals, and named', async () => {
    const fault: Fault = {
      kind: 'cluster_silent',
      target: { cluster: 'b' },
      as: 'backend_timeout',
      from: 0,
      until: 4e9,
    }
    const sized = (name: string) => sizedCluster({ name, nodes: 1, gpusPerNode: 1, pods: 2 })
    const world = createWorld({ seed: 5, clusters: [sized('a'), sized('b')], faults: [fault] })
    const { data, meta } = await (await serve(world)).get('/power')
    expect(data.by_cluster.map((row: { cluster: string }) => row.cluster)).toEqual(['a'])
    expect(meta.clusters).toEqual([
      { name: 'a', status: 'ok' },
      { name: 'b', status: 'timeout' },
    ])
  })
})

const PATHS = [
  '/power',
  '/power/accelerators',
  '/power/infrastructure',
  '/power/breakdown?by=pod',
  '/power/efficiency?period=5m',
  '/timeseries/power?period=5m&step=1m&by=pod',
  '/timeseries/metrics?metric=power_watts&period=5m&step=1m',
  '/timeseries/temperature?period=5m&step=1m',
]

describe('the number of queries', () => {
  it.each(PATHS)('of %s does not grow with nodes, boards or pods', async (path) => {
    const counts: number[] = []
    for (const nodes of [1, 4]) {
      const clusters = [
        sizedCluster({ name: 'lab', nodes, gpusPerNode: 4 * nodes, pods: 10 * nodes }),
      ] as const
      const { get, queries } = await serve(createWorld({ seed: 6, clusters }))
      await get(path)
      counts.push(queries.length)
      await app?.close()
    }
    expect(counts[0]).toBe(counts[1])
    expect(counts[0]).toBeLessThanOrEqual(80)
  })
})
