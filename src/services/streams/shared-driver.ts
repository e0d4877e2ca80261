import { randomUUID } from 'node:crypto'
import type { Driver } from './channel.ts'
import type { CommonStore, ReadingRight, SharedNews, SharedPast } from './common-store.ts'
import { frameOf } from './frame.ts'
import type { DriverParts } from './hub.ts'
import type { TopicSpec } from './reading.ts'
import type { Exceeded } from './shape.ts'
import { restAfter, wholeEnd } from './shared-past.ts'
import { newOrder, type Place, type Told } from './teller.ts'

/** Who reads a topic, as this server knows it. */
type Role = 'none' | 'leader' | 'follower' | 'alone'

interface Shared {
  readonly spec: TopicSpec
  readonly parts: DriverParts
  readonly store: CommonStore
  readonly server: string
  readonly leaseMs: number
  role: Role
  running: boolean
  /** The last event that the viewers of this server were shown. */
  last: string | null
  /** When another server was last heard, and when it was last asked after. */
  heardAt: number
  askedAt: number
  /** When this server last told the others something. */
  toldAt: number | undefined
  /** Ends the reading; undefined while this server does not read. */
  reading: (() => void) | undefined
  stopFollowing: () => void
  cancel: () => void
  /** Frames go out one after another. */
  queue: Promise<void>
}

const LEAST_LEASE_MS = 900
const MOST_LEASE_MS = 5000
const SLOWEST_PACE_MS = 60_000
const nothing = (): void => undefined

/**
 * One of all servers that have viewers of a topic reads it, by a lease, and hands its frames to the others. Whoever
 * finds the lease free takes it. A server that cannot reach the common store reads by itself until it can.
 */
export function createSharedDriver(
  spec: TopicSpec,
  parts: DriverParts,
  store: CommonStore,
): Driver {
  const own = newcomer(spec, parts, store)
  return {
    start() {
      own.running = true
      own.stopFollowing = store.follow(spec.topic, (news) => hear(own, news))
      void look(own)
    },
    stop() {
      const led = own.role === 'leader'
      own.running = false
      own.role = 'none'
      own.cancel()
      stopReading(own)
      own.stopFollowing()
      own.stopFollowing = nothing
      if (led) store.resign(spec.topic, own.server).catch(nothing)
    },
  }
}

function newcomer(spec: TopicSpec, parts: DriverParts, store: CommonStore): Shared {
  return {
    spec,
    parts,
    store,
    server: randomUUID(),
    leaseMs: Math.min(MOST_LEASE_MS, Math.max(LEAST_LEASE_MS, spec.read.intervalSeconds * 900)),
    role: 'none',
    running: false,
    last: null,
    heardAt: 0,
    askedAt: 0,
    toldAt: undefined,
    reading: undefined,
    stopFollowing: nothing,
    cancel: nothing,
    queue: Promise.resolve(),
  }
}

const nowOf = ({ parts }: Shared): number => parts.timers.now().getTime()

/** Looks whether this server may read, and again before the lease is over. */
async function look(own: Shared): Promise<void> {
  own.cancel()
  try {
    const leads = await own.store.lead(own.spec.topic, own.server, own.leaseMs)
    if (own.running) await (leads ? beLeader(own) : beFollower(own))
    else if (leads) await own.store.resign(own.spec.topic, own.server)
  } catch {
    if (own.running) beAlone(own)
  }
  own.cancel()
  if (own.running) own.cancel = own.parts.timers.after(own.leaseMs / 3, () => void look(own))
}

async function beLeader(own: Shared): Promise<void> {
  if (own.role === 'leader') return
  const before = own.role
  const past = await own.store.past(own.spec.topic)
  if (!own.running) return
  own.role = 'leader'
  const newest = past.news[past.news.length - 1]
  const { teller } = own.parts
  if (before === 'alone') {
    // Who read alone has an order of its own, which nobody else knows: a new one begins.
    teller.goOn(newOrder(), teller.exceeded)
  } else {
    catchUp(own, past)
    teller.goOn(placeOf(newest), exceededOf(newest))
  }
  startReading(own)
}

function placeOf(news: SharedNews | undefined): Place {
  const id = news?.frames[news.frames.length - 1]?.id
  if (id === undefined) return newOrder()
  const dot = id.lastIndexOf('.')
  return { order: id.slice(0, dot), last: Number(id.slice(dot + 1)) }
}

const exceededOf = (news: SharedNews | undefined): ReadonlyMap<string, Exceeded> =>
  // Another server of the same kind wrote it.
  new Map((news?.exceeded ?? []) as readonly (readonly [string, Exceeded])[])

async function beFollower(own: Shared): Promise<void> {
  if (own.role === 'follower') {
    await askAfter(own)
    return
  }
  const past = await own.store.past(own.spec.topic)
  if (!own.running) return
  // Another server has the lease and tells nothing: whoever reads here goes on.
  if (own.role === 'alone' && !past.current) return
  stopReading(own)
  own.role = 'follower'
  own.heardAt = nowOf(own)
  catchUp(own, past)
}

