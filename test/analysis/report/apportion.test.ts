import { describe, expect, it } from 'vitest'
import type { Portion } from '../../../src/analysis/power/figures.ts'
import { apportioned } from '../../../src/analysis/report/apportion.ts'
import { drawnWithin, emptyProfile, noteWatts } from '../../../src/analysis/report/profile.ts'

const portion = (cluster: string, pod: string | null, watts: number): Portion => ({
  cluster,
  node: 'a',
  resource_type: 'cpu',
  vendor: null,
  board: null,
  workload: pod === null ? null : { kind: 'pod', namespace: 'ml', pod, container: null },
  use: pod === null ? 'idle' : 'workload',
  power_watts: watts,
  basis: 'cpu_time',
  method: 'measured',
  sources: [],
  node_method: 'measured',
  node_sources: [],
})

/** Four quarters of an hour: the second without a reading. */
function profile(watts: readonly (number | null)[], cluster = 'seoul') {
  const made = emptyProfile()
  for (const [index, value] of watts.entries()) {
    made.steps.push({ until: (index + 1) * 900, seconds: 900 })
    noteWatts(made, made.clusters, { key: cluster, watts: value })
  }
  return made
}

const HOUR = { until: 3600, seconds: 3600 }

describe('portions of a long step', () => {
  it('add up to the energy of the short steps within it, gaps left out', () => {
    const { portions, seconds } = apportioned(
      [portion('seoul', 'a', 30), portion('seoul', null, 10)],
      { time: HOUR, profile: profile([100, null, 200, 300]) },
    )
    expect(seconds).toBe(2700)
    const joules = portions.map(({ power_watts: watts }) => watts * 3600)
    expect(joules).toEqual([405_000, 135_000])
    expect(joules[0]! + joules[1]!).toBe(600 * 900)
  })

  it('are unattributed where nobody is told of', () => {
    const { portions } = apportioned([], { time: HOUR, profile: profile([100, 100, 100, 100]) })
    expect(portions).toMatchObject([{ use: 'unattributed', power_watts: 100, workload: null }])
  })

  it('are none of a cluster that was not measured in it', () => {
    const silent = profile([null, null, null, null])
    expect(apportioned([portion('seoul', 'a', 30)], { time: HOUR, profile: silent })).toEqual({
      portions: [],
      seconds: 0,
    })
  })

  it('take their part of a short step that reaches beyond the long one', () => {
    const steps = profile([100, 100])
    const time = { until: 1200, seconds: 1200 }
    expect(drawnWithin(steps, steps.clusters.get('seoul'), time)).toEqual({
      joules: 120_000,
      seconds: 1200,
    })
  })
})
