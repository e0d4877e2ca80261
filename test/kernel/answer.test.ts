import { describe, expect, it } from 'vitest'
import { combine, isComplete } from '../../src/kernel/answer.ts'

describe('combine', () => {
  it('keeps the worse status of each cluster and every warning once', () => {
    const stale = { code: 'stale_data', cluster: 'busan', detail: 'old' } as const
    const account = combine([
      {
        clusters: [
          { name: 'seoul', status: 'ok' },
          { name: 'busan', status: 'timeout' },
        ],
        warnings: [stale],
      },
      {
        clusters: [
          { name: 'seoul', status: 'partial' },
          { name: 'busan', status: 'ok' },
        ],
        warnings: [stale],
      },
    ])
    expect(account).toEqual({
      clusters: [
        { name: 'seoul', status: 'partial' },
        { name: 'busan', status: 'timeout' },
      ],
      warnings: [stale],
    })
    expect(isComplete(account)).toBe(false)
  })
})
