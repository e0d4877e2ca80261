import { describe, expect, it } from 'vitest'
import { openStore } from '../../../src/services/store/index.ts'
import { POSTGRESQL, SQLITE } from './places.ts'

const version = (minute: number, note: string | null = null) => ({
  kind: 'workload_type',
  created_at: new Date(Date.UTC(2026, 10, 20, 5, minute)),
  scores: { macro_f1: 0.9 },
  body: { trees: [minute] },
  note,
})

describe.each([SQLITE, POSTGRESQL])('models in $name', (kind) => {
  describe.skipIf(kind.skip)('in versions', () => {
    const fresh = kind.use()

    it('are used from when they are kept, unless a note says why not, also after a restart', async () => {
      const place = await fresh()
      const store = await openStore(place)
      expect(await store.models.active('workload_type')).toBeNull()
      await store.models.save(version(1))
      await store.models.save(version(2))
      await store.models.save(version(3, 'it is worse'))
      await store.close()
      const again = await openStore(place)
      expect(await again.models.active('workload_type')).toMatchObject({
        version: 2,
        body: { trees: [2] },
        created_at: new Date('2026-11-20T05:02:00Z'),
      })
      const list = await again.models.list('workload_type')
      expect(list.map((one) => [one.version, one.is_active, one.note])).toEqual([
        [3, false, 'it is worse'],
        [2, true, null],
        [1, false, null],
      ])
      await again.close()
    })

    it('keep the one in use and the newest of many', async () => {
      const store = await openStore(await fresh())
      await store.models.save(version(0))
      for (let minute = 1; minute <= 14; minute += 1)
        await store.models.save(version(minute, 'it is worse'))
      const list = await store.models.list('workload_type')
      expect(list.length).toBeLessThanOrEqual(11)
      expect(list[0]?.version).toBe(15)
      expect((await store.models.active('workload_type'))?.version).toBe(1)
      await store.close()
    })

    it('have one active version, and each its own number, when two servers train at once', async () => {
      const place = await fresh()
      const one = await openStore(place)
      const other = await openStore(place)
      await Promise.all(
        [one, other, one, other].map((store, minute) => store.models.save(version(minute))),
      )
      const list = await one.models.list('workload_type')
      expect(list.map((model) => model.version)).toEqual([4, 3, 2, 1])
      expect(list.filter((model) => model.is_active)).toHaveLength(1)
      for (const store of [one, other]) await store.close()
    })
  })
})
