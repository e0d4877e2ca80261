import { afterEach, describe, expect, it } from 'vitest'
import { monitoring } from '../../../src/domains/monitoring/index.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import type { Cluster, Device, Node, World } from '../../../src/simulator/datacentre.ts'
import type { SourceName } from '../../../src/simulator/faults.ts'
import { laneCores, nodeWatts, wattsPerCore } from '../../../src/simulator/node-truth.ts'
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
