import { describe, expect, it } from 'vitest'
import type { NewDecision } from '../../../src/services/store/scaling-events.ts'

import { MEMORY, POSTGRESQL, SQLITE, useStores } from './places.ts'

const NOON = new Date('2026-11-20T12:00:00Z')
const after = (seconds: number) => new Date(NOON.getTime() + seconds * 1000)
const leaseOf = (owner: string, seconds: number, lasting = 30) => ({
  owner,
  at: after(seconds),
  until: after(seconds + lasting),
})
const SPEC = { target: { name: '웹' }, max_replicas: 20, note: "'; drop table leases; --" }
const policy = (id: string) => ({ id, spec: SPEC, created_by: 'kim', at: NOON })

const decision = (
  policyId: string,
  number: number,
  more: Partial<NewDecision> = {},
): NewDecision => ({
  event: {
    id: `${policyId}-event-${number}`,
    policy_id: policyId,
    at: after(number),
    action: number % 2 === 0 ? 'hold' : 'scale_in',
    rule: number % 2 === 0 ? 'cooldown' : 'over_budget',
    body: { watts: 5346.25, forecast: null },
  },
  stateVersion: number,
  state: { changed_at: number },
  deliveries: [],
  ...more,
})
const delivery = (id: string) => ({ id, kind: 'webhook' as const, body: { desired: 9 } })
const PAGE = { limit: 10, offset: 0, newestFirst: true }

