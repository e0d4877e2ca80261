import { describe, expect, it } from 'vitest'
import { decide } from '../../../src/analysis/scaling/decide.ts'
import type { PolicyRules, Schedule } from '../../../src/analysis/scaling/policy.ts'
import { shedOrder } from '../../../src/analysis/scaling/situation.ts'
import { NOON, POLICY, reading, situation } from './policies.ts'

const told = (rules: PolicyRules, ...given: Parameters<typeof situation>) => {
  const { action, rule, desired_replicas: desired } = decide(rules, situation(...given))
  return [action, rule, desired]
}
const ago = (seconds: number) => new Date(NOON.getTime() - seconds * 1000)
const changed = (seconds: number, desired: number) => ({
  desired_replicas: desired,
  last_action: { at: ago(seconds), expected_change_watts: 100, power_watts: 1000 },
})

describe('a decision', () => {
  it.each([
    // Watts, replicas, what comes of it. 5 kW: shed above 4250 W, add up to 3000 W.
    [5400, 12, 'scale_in', 'over_budget', 9],
    [4300, 10, 'scale_in', 'near_budget', 9],
    [4250, 10, 'hold', 'within_band', 10],
    [3001, 10, 'hold', 'within_band', 10],
    [3000, 10, 'scale_out', 'under_budget', 14],
    [1000, 10, 'scale_out', 'under_budget', 20],
    [1000, 20, 'hold', 'at_maximum', 20],
    [5400, 1, 'hold', 'at_minimum', 1],
    [2600, 1, 'hold', 'no_room', 1],
    [3100, 25, 'scale_in', 'above_maximum', 20],
    [100, 0, 'hold', 'replica_power_unknown', 0],
    [0, 0, 'hold', 'replica_power_unknown', 0],
  ])('at %i W from %i replicas is %s by %s to %i', (power, replicas, action, rule, desired) => {
    expect(told(POLICY, reading(power, replicas))).toEqual([action, rule, desired])
  })

  it('says why, with the figures', () => {
    expect(decide(POLICY, situation(reading(5400, 12)))).toEqual({
      action: 'scale_in',
      rule: 'over_budget',
      reason:
        'the power is above the budget (5400 W of 5000 W, thresholds 3000 W and 4250 W, 450 W a replica): from 12 to 9 replicas',
      current_replicas: 12,
      desired_replicas: 9,
      permitted_replicas: 9,
      watts_per_replica: 450,
      expected_change_watts: -1350,
      forecast_used: false,
    })
  })

  it('sheds one at a time where nobody knows what one draws, and adds none', () => {
    const unknown = { workload_power_watts: null }
    expect(told(POLICY, reading(9000, 12, unknown))).toEqual(['scale_in', 'over_budget', 11])
    expect(told(POLICY, reading(100, 12, unknown))).toEqual(['hold', 'replica_power_unknown', 12])
    const given = { ...POLICY, watts_per_replica: 500 }
    expect(told(given, reading(2500, 2, unknown))).toEqual(['scale_out', 'under_budget', 5])
  })

  it.each([
    [reading(null, 4), 'no_reading'],
    [reading(Number.NaN, 4), 'no_reading'],
    [reading(-1, 4), 'no_reading'],
    [reading(Number.POSITIVE_INFINITY, 4), 'no_reading'],
    [reading(0, 4, { complete: false }), 'partial_reading'],
    [reading(9000, 4, { stale: true }), 'stale_reading'],
    [reading(9000, 4, { coverage: 0.89 }), 'low_coverage'],
    [reading(9000, 4, { coverage: null }), 'low_coverage'],
    [reading(9000, null), 'replicas_unknown'],
  ])('has no number where the reading is none: %#', (read, rule) => {
    expect(told(POLICY, read)).toEqual(['hold', rule, null])
  })

  it('waits for the cooldown, and leaves what was decided before', () => {
    const pending = changed(299, 14)
    expect(told(POLICY, reading(1000, 10), { state: pending })).toEqual(['hold', 'cooldown', 14])
    const over = told(POLICY, reading(5400, 10), { state: pending })
    expect(over, 'no leave to add any more').toEqual(['hold', 'cooldown', 10])
    const after = told(POLICY, reading(5400, 12), { state: changed(300, 12) })
    expect(after).toEqual(['scale_in', 'over_budget', 9])
  })

  it('brings back what is missing to the minimum only where there is room', () => {
    const rules = { ...POLICY, min_replicas: 5 }
    expect(told(rules, reading(800, 4))).toEqual(['scale_out', 'below_minimum', 5])
    expect(told(rules, reading(4000, 4))).toEqual(['hold', 'no_room', 4])
    expect(told(rules, reading(5400, 4))).toEqual(['hold', 'at_minimum', 4])
  })

  it('looks ahead when it trusts the forecast, and never down', () => {
    const looking = {
      ...POLICY,
      predictive_scaling: { ...POLICY.predictive_scaling, enabled: true },
    }
    const forecast = { peak_power_watts: 5000, confidence: 0.8, model: 'm', problem: null }
    const at = (read: ReturnType<typeof reading>, more: object = {}) =>
      told(looking, read, { forecast: { ...forecast, ...more } })
    expect(at(reading(4000, 10))).toEqual(['scale_in', 'forecast_over_budget', 8])
    expect(at(reading(4000, 10), { confidence: 0.79 })).toEqual(['hold', 'within_band', 10])
    expect(at(reading(4000, 10), { confidence: null })).toEqual(['hold', 'within_band', 10])
    expect(at(reading(4000, 10), { problem: 'late' })).toEqual(['hold', 'within_band', 10])
    expect(at(reading(4000, 10), { peak_power_watts: 10 })).toEqual(['hold', 'within_band', 10])
    expect(at(reading(2000, 10), { peak_power_watts: 4000 })).toEqual([
      'scale_out',
      'under_budget',
      11,
    ])
    expect(told(POLICY, reading(4000, 10), { forecast })).toEqual(['hold', 'within_band', 10])
  })

  it('follows its schedule, also past midnight and in its own zone', () => {
    const night: Schedule = {
      time_zone: 'Asia/Seoul',
      windows: [
        {
          days: ['fri'],
          start: '22:00',
          end: '06:00',
          max_power_budget: 10_000,
          min_replicas: null,
          max_replicas: 30,
        },
      ],
      outside: 'hold',
    }
    const rules = { ...POLICY, schedule: night }
    // 2026-11-20 is a Friday; 13:00 in UTC is 22:00 in Seoul.
    const at = (time: string) => told(rules, reading(5400, 12), { at: new Date(time) })
    expect(at('2026-11-20T12:59:00Z')).toEqual(['hold', 'outside_schedule', 12])
    expect(at('2026-11-20T13:00:00Z')).toEqual(['scale_out', 'under_budget', 18])
    expect(at('2026-11-20T20:59:00Z')).toEqual(['scale_out', 'under_budget', 18])
    expect(at('2026-11-20T21:00:00Z')).toEqual(['hold', 'outside_schedule', 12])
    const all = { ...rules, schedule: { ...night, outside: 'policy' as const } }
    expect(told(all, reading(5400, 12))).toEqual(['scale_in', 'over_budget', 9])
  })

  it('leaves to others what they shed already, and what they are given', () => {
    const shed = { pending: { sheddingWatts: 500, addingWatts: 0 } }
    expect(told(POLICY, reading(4700, 10), shed)).toEqual(['hold', 'no_room', 10])
    const given = { pending: { sheddingWatts: 0, addingWatts: 1000 } }
    expect(told(POLICY, reading(3000, 10), given)).toEqual(['hold', 'no_room', 10])
  })
})

describe('the order of shedding', () => {
  const pods = [
    { pod: 'web-9', power_watts: 100 },
    { pod: 'web-10', power_watts: 300 },
    { pod: 'web-2', power_watts: null },
    { pod: 'web-1', power_watts: 200 },
  ]
  it.each([
    ['most_power_first', ['web-10', 'web-1', 'web-9', 'web-2']],
    ['least_power_first', ['web-9', 'web-1', 'web-10', 'web-2']],
    ['highest_ordinal_first', ['web-10', 'web-9', 'web-2', 'web-1']],
  ] as const)('is explicit: %s', (order, names) => {
    expect(shedOrder(pods, order).map(({ pod }) => pod)).toEqual(names)
  })
})
