import { readFile } from 'node:fs/promises'
import { numberOf } from './analysis/cost/decimal.ts'
import { rateReader } from './analysis/cost/rate.ts'
import { tariffOf } from './analysis/cost/tariff.ts'
import { variableOf } from './config-settings.ts'
import type { Config } from './config.ts'
import type { SelfMetrics } from './http/self-metrics.ts'
import type { Journal } from './journal.ts'
import { isAllowed } from './services/clusters/index.ts'
import type { DataEvent, DataEvents } from './services/events/index.ts'
import { webhookSender } from './services/outbox/index.ts'
import type { FleetReader } from './services/fleet/index.ts'
import type { Forecasts } from './services/forecast/index.ts'
import {
  admitBy,
  alertsTo,
  createScaling,
  forecastsOf,
  kubernetesScaler,
  startKeda,
  type Decided,
  type KedaServer,
  type KedaTls,
  type Policy,
  type PricePort,
  type Scaling,
} from './services/scaling/index.ts'
import type { Store } from './services/store/index.ts'

interface Needs {
  readonly fleet: FleetReader
  readonly forecasts: Pick<Forecasts, 'ahead'>
  readonly store: Pick<Store, 'policies' | 'scalingEvents' | 'deliveries' | 'leases'>
  readonly metrics: Pick<SelfMetrics, 'decided' | 'delivered'>
  readonly journal: Pick<Journal, 'alertFailed' | 'decided' | 'delivered' | 'scalingFailed'>
  readonly events: Pick<DataEvents, 'add'>
  readonly now: () => Date
}

/** Policies, and what listens for KEDA where that is asked for. */
export interface ScalingParts {
  readonly scaling: Scaling
  start(): void
  close(): Promise<void>
}

/** How fresh a decision has to be when nothing decides by the clock. */
const UNCLOCKED_SECONDS = 60
const OUTSIDE_SECONDS = 10
const KEDA_WATCH_SECONDS = 10

/** What decides by power how many replicas there are to be. Rejects when the port for KEDA cannot be had. */
export async function composeScaling(config: Config, needs: Needs): Promise<ScalingParts> {
  const scaling = scalingOf(config, needs)
  const keda = await kedaOf(config, scaling, needs)
  return {
    scaling,
    start: () => scaling.start(),
    async close() {
      await keda?.close()
      await scaling.close()
    },
  }
}

async function kedaOf(
  { scaling: { keda } }: Config,
  scaling: Scaling,
  { journal }: Needs,
): Promise<KedaServer | null> {
  if (keda === null) return null
  return await startKeda({
    ...keda,
    tls: await tlsOf(keda),
    metric: (policy, signal) => scaling.metric(policy, signal),
    watchSeconds: KEDA_WATCH_SECONDS,
    onError: (error) => journal.scalingFailed(error),
  })
}

async function tlsOf({
  cert,
  key,
  clientCa: ca,
}: NonNullable<Config['scaling']['keda']>): Promise<KedaTls | null> {
  if (cert === null || key === null) return null
  return {
    cert: await readFile(cert),
    key: await readFile(key),
    ca: ca === null ? null : await readFile(ca),
  }
}

function scalingOf(config: Config, needs: Needs): Scaling {
  const { fleet, store, metrics, journal, events, now } = needs
  const { intervalSeconds, keepSeconds, keepHoldsSeconds } = config.scaling
  return createScaling({
    fleet,
    now,
    policies: store.policies,
    events: store.scalingEvents,
    deliveries: store.deliveries,
    attempts: attemptsOf(config, now),
    afterwards: alertsTo({
      addresses: config.scaling.alertmanagers,
      intervalSeconds: intervalSeconds === 0 ? UNCLOCKED_SECONDS : intervalSeconds,
      timeoutSeconds: OUTSIDE_SECONDS,
      now,
      onSent: (outcome, problem) => {
        metrics.delivered('alert', outcome)
        if (problem !== null) journal.alertFailed(problem)
      },
    }),
    onAttempt({ id, kind }, attempted) {
      metrics.delivered(kind, attempted.outcome)
      journal.delivered(id, attempted)
    },
    leases: store.leases,
    forecast: forecastsOf(needs.forecasts),
    price: priceOf(config),
    intervalSeconds: intervalSeconds === 0 ? UNCLOCKED_SECONDS : intervalSeconds,
    hasClock: intervalSeconds > 0,
    keepSeconds,
    keepHoldsSeconds,
    admit: admissionOf(config),
    onDecision(policy, decided) {
      metrics.decided(policy.id, decided)
      journal.decided(policy.id, decided)
      if (decided.decision.action !== 'hold') events.add(eventOf(policy, decided))
    },
    onError: (error) => journal.scalingFailed(error),
  })
}

/** A change, for those who look at old figures. */
function eventOf({ id, spec }: Policy, { at, decision }: Decided): DataEvent {
  const { cluster, namespace, name } = spec.target
  const title = `${id}: ${decision.action === 'scale_in' ? 'scale in' : 'scale out'}`
  const text = `${namespace}/${name}: ${decision.reason}`
  return { at, until: null, kind: 'scaling', cluster, title, text }
}

function attemptsOf(
  { scaling: { webhookHosts, webhookSecrets, kubernetes } }: Config,
  now: () => Date,
) {
  return {
    webhook: webhookSender({
      allows: (url) => isAllowed(url, webhookHosts),
      secrets: webhookSecrets,
      timeoutSeconds: OUTSIDE_SECONDS,
      now,
    }),
    kubernetes: kubernetesScaler({ clusters: kubernetes, timeoutSeconds: OUTSIDE_SECONDS }),
  }
}

function admissionOf({ scaling }: Config) {
  const { webhookHosts: hosts, webhookSecrets: secrets, kubernetes } = scaling
  return admitBy({
    allows: hosts.length === 0 ? null : (url) => isAllowed(url, hosts),
    canSign: secrets.length > 0,
    hostsSetting: variableOf('webhookUrlAllow'),
    secretSetting: variableOf('webhookSecret'),
    reaches: (cluster) => kubernetes.has(cluster),
    kubernetesSetting: variableOf('kubernetesClusters'),
  })
}

/** The price of electricity itself, by the tariff of a cluster. */
function priceOf({ cost }: Config): PricePort {
  return {
    currency: cost.currency,
    at(cluster, time) {
      const tariff = tariffOf(cost.tariffs, cluster)
      const rate = tariff === null ? null : rateReader(tariff)(time.getTime())
      return rate === null ? null : numberOf(rate.price)
    },
  }
}
