import type { z } from 'zod'
import { keptPage, type PageRequest } from '../../kernel/page.ts'
import { keptWithin } from '../../kernel/time-range.ts'
import type { ScalingEvent } from '../../services/scaling/index.ts'
import type { eventSchema } from './event-schemas.ts'
import { told, type Needs } from './service.ts'

export interface EventQuery extends PageRequest {
  readonly policy?: string | undefined
  readonly action?: readonly string[] | undefined
  readonly rule?: readonly string[] | undefined
  readonly period?: string | undefined
  readonly start?: string | undefined
  readonly end?: string | undefined
}

/** Decisions, the newest first. Rejects with `invalid_request`. */
export async function listEvents({ scaling }: Needs, at: Date, query: EventQuery) {
  const { newestFirst, ...part } = keptPage(query)
  const filter = {
    policyId: query.policy,
    actions: query.action,
    rules: query.rule,
    ...keptWithin(query, at),
  }
  const { events, total } = await scaling.events(filter, { ...part, newestFirst })
  return { ...told(at, events.map(eventRow)), page: { total, ...part } }
}

type Delivery = NonNullable<ScalingEvent['delivery']>

function eventRow({ id, policy_id: policy, at, body, delivery }: ScalingEvent) {
  // What was stored is what the service wrote.
  const stored = body as unknown as Omit<
    z.output<typeof eventSchema>,
    'event_id' | 'policy_id' | 'at' | 'delivery'
  >
  return {
    event_id: id,
    policy_id: policy,
    at,
    ...stored,
    delivery: delivery && deliveryRow(delivery),
  }
}

function deliveryRow({ kind, state, attempts, problem, note, settled_at: at }: Delivery) {
  return { kind, state, attempts, problem, note, settled_at: at }
}
