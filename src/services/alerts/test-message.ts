import { randomUUID } from 'node:crypto'
import type { AlertmanagerAlert } from '../outbox/index.ts'
import type { AlertDelivery, JsonObject } from '../store/index.ts'
import type { Message } from './notice.ts'

const LASTS_MS = 60_000

/** What a receiver is told to see whether it hears. */
export function testMessage(
  receiver: string,
  now: Date,
): { readonly delivery: AlertDelivery; readonly alert: AlertmanagerAlert } {
  const id = randomUUID()
  const labels = { alertname: 'KCloudTest', receiver, severity: 'info' }
  const annotations = {
    summary: 'This is a test of KCloud Monitor',
    description: 'Somebody asked for it. Nothing is the matter.',
  }
  const [startsAt, endsAt] = [now.toISOString(), new Date(now.getTime() + LASTS_MS).toISOString()]
  const message = messageOf(id, { labels, annotations, startsAt })
  const delivery: AlertDelivery = {
    id,
    rule_id: 'KCloudTest',
    receiver,
    // It is not kept, and is what is kept of others.
    body: message as unknown as JsonObject,
    state: 'waiting',
    attempts: 1,
    next_at: now,
    problem: null,
    note: null,
    created_at: now,
    settled_at: null,
  }
  return { delivery, alert: { labels, annotations, startsAt, endsAt } }
}

type About = Pick<AlertmanagerAlert, 'labels' | 'startsAt'> &
  Pick<Message['alerts'][number], 'annotations'>

function messageOf(id: string, { labels, annotations, startsAt }: About): Message {
  return {
    reason: 'test',
    rule: 'KCloudTest',
    severity: 'info',
    at: startsAt,
    truncated: 0,
    alerts: [
      {
        status: 'firing',
        alert_id: id,
        fingerprint: id,
        labels,
        annotations,
        starts_at: startsAt,
        ends_at: null,
        value: null,
        unit: null,
      },
    ],
  }
}
