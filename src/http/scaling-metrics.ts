import { Counter, Gauge, type Registry } from 'prom-client'

/** What is measured of scaling. */
export interface ScalingMetrics {
  decided(policy: string, decided: DecisionSeen): void
  /** An attempt to do outside what was decided. */
  delivered(kind: string, outcome: string): void
}

interface DecisionSeen {
  readonly decision: {
    readonly action: string
    readonly rule: string
    readonly desired_replicas: number | null
  }
  readonly reading: { readonly power_watts: number | null }
  readonly rules: { readonly budget: number }
}

/** So many policies have figures of their own. */
const MOST_POLICIES = 500

/** The metrics of scaling, in a registry. */
export function scalingMetrics(register: Registry): ScalingMetrics {
  const registers = [register]
  const labelNames = ['policy'] as const
  const decisions = new Counter({
    name: 'scaling_decisions_total',
    help: 'Decisions of scaling policies, by what they do and why.',
    labelNames: ['action', 'rule'] as const,
    registers,
  })
  const deliveries = new Counter({
    name: 'scaling_deliveries_total',
    help: 'Attempts to do outside what was decided.',
    labelNames: ['kind', 'outcome'] as const,
    registers,
  })
  // What has not befallen yet is a zero, so that its first time is seen.
  for (const kind of ['webhook', 'kubernetes', 'alert'])
    for (const outcome of ['done', 'failed', 'later']) deliveries.inc({ kind, outcome }, 0)
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames, registers })
  const desired = gauge('scaling_desired_replicas', 'What a policy wants; absent without a number.')
  const power = gauge('scaling_power_watts', 'The power that a policy looks at; absent without.')
  const budget = gauge('scaling_budget_watts', 'The budget of a policy at this time.')
  const known = new Set<string>()
  return {
    decided(policy, { decision, reading, rules }) {
      const { action, rule, desired_replicas: wanted } = decision
      decisions.inc({ action, rule })
      if (!known.has(policy) && known.size >= MOST_POLICIES) return
      known.add(policy)
      set(desired, policy, wanted)
      set(power, policy, reading.power_watts)
      set(budget, policy, rules.budget)
    },
    delivered: (kind, outcome) => deliveries.inc({ kind, outcome }),
  }
}

/** What is not known any more is not shown as it was. */
function set(gauge: Gauge<'policy'>, policy: string, value: number | null): void {
  if (value === null) gauge.remove({ policy })
  else gauge.set({ policy }, value)
}
