import type { Message, Notice } from './notice.ts'

const COLOURS: Readonly<Record<string, string>> = {
  critical: '#c0392b',
  warning: '#e67e22',
  info: '#2980b9',
}
const OVER = '#27ae60'
const UNKNOWN = '#7f8c8d'
/** Slack takes 50 blocks and 3,000 characters of a section. */
const MOST_SHOWN = 20
const MOST_TEXT = 2900
const MOST_LINE = 500

/**
 * A message as Slack's incoming webhooks take it (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks):
 * a text for notifications, and an attachment with blocks for each alert.
 */
export function slackPayload(message: Message) {
  const shown = message.alerts.slice(0, MOST_SHOWN)
  const left = message.alerts.length - shown.length + message.truncated
  return {
    text: escaped(headlineOf(message)).slice(0, MOST_LINE),
    attachments: [
      ...shown.map((notice) => ({
        color: colourOf(notice, message.severity),
        fallback: escaped(notice.annotations.summary).slice(0, MOST_LINE),
        blocks: [section(textOf(notice))],
      })),
      ...(left > 0 ? [{ color: UNKNOWN, blocks: [section(`and ${left} more`)] }] : []),
    ],
  }
}

/** What happened, in one line. */
export function headlineOf({ rule, alerts, truncated, reason }: Message): string {
  const [first] = alerts
  const count = alerts.length + truncated
  const test = reason === 'test' ? 'TEST ' : ''
  if (first !== undefined && count === 1)
    return `${test}[${first.status.toUpperCase()}] ${first.annotations.summary}`
  const by = new Map<string, number>()
  for (const { status } of alerts) by.set(status, (by.get(status) ?? 0) + 1)
  const counts = [...by].map(([status, number]) => `${status.toUpperCase()}:${number}`)
  return `${test}[${counts.join(', ')}] ${rule}`
}

const section = (text: string) => ({
  type: 'section',
  text: { type: 'mrkdwn', text: text.slice(0, MOST_TEXT) },
})

function colourOf({ status }: Notice, severity: string): string {
  if (status === 'resolved' || status === 'data_back') return OVER
  return status === 'no_data' ? UNKNOWN : (COLOURS[severity] ?? UNKNOWN)
}

function textOf({ status, annotations, labels, starts_at: start, ends_at: end }: Notice): string {
  const names = Object.entries(labels).map(([label, value]) => `\`${label}=${value}\``)
  return [
    `*${status.toUpperCase()}* ${escaped(annotations.summary)}`,
    escaped(annotations.description),
    escaped(names.join(' ')),
    end === null ? `since ${start}` : `from ${start} to ${end}`,
  ].join('\n')
}

/** Slack takes these three for markup. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
