import { z } from 'zod'
import { problemSchema } from '../../../http/problem-details.ts'
import { metaSchema } from '../../../http/envelope.ts'
import { timestamp } from '../../../http/wire.ts'
import { breakdownSchema, metricSeriesSchema, powerSchema } from '../schemas.ts'
import { metricQuery, powerQuery } from './parameters.ts'

const topic = z.string().describe('Which subscription: the same for all who asked for the same.')
const id = z.string().describe('The place in the order of the topic, for resuming.')
const key = z.record(z.string(), z.string()).describe('Which row; empty for the total.')
const watts = z.number().nullable()

const state = {
  topic,
  id,
  data: z
    .union([powerSchema, breakdownSchema, metricSeriesSchema])
    .describe('As the equal request answers it.'),
  meta: metaSchema.omit({ request_id: true }),
  exceeded: z
    .array(z.object({ key, since: timestamp }))
    .describe('What is above the threshold now.'),
}

const crossing = {
  topic,
  id,
  observed_at: timestamp,
  key,
  value: watts.describe('Null for a row that is no more.'),
  threshold: z.number(),
  hysteresis_percent: z.number(),
}

/** Every event by its name, as it stands on the wire. */
export const EVENTS = {
  snapshot: z.object({ type: z.literal('snapshot'), ...state }),
  update: z.object({ type: z.literal('update'), ...state }),
  threshold_exceeded: z.object({ type: z.literal('threshold_exceeded'), ...crossing }),
  threshold_cleared: z.object({ type: z.literal('threshold_cleared'), ...crossing }),
  power_spike: z.object({
    type: z.literal('power_spike'),
    topic,
    id,
    observed_at: timestamp,
    key,
    power_watts: watts,
    previous_watts: watts,
    change_percent: z.number(),
    spike_percent: z.number(),
  }),
  error: z.union([
    z.object({ type: z.literal('error'), topic, id, error: problemSchema }),
    z.object({
      type: z.literal('error'),
      id: z.string().nullable().describe('The subscription that the wrong message was about.'),
      error: problemSchema,
    }),
  ]),
  heartbeat: z.object({
    type: z.literal('heartbeat'),
    topic,
    at: timestamp,
    state: z
      .enum(['starting', 'live', 'failing'])
      .describe('`failing`: the last reading failed, and the state is that of `observed_at`.'),
    observed_at: timestamp.nullable().describe('The last reading that succeeded.'),
    last_id: z.string().nullable(),
  }),
  gap: z.object({
    type: z.literal('gap'),
    topic,
    missed: z.int().nullable().describe('How many events; null when nobody can know.'),
    after: z.string().nullable().describe('The last event that was sent.'),
    reason: z.enum(['slow', 'handover']),
  }),
  reset: z.object({
    type: z.literal('reset'),
    topic,
    asked: z.string().describe('The event that the client wanted to go on after.'),
    reason: z.literal('not_kept'),
  }),
  subscribed: z.object({
    type: z.literal('subscribed'),
    id: z.string(),
    topic,
    stream: z.enum(['power', 'metrics']),
    params: z.union([powerQuery, metricQuery]),
  }),
  unsubscribed: z.object({ type: z.literal('unsubscribed'), id: z.string() }),
  pong: z.object({
    type: z.literal('pong'),
    nonce: z.union([z.string(), z.number()]).nullable(),
    at: timestamp,
  }),
  closing: z.object({ type: z.literal('closing'), code: z.enum(['going_away', 'slow', 'idle']) }),
} as const

export const EVENT_MEANINGS: Readonly<Record<keyof typeof EVENTS, string>> = {
  snapshot: 'The whole state, for one who sees it for the first time.',
  update: 'The whole state, changed.',
  threshold_exceeded: 'A watched figure went above its threshold; told once.',
  threshold_cleared: 'It fell below by more than the hysteresis; told once.',
  power_spike: 'A watched figure changed by more than `spike_percent` since the reading before.',
  error:
    'A reading failed (told once, until it succeeds again), or a message could not be followed.',
  heartbeat: 'The topic is alive; whether its last reading succeeded.',
  gap: 'Events were left out; the state follows.',
  reset: 'The events after the given id are not kept any more; the state follows.',
  subscribed: 'The answer to `subscribe`, `resume` and `set_interval`, on a WebSocket.',
  unsubscribed: 'The answer to `unsubscribe`, on a WebSocket.',
  pong: 'The answer to `ping`, on a WebSocket.',
  closing:
    'The last event of an event stream that the server ends; a WebSocket has a closing code.',
}
