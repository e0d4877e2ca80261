import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { untilEither } from '../../src/kernel/signals.ts'

describe('work that ends with either of two signals', () => {
  it('leaves nothing on a signal that lives as long as the process', async () => {
    const process = new AbortController()
    for (let time = 0; time < 100; time += 1) {
      const request = new AbortController()
      await untilEither([request.signal, process.signal], () => Promise.resolve())
      const failed = untilEither([request.signal, process.signal], () =>
        Promise.reject(new Error('no')),
      )
      await expect(failed).rejects.toThrow('no')
      expect(getEventListeners(request.signal, 'abort')).toEqual([])
    }
    expect(getEventListeners(process.signal, 'abort')).toEqual([])
  })

  it.each([0, 1])('ends with the reason of signal %i', async (which) => {
    const two = [new AbortController(), new AbortController()] as const
    const work = untilEither(
      [two[0].signal, two[1].signal],
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error))
        }),
    )
    two[which]?.abort(new Error('enough'))
    await expect(work).rejects.toThrow('enough')
  })

  it('has ended at once with a signal that has', async () => {
    const ended = AbortSignal.abort(new Error('before'))
    const seen = await untilEither([new AbortController().signal, ended], (signal) =>
      Promise.resolve(signal.aborted),
    )
    expect(seen).toBe(true)
  })
})
