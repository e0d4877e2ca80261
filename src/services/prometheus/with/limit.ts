import { KCloudError } from '../../../kernel/errors.ts'
import type { PrometheusClient } from '../client.ts'
import { reasonOf } from '../deadline.ts'
import { wrap } from './wrap.ts'

export interface LimitOptions {
  /** Reads at once. Prometheus itself runs 20 queries at once, for everybody (`--query.max-concurrency`). */
  readonly concurrent?: number
  /** Reads that wait for their turn; a further one is `backend_overloaded` at once. All of pods are over 200 by themselves. */
  readonly waiting?: number
}

/** At most so many reads at once, the others in the order they came. One that is given up leaves the queue. */
export function withLimit(
  client: PrometheusClient,
  { concurrent = 8, waiting = 400 }: LimitOptions = {},
): PrometheusClient {
  let running = 0
  const queue = new Set<() => void>()

  const turn = async (signal: AbortSignal | undefined): Promise<void> => {
    if (running < concurrent) {
      running += 1
      return
    }
    if (queue.size >= waiting) throw tooMany(waiting)
    await waitIn(queue, signal)
  }
  const done = (): void => {
    const [next] = queue
    if (next === undefined) running -= 1
    // The turn is handed on, so nobody who comes in between can take it.
    else next()
  }

  return wrap(client, async ({ options, ask }) => {
    await turn(options.signal)
    try {
      return await ask()
    } finally {
      done()
    }
  })
}

function waitIn(queue: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    // Whichever comes first takes the other away, so a turn can never go to one who has left.
    const leave = (): void => {
      queue.delete(call)
      signal?.removeEventListener('abort', abort)
    }
    const call = (): void => {
      leave()
      resolve()
    }
    const abort = (): void => {
      leave()
      reject(reasonOf(signal))
    }
    queue.add(call)
    signal?.addEventListener('abort', abort, { once: true })
    if (signal?.aborted === true) abort()
  })
}

function tooMany(waiting: number): KCloudError {
  return new KCloudError('backend_overloaded', {
    detail: `${waiting} questions wait for it already`,
    retryAfterSeconds: 1,
  })
}
