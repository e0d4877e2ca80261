import type { Message } from './notice.ts'

/** A message in the shape of Alertmanager's webhooks, with what is ours beside it. */
export function webhookPayload(receiver: string, message: Message) {
  const { alerts, rule, severity, reason, truncated, at } = message
  const isFiring = alerts.some(({ ends_at: end }) => end === null)
  const first = alerts[0]?.labels ?? {}
  return {
    version: '4',
    type: 'alert',
    timestamp: at,
    reason,
    receiver,
    status: isFiring ? 'firing' : 'resolved',
    groupKey: `{}:{alertname="${rule}"}`,
    groupLabels: { alertname: rule },
    commonLabels: common(
      first,
      alerts.map(({ labels }) => labels),
    ),
    commonAnnotations: {},
    truncatedAlerts: truncated,
    rule,
    severity,
    alerts: alerts.map((notice) => ({
      status: notice.ends_at === null ? 'firing' : 'resolved',
      labels: notice.labels,
      annotations: notice.annotations,
      startsAt: notice.starts_at,
      endsAt: notice.ends_at ?? NEVER,
      fingerprint: notice.fingerprint,
      alert_id: notice.alert_id,
      kind: notice.status,
      value: notice.value,
      unit: notice.unit,
    })),
  }
}

/** How Alertmanager writes an end that has not come. */
const NEVER = '0001-01-01T00:00:00Z'

type Labels = Readonly<Record<string, string>>

/** The labels that all of them have. */
const common = (first: Labels, all: readonly Labels[]): Labels =>
  Object.fromEntries(
    Object.entries(first).filter(([label, value]) => all.every((each) => each[label] === value)),
  )
