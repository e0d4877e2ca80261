import type { Now } from '../../../kernel/clock.ts'
import { isBackendError, KCloudError, type BackendErrorKind } from '../../../kernel/errors.ts'
import type { PrometheusClient, Reply } from '../client.ts'
import { wrap } from './wrap.ts'

/** `open`: questions are held back. `half_open`: the next one, or the one under way, decides. */
export type Circuit = 'closed' | 'open' | 'half_open'

export interface BreakerOptions {
  /** Failures in a row, one after the other, that open the circuit. */
  readonly failures?: number
  /** How long questions are held back before one is let through again. */
  readonly pauseSeconds?: number
  readonly now: Now
}

/** A client that stops asking a backend that does not answer. */
export interface BreakerClient extends PrometheusClient {
  circuit(): Circuit
}

/**
 * After so many failures in a row, rejects at once with the kind of the last one, so that a dead cluster costs
 * an answer nothing; after a pause one question is let through and decides. Only kinds that say "it does not
 * work" count. A backend that refuses a question, our credentials or the size of an answer has answered, and
 * another question may fare better, so those close the circuit. A caller who gives up says nothing about it.
 *
 * The many questions of one answer fail together, so failures whose questions overlap in time are one. And one that
 * ran out of time while another was answered was too heavy: that says nothing about the backend.
 */
export function withBreaker(
  client: PrometheusClient,
  { failures = 5, pauseSeconds = 10, now }: BreakerOptions,
): BreakerClient {
  const record = recordOfFailures()
  let probing = false

  const heldSeconds = (): number =>
    pauseSeconds - (now().getTime() - record.lastAt.getTime()) / 1000
  const circuit = (): Circuit => {
    if (record.inARow < failures) return 'closed'
    return heldSeconds() > 0 ? 'open' : 'half_open'
  }
  const observed = async <Row>(ask: () => Promise<Reply<Row>>): Promise<Reply<Row>> => {
    const since = record.began()
    try {
      const reply = await ask()
      record.success()
      return reply
    } catch (error) {
      if (isBackendError(error)) record.failure(error, { at: now(), since })
      throw error
    }
  }
  const probed = async <Row>(ask: () => Promise<Reply<Row>>): Promise<Reply<Row>> => {
    probing = true
    try {
      return await observed(ask)
    } finally {
      probing = false
    }
  }

  const wrapped = wrap(client, async ({ ask }) => {
    const state = circuit()
    if (state === 'closed') return observed(ask)
    if (state === 'open' || probing) throw heldBack(record.last, heldSeconds())
    return probed(ask)
  })
  return { ...wrapped, circuit }
}

type BackendError = KCloudError & { readonly kind: BackendErrorKind }

interface FailureRecord {
  readonly inARow: number
  readonly last: BackendError | undefined
  readonly lastAt: Date
  /** What was counted before a question, to tell later what has been counted since. */
  began(): Counted
  success(): void
  failure(error: BackendError, asked: { readonly at: Date; readonly since: Counted }): void
}

interface Counted {
  readonly failures: number
  readonly answers: number
}

function recordOfFailures(): FailureRecord {
  const counted = { failures: 0, answers: 0 }
  const record = {
    inARow: 0,
    last: undefined as BackendError | undefined,
    lastAt: new Date(0),
    began: (): Counted => ({ ...counted }),
    success(): void {
      counted.answers += 1
      record.inARow = 0
    },
    failure(error: BackendError, { at, since }: Parameters<FailureRecord['failure']>[1]): void {
      if (!TRIPPING[error.kind]) {
        record.success()
        return
      }
      if (since.failures < counted.failures) return
      if (error.kind === 'backend_timeout' && since.answers < counted.answers) return
      counted.failures += 1
      record.inARow += 1
      record.last = error
      record.lastAt = at
    },
  }
  return record
}

const TRIPPING: Record<BackendErrorKind, boolean> = {
  backend_unreachable: true,
  backend_timeout: true,
  backend_invalid: true,
  backend_overloaded: true,
  backend_unauthorized: false,
  backend_rejected: false,
  backend_too_large: false,
}

function heldBack(last: BackendError | undefined, seconds: number): KCloudError {
  return new KCloudError(last?.kind ?? 'backend_unreachable', {
    detail: `not asked after several failures, the last: ${last?.detail ?? 'unknown'}`,
    cause: last,
    retryAfterSeconds: Math.max(1, Math.ceil(seconds)),
  })
}
