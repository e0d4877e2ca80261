import { decide } from './decide.ts'
import type { Decision, Rule } from './decision.ts'
import { rulesAt, type PolicyRules } from './policy.ts'
import { createForesight, type Foresight } from './foresight.ts'
import { stateAfter } from './state.ts'
import type { Trace } from './replay-trace.ts'
import {
  NOTHING_DONE,
  NOTHING_PENDING,
  type ScalingReading,
  type ScalingState,
} from './situation.ts'

export interface ReplayOptions {
  /** Where it begins; what ran first when left out. */
  readonly initialReplicas: number | null
  /** What a kWh costs at a time; null where that is not known. */
  readonly priceAt: (at: Date) => number | null
}

/** What it would have come to, beside what it was. */
export interface Replay {
  readonly changes: readonly Change[]
  readonly decisions: ReadonlyMap<Rule, number>
  readonly simulated: Outcome
  readonly recorded: Outcome
  readonly points: readonly ReplayPoint[]
}

export interface Change extends Decision {
  readonly at: Date
  readonly power_watts: number
}

export interface Outcome {
  readonly energy_joules: number
  /** Null where a price was missing. */
  readonly cost: number | null
  readonly covered_seconds: number
  readonly peak_power_watts: number | null
  readonly violations: readonly Violation[]
}

/** A stretch above the budget. */
export interface Violation {
  readonly start: Date
  readonly end: Date
  readonly peak_power_watts: number
  readonly budget_watts: number
}

export interface ReplayPoint {
  readonly at: Date
  readonly recorded_watts: number | null
  readonly simulated_watts: number | null
  readonly recorded_replicas: number | null
  readonly simulated_replicas: number | null
}

/**
 * Lets a policy decide at every step of a past. Each replica draws what each drew then, so that fewer of them draw
 * less; what does not belong to the replicas is as it was.
 */
export function replay(rules: PolicyRules, trace: Trace, options: ReplayOptions): Replay {
  const run = createRun(rules, trace, options)
  for (const [index, recorded] of trace.steps.entries()) run.step(index, recorded)
  return run.result()
}

function createRun(rules: PolicyRules, trace: Trace, { initialReplicas, priceAt }: ReplayOptions) {
  const { start, stepSeconds } = trace
  const asWas = createAccount(stepSeconds, priceAt)
  const asIf = createAccount(stepSeconds, priceAt)
  const foresight = createForesight(rules, trace)
  const model = createModel(rules, initialReplicas)
  const changes: Change[] = []
  const decisions = new Map<Rule, number>()
  const points: ReplayPoint[] = []
  let state: ScalingState = NOTHING_DONE
  return {
    step(index: number, recorded: ScalingReading): void {
      const at = new Date(start.getTime() + index * stepSeconds * 1000)
      const { budget } = rulesAt(rules, at)
      const reading = model.readingOf(recorded)
      asWas.add(at, recorded.power_watts, budget)
      asIf.add(at, reading.power_watts, budget)
      points.push(pointOf(at, recorded, reading))
      const forecast = forecastFor(foresight, { index, recorded, reading })
      const decision = decide(rules, { at, reading, forecast, state, pending: NOTHING_PENDING })
      decisions.set(decision.rule, (decisions.get(decision.rule) ?? 0) + 1)
      state = stateAfter(state, decision, { at, power: reading.power_watts })
      if (decision.action === 'hold' || decision.desired_replicas === null) return
      changes.push({ ...decision, at, power_watts: reading.power_watts ?? 0 })
      model.scaleTo(decision.desired_replicas)
    },
    result: (): Replay => ({
      changes,
      decisions,
      points,
      simulated: asIf.outcome(),
      recorded: asWas.outcome(),
    }),
  }
}

function forecastFor(
  foresight: Foresight,
  step: {
    readonly index: number
    readonly recorded: ScalingReading
    readonly reading: ScalingReading
  },
) {
  const { power_watts: recorded } = step.recorded
  const { power_watts: simulated } = step.reading
  if (recorded === null || simulated === null || recorded <= 0) return null
  return foresight.at(step.index, simulated / recorded)
}

/** The replicas as they would be, and what they would draw. */
function createModel(rules: PolicyRules, initial: number | null) {
  let replicas = initial
  let each = rules.watts_per_replica
  return {
    scaleTo(wanted: number): void {
      replicas = wanted
    },
    readingOf(recorded: ScalingReading): ScalingReading {
      replicas ??= recorded.replicas
      each = wattsOfEach(recorded) ?? each
      const own = recorded.workload_power_watts ?? productOf(each, recorded.replicas)
      const asIf = productOf(each, replicas)
      return {
        ...recorded,
        replicas,
        workload_power_watts: asIf,
        power_watts: exchanged(recorded.power_watts, own, asIf),
      }
    },
  }
}

function wattsOfEach({ workload_power_watts: watts, replicas }: ScalingReading): number | null {
  return watts === null || replicas === null || replicas === 0 ? null : watts / replicas
}

const productOf = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : a * b

/** The power with what the replicas drew replaced by what they would draw; null where one of them is not known. */
function exchanged(power: number | null, own: number | null, asIf: number | null): number | null {
  return power === null || own === null || asIf === null ? null : Math.max(0, power - own) + asIf
}

const pointOf = (at: Date, recorded: ScalingReading, reading: ScalingReading): ReplayPoint => ({
  at,
  recorded_watts: recorded.power_watts,
  simulated_watts: reading.power_watts,
  recorded_replicas: recorded.replicas,
  simulated_replicas: reading.replicas,
})

const JOULES_PER_KWH = 3_600_000

function createAccount(stepSeconds: number, priceAt: ReplayOptions['priceAt']) {
  const violations: Violation[] = []
  const sums = { joules: 0, seconds: 0, cost: 0, unpriced: false, peak: null as number | null }
  return {
    add(at: Date, watts: number | null, budget: number): void {
      if (watts === null) return
      const joules = watts * stepSeconds
      const price = priceAt(at)
      sums.joules += joules
      sums.seconds += stepSeconds
      sums.cost += (joules / JOULES_PER_KWH) * (price ?? 0)
      sums.unpriced ||= price === null
      sums.peak = Math.max(sums.peak ?? 0, watts)
      if (watts > budget) noteViolation(violations, { at, watts, budget, stepSeconds })
    },
    outcome: (): Outcome => ({
      energy_joules: sums.joules,
      cost: sums.unpriced ? null : sums.cost,
      covered_seconds: sums.seconds,
      peak_power_watts: sums.peak,
      violations,
    }),
  }
}

interface Above {
  readonly at: Date
  readonly watts: number
  readonly budget: number
  readonly stepSeconds: number
}

/** Steps that follow one another are one violation. */
function noteViolation(all: Violation[], { at, watts, budget, stepSeconds }: Above): void {
  const end = new Date(at.getTime() + stepSeconds * 1000)
  const last = all.at(-1)
  const goesOn = last?.end.getTime() === at.getTime() && last.budget_watts === budget
  if (last === undefined || !goesOn) {
    all.push({ start: at, end, peak_power_watts: watts, budget_watts: budget })
    return
  }
  all[all.length - 1] = {
    ...last,
    end,
    peak_power_watts: Math.max(last.peak_power_watts, watts),
  }
}
