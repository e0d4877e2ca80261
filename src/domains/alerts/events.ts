import type { z } from 'zod'
import { keptPage, type PageRequest } from '../../kernel/page.ts'
import { keptWithin } from '../../kernel/time-range.ts'
import type { Alerts } from '../../services/alerts/index.ts'
import type { alertEventSchema, deliverySchema } from './alert-schemas.ts'
import { told, type Needs } from './needs.ts'

export interface EventQuery extends PageRequest {
  readonly rule?: string | undefined
  readonly alert?: string | undefined
  readonly kind?: readonly string[] | undefined
  readonly severity?: readonly string[] | undefined
  readonly period?: string | undefined
  readonly start?: string | undefined
  readonly end?: string | undefined
}

/** What befell, the newest first. Rejects with `invalid_request`. */
export async function listEvents({ alerts }: Needs, at: Date, query: EventQuery) {
  const { newestFirst, ...part } = keptPage(query)
  const filter = {
    ruleId: query.rule,
    alertId: query.alert,
    kinds: query.kind,
    severities: query.severity,
    ...keptWithin(query, at),
  }
  const { events, total } = await alerts.events(filter, { ...part, newestFirst })
  return { ...told(at, events.map(eventRow)), page: { total, ...part } }
}

type Found<Key extends 'events' | 'deliveries'> =
  Awaited<ReturnType<Alerts[Key]>> extends Readonly<Record<Key, readonly (infer Row)[]>>
    ? Row
    : never

function eventRow({
  id,
  rule_id: rule,
  at,
  kind,
  alert_id: alert,
  severity,
  body,
}: Found<'events'>) {
  // What was stored is what the service wrote.
  type Row = z.output<typeof alertEventSchema>
  const { rule: _rule, ...stored } = body as unknown as Omit<Row, 'event_id' | 'rule_id' | 'at'> & {
    readonly rule: string
  }
  return {
    ...stored,
    event_id: id,
    rule_id: rule,
    at,
    kind: kind as Row['kind'],
    alert_id: alert,
    severity: severity as Row['severity'],
  }
}

export interface DeliveryQuery extends PageRequest {
  readonly rule?: string | undefined
  readonly receiver?: string | undefined
  readonly state?: readonly ('waiting' | 'delivered' | 'failed')[] | undefined
}

/** What receivers are told, the newest first: also what was given up. */
export async function listDeliveries({ alerts }: Needs, at: Date, query: DeliveryQuery) {
  const { limit, offset, rule, receiver, state } = query
  const filter = { ruleId: rule, receiver, states: state }
  const { deliveries, total } = await alerts.deliveries(filter, { limit, offset })
  return { ...told(at, deliveries.map(deliveryRow)), page: { total, limit, offset } }
}

function deliveryRow(delivery: Found<'deliveries'>): z.output<typeof deliverySchema> {
  const { id, body, state, attempts, problem } = delivery
  // Only the service writes it.
  const message = body as unknown as {
    readonly reason: z.output<typeof deliverySchema>['reason']
    readonly alerts: readonly unknown[]
    readonly truncated: number
  }
  return {
    delivery_id: id,
    rule_id: delivery.rule_id,
    receiver: delivery.receiver,
    reason: message.reason,
    alerts: message.alerts.length + message.truncated,
    state,
    attempts,
    next_at: state === 'waiting' ? delivery.next_at : null,
    problem,
    created_at: delivery.created_at,
    settled_at: delivery.settled_at,
  }
}
