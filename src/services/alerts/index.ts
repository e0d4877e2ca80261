import type { RuleSpec } from '../../analysis/alerts/rule.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { KeptPage } from '../../kernel/page.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import { createDelivering, type Attempt, type Attempted } from '../outbox/index.ts'
import type {
  AlertDelivery,
  AlertDeliveryFilter,
  AlertEventFilter,
  StoredAlertEvent,
} from '../store/index.ts'
import { episodesIn, type AlertEpisode } from './episodes.ts'
import { createLoop, type LoopNeeds } from './loop.ts'
import { previewRule, type Preview } from './preview.ts'
import type { Receiver } from './receivers.ts'
import { createRules, type Rules, type RulesNeeds } from './rules.ts'
import { createSpendingReader } from './spending.ts'
import { testMessage } from './test-message.ts'
import { admitRule } from './admission.ts'
import { ruleOf, type Rule } from './rule.ts'

export { admitRule } from './admission.ts'
export { currentAlerts, type CurrentAlert } from './current.ts'
export type { AlertEpisode } from './episodes.ts'
export { mailer, type MailServer } from './email.ts'
export type { Preview } from './preview.ts'
export { RECEIVER_TYPES, type Receiver } from './receivers.ts'
export type { Rule } from './rule.ts'
export type { Rules } from './rules.ts'
export { sendingTo, type ReceiverSetup } from './sending.ts'

interface Page {
  readonly limit: number
  readonly offset: number
}

/** Rules over the figures, what they see, and who is told. */
export interface Alerts {
  readonly rules: Rules
  readonly receivers: readonly Receiver[]
  /** Newest first, unless it is asked otherwise. */
  events(
    filter: AlertEventFilter,
    page: KeptPage,
  ): Promise<{ readonly events: readonly StoredAlertEvent[]; readonly total: number }>
  /** When something fired, or was not known, that touches a window. */
  episodes(start: Date, end: Date): Promise<readonly AlertEpisode[]>
  /** The newest first. */
  deliveries(
    filter: AlertDeliveryFilter,
    page: Page,
  ): Promise<{ readonly deliveries: readonly AlertDelivery[]; readonly total: number }>
  /** Tries again what was given up. Rejects with `not_found`. */
  retry(id: string): Promise<void>
  /** When a rule would have fired. Rejects with `invalid_request`, `unprocessable`, and as the readers do. */
  preview(spec: RuleSpec, asked: PreviewAsked): Promise<Preview>
  /** Tells a receiver something, and gives what became of it. Rejects with `not_found`. */
  test(receiver: string, signal: AbortSignal): Promise<Attempted>
  /** One evaluation of all rules now; false when it is another server's. */
  turn(): Promise<boolean>
  /** Tells everything that is due now. */
  deliver(): Promise<void>
  start(): void
  close(): Promise<void>
}

interface PreviewAsked {
  readonly range: TimeRange
  readonly at: Date
  readonly signal: AbortSignal
}

export interface AlertsOptions extends Omit<LoopNeeds, 'receivers' | 'spending' | 'canonical'> {
  readonly canonical: LoopNeeds['canonical'] & RulesNeeds['canonical']
  readonly mostRules: number
  readonly receivers: readonly Receiver[]
  readonly attempt: Attempt<AlertDelivery>
  readonly onAttempt: (delivery: AlertDelivery, attempted: Attempted) => void
  /** Whether rules are evaluated by themselves. */
  readonly hasClock: boolean
}

/** A receiver that hangs does not hold up the others. */
const PARALLEL = 4

/** Rules over the figures. Nothing is evaluated before `start`, unless somebody asks. */
export function createAlerts(given: AlertsOptions): Alerts {
  const receivers = new Map(given.receivers.map((each) => [each.name, each]))
  const options = { ...given, receivers, spending: createSpendingReader(given.costs) }
  const { events, deliveries, now, hasClock } = given
  const loop = createLoop(options)
  const delivering = createDelivering({ ...given, outbox: deliveries, parallel: PARALLEL })
  return {
    rules: createRules(options),
    receivers: given.receivers,
    events: (filter, page) => events.list(filter, page),
    episodes: (start, end) => episodesIn(given, start, end),
    deliveries: (filter, page) => deliveries.list(filter, page),
    async retry(id) {
      if (!(await deliveries.retry(id, now()))) throw isNoDelivery(id)
    },
    preview(spec, asked) {
      admitRule(options, { ...spec, receivers: [] })
      return previewRule(options, spec, asked)
    },
    test: (name, signal) => tested(options, name, signal),
    turn: () => loop.turn(),
    deliver: () => delivering.pump(),
    start() {
      if (hasClock) loop.start()
      delivering.start()
    },
    async close() {
      await loop.close()
      await delivering.close()
    },
  }
}

async function tested(
  {
    receivers,
    attempt,
    alertmanagers,
    now,
  }: Pick<AlertsOptions, 'attempt' | 'alertmanagers' | 'now'> & {
    readonly receivers: ReadonlyMap<string, Receiver>
  },
  name: string,
  signal: AbortSignal,
): Promise<Attempted> {
  if (!receivers.has(name)) throw isNoReceiver(name)
  const { delivery, alert } = testMessage(name, now())
  const tell = alertmanagers.get(name)
  if (tell === undefined) return await attempt(delivery, signal)
  const problem = await tell([alert], signal)
  return problem === null ? { outcome: 'done' } : { outcome: 'failed', problem }
}

/** The rules of a store as they are now, without those who watch them. */
export async function storedRules(
  rules: Pick<LoopNeeds['rules'], 'list'>,
): Promise<readonly Rule[]> {
  return (await rules.list()).map(ruleOf)
}

const isNoReceiver = (name: string): KCloudError =>
  new KCloudError('not_found', { detail: `there is no receiver ${JSON.stringify(name)}` })

const isNoDelivery = (id: string): KCloudError =>
  new KCloudError('not_found', {
    detail: `there is no delivery ${JSON.stringify(id)} that was given up`,
  })
