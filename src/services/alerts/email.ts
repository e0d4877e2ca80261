import { createTransport } from 'nodemailer'
import type { Attempted } from '../outbox/index.ts'
import type { Message, Notice } from './notice.ts'
import { headlineOf } from './slack.ts'

/** How mail is sent. */
export interface MailServer {
  readonly host: string
  readonly port: number
  /** `tls` from the first byte, `starttls` before anything is said, or `none`. */
  readonly security: 'tls' | 'starttls' | 'none'
  readonly user: string | null
  readonly password: string | null
  /** Certificates that vouch for it, beside those that are known; null for none. */
  readonly ca: string | null
  readonly from: string
}

export interface Mail {
  /** The same however often it is sent. */
  readonly id: string
  readonly to: readonly string[]
  readonly message: Message
}

/** Sends one mail. Rejects only when the signal ends it. */
export type SendMail = (mail: Mail, signal: AbortSignal) => Promise<Attempted>

const TIMEOUT_MS = 10_000
const SECURITY = {
  tls: { secure: true },
  starttls: { secure: false, requireTLS: true },
  none: { secure: false, ignoreTLS: true },
} as const satisfies Record<MailServer['security'], object>

/** Sends mail by SMTP, one connection for each: alerts are rare. */
export function mailer(server: MailServer): SendMail {
  const { host, port, security, user, password, ca, from } = server
  const transport = createTransport({
    host,
    port,
    ...SECURITY[security],
    ...(user !== null && { auth: { user, pass: password ?? '' } }),
    ...(ca !== null && { tls: { ca } }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    // A mail has no parts that lie anywhere else.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return async ({ id, to, message }, signal) => {
    signal.throwIfAborted()
    const domain = from.slice(from.lastIndexOf('@') + 1).replace(/[^\w.-]/g, '')
    try {
      await transport.sendMail({
        from,
        to: [...to],
        subject: subjectOf(message),
        text: textOf(message),
        messageId: `<${id}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-KCloud-Delivery': id },
      })
      return { outcome: 'done' }
    } catch (error) {
      signal.throwIfAborted()
      return attemptedBy(error)
    }
  }
}

const MOST_SUBJECT = 200

/** A subject is one line, whatever a rule or a label says. */
export function subjectOf(message: Message): string {
  const line = `[KCloud] ${headlineOf(message)}`.toWellFormed()
  return line.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, MOST_SUBJECT)
}

function textOf({ alerts, truncated, rule, severity }: Message): string {
  const parts = [
    `${rule} (${severity})`,
    ...alerts.map(partOf),
    ...(truncated > 0 ? [`and ${truncated} more`] : []),
  ]
  return `${parts.join('\n\n')}\n`
}

function partOf(notice: Notice): string {
  const { status, annotations, labels, starts_at: start, ends_at: end } = notice
  return [
    `${status.toUpperCase()}: ${annotations.summary}`,
    annotations.description,
    ...Object.entries(labels).map(([label, value]) => `  ${label}: ${value}`),
    end === null ? `since ${start}` : `from ${start} to ${end}`,
  ].join('\n')
}

/** What a server refuses for good is not sent again; a wrong password may be mended. */
function attemptedBy(error: unknown): Attempted {
  const { responseCode: code, code: name } = error as {
    readonly responseCode?: number
    readonly code?: string
  }
  if (name === 'EAUTH') return { outcome: 'later', problem: 'the mail server refused the password' }
  if (name === 'ETLS')
    return { outcome: 'later', problem: 'the mail server gives no TLS that can be trusted' }
  if (code === undefined)
    return { outcome: 'later', problem: 'the mail server could not be reached' }
  const outcome = code >= 500 && name === 'EENVELOPE' ? 'failed' : 'later'
  return { outcome, problem: `the mail server answered ${code}` }
}
