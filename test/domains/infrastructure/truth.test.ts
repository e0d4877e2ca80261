import { afterEach, describe, expect, it } from 'vitest'
import { SOURCES } from '../../../src/catalogue/sources/index.ts'
import { infrastructure } from '../../../src/domains/infrastructure/index.ts'
import { monitoring } from '../../../src/domains/monitoring/index.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import type { World } from '../../../src/simulator/datacentre.ts'
import { sizedCluster } from '../../../src/simulator/plan.ts'
import { createWorld } from '../../../src/simulator/world.ts'
import { simulatedFleet } from '../../support/simulated-fleet.ts'
import { createTestApp, fakeClock, type TestApp } from '../../support/test-app.ts'

let app: TestApp | undefined
afterEach(async () => app?.close())

async function serve(world: World) {
  const clock = fakeClock('2026-11-20T02:00:00.000Z')
  const { telemetry, queries } = simulatedFleet(world, clock.now, SOURCES)
  const identity = { rewrites: [], bmcs: [] }
  const fleet = createFleetReader({ telemetry, identity })
  const needs = { telemetry, fleet, identity, assumedPue: null }
  app = await createTestApp([infrastructure(needs), monitoring(needs)], { clock })
  const served = app
  const get = async (path: string) => {
    const reply = await served.get(`/api/v1${path}`)
    expect(reply.statusCode, reply.body).toBe(200)
    return JSON.parse(reply.body) as Record<string, any>
  }
  return { get, queries, close: () => served.close() }
}

const sum = (values: readonly (number | null)[]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0)

describe('the demo', () => {
  it('shows its nodes and pods with the watts of the routes of power', async () => {
    const { get } = await serve(createWorld({ seed: 7 }))
    const [nodes, pods, containers, power, breakdown] = await Promise.all([
      get('/infrastructure/nodes?limit=1000'),
      get('/infrastructure/pods?limit=10000'),
      get('/infrastructure/containers?limit=10000'),
      get('/monitoring/power/infrastructure'),
      get('/monitoring/power/breakdown?by=pod'),
    ])
    for (const row of power['data'].by_node) {
      const node = nodes['data'].find(
        (each: any) => each.cluster === row.cluster && each.node === row.node,
      )
      expect(node.power_watts).toBe(row.power_watts)
    }
    const named = breakdown['data'].rows.filter(({ kind }: any) => kind === 'named')
    const ofPods = named.filter(({ key }: any) => key.pod !== undefined)
    for (const { key, power_watts: watts } of ofPods) {
      const pod = pods['data'].find(
        (each: any) =>
          each.cluster === key.cluster && each.namespace === key.namespace && each.pod === key.pod,
      )
      expect(pod?.power_watts, JSON.stringify(key)).toBeCloseTo(watts, 9)
    }
    const watts = (rows: any) => sum(rows.data.map((row: any) => row.power_watts))
    expect(watts(pods)).toBeCloseTo(sum(ofPods.map((row: any) => row.power_watts)), 6)
    expect(watts(containers)).toBeCloseTo(watts(pods), 6)
  })

  it('shows every machine that is watched with its figures', async () => {
    const world = createWorld({ seed: 7 })
    const { get } = await serve(world)
    const { data } = await get('/infrastructure/nodes?cluster=seoul')
    const [cluster] = world.clusters
    expect(data).toHaveLength(cluster?.nodes.length ?? 0)
    for (const row of data) {
      const node = cluster?.nodes.find(({ name }) => name === row.node)
      expect(row.memory_total_mb).toBe((node?.machine.memoryBytes ?? 0) / 2 ** 20)
      expect(row.capacity.cpu_cores).toBe(node?.machine.cores)
      expect(Number(row.gpus) + Number(row.npus)).toBe(node?.devices.length)
      expect(row.cpu_utilization_percent).toBeGreaterThanOrEqual(0)
      expect(row.cpu_utilization_percent).toBeLessThanOrEqual(100)
    }
  })
})

const PATHS = [
  '/nodes',
  '/nodes/summary',
  '/nodes/gpu-worker-1',
  '/nodes/gpu-worker-1/metrics',
  '/nodes/gpu-worker-1/power?period=5m&step=1m',
  '/pods',
  '/pods/summary',
  '/pods/POD',
  '/pods/POD/metrics',
  '/pods/POD/power?period=5m&step=1m',
  '/containers',
  '/containers/ID',
  '/containers/ID/metrics',
  '/vms',
  '/vms/summary',
]

describe('the number of queries', () => {
  it.each(PATHS)('of %s does not grow with nodes, boards or pods', async (path) => {
    const counts: number[] = []
    for (const nodes of [1, 4]) {
      const size = { name: 'lab', nodes, gpusPerNode: 2 * nodes, pods: 10 * nodes }
      const { get, queries, close } = await serve(
        createWorld({ seed: 6, clusters: [sizedCluster(size)] }),
      )
      const [container] = (await get('/infrastructure/containers?limit=1'))['data']
      const before = queries.length
      await get(
        `/infrastructure${path}`
          .replace('POD', `${container.namespace}/${container.pod}`)
          .replace('ID', container.id),
      )
      counts.push(queries.length - before)
      await close()
    }
    expect(counts[0]).toBe(counts[1])
    expect(counts[0]).toBeLessThanOrEqual(130)
  })
})
