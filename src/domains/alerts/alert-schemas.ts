import { z } from 'zod'
import { SEVERITIES } from '../../analysis/alerts/rule.ts'
import { ALERT_EVENTS, ALERT_STATES } from '../../analysis/alerts/state.ts'
import { timestamp } from '../../http/wire.ts'
import { RECEIVER_TYPES } from '../../services/alerts/index.ts'

const labels = z.record(z.string(), z.string())

/** A group of a rule as it is now. */
export const alertSchema = z.object({
  rule_id: z.string(),
  severity: z.enum(SEVERITIES),
  state: z.enum(ALERT_STATES).describe('`no_data`: nothing can be said of it.'),
  since: timestamp.describe('Since when it is in this state.'),
  labels: labels.describe('Those of its group.'),
  value: z.number().nullable().describe('The last that is known.'),
  unit: z.string().nullable(),
  value_at: timestamp.nullable(),
  pending_seconds: z.number().describe('How long the condition has been seen to hold.'),
  alert_id: z.string().nullable().describe('Of the alert that fires.'),
  starts_at: timestamp.nullable(),
  no_data_since: timestamp
    .nullable()
    .describe('Also of an alert that fires: it goes on until it is known to be over.'),
  reason: z.string().nullable(),
  evaluated_at: timestamp.nullable(),
})

/** Something that befell a group. */
export const alertEventSchema = z.object({
  event_id: z.string(),
  rule_id: z.string(),
  at: timestamp,
  kind: z.enum(ALERT_EVENTS),
  severity: z.enum(SEVERITIES),
  alert_id: z.string().describe('The same from the begin of an alert to its end.'),
  fingerprint: z.string(),
  labels,
  group: labels,
  annotations: z.object({ summary: z.string(), description: z.string() }),
  value: z.number().nullable(),
  unit: z.string().nullable(),
  reason: z.string().nullable(),
  starts_at: z.string(),
  ends_at: z.string().nullable(),
})

/** Somebody who can be told. */
export const receiverSchema = z.object({
  name: z.string(),
  type: z.enum(RECEIVER_TYPES),
  repeat_seconds: z.number().nullable(),
  tells_resolved: z.boolean(),
})

/** Something that a receiver is told. */
export const deliverySchema = z.object({
  delivery_id: z.string().describe('Also its `webhook-id`: the same however often it is sent.'),
  rule_id: z.string(),
  receiver: z.string(),
  reason: z.enum(['change', 'repeat', 'test']),
  alerts: z.int(),
  state: z.enum(['waiting', 'delivered', 'failed']),
  attempts: z.int(),
  next_at: timestamp.nullable(),
  problem: z.string().nullable(),
  created_at: timestamp,
  settled_at: timestamp.nullable(),
})

/** What became of a test. */
export const testSchema = z.object({
  receiver: z.string(),
  outcome: z.enum(['delivered', 'failed']),
  problem: z.string().nullable(),
})
