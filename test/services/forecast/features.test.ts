import { afterEach, describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/analysis/trees/random.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import { featureReader } from '../../../src/services/forecast/index.ts'
import { KCloudError } from '../../../src/kernel/errors.ts'
import { createFleet, type FleetMember } from '../../support/fleet.ts'
import { historicFleet, startForecasts } from '../../support/forecasts.ts'
import { NO_RULES } from '../../support/monitoring.ts'
import { fakeClock } from '../../support/test-app.ts'

const HOUR_MS = 3_600_000
const signal = new AbortController().signal

const SEOUL = `
kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
kube_node_info{node="gpu-2",internal_ip="10.0.0.2"} 1
node_memory_MemAvailable_bytes{instance="10.0.0.1:9100"} 1073741824
DCGM_FI_DEV_GPU_UTIL{UUID="GPU-0",gpu="0",Hostname="gpu-1"} 80
DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",gpu="1",Hostname="gpu-1"} 40
DCGM_FI_DEV_GPU_UTIL{UUID="GPU-2",gpu="0",Hostname="gpu-2"} 30
DCGM_FI_DEV_GPU_TEMP{UUID="GPU-0",gpu="0",Hostname="gpu-1"} 61
DCGM_FI_DEV_GPU_TEMP{UUID="GPU-1",gpu="1",Hostname="gpu-1"} 59
`

function reader(member: FleetMember = SEOUL) {
  const clock = fakeClock()
  const { telemetry } = createFleet({ seoul: member }, clock.now)
  const fleet = createFleetReader({ telemetry, identity: NO_RULES })
  const read = featureReader({ telemetry, fleet }, 'avg')
  const end = clock.now()
  const range = { start: new Date(end.getTime() - 11 * 300_000), end, stepSeconds: 300 }
  const stretch = { values: new Float64Array(8), start: 4 }
  return (target: Parameters<typeof read>[0], names?: readonly string[]) =>
    read(target, { history: { range }, stretch, signal, ...(names && { names }) })
}

const told = (columns: ReadonlyMap<string, Float64Array>) =>
  Object.fromEntries([...columns].map(([name, values]) => [name, [...values]]))

describe('the features of a target', () => {
  const NODE = { kind: 'node', cluster: 'seoul', node: 'gpu-1' } as const

  it('are means of its devices at the places of its history; what nobody reports is none', async () => {
    const read = reader()
    expect(told(await read(NODE))).toEqual({
      memory_utilization: new Array(8).fill(1024),
      gpu_utilization: new Array(8).fill(60),
      temperature: new Array(8).fill(60),
    })
    expect(told(await read({ kind: 'cluster', cluster: 'seoul' }, ['gpu_utilization']))).toEqual({
      gpu_utilization: new Array(8).fill(50),
    })
  })

  it('are none while the cluster does not answer', async () => {
    const fails = new KCloudError('backend_unreachable', { detail: 'connection refused' })
    expect(told(await reader({ fails })(NODE))).toEqual({})
  })
})

/** Six hours of much and six of little come by chance. */
const random = createRandom(3)
const LEVELS = Array.from({ length: 1000 }, () => (random() < 0.5 ? 0 : 1))
const level = (time: Date): number =>
  LEVELS[Math.floor(time.getTime() / HOUR_MS / 6) % LEVELS.length] ?? 0
const watts = (time: Date): number => 500 + 200 * level(time)

let close: (() => Promise<void>) | undefined
afterEach(async () => close?.())

describe('a network whose series follows another', () => {
  it('reads that too, and takes no part where it is not known any more', async () => {
    let isThere = true
    const clock = fakeClock('2026-11-20T00:00:10Z')
    const started = await startForecasts(historicFleet(watts), {
      now: clock.now,
      settings: { sequence: 24, hidden: 16, batch: 16, mostEpochs: 16, patience: 16 },
      // What the load of six hours later is, as a queue would tell.
      features: (_, { history: { range }, stretch }) => {
        const first = range.start.getTime() + stretch.start * HOUR_MS
        const queue = stretch.values.map((_value, at) =>
          level(new Date(first + (at + 6) * HOUR_MS)),
        )
        return Promise.resolve(new Map(isThere ? [['gpu_utilization', queue]] : []))
      },
    })
    close = () => started.close()
    const { forecasts, failures } = started
    const target = { kind: 'cluster', cluster: 'seoul' } as const
    const { id } = await forecasts.jobs.retrain(target, { user: 'tester', at: clock.now() })
    await expect
      .poll(async () => (await forecasts.jobs.one('training', id)).state, { timeout: 120_000 })
      .toBe('done')
    expect(failures).toEqual([])
    const { versions } = await forecasts.models.one('power.cluster.seoul')
    expect(versions[0]!.manifest!.lstm!.inputs).toMatchObject([{ name: 'gpu_utilization' }])

    const ask = async () =>
      (await forecasts.power({ cluster: 'seoul' }, { at: clock.now(), signal })).answer
    const known = await ask()
    expect(known.members.find(({ name }) => name === 'lstm')!.weight).toBeGreaterThan(0.3)
    expect(known.backtest!.skill_vs_persistence).toBeGreaterThan(0.3)
    clock.advance(3600)
    expect((await ask()).members.map(({ name }) => name)).toContain('lstm')
    clock.advance(3600)
    isThere = false
    expect((await ask()).members.map(({ name }) => name)).not.toContain('lstm')
  }, 180_000)
})
