import { createHmac } from 'node:crypto'
import type { OutboxItem } from '../store/index.ts'
import type { Attempt } from './delivering.ts'
import { postJson } from './post.ts'

export interface WebhookOptions {
  /** Whether an address may be sent to; asked again at each attempt, since the list may have changed. */
  readonly allows: (url: string) => boolean
  /** Each signs: the receiver needs to know one of them. */
  readonly secrets: readonly string[]
  readonly timeoutSeconds: number
  readonly now: () => Date
}

interface WebhookBody {
  readonly url: string
  readonly payload: unknown
}

/**
 * Sends webhooks, signed as Standard Webhooks 1.0 describes it (https://www.standardwebhooks.com): the id is the same
 * however often a delivery is attempted. Redirects are not followed.
 */
export function webhookSender(options: WebhookOptions): Attempt<Pick<OutboxItem, 'id' | 'body'>> {
  return (delivery, signal) => {
    // Only we write it.
    const { url, payload } = delivery.body as unknown as WebhookBody
    const body = JSON.stringify(payload)
    const headers = signedHeaders(delivery.id, body, options)
    return postJson({ url, body, headers }, options, signal)
  }
}

/** The headers that a receiver can tell by who sent a body, and whether it has had it already. */
export function signedHeaders(
  id: string,
  body: string,
  { secrets, now }: Pick<WebhookOptions, 'secrets' | 'now'>,
): Readonly<Record<string, string>> {
  const seconds = Math.floor(now().getTime() / 1000)
  const signed = `${id}.${seconds}.${body}`
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': secrets.map((secret) => `v1,${signature(secret, signed)}`).join(' '),
  }
}

const PREFIX = 'whsec_'

function signature(secret: string, text: string): string {
  const key = secret.startsWith(PREFIX)
    ? Buffer.from(secret.slice(PREFIX.length), 'base64')
    : Buffer.from(secret)
  return createHmac('sha256', key).update(text).digest('base64')
}
