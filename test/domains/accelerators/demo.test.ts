import { describe, expect, it } from 'vitest'
import { SOURCES } from '../../../src/catalogue/sources/index.ts'
import { accelerators } from '../../../src/domains/accelerators/index.ts'
import { createRegistry } from '../../../src/services/clusters/index.ts'
import { clusterSpec } from '../../../src/services/prometheus/index.ts'
import { overTelemetry } from './serve.ts'
import { createTelemetry } from '../../../src/services/telemetry/index.ts'
import { createSimulatedClient } from '../../../src/simulator/client.ts'
import type { Device } from '../../../src/simulator/datacentre.ts'
import { allocationsAt, boardJoules, boardWatts, deviceBusy } from '../../../src/simulator/truth.ts'
import { createWorld } from '../../../src/simulator/world.ts'
import { createTestApp, fakeClock } from '../../support/test-app.ts'

/** Every cluster is scraped so often, each exporter at a time of its own. */
const SCRAPE_SECONDS = 30

const world = createWorld({ seed: 1 })
const clock = fakeClock()
const now = clock.now().getTime() / 1000
const npus = world.clusters.flatMap(({ nodes }) =>
  nodes.flatMap(({ devices }) => devices.filter(({ model }) => model.vendor !== 'nvidia')),
)

async function ask(path: string) {
  const registry = createRegistry({
    clusters: world.clusters.map(({ name }) =>
      clusterSpec(10).parse({ name, url: 'http://simulator.invalid' }),
    ),
    connect: ({ name }) => ({
      client: createSimulatedClient(world, name, { now: clock.now }),
      probe: () => Promise.resolve({ version: 'simulator' }),
      close: () => Promise.resolve(),
    }),
    healthIntervalSeconds: 0,
    healthTimeoutSeconds: 1,
    now: clock.now,
  })
  const telemetry = createTelemetry({ registry, sources: SOURCES })
  const app = await createTestApp([accelerators(overTelemetry(telemetry))], { clock })
  try {
    return (await app.get(`/api/v1/accelerators${path}`)).json<{ data: any; meta: any }>()
  } finally {
    await app.close()
  }
}

/** What a figure was in the time that a sample of now can be from. */
function lately(figure: (seconds: number) => number) {
  const values = Array.from({ length: SCRAPE_SECONDS + 1 }, (_, back) => figure(now - back))
  return { least: Math.min(...values), most: Math.max(...values) }
}

describe('the NPUs of the simulated datacentre', () => {
  it('are all there once, each with the watts and the work that it really does', async () => {
    const { data, meta } = await ask('/npus?limit=1000')
    expect(npus).toHaveLength(32)
    expect(meta).toMatchObject({ status: 'complete', warnings: [], page: { total: 32 } })
    const rows = new Map<string, any>(data.map((row: { uuid: string }) => [row.uuid, row]))
    for (const device of npus) {
      const row = rows.get(device.uuid)
      const watts = lately((seconds) => boardWatts(device, seconds))
      const busy = lately((seconds) => 100 * deviceBusy(device, seconds))
      // Rebellions prints a tenth of a watt and of a percent.
      expect(row.power_watts).toBeGreaterThanOrEqual(watts.least - 0.051)
      expect(row.power_watts).toBeLessThanOrEqual(watts.most + 0.051)
      expect(row.npu_utilization_percent).toBeGreaterThanOrEqual(busy.least - 0.051)
      expect(row.npu_utilization_percent).toBeLessThanOrEqual(busy.most + 0.051)
      expect(row).toMatchObject({ vendor: device.model.vendor, model: device.model.name })
    }
  })

  it('add up to their boards, and together with the GPUs to all boards', async () => {
    const sum = (devices: readonly Device[]) =>
      lately((seconds) => devices.reduce((total, each) => total + boardWatts(each, seconds), 0))
    const all = world.clusters.flatMap(({ nodes }) => nodes.flatMap(({ devices }) => devices))
    const own = (await ask('/npus/summary')).data
    const both = (await ask('/summary')).data
    expect(own).toMatchObject({ total_npus: 32, power_coverage: 1 })
    expect(both).toMatchObject({ total_npus: 32, total_accelerators: all.length })
    for (const [summary, devices] of [
      [own, npus],
      [both, all],
    ] as const) {
      const { least, most } = sum(devices)
      expect(summary.power_watts).toBeGreaterThan(least * 0.99)
      expect(summary.power_watts).toBeLessThan(most * 1.01)
    }
  })

  it('are held by the pods that hold them', async () => {
    const { data } = await ask('/npus?limit=1000')
    const held = new Map<string, Set<string>>()
    for (const cluster of world.clusters)
      for (const { device, pod } of allocationsAt(cluster, now - SCRAPE_SECONDS)) {
        const still = allocationsAt(cluster, now).some((each) => each.pod.name === pod.name)
        if (still) held.set(device.uuid, (held.get(device.uuid) ?? new Set()).add(pod.name))
      }
    for (const { uuid, allocated_to: owners } of data) {
      const pods = owners.map(({ pod }: { pod: string }) => pod)
      for (const pod of held.get(uuid) ?? []) expect(pods).toContain(pod)
    }
    expect(data.some((row: { partitions: unknown[] }) => row.partitions.length === 2)).toBe(true)
  })

  it.each(['furiosa', 'rebellions'])('has the joules of an hour of a %s card', async (vendor) => {
    const device = npus.find(({ model }) => model.vendor === vendor)!
    const { data } = await ask(`/npus/${device.uuid}/power?period=1h`)
    const truth = boardJoules(device, { from: now - 3600, until: now })
    expect(data).toMatchObject({ energy_method: 'integral', covered_seconds: 3600 })
    expect(Math.abs(data.energy_joules - truth) / truth).toBeLessThan(0.02)
  })
})
