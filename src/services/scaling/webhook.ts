import { createHmac } from 'node:crypto'
import { request } from 'undici'
import type { Delivery } from '../store/index.ts'
import type { Attempt, Attempted } from './delivering.ts'

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
export function webhookSender(options: WebhookOptions): Attempt {
  return async (delivery, signal) => {
    // Only we write it.
    const { url, payload } = delivery.body as unknown as WebhookBody
    if (!options.allows(url))
      return { outcome: 'failed', problem: 'its host is not allowed any more' }
    const body = JSON.stringify(payload)
    try {
      const { statusCode, body: answer } = await request(url, {
        method: 'POST',
        body,
        headers: headersFor(delivery, body, options),
        signal: AbortSignal.any([signal, AbortSignal.timeout(options.timeoutSeconds * 1000)]),
      })
      // What it says is nobody's business; a connection that is not read to its end cannot be used again.
      await answer.dump({ limit: MOST_ANSWER_BYTES }).catch(() => undefined)
      return attemptedBy(statusCode)
    } catch (error) {
      signal.throwIfAborted()
      return { outcome: 'later', problem: problemOf(error) }
    }
  }
}

const MOST_ANSWER_BYTES = 65_536
const GONE = 410

function attemptedBy(status: number): Attempted {
  if (status >= 200 && status < 300) return { outcome: 'done' }
  if (status >= 300 && status < 400)
    return { outcome: 'later', problem: `it answered ${status}, and redirects are not followed` }
  const problem = `it answered ${status}`
  return status === GONE ? { outcome: 'failed', problem } : { outcome: 'later', problem }
}

/** What a network says has addresses in it, which are not for those who read events. */
function problemOf(error: unknown): string {
  const isLate = error instanceof Error && /Timeout|Abort/.test(error.name)
  return isLate ? 'it did not answer in time' : 'it could not be reached'
}

function headersFor({ id }: Delivery, body: string, { secrets, now }: WebhookOptions) {
  const seconds = Math.floor(now().getTime() / 1000)
  const signed = `${id}.${seconds}.${body}`
  return {
    'content-type': 'application/json',
    'user-agent': 'kcloud-monitor',
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