/** Every reading is told, also one without an event: who hears nothing for longer asks by itself. */
async function askAfter(own: Shared): Promise<void> {
  const interval = own.spec.read.intervalSeconds * 1000
  const now = nowOf(own)
  if (now - own.heardAt < interval * 1.5 || now - own.askedAt < interval) return
  own.askedAt = now
  const past = await own.store.past(own.spec.topic)
  if (!own.running || own.role !== 'follower') return
  // Whoever has the lease is at it no more, or does not get through.
  if (!past.current && now - own.heardAt > freshMs(interval)) beAlone(own)
  else catchUp(own, past)
}

/** For how long what was told counts as what is so. */
const freshMs = (paceMs: number): number => 2 * paceMs + 1000

/** Nobody can know how far the others have come: an order of this server's own begins. */
function beAlone(own: Shared): void {
  if (own.role === 'alone' && own.reading !== undefined) return
  own.role = 'alone'
  const { teller, stage } = own.parts
  teller.goOn(newOrder(), teller.exceeded)
  if (own.last !== null) stage.turn(true)
  own.last = null
  startReading(own)
}

function stopReading(own: Shared): void {
  own.reading?.()
  own.reading = undefined
}

function startReading(own: Shared): void {
  stopReading(own)
  const { teller, source } = own.parts
  let over = false
  const tell = (told: Told): void => {
    own.queue = own.queue.then(() => (over ? undefined : publish(own, told))).catch(nothing)
  }
  const stop = source().listen({
    read: (reading) => tell(teller.read(reading)),
    failed: (error) => tell(teller.failed(error)),
  })
  own.toldAt = undefined
  own.reading = () => {
    over = true
    stop()
  }
}

/** The others hear it first: what they refuse was read by somebody who has lost the right to. */
async function publish(own: Shared, told: Told): Promise<void> {
  const news: SharedNews = {
    after: own.last,
    frames: told.frames.map(({ event, id, json }) => ({ event, id: id ?? '', json })),
    state: told.state,
    observedAt: told.observedAt,
    exceeded: [...own.parts.teller.exceeded],
  }
  if (own.role !== 'leader' || (await isTaken(own, news))) show(own, news)
}

/** A reader that is slower than its interval is waited for. */
function rightOf(own: Shared): ReadingRight {
  const interval = own.spec.read.intervalSeconds * 1000
  const now = nowOf(own)
  const pace = Math.min(SLOWEST_PACE_MS, Math.max(interval, now - (own.toldAt ?? now)))
  own.toldAt = now
  return { server: own.server, freshSeconds: Math.ceil(freshMs(pace) / 1000) }
}

/** Whether the others have it. Where that cannot be known, it is read anew, in another order. */
async function isTaken(own: Shared, news: SharedNews): Promise<boolean> {
  let taken: boolean
  try {
    taken = await own.store.publish(own.spec.topic, news, rightOf(own))
  } catch {
    if (own.running) beAlone(own)
    return false
  }
  if (!own.running) return false
  if (!taken) await beFollower(own).catch(() => own.running && beAlone(own))
  return taken
}

function hear(own: Shared, news: SharedNews | null): void {
  if (!own.running || own.role !== 'follower') return
  if (news === null) {
    void look(own)
    return
  }
  own.heardAt = nowOf(own)
  if (news.after === own.last || news.frames.length === 0) {
    show(own, news)
    return
  }
  own.store.past(own.spec.topic).then((past) => {
    if (own.running && own.role === 'follower') catchUp(own, past)
  }, nothing)
}

/** Shows what is remembered and was not shown; where that cannot be told, the state and that there is a gap. */
function catchUp(own: Shared, { news, current }: SharedPast): void {
  const { stage } = own.parts
  const newest = news[news.length - 1]
  if (own.last === null) {
    recall(own, { news, current })
    return
  }
  if (newest === undefined) {
    stage.turn(true)
    own.last = null
    return
  }
  const rest = restAfter(own.last, news)
  if (rest === undefined) {
    stage.turn(true)
    own.last = null
    recall(own, { news, current })
    return
  }
  for (const each of rest) show(own, each)
}

/** Gives what was told before this server's viewers came; it is the state as long as somebody reads. */
function recall(own: Shared, { news, current }: SharedPast): void {
  const whole = wholeEnd(news)
  const newest = whole[whole.length - 1]
  if (newest === undefined) return
  own.last = newest.frames[newest.frames.length - 1]?.id ?? own.last
  if (current) own.parts.stage.note(newest.state, newest.observedAt)
  own.parts.stage.recall(whole.flatMap(({ frames }) => frames).map(frameOf), current)
}

function show(own: Shared, { frames, state, observedAt }: SharedNews): void {
  own.parts.stage.note(state, observedAt)
  for (const frame of frames) {
    own.last = frame.id
    own.parts.stage.show(frameOf(frame))
  }
}
