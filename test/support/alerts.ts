import { constantIntensity } from '../../src/config-intensities.ts'
import type { AlertsOptions } from '../../src/services/alerts/index.ts'
import { createAlerts, sendingTo, type ReceiverSetup } from '../../src/services/alerts/index.ts'
import { createCanonical } from '../../src/services/canonical/index.ts'
import { createCostReader, fixedIntensities } from '../../src/services/costs/index.ts'
import { createFleetReader } from '../../src/services/fleet/index.ts'
import { openStore, type Store, type StoreOptions } from '../../src/services/store/index.ts'
import { exact, RATES } from './cost.ts'
import { createFleet, type FleetMember } from './fleet.ts'
import { NO_RULES } from './monitoring.ts'
import type { FakeClock } from './test-app.ts'

/** Nodes of a cluster that draw so many watts each; null for one that does not report. */
export function nodes(...watts: readonly (number | null)[]): string {
  return watts
    .map((each, index) => {
      const known = `kube_node_info{node="n${index}",internal_ip="10.0.0.${index}"} 1`
      if (each === null) return known
      return `${known}
ipmi_up{instance="10.1.0.${index}",node="n${index}",collector="dcmi"} 1
ipmi_dcmi_power_consumption_watts{instance="10.1.0.${index}",node="n${index}"} ${each}`
    })
    .join('\n')
}

/** A rule on the power of each cluster. */
export const POWER_RULE = {
  name: 'much-power',
  condition: {
    kind: 'threshold',
    figure: { metric: 'kcloud_power_watts', by: ['cluster'] },
    above: 1000,
    clear: 900,
  },
} as const

export interface AlertsSetup {
  readonly place?: StoreOptions
  readonly store?: Store
  readonly receivers?: readonly ReceiverSetup[]
  readonly options?: Partial<AlertsOptions>
}

/** Alerts over clusters of text, with a store; whoever asks for it closes it. */
export async function startAlerts(
  members: Readonly<Record<string, FleetMember>>,
  clock: FakeClock,
  { place = { path: ':memory:' }, store: given, receivers = [], ...more }: AlertsSetup = {},
) {
  const world = createFleet(members, clock.now)
  const { telemetry, registry } = world
  const fleet = createFleetReader({ telemetry, identity: NO_RULES })
  const store = given ?? (await openStore(place))
  const costs = createCostReader({
    telemetry,
    fleet,
    rates: RATES,
    intensities: fixedIntensities([constantIntensity(exact('0.4173'))]),
  })
  const forecasts = { power: () => Promise.reject(new Error('not asked for')) }
  const errors: unknown[] = []
  const turns: { readonly skipped: number }[] = []
  const alerts = createAlerts({
    canonical: createCanonical({ telemetry, fleet, costs, forecasts }),
    costs,
    clusters: () => registry.all().map(({ name }) => name),
    rules: store.alertRules,
    events: store.alertEvents,
    deliveries: store.alertDeliveries,
    leases: store.leases,
    receivers,
    attempt: sendingTo({
      receivers,
      allows: () => true,
      mail: null,
      timeoutSeconds: 5,
      now: clock.now,
    }),
    alertmanagers: new Map(),
    now: clock.now,
    intervalSeconds: 60,
    hasClock: false,
    keepSeconds: 90 * 86_400,
    mostRules: 20,
    mostGroups: 10,
    ruleSeconds: 20,
    onEvaluated: () => undefined,
    onEvent: () => undefined,
    onTurn: (turn) => turns.push(turn),
    onAttempt: () => undefined,
    onError: (error) => errors.push(error),
    ...more.options,
  })
  return {
    alerts,
    store,
    world,
    errors,
    turns,
    async close() {
      await alerts.close()
      if (given === undefined) await store.close()
    },
  }
}
