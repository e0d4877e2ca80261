import { describe, expect, it } from 'vitest'
import { type Claim, type StoredExportJob } from '../../../src/services/store/index.ts'
import { MEMORY, POSTGRESQL, SQLITE, useStores } from './places.ts'

const NOON = new Date('2026-11-20T12:00:00Z')
const after = (seconds: number) => new Date(NOON.getTime() + seconds * 1000)

const job = (id: string, more: Partial<StoredExportJob> = {}): StoredExportJob => ({
  id,
  owner: 'kim',
  question: { export: 'power', query: { cluster: ['서울'] } },
  state: 'queued',
  created_at: NOON,
  updated_at: NOON,
  expires_at: after(86_400),
  progress: { rows: 0, bytes: 5_000_000_000 },
  outcome: null,
  ...more,
})
const claim = (runner: string, seconds: number): Claim => ({
  runner,
  now: after(seconds),
  until: after(seconds + 30),
})

const open = useStores()
describe.each([SQLITE, MEMORY, POSTGRESQL])('exports in a store in $name', ({ skip, use }) => {
  describe.skipIf(skip)('while it is open', () => {
    const fresh = use()

    it('gives back jobs as they were added, in the order of their time', async () => {
      const { exportJobs } = await open(await fresh())
      const later = job('a', { created_at: after(1) })
      await exportJobs.add(later)
      await exportJobs.add(job('b'))
      expect(await exportJobs.list()).toEqual([job('b'), later])
    })

    it('lets one runner have each job, the oldest first', async () => {
      const { exportJobs } = await open(await fresh())
      await exportJobs.add(job('b', { created_at: after(1) }))
      await exportJobs.add(job('a'))
      const claimed = await Promise.all(
        ['one', 'two', 'three'].map((runner) => exportJobs.claim(claim(runner, 5))),
      )
      const ids = claimed.flatMap((each) => each?.id ?? [])
      expect(new Set(ids).size).toBe(ids.length)
      while ((await exportJobs.claim(claim('four', 5))) !== undefined);
      expect((await exportJobs.list()).map(({ state }) => state)).toEqual(['running', 'running'])
    })

    it('gives a job to another runner when the first has said nothing for too long', async () => {
      const { exportJobs } = await open(await fresh())
      await exportJobs.add(job('a'))
      expect(await exportJobs.claim(claim('one', 0))).toEqual(job('a', { state: 'running' }))
      expect(await exportJobs.update('a', {}, claim('one', 20))).toBe(true)
      expect(await exportJobs.claim(claim('two', 45))).toBeUndefined()
      expect((await exportJobs.claim(claim('two', 51)))?.id).toBe('a')
      const done = { state: 'done', outcome: { kind: 'file' } } as const
      expect(await exportJobs.update('a', done, claim('one', 52))).toBe(false)
      expect(await exportJobs.update('a', done, claim('two', 52))).toBe(true)
      expect(await exportJobs.claim(claim('one', 1000))).toBeUndefined()
    })

    it('takes up a job that was put back, and knows when one is gone', async () => {
      const { exportJobs } = await open(await fresh())
      await exportJobs.add(job('a'))
      await exportJobs.claim(claim('one', 0))
      expect(await exportJobs.update('a', { state: 'queued' }, claim('one', 1))).toBe(true)
      expect((await exportJobs.claim(claim('two', 2)))?.id).toBe('a')
      expect(await exportJobs.remove('a')).toBe(true)
      expect(await exportJobs.remove('a')).toBe(false)
      expect(await exportJobs.update('a', {}, claim('two', 3))).toBe(false)
    })
  })
})
