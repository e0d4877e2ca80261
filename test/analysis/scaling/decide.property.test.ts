import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from '../../../src/analysis/scaling/decide.ts'
import type { PolicyRules } from '../../../src/analysis/scaling/policy.ts'
import { stateAfter } from '../../../src/analysis/scaling/state.ts'
import {
  NOTHING_DONE,
  NOTHING_PENDING,
  type ScalingReading,
  type ScalingState,
} from '../../../src/analysis/scaling/situation.ts'
import { NOON, POLICY } from './policies.ts'

// Random loads through random policies, with readings that go missing in every way.

const STEP_SECONDS = 30

const policies = fc
  .record({
    budget: fc.integer({ min: 100, max: 20_000 }),
    out: fc.integer({ min: 50, max: 100 }),
    gap: fc.integer({ min: 0, max: 50 }),
    cooldown: fc.constantFrom(0, 60, 300, 900),
    min: fc.integer({ min: 0, max: 6 }),
    more: fc.integer({ min: 0, max: 20 }),
    given: fc.option(fc.integer({ min: 1, max: 2000 })),
    looks: fc.boolean(),
  })
  .map(({ budget, out, gap, cooldown, min, more, given, looks }): PolicyRules => ({
    ...POLICY,
    min_replicas: min,
    max_replicas: min + more,
    watts_per_replica: given,
    power_based: {
      max_power_budget: budget,
      scale_out_threshold: out,
      scale_in_threshold: Math.max(0, out - gap),
      cooldown_period: cooldown,
    },
    predictive_scaling: { ...POLICY.predictive_scaling, enabled: looks },
  }))

/** What happens at one step: the load of a replica, what else draws, how the reading fails, and what is forecast. */
const steps = fc.array(
  fc.record({
    each: fc.double({ min: 0, max: 2000, noNaN: true }),
    others: fc.double({ min: 0, max: 3000, noNaN: true }),
    failure: fc.constantFrom<Partial<ScalingReading>>(
      {},
      {},
      {},
      {},
      { power_watts: null },
      { power_watts: Number.NaN },
      { complete: false },
      { stale: true },
      { coverage: 0.5 },
      { coverage: null },
      { replicas: null },
      { workload_power_watts: null },
    ),
    peak: fc.option(fc.double({ min: 0, max: 20_000, noNaN: true })),
    confidence: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    /** Whether the cluster does what is decided. */
    obeys: fc.boolean(),
  }),
  { minLength: 1, maxLength: 60 },
)
type Step = typeof steps extends fc.Arbitrary<readonly (infer Each)[]> ? Each : never

function readingOf({ each, others, failure }: Step, replicas: number): ScalingReading {
  return {
    power_watts: others + each * replicas,
    coverage: 1,
    complete: true,
    stale: false,
    replicas,
    workload_power_watts: each * replicas,
    ...failure,
  }
}

const forecastOf = ({ peak, confidence }: Step) => ({
  peak_power_watts: peak,
  confidence,
  model: 'random',
  problem: peak === null ? 'none' : null,
})

/** Every moment of a trace with what was decided. */
function* run(rules: PolicyRules, trace: readonly Step[], begin: number) {
  let replicas = begin
  let state: ScalingState = NOTHING_DONE
  for (const [index, step] of trace.entries()) {
    const at = new Date(NOON.getTime() + index * STEP_SECONDS * 1000)
    const reading = readingOf(step, replicas)
    const forecast = forecastOf(step)
    const situation = { at, reading, forecast, state, pending: NOTHING_PENDING }
    const decision = decide(rules, situation)
    yield { at, step, reading, forecast, situation, decision, replicas }
    state = stateAfter(state, decision, { at, power: reading.power_watts })
    if (step.obeys && decision.desired_replicas !== null) replicas = decision.desired_replicas
  }
}

const check = (each: (rules: PolicyRules, trace: readonly Step[], begin: number) => void) =>
  fc.assert(fc.property(policies, steps, fc.integer({ min: 0, max: 30 }), each), { numRuns: 400 })

const upperOf = ({ power_based: power }: PolicyRules): number =>
  (power.max_power_budget * power.scale_out_threshold) / 100

describe('on random load traces', () => {
  it('nothing is added above the upper threshold, and what is added stays below it', () => {
    check((rules, trace, begin) => {
      for (const { reading, decision } of run(rules, trace, begin)) {
        const { desired_replicas: desired, watts_per_replica: each } = decision
        const power = reading.power_watts
        if (desired === null || power === null || reading.replicas === null) continue
        if (desired <= reading.replicas) continue
        expect(power).toBeLessThanOrEqual(upperOf(rules))
        expect(power + (desired - reading.replicas) * (each ?? Number.NaN)).toBeLessThanOrEqual(
          upperOf(rules) * (1 + 1e-6) + 1e-6,
        )
      }
    })
  })

  it('nothing is done without a reading, and nothing goes to zero for the lack of one', () => {
    check((rules, trace, begin) => {
      for (const { step, decision } of run(rules, trace, begin)) {
        const fails = Object.keys(step.failure).some((field) => field !== 'workload_power_watts')
        expect(decision.desired_replicas === null).toBe(fails)
        if (fails) expect(decision.action).toBe('hold')
      }
    })
  })

  it('a change keeps within minimum and maximum', () => {
    check((rules, trace, begin) => {
      for (const { decision } of run(rules, trace, begin)) {
        if (decision.action === 'hold') continue
        expect(decision.desired_replicas).toBeGreaterThanOrEqual(rules.min_replicas)
        expect(decision.desired_replicas).toBeLessThanOrEqual(rules.max_replicas)
      }
    })
  })

  it('there is at most one change in a cooldown', () => {
    check((rules, trace, begin) => {
      let last = Number.NEGATIVE_INFINITY
      for (const { at, decision } of run(rules, trace, begin)) {
        if (decision.action === 'hold') continue
        const since = (at.getTime() - last) / 1000
        expect(since).toBeGreaterThanOrEqual(rules.power_based.cooldown_period)
        last = at.getTime()
      }
    })
  })

  it('a larger budget never means fewer replicas', () => {
    check((rules, trace, begin) => {
      for (const { situation } of run(rules, trace, begin)) {
        const desired = [0.25, 0.5, 0.9, 1, 1.1, 1.7, 3, 10].map((factor) => {
          const budget = rules.power_based.max_power_budget * factor
          const power_based = { ...rules.power_based, max_power_budget: budget }
          return decide({ ...rules, power_based }, situation).desired_replicas
        })
        for (const [index, next] of desired.slice(1).entries())
          expect(next ?? 0).toBeGreaterThanOrEqual(desired[index] ?? 0)
      }
    })
  })

  it('a steady load comes to rest', () => {
    const load = fc.record({
      each: fc.double({ min: 1, max: 2000, noNaN: true }),
      others: fc.double({ min: 0, max: 3000, noNaN: true }),
    })
    fc.assert(
      fc.property(policies, load, fc.integer({ min: 0, max: 30 }), (any, steady, begin) => {
        const rules = { ...any, watts_per_replica: steady.each }
        const step = { ...steady, failure: {}, peak: null, confidence: null, obeys: true }
        const decisions = [...run(rules, new Array<Step>(120).fill(step), begin)]
        const changes = decisions.filter(({ decision }) => decision.action !== 'hold')
        expect(changes.length).toBeLessThanOrEqual(2)
      }),
      { numRuns: 400 },
    )
  })
})
