import { afterEach, describe, expect, it } from 'vitest'
import { SOURCES } from '../../../src/catalogue/sources/index.ts'
import { clusterSpec } from '../../../src/services/prometheus/index.ts'
import { occupanciesWithin } from '../../../src/simulator/lane.ts'
import { sizedCluster, type ClusterPlan } from '../../../src/simulator/plan.ts'
import { podOf } from '../../../src/simulator/pods.ts'
import { boardJoules } from '../../../src/simulator/truth.ts'
import { createWorld } from '../../../src/simulator/world.ts'
import { everyDomain, simulatedEnd, type EveryDomain } from '../../support/every-domain.ts'

// A window may be asked about after what lived in it has ended.

const NOW = '2026-11-20T02:00:00.000Z'
const AT = Date.parse(NOW) / 1000

const SIZED = sizedCluster({ name: 'lab', nodes: 1, gpusPerNode: 2, pods: 2 })
const PLAN: ClusterPlan = {
  ...SIZED,
  groups: [
    {
      role: 'gpu',
      count: 1,
      devices: { model: 'h100', count: 1 },
      layouts: [[{ cards: 1, use: 'batch' }]],
    },
  ],
  servicePods: { cpu: 0, accelerated: 0 },
}

let served: EveryDomain | undefined
afterEach(async () => served?.close())

async function serve() {
  const world = createWorld({ seed: 5, clusters: [PLAN] })
  served = await everyDomain({
    now: NOW,
    sources: SOURCES,
    clusters: [clusterSpec(10).parse({ name: 'lab', url: 'http://simulator.invalid' })],
    open: () => simulatedEnd(world, 'lab', NOW),
  })
  const device = world.clusters[0]?.nodes[0]?.devices[0]
  const lane = device?.seats[0]?.lane
  if (device === undefined || lane === undefined) throw new Error('no lane')
  const ended = occupanciesWithin(lane, { from: AT - 6 * 3600, until: AT - 1200 })
  const [run] = ended.filter(({ until }) => until < AT - 1200).slice(-1)
  if (run === undefined) throw new Error('nothing has ended')
  return { get: served.get, device, pod: podOf(lane, run), run }
}

describe('GET /infrastructure/pods/{namespace}/{pod}/power of a pod that is gone', () => {
  it('has the energy of the time in which it lived, which is what its board drew', async () => {
    const { get, device, pod, run } = await serve()
    const path = `/infrastructure/pods/${pod.namespace}/${pod.name}`
    expect((await get(path)).status).toBe(404)
    const from = Math.floor(run.from / 60) * 60 - 300
    const until = Math.ceil(run.until / 60) * 60 + 300
    const { status, body } = await get(`${path}/power?start=${from}&end=${until}&step=1m`)
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body.data).toMatchObject({ cluster: 'lab', node: 'gpu-worker-1', power_watts: null })
    const lived = run.until - run.from
    expect(Math.abs(body.data.covered_seconds - lived)).toBeLessThanOrEqual(120)
    const truth = boardJoules(device, run)
    expect(Math.abs(body.data.energy_joules / truth - 1)).toBeLessThan(0.05)
  })

  it('is 404 in a window in which it did not live', async () => {
    const { get, pod, run } = await serve()
    const [from, until] = [Math.floor(run.from) - 7200, Math.floor(run.from) - 3600]
    const path = `/infrastructure/pods/${pod.namespace}/${pod.name}/power`
    const { status } = await get(`${path}?start=${from}&end=${until}&step=5m`)
    expect(status).toBe(404)
  })
})
