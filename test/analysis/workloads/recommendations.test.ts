import { describe, expect, it } from 'vitest'
import {
  recommendationsFor,
  type Observed,
} from '../../../src/analysis/workloads/recommendations.ts'

/** A training on one A100 that has nothing to be improved. */
const BUSY: Observed = {
  type: 'training',
  coverage: 1,
  accelerators: 1,
  accelerator_watts: 300,
  accelerator_percent_mean: 90,
  accelerator_percent_p95: 98,
  accelerator_memory_used_mb: 70_000,
  accelerator_limit_watts: 400,
  model: 'NVIDIA A100-SXM4-80GB',
  cpu_cores_p95: 8,
  cpu_cores_requested: 10,
  memory_mb_max: 30_000,
  memory_mb_requested: 40_000,
  price: { cost: 0.1, carbon_kg: 0.4 },
  shift: null,
}
const found = (changed: Partial<Observed>) => recommendationsFor({ ...BUSY, ...changed })

describe('recommendations', () => {
  it('are none for a workload that uses what it has', () => {
    expect(found({})).toEqual([])
  })

  it('give back an accelerator that idles, with the watts that it draws', () => {
    const [first] = found({
      accelerators: 2,
      accelerator_watts: 120,
      accelerator_percent_mean: 1,
      accelerator_percent_p95: 4.9,
    })
    expect(first).toMatchObject({
      kind: 'release_idle_accelerator',
      confidence: 0.9,
      estimated_saving: { power_watts: 120, accelerators: 2 },
    })
    // 120 W for the 730 hours of a month.
    expect(first?.estimated_saving.energy_kwh_per_month).toBeCloseTo(87.6, 9)
    expect(first?.estimated_saving.cost_per_month).toBeCloseTo(8.76, 9)
    expect(first?.estimated_saving.carbon_kg_per_month).toBeCloseTo(35.04, 9)
  })

  it('lower requests that nobody needs, and leave a fifth above what was used', () => {
    const requests = found({ cpu_cores_p95: 2, memory_mb_max: 10_000 })
    expect(requests).toMatchObject([
      { kind: 'reduce_memory_request', estimated_saving: { memory_mb: 28_000 } },
      { kind: 'reduce_cpu_request' },
    ])
    expect(requests[1]?.estimated_saving.cpu_cores).toBeCloseTo(7.6, 9)
    expect(found({ memory_mb_max: 26_000 })).toEqual([])
  })

  it.each([
    [20, 8_000, '2g.20gb', 5 / 7],
    [5, 8_000, '1g.10gb', 6 / 7],
    [20, 30_000, '3g.40gb', 4 / 7],
    [45, 8_000, '4g.40gb', 3 / 7],
  ])('name the smallest partition for %d %% and %d MB: %s', (percent, used, profile, share) => {
    const [first] = found({ accelerator_percent_p95: percent, accelerator_memory_used_mb: used })
    expect(first?.kind).toBe('use_smaller_partition')
    expect(first?.reason).toContain(`a partition ${profile} would hold it`)
    expect(first?.estimated_saving.accelerators).toBeCloseTo(share, 9)
    expect(first?.estimated_saving.power_watts).toBeCloseTo(300 * share, 9)
  })

  it('name no partition where none fits, the board has none, or nobody knows its memory', () => {
    const little = { accelerator_percent_p95: 20, accelerator_memory_used_mb: 8_000 }
    expect(found({ ...little, accelerator_percent_p95: 60 })).toEqual([])
    expect(found({ ...little, model: 'NVIDIA L40S' })).toEqual([])
    expect(found({ ...little, accelerator_memory_used_mb: null })).toEqual([])
    expect(found({ ...little, accelerators: 2 })).toEqual([])
  })

  it('cap what draws near its limit, but not what somebody waits for', () => {
    const [first] = found({ accelerator_watts: 390 })
    expect(first).toMatchObject({ kind: 'cap_power', estimated_saving: { power_watts: 70 } })
    expect(found({ accelerator_watts: 390, type: 'serving' })).toEqual([])
    expect(found({ accelerator_watts: 339 })).toEqual([])
  })

  it('wait for cheaper hours, or for cleaner ones where all cost the same', () => {
    const shift = {
      begin: '2026-11-19T22:00:00.000Z',
      hours: 3,
      cost: 10,
      cost_then: 6,
      carbon_kg: 5,
      carbon_kg_then: null,
    }
    const [cheaper] = found({ type: 'batch', shift })
    expect(cheaper?.kind).toBe('shift_to_off_peak')
    expect(cheaper?.reason).toContain('cost 40 % less')
    expect(cheaper?.estimated_saving.cost_per_month).toBeCloseTo((4 * 730) / 24, 9)
    expect(cheaper?.estimated_saving.carbon_kg_per_month).toBeNull()
    const [cleaner] = found({
      type: 'batch',
      shift: { ...shift, cost_then: 10, carbon_kg_then: 4 },
    })
    expect(cleaner?.reason).toContain('emit 20 % less')
    expect(found({ type: 'serving', shift })).toEqual([])
  })

  it('are as sure as what is known of the window, and claim no money without a price', () => {
    const [first] = found({ accelerator_watts: 390, coverage: 0.5, price: null })
    expect(first).toMatchObject({
      confidence: 0.25,
      estimated_saving: { cost_per_month: null, carbon_kg_per_month: null },
    })
  })
})
