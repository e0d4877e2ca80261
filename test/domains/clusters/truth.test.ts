import { afterEach, describe, expect, it } from 'vitest'
import { SOURCES } from '../../../src/catalogue/sources/index.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import type { Cluster, Device, World } from '../../../src/simulator/datacentre.ts'
import type { SourceName } from '../../../src/simulator/faults.ts'
import { sizedCluster } from '../../../src/simulator/plan.ts'
import { podAt, type Pod } from '../../../src/simulator/pods.ts'
import { lastScrape, targetsOf } from '../../../src/simulator/targets.ts'
import { createWorld } from '../../../src/simulator/world.ts'
import { clustersDomain } from '../../support/clusters-domain.ts'
import { simulatedFleet } from '../../support/simulated-fleet.ts'
import { createTestApp, fakeClock } from '../../support/test-app.ts'

// What the clusters are made of, and figures of them, equal what is really there.

let close: (() => Promise<void>) | undefined
afterEach(async () => {
  await close?.()
  close = undefined
})

async function serve(world: World) {
  const clock = fakeClock('2026-11-20T02:00:00.000Z')
  const fleet = simulatedFleet(world, clock.now, SOURCES)
  const identity = { rewrites: [], bmcs: [] }
  const reader = createFleetReader({ telemetry: fleet.telemetry, identity })
  const domain = await clustersDomain(fleet, reader, clock.now)
  const app = await createTestApp([domain.domain], { clock })
  close = async () => {
    await app.close()
    await domain.close()
  }
  const get = async (path: string) => {
    const reply = await app.get(`/api/v1/clusters${path}`)
    expect(reply.statusCode, reply.body).toBe(200)
    return (JSON.parse(reply.body) as { data: any }).data
  }
  return { get, queries: fleet.queries, at: clock.now().getTime() / 1000 }
}

/** When a source of a node, or of the whole cluster, was last asked: what it said then is what can be known. */
function scrapes(cluster: Cluster, at: number) {
  const times = new Map(
    targetsOf(cluster).map((target) => [
      `${target.source} ${target.node?.name ?? ''}`,
      lastScrape(target, at),
    ]),
  )
  return (source: SourceName, node = ''): number => times.get(`${source} ${node}`) ?? Number.NaN
}

const toldAt = (cluster: Cluster, at: number): number => scrapes(cluster, at)('kube_state_metrics')

const SOURCE_OF = { nvidia: 'dcgm', furiosa: 'furiosa', rebellions: 'rebellions' } as const

/** Who holds which board, as its exporter last said. */
function heldAt(cluster: Cluster, at: number): readonly { device: Device; pod: Pod }[] {
  const seen = scrapes(cluster, at)
  return cluster.nodes.flatMap((node) =>
    node.devices.flatMap((device) =>
      device.seats.flatMap(({ lane }) => {
        const time = seen(SOURCE_OF[device.model.vendor], node.name)
        const pod = lane === undefined ? undefined : podAt(lane, time)
        return pod === undefined ? [] : [{ device, pod }]
      }),
    ),
  )
}

const podsOf = (cluster: Cluster, at: number): ReadonlySet<string> =>
  new Set(
    cluster.nodes.flatMap(({ lanes }) =>
      lanes.flatMap((lane) => {
        const pod = podAt(lane, at)
        return pod === undefined ? [] : [`${pod.namespace}/${pod.name}`]
      }),
    ),
  )

describe('the clusters of the demo', () => {
  it('have in their summary what is there', async () => {
    const world = createWorld({ seed: 7 })
    const { get, at } = await serve(world)
    for (const cluster of world.clusters) {
      const boards = cluster.nodes.flatMap(({ devices }) => devices)
      const gpus = boards.filter(({ model }) => model.vendor === 'nvidia').length
      const data = await get(`/${cluster.name}/summary`)
      expect(data.nodes).toMatchObject({
        known: cluster.nodes.length,
        ready: cluster.nodes.length,
        not_ready: 0,
      })
      expect(data.pods.running).toBe(podsOf(cluster, toldAt(cluster, at)).size)
      expect(data.accelerators).toMatchObject({
        total: boards.length,
        gpus,
        npus: boards.length - gpus,
      })
      const held = new Set(heldAt(cluster, at).map(({ device }) => device.uuid))
      expect(data.accelerators.allocated).toBe(held.size)
      expect(data.accelerators.free).toBe(boards.length - held.size)
      expect(data.hardware.servers).toBe(cluster.nodes.length)
    }
  })

  it('have in their graph who runs where and who holds what', async () => {
    const world = createWorld({ seed: 7 })
    const { get, at } = await serve(world)
    for (const cluster of world.clusters) {
      const { name, nodes } = cluster
      const data = await get(`/${name}/topology?limit=100000`)
      const boards = nodes.flatMap(({ devices }) => devices)
      expect(data.by_type).toMatchObject({
        cluster: 1,
        node: nodes.length,
        accelerator: boards.length,
      })
      const runs = data.edges
        .filter(({ type, source }: any) => type === 'runs_on' && source.startsWith('pod:'))
        .map(({ source, target }: any) => `${source} ${target}`)
      for (const node of nodes)
        for (const lane of node.lanes) {
          const pod = podAt(lane, toldAt(cluster, at))
          if (pod !== undefined)
            expect(runs).toContain(
              `pod:${name}/${pod.namespace}/${pod.name} node:${name}/${node.name}`,
            )
        }
      const used = new Set<string>(
        data.edges
          .filter(({ type }: any) => type === 'uses')
          .map(({ source, target }: any) => {
            const [, place = ''] = (target as string).split(/:(.*)/)
            return `${source as string} ${place.split('/')[1] ?? ''}`
          }),
      )
      const held = heldAt(cluster, at).map(
        ({ device, pod }) =>
          `container:${name}/${pod.namespace}/${pod.name}/${pod.container} ${device.uuid}`,
      )
      expect([...used].sort()).toEqual([...new Set(held)].sort())
    }
  })
})

const PATHS = [
  '/compare?metrics=power,energy,utilization,temperature,efficiency,idle_power&period=5m',
  '/lab/summary',
  '/lab/topology',
]

describe('the number of queries', () => {
  it.each(PATHS)('of %s does not grow with nodes, boards or pods', async (path) => {
    const counts: number[] = []
    for (const nodes of [1, 2]) {
      const clusters = [
        sizedCluster({ name: 'lab', nodes, gpusPerNode: 2 * nodes, pods: 10 * nodes }),
      ] as const
      const { get, queries } = await serve(createWorld({ seed: 6, clusters }))
      await get(path)
      // Equal questions that are put at once are one query: the cache of a cluster sees to that.
      counts.push(new Set(queries).size)
      await close?.()
    }
    expect(counts[0]).toBe(counts[1])
    expect(counts[0]).toBeLessThanOrEqual(100)
  })
})
