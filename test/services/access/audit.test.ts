import { describe, expect, it } from 'vitest'
import type { AuditEvent } from '../../../src/kernel/audit.ts'
import { createAudit } from '../../../src/services/access/index.ts'
import { openStore } from '../../../src/services/store/index.ts'
import { fakeClock } from '../../support/test-app.ts'
import { POSTGRESQL, rawly, SQLITE } from '../store/places.ts'

const event = (at: Date, more: Partial<AuditEvent> = {}): AuditEvent => ({
  at,
  who: 'alice',
  way: 'user',
  address: '192.0.2.1',
  action: 'DELETE /api/v1/clusters/{name}',
  target: { name: 'busan' },
  result: 'done',
  status: null,
  request_id: 'r-1',
  ...more,
})

describe.each([SQLITE, POSTGRESQL])('the audit log in $name', (kind) => {
  describe.skipIf(kind.skip)('of one server', () => {
    const fresh = kind.use()
    async function start({ mostEntries = 1000, count = 0 } = {}) {
      const place = await fresh()
      const store = await openStore(place)
      const clock = fakeClock()
      const told: object[] = []
      const audit = createAudit({
        store: store.audit,
        now: clock.now,
        keepSeconds: 86_400,
        mostEntries,
        tell: (noted, kept) => told.push({ action: noted.action, ...kept }),
      })
      for (let index = 0; index < count; index += 1)
        await audit.note(event(clock.now(), { request_id: `r-${index}` }))
      const close = async () => {
        audit.close()
        await store.close()
      }
      return { place, store, clock, audit, told, close }
    }

    it('keeps what was done in order, each with its hash, and tells the log the same', async () => {
      const { audit, told, close } = await start({ count: 3 })
      const { entries, total } = await audit.list({}, { limit: 2, offset: 0 })
      expect([total, entries.map(({ seq }) => seq)]).toEqual([3, [3, 2]])
      expect(entries[0]).toMatchObject({
        who: 'alice',
        result: 'done',
        details: { target: { name: 'busan' }, request_id: 'r-2', address: '192.0.2.1' },
      })
      expect(new Set(entries.map(({ hash }) => hash)).size).toBe(2)
      expect(told[2]).toMatchObject({ seq: 3, hash: entries[0]?.hash })
      expect(await audit.check()).toMatchObject({ entries: 3, last_seq: 3, problem: null })
      await close()
    })

    it('is searched by who, what, result and time', async () => {
      const { clock, audit, close } = await start({ count: 1 })
      clock.advance(60)
      await audit.note(event(clock.now(), { who: 'bob', result: 'refused', status: 403 }))
      const found = async (filter: object) =>
        (await audit.list(filter, { limit: 10, offset: 0 })).entries.map(({ who }) => who)
      expect(await found({ who: 'bob' })).toEqual(['bob'])
      expect(await found({ result: 'done' })).toEqual(['alice'])
      expect(await found({ action: 'POST /api/v1/clusters' })).toEqual([])
      expect(await found({ from: clock.now() })).toEqual(['bob'])
      expect(await found({ until: clock.now() })).toEqual(['alice'])
      await close()
    })

    it.each([
      ['an entry is changed', "update audit_log set who = 'mallory' where seq = 2", 2, /changed/],
      ['its details are', "update audit_log set body = '{}' where seq = 3", 3, /changed/],
      ['one is taken out', 'delete from audit_log where seq = 2', 2, /missing/],
      ['the first ones are', 'delete from audit_log where seq < 3', 1, /missing/],
      ['the last ones are', 'delete from audit_log where seq > 3', 4, /last entries/],
      ['all are', 'delete from audit_log', 1, /last entries/],
    ])('shows when %s', async (_name, statement, seq, detail) => {
      const { place, audit, close } = await start({ count: 4 })
      await rawly(place, statement)
      const { problem } = await audit.check()
      expect(problem).toEqual({ seq, detail: expect.stringMatching(detail) as string })
      await close()
    })

    it('is one chain of what several servers write at once', async () => {
      const { place, audit, clock, close } = await start()
      const other = await openStore(place)
      const entry = { at: clock.now(), who: 'bob', action: 'a', result: 'done', details: {} }
      await Promise.all([
        ...Array.from({ length: 5 }, () => audit.note(event(clock.now()))),
        ...Array.from({ length: 5 }, () => other.audit.add(entry)),
      ])
      expect(await audit.check()).toMatchObject({ entries: 10, last_seq: 10, problem: null })
      await other.close()
      await close()
    })

    it('forgets by number and age, says so itself, and stays a chain', async () => {
      const { store, clock, audit, close } = await start({ count: 6 })
      const limits = { before: new Date(0), most: 4, at: clock.now() }
      expect(await store.audit.prune(limits)).toBe(2)
      expect(await audit.check()).toMatchObject({ entries: 5, first_seq: 3, problem: null })
      clock.advance(60)
      await audit.note(event(clock.now()))
      expect(await store.audit.prune({ ...limits, before: clock.now(), most: 100 })).toBe(5)
      const { entries } = await audit.list({}, { limit: 10, offset: 0 })
      expect(entries.map(({ seq, action }) => [seq, action])).toEqual([
        [9, 'audit.prune'],
        [8, 'DELETE /api/v1/clusters/{name}'],
      ])
      expect(entries[0]?.details).toMatchObject({ target: { through_seq: 7, entries: 5 } })
      expect(await audit.check()).toMatchObject({ entries: 2, first_seq: 8, problem: null })
      await close()
    })

    it('takes the same refusal again and again for one a minute', async () => {
      const { clock, audit, close } = await start()
      const refused = () => audit.note(event(clock.now(), { result: 'refused', status: 403 }))
      for (let count = 0; count < 5; count += 1) await refused()
      clock.advance(60)
      await refused()
      await audit.note(event(clock.now(), { result: 'refused', who: 'bob', status: 403 }))
      expect((await audit.list({}, { limit: 10, offset: 0 })).total).toBe(3)
      await close()
    })

    it('that cannot be written is told in the log, with all that there is', async () => {
      const { store, clock, audit, told } = await start()
      await store.close()
      await audit.note(event(clock.now()))
      expect(told).toEqual([
        {
          action: 'DELETE /api/v1/clusters/{name}',
          error: expect.objectContaining({ kind: 'store_unavailable' }) as object,
        },
      ])
      audit.close()
    })
  })
})
