import { KCloudError } from '../../kernel/errors.ts'
import type { KeptPage } from '../../kernel/page.ts'
import type {
  Delivery,
  DeliveryStore,
  EventFilter,
  PolicyStore,
  StoredScalingEvent,
} from '../store/index.ts'
import { evaluateGroup } from './evaluate.ts'
import { createDelivering, type Attempted } from '../outbox/index.ts'
import { attemptsBy, type AttemptNeeds } from './attempt.ts'
import { createLoop, type LoopNeeds } from './loop.ts'
import { metricOf, type ScalingMetric } from './metric.ts'
import { budgetKeyOf, policyOf, type Policy, type PolicySpec } from './policy.ts'
import { simulate, type SimulateQuestion, type Simulation } from './simulate.ts'
import type { PricePort } from './price.ts'

export { admitBy } from './admission.ts'
export { forecastsOf } from './forecast.ts'
export { alertsTo } from './alerts.ts'
export { startKeda, type KedaServer, type KedaTls } from './keda.ts'
export { kubernetesScaler, type KubernetesAccess } from './kubernetes.ts'
export type { Decided } from './decided.ts'
export type { ScalingMetric } from './metric.ts'
export type { Policy, PolicySpec } from './policy.ts'
export type { PricePort } from './price.ts'
export type { SimulateQuestion, Simulation } from './simulate.ts'

/** A decision with what has become of it. */
export interface ScalingEvent extends StoredScalingEvent {
  /** What has become of it outside; null where nothing was to be done. */
  readonly delivery: Delivery | null
}

/** Policies of power, what they decide, and what is done about it. */
export interface Scaling {
  readonly policies: Policies
  /** Newest first, unless it is asked otherwise. */
  events(
    filter: EventFilter,
    page: KeptPage,
  ): Promise<{ readonly events: readonly ScalingEvent[]; readonly total: number }>
  /**
   * How many replicas there should be, by a decision that is recent enough. Rejects with `not_found`, and with
   * `partial_refused` where there is no number.
   */
  metric(id: string, signal: AbortSignal): Promise<ScalingMetric>
  /** Tries a policy in the past. Rejects with `not_found`, `invalid_request`, and as the fleet does. */
  simulate(id: string, question: SimulateQuestion, asked: Asked): Promise<Simulation>
  /** One turn of all policies now; false when it is another server's. */
  turn(): Promise<boolean>
  /** Does everything outside that is due now. */
  deliver(): Promise<void>
  start(): void
  close(): Promise<void>
}

export interface Policies {
  list(): Promise<readonly Policy[]>
  /** Rejects with `not_found`. */
  one(id: string): Promise<Policy>
  /** Rejects with `ambiguous`, `forbidden` and `unprocessable`. */
  add(spec: PolicySpec, by: { readonly user: string; readonly at: Date }): Promise<Policy>
  /** Rejects with `not_found`, and with `precondition_failed` when it was changed since that version. */
  change(which: Which, spec: PolicySpec, at: Date): Promise<Policy>
  remove(which: Which, at: Date): Promise<void>
}

/** A policy, at this version or, with null, at any. */
export interface Which {
  readonly id: string
  readonly version: number | null
}

interface Asked {
  readonly at: Date
  readonly signal: AbortSignal
}

export interface ScalingOptions extends Omit<LoopNeeds, 'afterwards'> {
  readonly fleet: LoopNeeds['fleet'] & Parameters<typeof simulate>[0]['fleet']
  /** Whether policies decide by themselves, and not only when somebody asks. */
  readonly hasClock: boolean
  readonly price: PricePort
  readonly deliveries: DeliveryStore
  readonly attempts: AttemptNeeds['attempts']
  readonly onAttempt: (delivery: Delivery, attempted: Attempted) => void
  /** Rejects what must not be kept: a webhook that leads where it may not. */
  readonly admit: (spec: PolicySpec) => void
  readonly afterwards?: LoopNeeds['afterwards']
}

/** Policies over a fleet. Nothing is decided before `start`, unless somebody asks. */
export function createScaling(options: ScalingOptions): Scaling {
  const { policies: store, now, intervalSeconds } = options
  const delivering = createDelivering({
    ...options,
    outbox: options.deliveries,
    attempt: attemptsBy(options),
  })
  const loop = createLoop({ afterwards: () => Promise.resolve(), ...options })
  const policies = createPolicies(store, options.admit)
  return {
    policies,
    events: (filter, page) => listed(options, filter, page),
    async metric(id, signal) {
      const policy = await policies.one(id)
      const fresh = await recent(options, policy, signal)
      return metricOf(fresh, { now: now(), intervalSeconds })
    },
    simulate: async (id, question, asked) =>
      await simulate(options, (await policies.one(id)).spec, { ...question, ...asked }),
    turn: () => loop.turn(),
    start() {
      if (options.hasClock) loop.start()
      delivering.start()
    },
    deliver: () => delivering.pump(),
    async close() {
      await loop.close()
      await delivering.close()
    },
  }
}

async function listed({ events, deliveries }: ScalingOptions, filter: EventFilter, page: KeptPage) {
  const { events: found, total } = await events.list(filter, page)
  // A delivery has the id of its event.
  const known = await deliveries.find(found.map(({ id }) => id))
  const byId = new Map(known.map((delivery) => [delivery.id, delivery]))
  return {
    total,
    events: found.map((event) => ({ ...event, delivery: byId.get(event.id) ?? null })),
  }
}

/** A policy whose last decision is not too old: where it is, all that share its budget decide now. */
async function recent(
  options: ScalingOptions,
  policy: Policy,
  signal: AbortSignal,
): Promise<Policy> {
  const { policies: store, now, intervalSeconds } = options
  const last = policy.state.last_decision
  const age = last === null ? Number.POSITIVE_INFINITY : now().getTime() - last.at.getTime()
  if (!policy.spec.enabled || age < intervalSeconds * 1000) return policy
  const key = budgetKeyOf(policy.spec)
  const all = (await store.list()).map(policyOf)
  const group = all.filter(({ spec }) => spec.enabled && budgetKeyOf(spec) === key)
  await evaluateGroup(options, group, signal)
  const stored = await store.find(policy.id)
  return stored === null ? policy : policyOf(stored)
}

function createPolicies(store: PolicyStore, admit: ScalingOptions['admit']): Policies {
  const one = async (id: string): Promise<Policy> => {
    const found = await store.find(id)
    if (found === null) throw isUnknown(id)
    return policyOf(found)
  }
  const missed = async ({ id }: Which): Promise<KCloudError> =>
    isChanged(id, (await one(id)).version)
  return {
    list: async () => (await store.list()).map(policyOf),
    one,
    async add(spec, { user, at }) {
      admit(spec)
      return policyOf(await store.add({ id: spec.name, spec: { ...spec }, created_by: user, at }))
    },
    async change(which, spec, at) {
      admit(spec)
      if (!(await store.change(which, { spec: { ...spec }, at }))) throw await missed(which)
      return await one(which.id)
    },
    async remove(which, at) {
      if (!(await store.remove(which, at))) throw await missed(which)
    },
  }
}

const isUnknown = (id: string): KCloudError =>
  new KCloudError('not_found', { detail: `there is no scaling policy ${JSON.stringify(id)}` })

const isChanged = (id: string, version: number): KCloudError =>
  new KCloudError('precondition_failed', {
    detail: `the scaling policy ${id} was changed meanwhile: it is at version ${version}`,
  })
