import { alertmanagers, endsAtOf, type AlertmanagerAlert } from '../outbox/index.ts'
import type { Breach, Policy } from './policy.ts'

export interface AlertOptions {
  /** Of Alertmanagers, each of which is told. */
  readonly addresses: readonly string[]
  readonly intervalSeconds: number
  readonly timeoutSeconds: number
  readonly now: () => Date
  readonly onSent: (outcome: 'done' | 'failed', problem: string | null) => void
}

/** Tells of broken budgets. */
export type Alerts = (policies: readonly Policy[], signal: AbortSignal) => Promise<void>

/** Sends the state of every breach: again at each turn while it lasts, and for a while after its end. */
export function alertsTo(options: AlertOptions): Alerts {
  const tell = alertmanagers(options)
  return async (policies, signal) => {
    const alerts = policies.flatMap((policy) => alertsOf(policy, options))
    await tell(alerts, signal)
  }
}

function alertsOf(policy: Policy, { now, intervalSeconds }: AlertOptions) {
  const { breach } = policy.state
  if (breach === null || !policy.spec.enabled) return []
  const end = endsAtOf(breach.ends_at, { now: now(), intervalSeconds })
  return end === null ? [] : [alertOf(policy, breach, end)]
}

/** Its labels are what it is known by: figures that change stand in the annotations. */
function alertOf({ id, spec }: Policy, breach: Breach, end: Date): AlertmanagerAlert {
  const { cluster, namespace, kind, name } = spec.target
  const watts = Math.round(breach.power_watts)
  const summary = `The power budget of ${id} is broken`
  return {
    labels: {
      alertname: 'PowerBudgetExceeded',
      severity: 'warning',
      policy: id,
      scope: spec.scope,
      cluster,
      namespace,
      workload: `${kind}/${name}`,
    },
    annotations: {
      summary,
      description: `${watts} W of ${Math.round(breach.budget_watts)} W`,
    },
    startsAt: breach.starts_at.toISOString(),
    endsAt: end.toISOString(),
  }
}
