import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/analysis/trees/random.ts'
import {
  createHub,
  createSharedDriver,
  type CommonStore,
  type SharedNews,
  type TopicSpec,
} from '../../../src/services/streams/index.ts'
import { fakeTimers, settle, type FakeTimers } from '../../support/fake-timers.ts'

const TOPIC = 'power'
const LIMITS = {
  maxTopics: 3,
  ringBytes: 100_000,
  heartbeatSeconds: 15,
  keptSeconds: 120,
  maxBacklogBytes: 1_000_000,
  slowSeconds: 30,
}

/** A link on which nothing goes wrong. */
const WELL = { up: true, hears: true, delay: 0, losesReplies: false }

type Hear = (news: SharedNews | null) => void

/** What all servers have in common, kept in memory by the test's clock, and each server's way to it. */
function commonGround(timers: FakeTimers) {
  let lease: { readonly server: string; readonly until: number } | undefined
  let list: SharedNews[] = []
  let freshUntil = 0
  const ways = new Set<ReturnType<typeof way>>()
  const now = () => timers.now().getTime()
  const holds = (server: string): boolean => lease?.server === server && lease.until > now()
  const publish = (news: SharedNews | null): void => {
    for (const { link, hear } of ways) if (link.up && link.hears) hear(news)
  }
  const later = (milliseconds: number) =>
    new Promise<void>((resolve) => timers.after(milliseconds, resolve))

  function way() {
    const link = { ...WELL }
    const listeners = new Set<Hear>()
    /** What is asked takes a while, and is refused where the common store cannot be reached then. */
    const ask = async <Value>(run: () => Value): Promise<Value> => {
      await later(link.delay)
      if (!link.up) throw new Error('away')
      const reply = run()
      if (link.losesReplies) throw new Error('too late')
      return reply
    }
    const store: CommonStore = {
      lead: (_topic, server, leaseMs) =>
        ask(() => {
          if (lease !== undefined && lease.until > now() && lease.server !== server) return false
          lease = { server, until: now() + leaseMs }
          return true
        }),
      resign: (_topic, server) =>
        ask(() => {
          if (!holds(server)) return
          lease = undefined
          publish(null)
        }),
      publish: (_topic, news, { server, freshSeconds }) =>
        ask(() => {
          if (!holds(server)) return false
          if (news.frames.length > 0) list = [...list, news].slice(-100)
          freshUntil = now() + freshSeconds * 1000
          publish(news)
          return true
        }),
      past: () => ask(() => ({ news: [...list], current: freshUntil > now() })),
      follow(_topic, hear) {
        listeners.add(hear)
        return () => void listeners.delete(hear)
      },
    }
    return { link, store, hear: (news: SharedNews | null) => listeners.forEach((own) => own(news)) }
  }
  return {
    connect() {
      const own = way()
      ways.add(own)
      return own
    },
    /** All that was remembered is gone. */
    forget() {
      lease = undefined
      list = []
      freshUntil = 0
    },
  }
}

/** Servers whose reading is a number that grows by one with each second. */
function cluster(timers: FakeTimers, servers: number) {
  const ground = commonGround(timers)
  const reads = Array.from({ length: servers }, () => 0)
  const valueNow = () => Math.floor(timers.now().getTime() / 1000) % 1_000_000
  return {
    ground,
    reads,
    valueNow,
    servers: reads.map((_, index) => startServer(index, null)),
    /** One more server, whose viewer had an event before. */
    join: (resumeAfter: string) => {
      reads.push(0)
      return startServer(reads.length - 1, resumeAfter)
    },
  }

  function startServer(index: number, resumeAfter: string | null) {
    const { link, store } = ground.connect()
    const frames: Record<string, any>[] = []
    const spec: TopicSpec = {
      topic: TOPIC,
      read: {
        key: TOPIC,
        intervalSeconds: 1,
        read(at) {
          reads[index]! += 1
          const total = valueNow()
          const told = { data: JSON.stringify({ total }), meta: '{}', total, rows: [], scope: [] }
          return Promise.resolve({ ...told, observedAt: at, circumstances: '', basis: '' })
        },
      },
      shaping: {
        deadband: null,
        deadbandPercent: null,
        minIntervalSeconds: 0,
        threshold: null,
        spikePercent: null,
        watch: 'total',
      },
    }
    const hub = createHub({
      timers,
      limits: LIMITS,
      describe: (error) => ({ title: String(error) }),
      drive: (own, parts) => createSharedDriver(own, parts, store),
    })
    const connection = hub.open({
      send: ({ message }) => void frames.push(JSON.parse(message.toString()) as object),
      backlogBytes: 0,
      close: () => undefined,
    })
    connection.subscribe(spec, { resumeAfter })
    const states = () => frames.filter(({ type }) => type === 'snapshot' || type === 'update')
    return {
      link,
      frames,
      states,
      leave: (): void => connection.leave(),
      shown: (): number | undefined => states().at(-1)?.['data'].total as number | undefined,
    }
  }
}

