import { afterEach, describe, expect, it } from 'vitest'
import { SOURCES } from '../../../src/catalogue/sources/index.ts'
import { infrastructure } from '../../../src/domains/infrastructure/index.ts'
import { monitoring } from '../../../src/domains/monitoring/index.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import type { Cluster, Guest, Node, World } from '../../../src/simulator/datacentre.ts'
import type { SourceName } from '../../../src/simulator/faults.ts'
import { startedAt } from '../../../src/simulator/guests.ts'
import {
  coreSeconds,
  laneCores,
  nodeJoules,
  wattsPerCore,
} from '../../../src/simulator/node-truth.ts'
import { DEMO_CLUSTERS, type ClusterPlan } from '../../../src/simulator/plan.ts'
import { lastScrape, targetsOf } from '../../../src/simulator/targets.ts'
import { createWorld } from '../../../src/simulator/world.ts'
import { simulatedFleet } from '../../support/simulated-fleet.ts'
import { createTestApp, fakeClock, type TestApp } from '../../support/test-app.ts'

// What the routes of virtual machines say equals what the hypervisors of the world really run.

let app: TestApp | undefined
afterEach(async () => app?.close())

/** Eleven in the morning in Seoul: people are at work, and one machine is shut off for good. */
const NOW = '2026-11-20T02:00:00.000Z'

async function serve(world: World, now = NOW) {
  const clock = fakeClock(now)
  const { telemetry } = simulatedFleet(world, clock.now, SOURCES)
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
  return { get, at: clock.now().getTime() / 1000 }
}

const [, busan] = DEMO_CLUSTERS as unknown as readonly [ClusterPlan, ClusterPlan]

const onlyHypervisors: ClusterPlan = {
  ...busan,
  groups: busan.groups
    .filter(({ role }) => role === 'hypervisor')
    .map((group) => ({ ...group, count: 1 })),
}

const onlyCluster = (world: World): Cluster => {
  const [cluster] = world.clusters
  if (cluster === undefined) throw new Error('no cluster')
  return cluster
}

interface Placed {
  readonly node: Node
  readonly guest: Guest
}

const guestsOf = ({ nodes }: Cluster): readonly Placed[] =>
  nodes.flatMap((node) => node.guests.map((guest) => ({ node, guest })))

/** When a source of a node was last asked: what it said then is what can be known. */
function seenBy(cluster: Cluster, source: SourceName, node: Node, at: number): number {
  const target = targetsOf(cluster).find((each) => each.source === source && each.node === node)
  return target === undefined ? Number.NaN : lastScrape(target, at)
}

