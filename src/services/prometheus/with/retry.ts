import { isBackendError } from '../../../kernel/errors.ts'
import type { PrometheusClient, Reply } from '../client.ts'
import { orAborted } from '../deadline.ts'
import { wrap, type Read } from './wrap.ts'

export interface RetryOptions {
  /** Tries after the first. */
  readonly tries?: number
  /** The most tries that are saved up for a bad moment. */
  readonly reserve?: number
  /** How much of a try each read earns: 0.1 lets a tenth of the reads be repeated in the long run. */
  readonly earned?: number
  /** The pause before a try is between half of this and this. */
  readonly pauseMs?: number
  /** A number in [0, 1). */
  readonly random?: () => number
}

/**
 * Repeats a read that a broken connection or an overloaded backend left without an answer; both are often over
 * at once. The tries come out of a budget, so that a backend in trouble gets a tenth more load, not twice as
 * much (https://sre.google/sre-book/addressing-cascading-failures/). A timeout is never tried again: it has
 * already cost the caller the whole wait. Neither is anything tried that asks for a longer pause than ours.
 */
export function withRetry(
  client: PrometheusClient,
  {
    tries = 1,
    reserve = 10,
    earned = 0.1,
    pauseMs = 100,
    random = () => Math.random(),
  }: RetryOptions = {},
): PrometheusClient {
  let budget = reserve

  const attempt = async <Row>(read: Read<Row>, left: number): Promise<Reply<Row>> => {
    try {
      return await read.ask()
    } catch (error) {
      const givenUp = read.options.signal?.aborted === true
      if (givenUp || left === 0 || budget < 1 || !isPassing(error, pauseMs)) throw error
    }
    budget -= 1
    await pause(pauseMs * (0.5 + random() / 2), read.options.signal)
    return attempt(read, left - 1)
  }

  return wrap(client, (read) => {
    budget = Math.min(reserve, budget + earned)
    return attempt(read, tries)
  })
}

function isPassing(error: unknown, pauseMs: number): boolean {
  if (!isBackendError(error)) return false
  if ((error.retryAfterSeconds ?? 0) * 1000 > pauseMs) return false
  return error.kind === 'backend_unreachable' || error.kind === 'backend_overloaded'
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  try {
    await (signal === undefined ? over : orAborted(signal, over))
  } finally {
    clearTimeout(timer)
  }
}