describe('servers with a common store', () => {
  it('read once in all, and show the same', async () => {
    const timers = fakeTimers()
    const { servers, reads, valueNow } = cluster(timers, 3)
    await timers.pass(5)
    const before = [...reads]
    await timers.pass(10)
    expect(reads.map((count, index) => count - before[index]!).sort()).toEqual([0, 0, 10])
    for (const { shown } of servers) expect(shown()).toBe(valueNow())
  })

  it('go on within two intervals when the one who reads is gone without a word', async () => {
    const timers = fakeTimers()
    const { servers, reads, valueNow } = cluster(timers, 2)
    await timers.pass(5)
    const leader = reads[0]! > reads[1]! ? 0 : 1
    servers[leader]!.link.up = false
    await timers.pass(2.1)
    expect(servers[1 - leader]!.shown()).toBeGreaterThanOrEqual(valueNow() - 1)
  })

  it('show what is so while the common store is away, and say that events may be missing', async () => {
    const timers = fakeTimers()
    const { servers, valueNow } = cluster(timers, 2)
    await timers.pass(5)
    for (const { link } of servers) link.up = false
    await timers.pass(5)
    for (const { shown } of servers) expect(shown()).toBeGreaterThanOrEqual(valueNow() - 1)
    for (const { link } of servers) link.up = true
    await timers.pass(5)
    for (const { shown } of servers) expect(shown()).toBeGreaterThanOrEqual(valueNow() - 1)
    const gaps = servers.map(({ frames }) => frames.filter(({ type }) => type === 'gap').length)
    expect(Math.max(...gaps)).toBeGreaterThan(0)
  })

  it('notice by themselves that they do not hear what is told', async () => {
    const timers = fakeTimers()
    const { servers, reads, valueNow } = cluster(timers, 2)
    await timers.pass(5)
    const follower = servers[reads[0]! > reads[1]! ? 1 : 0]!
    follower.link.hears = false
    await timers.pass(10)
    expect(follower.shown()).toBeGreaterThanOrEqual(valueNow() - 1)
  })

  it('give to somebody who comes back to another server what was missed, where that is remembered', async () => {
    const timers = fakeTimers()
    const { servers, join } = cluster(timers, 1)
    await timers.pass(5)
    const had = servers[0]!.states()[2]!['id'] as string
    const moved = join(had)
    await timers.pass(2)
    const ids = (frames: readonly Record<string, any>[]) => frames.map(({ id }) => id as unknown)
    expect(moved.frames.map(({ type }) => type as string)).not.toContain('reset')
    expect(ids(moved.states())).toEqual(ids(servers[0]!.states()).slice(3))
    const stranger = join('another-order.7')
    await timers.pass(1)
    expect(stranger.frames.slice(0, 2).map(({ type }) => type as string)).toEqual(['reset', 'snapshot']) // prettier-ignore
  })

  it('go on where the last one stopped, also when nobody watched for a while', async () => {
    const timers = fakeTimers()
    const { servers, join } = cluster(timers, 1)
    await timers.pass(3)
    const had = servers[0]!.states().at(-1)!['id'] as string
    servers[0]!.leave()
    await timers.pass(30)
    const moved = join(had)
    await timers.pass(2)
    expect(moved.frames.map(({ type }) => type as string)).not.toContain('reset')
    expectWhole([{ type: 'snapshot', id: had }, ...moved.frames])
  })

  it.each(Array.from({ length: 60 }, (_, index) => index + 1))(
    'never stay with an old figure, whatever happened before (seed %i)',
    async (seed) => {
      const timers = fakeTimers()
      const random = createRandom(seed)
      const { servers, ground, valueNow } = cluster(timers, 3)
      for (let step = 0; step < 60; step += 1) {
        const { link } = servers[Math.floor(random() * servers.length)]!
        link.up = random() < 0.6
        link.hears = random() < 0.7
        link.delay = random() < 0.5 ? 0 : Math.floor(random() * 400)
        link.losesReplies = random() < 0.2
        if (random() < 0.1) ground.forget()
        await timers.pass(random() * 1.5)
        // A lease, a reading and what is on its way, with the patience of whoever hears nothing.
        for (const { shown } of servers)
          expect(shown() ?? valueNow()).toBeGreaterThan(valueNow() - 7)
      }
      for (const { link } of servers) Object.assign(link, WELL)
      await timers.pass(5)
      for (const { shown } of servers) expect(shown()).toBeGreaterThanOrEqual(valueNow() - 1)
      for (const { frames } of servers) expectWhole(frames)
      for (const { leave } of servers) leave()
      await settle()
    },
  )
})

/** Where an order goes on, no event of it was left out without a word, and none came twice. */
function expectWhole(frames: readonly Record<string, any>[]): void {
  let last: { readonly order: string; readonly number: number } | undefined
  for (const { type, id } of frames) {
    if (type === 'gap' || type === 'reset') last = undefined
    if (typeof id !== 'string') continue
    const dot = id.lastIndexOf('.')
    const place = { order: id.slice(0, dot), number: Number(id.slice(dot + 1)) }
    if (last?.order === place.order && type !== 'snapshot')
      expect(place.number, `after ${last.number} of ${last.order}`).toBe(last.number + 1)
    last = place
  }
}
