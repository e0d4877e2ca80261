import { postJson, signedHeaders, type Attempt } from '../outbox/index.ts'
import type { AlertDelivery } from '../store/index.ts'
import type { SendMail } from './email.ts'
import type { Message } from './notice.ts'
import type { Receiver } from './receivers.ts'
import { slackPayload } from './slack.ts'
import { webhookPayload } from './webhook-payload.ts'

/** Where a receiver is, which no reader of the API is told. */
export type Destination =
  | { readonly type: 'webhook'; readonly url: string; readonly secrets: readonly string[] }
  | { readonly type: 'slack'; readonly url: string }
  | { readonly type: 'email'; readonly to: readonly string[] }
  | { readonly type: 'alertmanager'; readonly addresses: readonly string[] }

/** A receiver with the way to it. */
export interface ReceiverSetup extends Receiver {
  readonly destination: Destination
}

export interface SendingOptions {
  readonly receivers: readonly ReceiverSetup[]
  /** Whether an address may be sent to. */
  readonly allows: (url: string) => boolean
  /** Null where no mail server is set. */
  readonly mail: SendMail | null
  readonly timeoutSeconds: number
  readonly now: () => Date
}

/** Tells receivers what they are to be told. */
export function sendingTo(options: SendingOptions): Attempt<AlertDelivery> {
  const known = new Map(options.receivers.map((each) => [each.name, each]))
  return (delivery, signal) => {
    const receiver = known.get(delivery.receiver)
    if (receiver === undefined)
      return Promise.resolve({ outcome: 'failed', problem: 'there is no such receiver any more' })
    return send(options, { receiver, delivery, signal })
  }
}

interface Sending {
  readonly receiver: ReceiverSetup
  readonly delivery: AlertDelivery
  readonly signal: AbortSignal
}

function send(options: SendingOptions, { receiver, delivery, signal }: Sending) {
  const { id, body: stored } = delivery
  // Only we write it.
  const message = stored as unknown as Message
  const { destination } = receiver
  switch (destination.type) {
    case 'webhook': {
      const { url, secrets } = destination
      const body = JSON.stringify(webhookPayload(receiver.name, message))
      const headers = signedHeaders(id, body, { secrets, now: options.now })
      return postJson({ url, body, headers }, options, signal)
    }
    case 'slack': {
      const body = JSON.stringify(slackPayload(message))
      return postJson({ url: destination.url, body, headers: {} }, options, signal)
    }
    case 'email':
      return (
        options.mail?.({ id, to: destination.to, message }, signal) ??
        Promise.resolve({ outcome: 'failed', problem: 'no mail server is set' } as const)
      )
    case 'alertmanager':
      return Promise.resolve({ outcome: 'failed', problem: 'it is told at each turn' } as const)
  }
}