const open = useStores()
describe.each([SQLITE, MEMORY, POSTGRESQL])('scaling in a store in $name', ({ skip, use }) => {
  describe.skipIf(skip)('while it is open', () => {
    const fresh = use()

    it('gives back policies as they were made, and changes them at their version only', async () => {
      const { policies } = await open(await fresh())
      await policies.add(policy('b'))
      expect(await policies.add(policy('a'))).toEqual({
        id: 'a',
        version: 1,
        spec: SPEC,
        state: {},
        state_version: 1,
        created_by: 'kim',
        created_at: NOON,
        updated_at: NOON,
      })
      expect((await policies.list()).map(({ id }) => id)).toEqual(['a', 'b'])
      await expect(policies.add(policy('a'))).rejects.toMatchObject({ kind: 'ambiguous' })
      const change = { spec: { ...SPEC, max_replicas: 30 }, at: after(5) }
      expect(await policies.change({ id: 'a', version: 2 }, change)).toBe(false)
      expect(await policies.change({ id: 'a', version: 1 }, change)).toBe(true)
      expect(await policies.find('a')).toMatchObject({
        version: 2,
        state_version: 2,
        spec: change.spec,
        updated_at: after(5),
      })
      expect(await policies.change({ id: 'a', version: null }, change)).toBe(true)
      expect(await policies.remove({ id: 'a', version: 1 }, after(6))).toBe(false)
      expect(await policies.remove({ id: 'a', version: 3 }, after(6))).toBe(true)
      expect(await policies.find('a')).toBeNull()
    })

    it('keeps a decision whole or not at all, and one of several that began from the same state', async () => {
      const place = await fresh()
      const { policies, scalingEvents, deliveries } = await open(place)
      await policies.add(policy('a'))
      const both = await Promise.all(
        ['one', 'two'].map((name) =>
          scalingEvents.note({
            ...decision('a', 1, { deliveries: [delivery(`d-${name}`)] }),
            event: { ...decision('a', 1).event, id: name },
          }),
        ),
      )
      expect(both.filter((kept) => kept)).toHaveLength(1)
      const { events, total } = await scalingEvents.list({}, PAGE)
      expect(total).toBe(1)
      expect(await deliveries.find(['d-one', 'd-two'])).toMatchObject([
        { id: `d-${events[0]!.id}`, state: 'waiting', attempts: 0, body: { desired: 9 } },
      ])
      expect(await policies.find('a')).toMatchObject({
        state: { changed_at: 1 },
        state_version: 2,
        version: 1,
      })
      // A delivery whose id is taken ends all of it.
      const taken = (await deliveries.take(leaseOf('me', 1)))!.id
      await expect(
        scalingEvents.note(decision('a', 2, { deliveries: [delivery(taken)] })),
      ).rejects.toThrow()
      expect((await scalingEvents.list({}, PAGE)).total).toBe(1)
      expect((await policies.find('a'))!.state_version).toBe(2)
    })

    it('filters and pages decisions, gives back every figure, and forgets the old ones', async () => {
      const { policies, scalingEvents } = await open(await fresh())
      for (const id of ['a', 'b']) {
        await policies.add(policy(id))
        for (let number = 1; number <= 4; number += 1)
          expect(await scalingEvents.note(decision(id, number))).toBe(true)
      }
      const ids = async (filter: object, page: object = {}) => {
        const { events, total } = await scalingEvents.list(filter, { ...PAGE, ...page })
        return [total, events.map(({ id }) => id)]
      }
      expect(await ids({ policyId: 'a' }, { limit: 2, offset: 1 })).toEqual([
        4,
        ['a-event-3', 'a-event-2'],
      ])
      expect(await ids({ actions: ['hold'] }, { newestFirst: false, limit: 2 })).toEqual([
        4,
        ['a-event-2', 'b-event-2'],
      ])
      expect(await ids({ rules: ['over_budget'], from: after(2), until: after(4) })).toEqual([
        2,
        ['b-event-3', 'a-event-3'],
      ])
      const { events } = await scalingEvents.list({ policyId: 'b' }, PAGE)
      expect(events[0]).toEqual(decision('b', 4).event)
      await scalingEvents.prune({ holds: after(4), all: after(2) })
      expect((await ids({}))[1]).toEqual(['b-event-4', 'a-event-4', 'b-event-3', 'a-event-3'])
    })

    it('gives each delivery to one sender at a time, and again when that one is gone', async () => {
      const place = await fresh()
      const { policies, scalingEvents, deliveries } = await open(place)
      await policies.add(policy('a'))
      await scalingEvents.note(
        decision('a', 1, { deliveries: [delivery('first'), delivery('second')] }),
      )
      const taken = await Promise.all(
        ['one', 'two', 'three'].map((owner) => deliveries.take(leaseOf(owner, 10))),
      )
      const ids = taken.flatMap((each) => (each === null ? [] : [each.id]))
      // Who was too late for one may have to look again.
      const rest = await deliveries.take(leaseOf('four', 10))
      if (rest !== null) ids.push(rest.id)
      expect([...ids].sort()).toEqual(['first', 'second'])
      expect(await deliveries.take(leaseOf('five', 39))).toBeNull()
      const again = (await deliveries.take(leaseOf('six', 41)))!
      expect(again.attempts).toBe(2)
      const late = { owner: 'one', at: after(42) }
      const done = { state: 'delivered', problem: null, note: 'from 12 to 9' } as const
      expect(await deliveries.settle(again.id, late, done)).toBe(false)
      expect(await deliveries.settle(again.id, { owner: 'six', at: after(42) }, done)).toBe(true)
      expect(await deliveries.find([again.id])).toMatchObject([
        { state: 'delivered', note: 'from 12 to 9', settled_at: after(42) },
      ])
      const other = (await deliveries.take(leaseOf('six', 43)))!
      const retry = { state: 'waiting', problem: 'it answered 500', nextAt: after(100) } as const
      expect(await deliveries.settle(other.id, { owner: 'six', at: after(44) }, retry)).toBe(true)
      expect(await deliveries.take(leaseOf('six', 99))).toBeNull()
      expect((await deliveries.take(leaseOf('six', 100)))!.id).toBe(other.id)
    })

    it('knows what a newer change replaces, and gives up what a removed policy had to deliver', async () => {
      const { policies, scalingEvents, deliveries } = await open(await fresh())
      await policies.add(policy('a'))
      await scalingEvents.note(decision('a', 1, { deliveries: [delivery('old')] }))
      const [old] = await deliveries.find(['old'])
      expect(await deliveries.isReplaced(old!)).toBe(false)
      await scalingEvents.note(decision('a', 2, { deliveries: [delivery('new')] }))
      expect(await deliveries.isReplaced(old!)).toBe(true)
      await policies.remove({ id: 'a', version: null }, after(9))
      expect(await deliveries.find(['old', 'new'])).toMatchObject(
        ['old', 'new'].map(() => ({ state: 'failed', problem: 'its policy was removed' })),
      )
      expect((await scalingEvents.list({ policyId: 'a' }, PAGE)).total).toBe(2)
    })

    it('lets one of several servers decide, until its lease has run out', async () => {
      const { leases } = await open(await fresh())
      const first = await Promise.all(
        ['one', 'two', 'three'].map((owner) => leases.take('scaling', leaseOf(owner, 0))),
      )
      expect(first.filter((ours) => ours)).toHaveLength(1)
      const winner = ['one', 'two', 'three'][first.indexOf(true)]!
      expect(await leases.take('scaling', leaseOf(winner, 20))).toBe(true)
      expect(await leases.take('scaling', leaseOf('other', 49))).toBe(false)
      expect(await leases.take('scaling', leaseOf('other', 51))).toBe(true)
      await leases.release('scaling', winner)
      expect(await leases.take('scaling', leaseOf(winner, 52))).toBe(false)
      await leases.release('scaling', 'other')
      expect(await leases.take('scaling', leaseOf(winner, 52))).toBe(true)
    })

    it('forgets old versions of a model, but neither the active one nor those to go back to', async () => {
      const { forecastModels } = await open(await fresh())
      for (let number = 1; number <= 12; number += 1) {
        const version = await forecastModels.add({
          modelId: 'm',
          target: '{}',
          jobId: `job-${number}`,
          manifest: '{}',
          weights: null,
          at: after(number),
        })
        expect(version).toBe(number)
        const status = [2, 3, 5, 6].includes(number) ? 'written' : 'rejected'
        await forecastModels.settle({ model_id: 'm', version }, status, number === 3)
      }
      const keep = { newest: 4, serviceable: 2 }
      expect(await forecastModels.prune('m', keep)).toEqual([1, 2, 4, 7, 8])
      const model = await forecastModels.find('m')
      expect(model).toMatchObject({ active_version: 3 })
      expect(model!.versions.map(({ version }) => version)).toEqual([3, 5, 6, 9, 10, 11, 12])
      expect(await forecastModels.prune('m', keep)).toEqual([])
      expect(await forecastModels.prune('none', keep)).toEqual([])
      expect(await forecastModels.find('none')).toBeNull()
    })

    it('gives each job of the forecasts to one server, and its items one answer', async () => {
      const { jobs } = await open(await fresh())
      for (const id of ['a', 'b'])
        await jobs.add({
          id,
          kind: 'batch',
          request: '{}',
          items: ['{"node":"한"}', '{}'],
          created_by: 'kim',
          at: NOON,
        })
      // At the very moment at which they were added.
      const taken = await Promise.all(
        ['one', 'two', 'three'].map((owner) => jobs.take('batch', leaseOf(owner, 0))),
      )
      const ids = taken.flatMap((job) => (job === null ? [] : [job.id]))
      const rest = await jobs.take('batch', leaseOf('four', 0))
      if (rest !== null) ids.push(rest.id)
      expect([...ids].sort()).toEqual(['a', 'b'])
      expect(await jobs.take('training', leaseOf('one', 0))).toBeNull()
      const again = await Promise.all(
        ['five', 'six'].map((owner) => jobs.take('batch', leaseOf(owner, 31))),
      )
      const owners = ['five', 'six'].filter((_, at) => again[at] !== null)
      const own = again.flatMap((job) => (job === null ? [] : [job.id]))
      expect(new Set(own).size).toBe(own.length)
      const [id = '', owner = ''] = [own[0], owners[0]]
      expect(await jobs.renew(id, leaseOf('one', 32), 0.5)).toBe(false)
      expect(await jobs.renew(id, leaseOf(owner, 32), 0.5)).toBe(true)
      await jobs.saveItem(id, 0, '"first"')
      await jobs.saveItem(id, 0, '"second"')
      expect((await jobs.items(id)).map(({ result }) => result)).toEqual(['"first"', null])
      const end = { state: 'done', result: '{}' } as const
      expect(await jobs.finish(id, leaseOf('one', 33), end)).toBe(false)
      expect(await jobs.finish(id, leaseOf(owner, 33), end)).toBe(true)
      expect(await jobs.find(id)).toMatchObject({ state: 'done', progress: 1 })
      expect(await jobs.cancel(id, after(34))).toBe(false)
    })
  })
})
