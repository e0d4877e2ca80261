import type { Config } from './config.ts'
import { EXAMPLE_RULES } from './domains/alerts/index.ts'
import type { SelfMetrics } from './http/self-metrics.ts'
import type { Journal } from './journal.ts'
import {
  createAlerts,
  mailer,
  sendingTo,
  storedRules,
  type Alerts,
  type AlertsOptions,
} from './services/alerts/index.ts'
import type { Canonical } from './services/canonical/index.ts'
import { isAllowed, type ClusterRegistry, type ClusterSpec } from './services/clusters/index.ts'
import type { CostReader } from './services/costs/index.ts'
import { alertmanagers, type TellAlertmanagers } from './services/outbox/index.ts'
import type { Store } from './services/store/index.ts'

interface Needs {
  readonly canonical: Canonical
  readonly costs: CostReader
  readonly registry: Pick<ClusterRegistry<ClusterSpec>, 'all'>
  readonly store: Pick<Store, 'alertRules' | 'alertEvents' | 'alertDeliveries' | 'leases'>
  readonly metrics: Pick<
    SelfMetrics,
    'alertDelivered' | 'alertReceivers' | 'alertsWatched' | 'alertTurn' | 'alertRule'
  >
  readonly journal: Pick<Journal, 'alertFailed' | 'alert' | 'delivered' | 'alertsFailed'>
  readonly now: () => Date
}

const MOST_RULES = 500
const MOST_GROUPS = 1000
const RULE_SECONDS = 20
const OUTSIDE_SECONDS = 10
/** How often rules are evaluated when nothing evaluates them by the clock. */
const UNCLOCKED_SECONDS = 30

/** What watches the figures and tells of them. Rejects with `store_unavailable` when its rules cannot be stored. */
export async function composeAlerts(config: Config, needs: Needs): Promise<Alerts> {
  const { store, metrics, now } = needs
  const alerts = createAlerts(optionsOf(config, needs))
  if (config.alerts.rules !== null) await alerts.rules.follow(config.alerts.rules, now())
  else if (config.simulated) await addExamples(alerts, now())
  metrics.alertReceivers(config.alerts.receivers.map(({ name }) => name))
  metrics.alertsWatched(async () => {
    const rules = await storedRules(store.alertRules)
    const waiting = await store.alertDeliveries.waiting()
    return {
      states: rules.flatMap(({ state }) => [...state.groups.values()].map(({ state: one }) => one)),
      waiting: [...waiting].map(([receiver, { count, since }]) => ({
        receiver,
        count,
        seconds: Math.max(0, (now().getTime() - since.getTime()) / 1000),
      })),
    }
  })
  return alerts
}

/** The demo has something to show: nothing of it outlives the process. */
async function addExamples({ rules }: Alerts, at: Date): Promise<void> {
  for (const rule of EXAMPLE_RULES) await rules.add(rule, { user: 'demo', at })
}

function optionsOf(config: Config, needs: Needs): AlertsOptions {
  const { canonical, costs, registry, store, metrics, journal, now } = needs
  const { intervalSeconds, keepSeconds, receivers, mail } = config.alerts
  return {
    canonical,
    costs,
    clusters: () => registry.all().map(({ name }) => name),
    rules: store.alertRules,
    events: store.alertEvents,
    deliveries: store.alertDeliveries,
    leases: store.leases,
    receivers,
    attempt: sendingTo({
      receivers,
      allows: (url) => isAllowed(url, config.scaling.webhookHosts),
      mail: mail === null ? null : mailer(mail),
      timeoutSeconds: OUTSIDE_SECONDS,
      now,
    }),
    alertmanagers: alertmanagersOf(config, needs),
    now,
    intervalSeconds: intervalSeconds === 0 ? UNCLOCKED_SECONDS : intervalSeconds,
    hasClock: intervalSeconds > 0,
    keepSeconds,
    mostRules: MOST_RULES,
    mostGroups: MOST_GROUPS,
    ruleSeconds: RULE_SECONDS,
    onEvaluated: (_, { outcome, seconds, cut }) => metrics.alertRule({ outcome, seconds, cut }),
    onEvent: (event) => journal.alert(event),
    onTurn: (turn) => metrics.alertTurn(turn),
    onAttempt({ id, receiver }, attempted) {
      metrics.alertDelivered(receiver, attempted.outcome)
      journal.delivered(id, attempted)
    },
    onError: (error) => journal.alertsFailed(error),
  }
}

function alertmanagersOf(
  { alerts: { receivers } }: Config,
  { metrics, journal }: Needs,
): ReadonlyMap<string, TellAlertmanagers> {
  return new Map(
    receivers.flatMap(({ name, destination }) => {
      if (destination.type !== 'alertmanager') return []
      const tell = alertmanagers({
        addresses: destination.addresses,
        timeoutSeconds: OUTSIDE_SECONDS,
        onSent(outcome, problem) {
          metrics.alertDelivered(name, outcome)
          if (problem !== null) journal.alertFailed(problem)
        },
      })
      return [[name, tell] as const]
    }),
  )
}
