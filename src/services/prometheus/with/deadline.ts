import type { PrometheusClient } from '../client.ts'
import { withinDeadline } from '../deadline.ts'
import { wrap } from './wrap.ts'

/**
 * One deadline around everything that a read goes through: waiting for its turn, both tries, the pause between.
 * So a cluster holds up an answer by its own timeout at most. Rejects with `backend_timeout`.
 */
export function withDeadline(
  client: PrometheusClient,
  { timeoutSeconds }: { readonly timeoutSeconds: number },
): PrometheusClient {
  return wrap(client, ({ options, ask }) =>
    withinDeadline({ seconds: timeoutSeconds, signal: options.signal }, (signal) =>
      ask({ ...options, signal }),
    ),
  )
}
