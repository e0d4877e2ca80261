import { randomUUID } from 'node:crypto'
import type { GroupStates } from '../../analysis/alerts/advance.ts'
import type { RuleSpec } from '../../analysis/alerts/rule.ts'
import type { AlertChange } from '../../analysis/alerts/state.ts'
import type { JsonObject, NewAlertDelivery } from '../store/index.ts'
import { firingAgain, noticeOf, type Message } from './notice.ts'

export const RECEIVER_TYPES = ['alertmanager', 'webhook', 'slack', 'email'] as const
export type ReceiverType = (typeof RECEIVER_TYPES)[number]

/** Somebody who can be told, as far as rules and readers of the API know. */
export interface Receiver {
  readonly name: string
  readonly type: ReceiverType
  /** How long after what was told last it is told again what still fires; null for never. */
  readonly repeatSeconds: number | null
  /** Whether it also hears that an alert is over. */
  readonly tellsResolved: boolean
}

export type Receivers = ReadonlyMap<string, Receiver>

interface Turn {
  readonly about: { readonly ruleId: string; readonly spec: RuleSpec; readonly unit: string | null }
  readonly changes: readonly AlertChange[]
  readonly groups: GroupStates
  readonly toldAt: Readonly<Record<string, number>>
}

interface At {
  readonly at: Date
  readonly waiting: ReadonlyMap<string, number>
}

const MOST_ALERTS = 100
/** So many may wait for one receiver: what comes then is given up at once, and can be seen. */
const MOST_WAITING = 1000

/** What receivers are to be told after an evaluation. An Alertmanager hears the state at each turn instead. */
export function deliveriesFor(receivers: Receivers, turn: Turn, { at, waiting }: At) {
  const deliveries: NewAlertDelivery[] = []
  const toldAt: Record<string, number> = {}
  for (const name of turn.about.spec.receivers) {
    const receiver = receivers.get(name)
    const last = turn.toldAt[name]
    if (last !== undefined) toldAt[name] = last
    if (receiver === undefined || receiver.type === 'alertmanager') continue
    const message = messageFor(receiver, turn, at)
    if (message === null) continue
    toldAt[name] = at.getTime()
    deliveries.push(deliveryOf(name, message, waiting.get(name) ?? 0))
  }
  return { deliveries, toldAt }
}

function messageFor(receiver: Receiver, turn: Turn, at: Date): Message | null {
  const news = turn.changes.filter(({ kind }) => receiver.tellsResolved || kind !== 'resolved')
  if (news.length > 0) return messageOf(turn, { reason: 'change', changes: news, at })
  const last = turn.toldAt[receiver.name] ?? 0
  const { repeatSeconds } = receiver
  if (repeatSeconds === null || at.getTime() - last < repeatSeconds * 1000) return null
  const firing = [...turn.groups.values()].flatMap(firingAgain)
  return firing.length === 0 ? null : messageOf(turn, { reason: 'repeat', changes: firing, at })
}

interface Telling {
  readonly reason: Message['reason']
  readonly changes: readonly AlertChange[]
  readonly at: Date
}

/** What is told at once of a rule. */
export function messageOf(
  { about }: Pick<Turn, 'about'>,
  { reason, changes, at }: Telling,
): Message {
  const alerts = changes.slice(0, MOST_ALERTS)
  return {
    reason,
    rule: about.ruleId,
    severity: about.spec.severity,
    at: at.toISOString(),
    alerts: alerts.map((change) => noticeOf(about, change, at.getTime())),
    truncated: changes.length - alerts.length,
  }
}

export function deliveryOf(receiver: string, message: Message, waiting: number): NewAlertDelivery {
  const body = JSON.parse(JSON.stringify(message)) as JsonObject
  const isFull = waiting >= MOST_WAITING
  const problem = isFull ? `${MOST_WAITING} deliveries wait for this receiver already` : null
  return { id: randomUUID(), receiver, body, problem }
}
