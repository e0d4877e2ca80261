import { request } from 'undici'
import type { Breach, Policy } from './policy.ts'

export interface AlertOptions {
  /** Of Alertmanagers, each of which is told; their clusters do not tell one another of what they received. */
  readonly addresses: readonly string[]
  readonly intervalSeconds: number
  readonly timeoutSeconds: number
  readonly now: () => Date
  readonly onSent: (outcome: 'done' | 'failed', problem: string | null) => void
}

/** Tells of broken budgets. */
export type Alerts = (policies: readonly Policy[], signal: AbortSignal) => Promise<void>

/** A firing alert ends by itself when nobody refreshes it for so many turns. */
const FIRING_INTERVALS = 3
/** So long an alert that has ended is told again, in case that it was not heard. */
const RESOLVED_SECONDS = 900

/**
 * Sends the state of every breach to `POST /api/v2/alerts`: again at each turn while it lasts, and for a while after
 * its end. What is not heard now is sent at the next turn, so that nothing has to be kept of it.
 */
export function alertsTo(options: AlertOptions): Alerts {
  return async (policies, signal) => {
    const alerts = policies.flatMap((policy) => alertsOf(policy, options))
    if (alerts.length === 0) return
    await Promise.all(
      options.addresses.map((address) => send(options, address, { alerts, signal })),
    )
  }
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
}

function alertsOf(policy: Policy, options: AlertOptions): readonly Alert[] {
  const { breach } = policy.state
  if (breach === null || !policy.spec.enabled) return []
  const now = options.now()
  const end = breach.ends_at ?? later(now, options.intervalSeconds * FIRING_INTERVALS)
  const isOver = breach.ends_at !== null && later(breach.ends_at, RESOLVED_SECONDS) < now
  return isOver ? [] : [alertOf(policy, breach, end)]
}

const later = (time: Date, seconds: number): Date => new Date(time.getTime() + seconds * 1000)

/** Its labels are what it is known by: figures that change stand in the annotations. */
function alertOf({ id, spec }: Policy, breach: Breach, end: Date): Alert {
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

async function send(
  { timeoutSeconds, onSent }: AlertOptions,
  address: string,
  { alerts, signal }: { readonly alerts: readonly Alert[]; readonly signal: AbortSignal },
): Promise<void> {
  const { url, authorization } = placeOf(address)
  try {
    const { statusCode, body } = await request(url, {
      method: 'POST',
      body: JSON.stringify(alerts),
      headers: { 'content-type': 'application/json', ...authorization },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]),
    })
    await body.dump().catch(() => undefined)
    if (statusCode === 200) onSent('done', null)
    else onSent('failed', `Alertmanager answered ${statusCode}`)
  } catch {
    signal.throwIfAborted()
    onSent('failed', 'Alertmanager could not be reached')
  }
}

function placeOf(address: string) {
  const url = new URL('api/v2/alerts', address.endsWith('/') ? address : `${address}/`)
  const { username, password } = url
  url.username = ''
  url.password = ''
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const authorization =
    username === '' ? {} : { authorization: `Basic ${Buffer.from(text).toString('base64')}` }
  return { url, authorization }
}
