import { afterEach, describe, expect, it } from 'vitest'
import { flatTariff } from '../../../src/config-tariffs.ts'
import { constantIntensity } from '../../../src/config-intensities.ts'
import { SOURCES } from '../../../src/catalogue/sources/index.ts'
import { cost } from '../../../src/domains/cost/index.ts'
import { createCostReader, fixedIntensities } from '../../../src/services/costs/index.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import type { Cluster } from '../../../src/simulator/datacentre.ts'
import { coreSeconds, nodeJoules, wattsPerCore } from '../../../src/simulator/node-truth.ts'
import { sizedCluster } from '../../../src/simulator/plan.ts'
import { podAt } from '../../../src/simulator/pods.ts'
import { boardJoules } from '../../../src/simulator/truth.ts'
import { createWorld } from '../../../src/simulator/world.ts'
import { exact, RATES } from '../../support/cost.ts'
import { simulatedFleet } from '../../support/simulated-fleet.ts'
import { createTestApp, fakeClock, type TestApp } from '../../support/test-app.ts'

let app: TestApp | undefined
afterEach(async () => app?.close())

const SECONDS = 3600
const WON = 150
const PUE = 1.2
const CARBON_WON = 0.5
const KG = 0.4173
/** What a joule of a computer costs and emits. */
const WON_A_JOULE = (PUE * (WON + KG * CARBON_WON)) / 3_600_000
/** Samples of half a minute, in whole watts for nodes, do not follow every move in between. */
const SAMPLED = 0.01

async function serve() {
  const plan = {
    ...sizedCluster({ name: 'lab', nodes: 3, gpusPerNode: 4, pods: 24 }),
    kepler: true,
  }
  const world = createWorld({ seed: 8, clusters: [plan] })
  const [cluster] = world.clusters
  if (cluster === undefined) throw new Error('no cluster')
  const clock = fakeClock('2026-11-20T02:00:00.000Z')
  const fleet = simulatedFleet(world, clock.now, SOURCES)
  const reader = createFleetReader({
    telemetry: fleet.telemetry,
    identity: { rewrites: [], bmcs: [] },
  })
  const costs = createCostReader({
    telemetry: fleet.telemetry,
    fleet: reader,
    rates: {
      ...RATES,
      model: 'facility',
      currency: 'KRW',
      tariffs: [flatTariff(exact('150'), 'KRW')],
      carbonPrice: exact('0.5'),
      assumedPue: PUE,
    },
    intensities: fixedIntensities([constantIntensity(exact('0.4173'))]),
  })
  app = await createTestApp([cost({ costs, now: clock.now })], { clock })
  const served = app
  const until = clock.now().getTime() / 1000
  const get = async (url: string) => {
    const reply = await served.get(url)
    expect(reply.statusCode, reply.body).toBe(200)
    return JSON.parse(reply.body).data as Record<string, any>
  }
  return { cluster, span: { from: until - SECONDS, until }, get }
}

interface Span {
  readonly from: number
  readonly until: number
}

/** The joules of each pod that was there all the time, on boards that it held alone: boards, CPU and memory. */
function podTruth(cluster: Cluster, { from, until }: Span): ReadonlyMap<string, number> {
  const joules = new Map<string, number>()
  const add = (name: string, more: number) => joules.set(name, (joules.get(name) ?? 0) + more)
  for (const node of cluster.nodes) {
    const perCore = wattsPerCore(node)
    for (const lane of node.lanes) {
      const pod = podAt(lane, from)
      if (pod === undefined || podAt(lane, until)?.name !== pod.name) continue
      const used = coreSeconds(lane, { from, until })
      add(`${pod.namespace}/${pod.name}`, used * (perCore.cpu + perCore.dram))
    }
    for (const device of node.devices.filter(({ sharing }) => sharing === 'whole'))
      for (const { lane } of device.seats) {
        const pod = lane === undefined ? undefined : podAt(lane, from)
        if (lane === undefined || pod === undefined || podAt(lane, until)?.name !== pod.name)
          continue
        add(`${pod.namespace}/${pod.name}`, boardJoules(device, { from, until }))
      }
  }
  return joules
}

describe('a simulated hour', () => {
  it('costs in joules and won what really flowed, in all and for each workload', async () => {
    const { cluster, span, get } = await serve()
    const truth = cluster.nodes.reduce((sum, node) => sum + nodeJoules(node, span).total, 0)
    const hourly = await get('/cost/hourly?period=1h')
    const all = hourly['total']
    expect(Math.abs(all.energy_joules - truth) / truth).toBeLessThan(SAMPLED)
    expect(Math.abs(all.cost - truth * WON_A_JOULE) / (truth * WON_A_JOULE)).toBeLessThan(SAMPLED)
    expect(all.cost).toBeCloseTo(all.energy_joules * WON_A_JOULE, 5)
    expect(all.carbon_kg).toBeCloseTo((all.energy_joules / 3_600_000) * PUE * KG, 9)

    const rows = JSON.parse((await app?.get('/cost/focus?period=1h&format=json'))?.body ?? '[]')
    const given = new Map<string, { joules: number; won: number }>(
      rows.map((row: Record<string, any>) => [
        row['ResourceName'],
        { joules: row['x_EnergyKwh'] * 3_600_000, won: row['BilledCost'] },
      ]),
    )
    const pods = [...podTruth(cluster, span)].filter(([, joules]) => joules > 1000)
    expect(pods.length).toBeGreaterThan(10)
    for (const [pod, joules] of pods) {
      const charged = given.get(pod)
      expect(Math.abs((charged?.joules ?? 0) - joules) / joules, pod).toBeLessThan(3 * SAMPLED)
      expect(charged?.won, pod).toBeCloseTo((charged?.joules ?? 0) * WON_A_JOULE, 5)
    }
  })
})
