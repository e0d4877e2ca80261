import { KCloudError } from '../../kernel/errors.ts'

/** How long a piece of work may take, and whose loss of interest ends it earlier. */
export interface Deadline {
  readonly seconds: number
  readonly signal?: AbortSignal | undefined
}

/**
 * What `work` gives, if it gives it in time. Its signal ends at the deadline or with the caller's signal, and
 * so does the wait, even when the work ignores its signal: undici, for one, cannot abort a request that
 * still waits for its connection. Rejects with `backend_timeout` at the deadline, and with the reason of the
 * caller's signal when that came first (a `TimeoutError` there becomes `backend_timeout` too).
 */
export async function withinDeadline<Result>(
  { seconds, signal: caller }: Deadline,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController()
  const giveUp = (): void => controller.abort(reasonOf(caller))
  if (caller?.aborted === true) throw reasonOf(caller)
  const timer = setTimeout(() => controller.abort(timedOut(seconds)), seconds * 1000)
  // Not AbortSignal.any: on Node 20 it leaks when one of its sources lives as long as the process.
  caller?.addEventListener('abort', giveUp, { once: true })
  try {
    return await orAborted(controller.signal, work(controller.signal))
  } finally {
    clearTimeout(timer)
    caller?.removeEventListener('abort', giveUp)
  }
}

/** What `work` gives, unless `signal` ends first; then rejects with the signal's reason at once. */
export function orAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(reasonOf(signal))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** Why a signal ended, as an error: `backend_timeout` where a clock ended it. */
export function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason
  if (!(reason instanceof Error))
    return new DOMException('The question was given up.', 'AbortError')
  if (reason.name !== 'TimeoutError') return reason
  return new KCloudError('backend_timeout', { detail: 'did not answer in time', cause: reason })
}

function timedOut(seconds: number): KCloudError {
  return new KCloudError('backend_timeout', { detail: `did not answer within ${seconds} s` })
}
