import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { BackendErrorKind } from '../../../src/kernel/errors.ts'
import { gauge } from '../../../src/promql/expression.ts'
import {
  withBreaker,
  withDeadline,
  withLimit,
  withMetrics,
  withRetry,
  type Observation,
  type PrometheusClient,
} from '../../../src/services/prometheus/index.ts'
import { AT, failure, reply, scriptedClient, stubClient } from './stub-client.ts'

const ask = (client: PrometheusClient, signal?: AbortSignal) =>
  client.instant(gauge('up'), AT, { shelf: 'realtime', signal })
/** How a question ends, without letting it go unhandled meanwhile. */
const outcome = (asked: Promise<unknown>): Promise<unknown> =>
  asked.catch((error: unknown) => error)
const RANGE = { start: AT, end: AT, stepSeconds: 15 }

beforeEach(() => {
  vi.useFakeTimers({ now: AT })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('withDeadline', () => {
  it('ends a question that takes too long, and whoever still works on it', async () => {
    const { client, asked } = stubClient()
    const end = outcome(ask(withDeadline(client, { timeoutSeconds: 5 })))
    await vi.advanceTimersByTimeAsync(4999)
    expect(asked[0]!.options.signal?.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(await end).toMatchObject({
      kind: 'backend_timeout',
      detail: 'did not answer within 5 s',
    })
    expect(asked[0]!.options.signal?.aborted).toBe(true)
  })

  it('covers both tries of a retry', async () => {
    const { client, asked } = stubClient()
    const end = outcome(ask(withDeadline(withRetry(client), { timeoutSeconds: 5 })))
    await vi.advanceTimersByTimeAsync(4000)
    asked[0]!.fail(failure('backend_unreachable'))
    await vi.advanceTimersByTimeAsync(1000)
    expect(asked).toHaveLength(2)
    expect(await end).toMatchObject({ kind: 'backend_timeout' })
  })

  it('leaves no timer behind', async () => {
    const { client } = scriptedClient([reply([1])])
    await ask(withDeadline(client, { timeoutSeconds: 5 }))
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('withRetry', () => {
  it.each<BackendErrorKind>(['backend_unreachable', 'backend_overloaded'])(
    'asks again after %s',
    async (kind) => {
      const { client, calls } = scriptedClient([failure(kind), reply([7])])
      const end = ask(withRetry(client))
      await vi.runAllTimersAsync()
      expect((await end).rows).toHaveLength(1)
      expect(calls()).toBe(2)
    },
  )

  it.each<BackendErrorKind>([
    'backend_timeout',
    'backend_unauthorized',
    'backend_rejected',
    'backend_invalid',
    'backend_too_large',
  ])('does not ask again after %s', async (kind) => {
    const { client, calls } = scriptedClient([failure(kind), reply([7])])
    expect(await outcome(ask(withRetry(client)))).toMatchObject({ kind })
    expect(calls()).toBe(1)
  })

  it('does not ask again sooner than the backend wants', async () => {
    const { client, calls } = scriptedClient([failure('backend_overloaded', 30)])
    await outcome(ask(withRetry(client)))
    expect(calls()).toBe(1)
  })

  it('waits between half its pause and all of it', async () => {
    for (const [random, ms] of [
      [0, 50],
      [0.999, 99],
    ] as const) {
      const { client, calls } = scriptedClient([failure('backend_unreachable'), reply([7])])
      const end = ask(withRetry(client, { random: () => random }))
      await vi.advanceTimersByTimeAsync(ms - 1)
      expect(calls()).toBe(1)
      await vi.advanceTimersByTimeAsync(2)
      expect(calls()).toBe(2)
      await end
    }
  })

  it('gives up with the last error when its tries are used up', async () => {
    const { client, calls } = scriptedClient([failure('backend_unreachable')])
    const end = outcome(ask(withRetry(client, { tries: 2 })))
    await vi.runAllTimersAsync()
    expect(await end).toMatchObject({ kind: 'backend_unreachable' })
    expect(calls()).toBe(3)
  })

  it('adds a tenth to the load of a backend that stays down, not all of it', async () => {
    const { client, calls } = scriptedClient([failure('backend_unreachable')])
    const asked = withRetry(client, { reserve: 10, earned: 0.1 })
    for (let i = 0; i < 1000; i += 1) {
      const end = outcome(ask(asked))
      await vi.runAllTimersAsync()
      await end
    }
    expect(calls()).toBeGreaterThan(1090)
    expect(calls()).toBeLessThanOrEqual(1000 + 10 + 100)
  })

  it('does not ask again for a caller who has left', async () => {
    const { client, calls } = scriptedClient([failure('backend_unreachable')])
    const caller = new AbortController()
    const end = outcome(ask(withRetry(client), caller.signal))
    await vi.advanceTimersByTimeAsync(10)
    caller.abort(new Error('left'))
    expect(await end).toMatchObject({ message: 'left' })
    await vi.runAllTimersAsync()
    expect(calls()).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('repeats range queries as well', async () => {
    const { client, calls } = scriptedClient([failure('backend_unreachable'), reply([7])])
    const end = withRetry(client).range(gauge('up'), RANGE, { shelf: 'series' })
    await vi.runAllTimersAsync()
    await end
    expect(calls()).toBe(2)
  })
})

describe('withLimit', () => {
  it('asks so many questions at once, and the others in their order', async () => {
    const { client, asked } = stubClient()
    const limited = withLimit(client, { concurrent: 2 })
    const ends = [1, 2, 3, 4].map(() => ask(limited))
    await vi.advanceTimersByTimeAsync(0)
    expect(asked).toHaveLength(2)
    asked[1]!.answer(reply([2]))
    await vi.advanceTimersByTimeAsync(0)
    expect(asked).toHaveLength(3)
    asked[0]!.fail(failure('backend_invalid'))
    await outcome(ends[0]!)
    await vi.advanceTimersByTimeAsync(0)
    expect(asked).toHaveLength(4)
    asked[2]!.answer(reply([3]))
    asked[3]!.answer(reply([4]))
    expect((await ends[2])?.rows[0]?.value).toBe(3)
    expect((await ends[3])?.rows[0]?.value).toBe(4)
  })

  it('turns away at once what is too much to wait', async () => {
    const { client } = stubClient()
    const limited = withLimit(client, { concurrent: 1, waiting: 1 })
    void ask(limited)
    void ask(limited)
    expect(await outcome(ask(limited))).toMatchObject({ kind: 'backend_overloaded' })
  })

  it('lets one who waits leave, and keeps the turns of the others', async () => {
    const { client, asked } = stubClient()
    const limited = withLimit(client, { concurrent: 1, waiting: 2 })
    const first = ask(limited)
    const caller = new AbortController()
    const second = outcome(ask(limited, caller.signal))
    const third = ask(limited)
    caller.abort(new Error('left'))
    expect(await second).toMatchObject({ message: 'left' })
    asked[0]!.answer(reply([1]))
    await first
    await vi.advanceTimersByTimeAsync(0)
    expect(asked).toHaveLength(2)
    asked[1]!.answer(reply([3]))
    await third
  })

  it('loses no turn to one who leaves in the moment it is called', async () => {
    const { client, asked } = stubClient()
    const limited = withLimit(client, { concurrent: 1 })
    const first = ask(limited)
    const caller = new AbortController()
    const second = outcome(ask(limited, caller.signal))
    await vi.advanceTimersByTimeAsync(0)
    asked[0]!.answer(reply([1]))
    await first
    caller.abort(new Error('left'))
    await second
    const third = ask(limited)
    await vi.advanceTimersByTimeAsync(0)
    asked.at(-1)!.answer(reply([3]))
    expect((await third).rows[0]?.value).toBe(3)
  })
})

describe('withBreaker', () => {
  const options = { failures: 3, pauseSeconds: 10, now: () => new Date() }

  it('stops asking after failures in a row, and repeats the last', async () => {
    const { client, calls } = scriptedClient([failure('backend_timeout')])
    const broken = withBreaker(client, options)
    for (let i = 0; i < 3; i += 1) {
      expect(broken.circuit()).toBe('closed')
      await outcome(ask(broken))
    }
    expect(broken.circuit()).toBe('open')
    expect(await outcome(ask(broken))).toMatchObject({
      kind: 'backend_timeout',
      detail: 'not asked after several failures, the last: said backend_timeout',
      retryAfterSeconds: 10,
    })
    expect(calls()).toBe(3)
  })

  it.each<[BackendErrorKind, 'open' | 'closed']>([
    ['backend_unreachable', 'open'],
    ['backend_timeout', 'open'],
    ['backend_invalid', 'open'],
    ['backend_overloaded', 'open'],
    ['backend_unauthorized', 'closed'],
    ['backend_rejected', 'closed'],
    ['backend_too_large', 'closed'],
  ])('after %s the circuit is %s', async (kind, state) => {
    const broken = withBreaker(scriptedClient([failure(kind)]).client, options)
    for (let i = 0; i < 5; i += 1) await outcome(ask(broken))
    expect(broken.circuit()).toBe(state)
  })

  it('counts failures in a row only', async () => {
    const down = failure('backend_unreachable')
    const { client } = scriptedClient([
      down,
      down,
      reply([1]),
      down,
      down,
      failure('backend_rejected'),
      down,
    ])
    const broken = withBreaker(client, options)
    for (let i = 0; i < 7; i += 1) await outcome(ask(broken))
    expect(broken.circuit()).toBe('closed')
  })

  it('takes failures that overlap in time for one: an answer puts many questions at once', async () => {
    const { client, asked } = stubClient()
    const broken = withBreaker(client, options)
    const failing = Array.from({ length: 40 }, () => outcome(ask(broken)))
    for (const question of asked) question.fail(failure('backend_timeout'))
    await Promise.all(failing)
    expect(broken.circuit()).toBe('closed')
  })

  it('does not count a question that was too heavy for a backend that answers others', async () => {
    const { client, asked } = stubClient()
    const broken = withBreaker(client, options)
    for (let turn = 0; turn < 5; turn += 1) {
      const [heavy, light] = [outcome(ask(broken)), ask(broken)]
      asked[2 * turn + 1]!.answer(reply([1]))
      await light
      asked[2 * turn]!.fail(failure('backend_timeout'))
      expect(await heavy).toMatchObject({ kind: 'backend_timeout' })
    }
    expect(broken.circuit()).toBe('closed')
  })

  it('lets one question through after the pause, and closes when it is answered', async () => {
    const { client, asked } = stubClient()
    const broken = withBreaker(client, options)
    for (let i = 0; i < 3; i += 1) {
      const failing = outcome(ask(broken))
      asked[i]!.fail(failure('backend_unreachable'))
      await failing
    }
    await vi.advanceTimersByTimeAsync(9999)
    expect(broken.circuit()).toBe('open')
    await vi.advanceTimersByTimeAsync(1)
    expect(broken.circuit()).toBe('half_open')
    const probe = ask(broken)
    expect(await outcome(ask(broken))).toMatchObject({ kind: 'backend_unreachable' })
    expect(asked).toHaveLength(4)
    asked[3]!.answer(reply([1]))
    await probe
    expect(broken.circuit()).toBe('closed')
  })

  it('opens again when that question fails', async () => {
    const { client, calls } = scriptedClient([failure('backend_unreachable')])
    const broken = withBreaker(client, options)
    for (let i = 0; i < 3; i += 1) await outcome(ask(broken))
    await vi.advanceTimersByTimeAsync(10_000)
    await outcome(ask(broken))
    expect(calls()).toBe(4)
    expect(broken.circuit()).toBe('open')
  })

  it('lets another one through when the caller of that question leaves', async () => {
    const { client, asked } = stubClient()
    const broken = withBreaker(client, { ...options, failures: 1 })
    const failing = outcome(ask(broken))
    asked[0]!.fail(failure('backend_unreachable'))
    await failing
    await vi.advanceTimersByTimeAsync(10_000)
    const caller = new AbortController()
    const probe = outcome(ask(broken, caller.signal))
    caller.abort(new Error('left'))
    await probe
    expect(broken.circuit()).toBe('half_open')
    void ask(broken)
    expect(asked).toHaveLength(3)
  })
})

describe('withMetrics', () => {
  it('tells how each read ended and how long it took', async () => {
    const seen: Observation[] = []
    const { client, asked } = stubClient()
    const watched = withMetrics(client, {
      cluster: 'seoul',
      observe: (observation) => seen.push(observation),
      elapsed: () => Date.now(),
    })
    const caller = new AbortController()
    const bug = new Error('a fault of ours')
    const ends = [
      ask(watched),
      ask(watched),
      ask(watched),
      ask(watched),
      ask(watched, caller.signal),
    ]
    await vi.advanceTimersByTimeAsync(250)
    asked[0]!.answer(reply([1]))
    asked[1]!.answer(reply([1], ['store gone']))
    asked[2]!.fail(failure('backend_timeout'))
    asked[3]!.fail(bug)
    caller.abort(new Error('left'))
    await Promise.allSettled(ends)
    await watched.range(gauge('up'), RANGE, { shelf: 'series' })
    const told = { cluster: 'seoul', seconds: 0.25, warnings: [] }
    expect(seen).toMatchObject([
      { ...told, operation: 'instant', outcome: 'ok' },
      { ...told, operation: 'instant', outcome: 'partial', warnings: ['store gone'] },
      { ...told, operation: 'instant', outcome: 'timeout' },
      { ...told, operation: 'instant', outcome: 'failed', error: bug },
      { ...told, operation: 'instant', outcome: 'aborted' },
      { cluster: 'seoul', operation: 'range', outcome: 'ok' },
    ])
  })
})