describe('the virtual machines of the demo', () => {
  it('are all there, each once, as libvirt and Nova know them', async () => {
    const world = createWorld({ seed: 7, clusters: [busan] })
    const { get, at } = await serve(world)
    const { data, meta } = await get('/infrastructure/vms')
    expect(meta.warnings).toEqual([])
    const guests = guestsOf(onlyCluster(world))
    expect(data).toHaveLength(guests.length)
    for (const { node, guest } of guests) {
      const runs = startedAt(guest, at) !== undefined
      const { flavor, project } = guest
      expect(data.find((row: any) => row.vm_id === guest.uuid)).toMatchObject({
        cluster: 'busan',
        id: guest.uuid,
        domain: guest.domain,
        name: guest.name,
        node: node.name,
        status: runs ? 'running' : 'stopped',
        libvirt_state: runs ? 'running' : 'shut_off',
        nova_status: runs ? 'ACTIVE' : 'SHUTOFF',
        project_id: project.id,
        project_name: project.name,
        flavor: flavor.name,
        flavor_id: flavor.id,
        availability_zone: 'nova',
        ip_address: guest.address,
        vcpus: flavor.vcpus,
        memory_total_mb: flavor.memoryGib * 1024,
        memory_allocated_mb: runs ? flavor.memoryGib * 1024 : 0,
      })
    }
    const off = data.filter((row: any) => row.status === 'stopped')
    expect(off.map((row: any) => row.name)).toContain('portal-old')
    for (const row of off) expect([row.name, row.power_watts]).toEqual([row.name, 0])
  })

  it('draw what Kepler attributes to them, to its sixth decimal', async () => {
    const world = createWorld({ seed: 7, clusters: [busan] })
    const { get, at } = await serve(world)
    const { data } = await get('/infrastructure/vms')
    const cluster = onlyCluster(world)
    for (const { node, guest } of guestsOf(cluster)) {
      const seen = seenBy(cluster, 'kepler', node, at)
      const { lane } = guest
      if (lane === undefined || startedAt(guest, seen) === undefined) continue
      const perCore = wattsPerCore(node)
      const watts = laneCores(lane, seen) * (perCore.cpu + perCore.dram)
      const row = data.find((each: any) => each.vm_id === guest.uuid)
      expect(row, guest.name).toMatchObject({ power_method: 'attributed' })
      expect(Math.abs(row.power_watts - watts), guest.name).toBeLessThanOrEqual(2e-6)
    }
  })

  it('use over a window the energy that they really used, within a percent', async () => {
    const world = createWorld({ seed: 7, clusters: [onlyHypervisors] })
    const { get, at } = await serve(world)
    const busy = guestsOf(onlyCluster(world)).filter(({ guest }) => guest.name === 'portal-web-1')
    for (const { node, guest } of busy) {
      const { data } = await get(`/infrastructure/vms/${guest.uuid}/power?period=20m&step=1m`)
      const perCore = wattsPerCore(node)
      const cores =
        guest.lane === undefined ? 0 : coreSeconds(guest.lane, { from: at - 1200, until: at })
      const joules = cores * (perCore.cpu + perCore.dram)
      expect(joules).toBeGreaterThan(0)
      expect(data.covered_seconds).toBe(1200)
      expect(Math.abs(data.energy_joules / joules - 1), guest.name).toBeLessThan(0.01)
    }
  })

  it('are counted in the summary, and are rows of the breakdown', async () => {
    const world = createWorld({ seed: 7, clusters: [busan] })
    const { get, at } = await serve(world)
    const guests = guestsOf(onlyCluster(world))
    const running = guests.filter(({ guest }) => startedAt(guest, at) !== undefined)
    const { data } = await get('/infrastructure/vms/summary')
    expect(data).toMatchObject({ vms: guests.length, running: running.length })
    const { data: breakdown } = await get('/monitoring/power/breakdown?by=pod')
    const named = breakdown.rows.filter(({ key }: any) => key.vm !== undefined)
    expect(named.map(({ key }: any) => key.vm).sort()).toEqual(
      guests.map(({ guest }) => guest.uuid).sort(),
    )
  })
})

/** Without Kepler: node_exporter reads RAPL, and libvirt counts processor time. */
const UNTOLD: ClusterPlan = { ...busan, kepler: false }

describe('where only RAPL and libvirt are read', () => {
  it('a machine draws its share of processor time, of the watts of its hypervisor', async () => {
    const world = createWorld({ seed: 7, clusters: [UNTOLD] })
    const { get, at } = await serve(world)
    const { data } = await get('/infrastructure/vms')
    const cluster = onlyCluster(world)
    for (const { node, guest } of guestsOf(cluster)) {
      const row = data.find((each: any) => each.vm_id === guest.uuid)
      const { lane } = guest
      if (lane === undefined || startedAt(guest, at - 330) === undefined) continue
      // Rates are over five minutes; within them load and power move by little.
      const span = { from: at - 330, until: at - 30 }
      const { cpu, dram } = nodeJoules(node, span)
      const share = coreSeconds(lane, span) / 300 / node.machine.cores
      const watts = (share * (cpu + dram)) / 300
      expect(row.power_watts, guest.name).not.toBeNull()
      expect(Math.abs(row.power_watts - watts), guest.name).toBeLessThanOrEqual(0.02 * watts + 0.05)
    }
  })

  it('machines, pods and what is idle add up to what the hypervisor draws', async () => {
    const world = createWorld({ seed: 7, clusters: [UNTOLD] })
    const { get } = await serve(world)
    const { data } = await get('/monitoring/power/breakdown?by=pod')
    const sum = data.rows.reduce((total: number, row: any) => total + Number(row.power_watts), 0)
    expect(Math.abs(sum - data.total_power_watts)).toBeLessThanOrEqual(1e-9 * sum)
  })
})
