import { describe, expect, it } from 'vitest'
import { createTurns } from '../../../src/services/reports/turns.ts'

const never = new AbortController().signal

/** Work that lasts until it is told to end. */
function held() {
  let end = (): void => undefined
  const work = () => new Promise<void>((resolve) => (end = resolve))
  return { work, end: () => end() }
}

describe('turns', () => {
  it('are one of each user, in the order in which they came', async () => {
    const turns = createTurns({ atOnce: 2, mostWaiting: 8 })
    const [a, b] = [held(), held()]
    const order: string[] = []
    const first = turns.take('ann', never, a.work)
    const second = turns.take('ann', never, () => Promise.resolve(order.push('ann')))
    const third = turns.take('bob', never, b.work)
    await Promise.resolve()
    expect(order).toEqual([])
    a.end()
    await first
    await second
    b.end()
    await third
    expect(order).toEqual(['ann'])
  })

  it('are refused, with a time to come back, when too many wait', async () => {
    const turns = createTurns({ atOnce: 1, mostWaiting: 1 })
    const running = held()
    const first = turns.take('ann', never, running.work)
    const waiting = turns.take('bob', never, () => Promise.resolve('bob'))
    await expect(turns.take('eve', never, () => Promise.resolve())).rejects.toMatchObject({
      kind: 'rate_limited',
      retryAfterSeconds: 30,
    })
    running.end()
    await first
    expect(await waiting).toBe('bob')
  })

  it('are given up by who leaves, and by work that fails', async () => {
    const turns = createTurns({ atOnce: 1, mostWaiting: 1 })
    const running = held()
    const first = turns.take('ann', never, running.work)
    const leaving = new AbortController()
    const left = turns.take('bob', leaving.signal, () => Promise.resolve())
    leaving.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    const failing = turns.take('eve', never, () => Promise.reject(new Error('failed')))
    running.end()
    await first
    await expect(failing).rejects.toThrow('failed')
    expect(await turns.take('ann', never, () => Promise.resolve('again'))).toBe('again')
  })
})
