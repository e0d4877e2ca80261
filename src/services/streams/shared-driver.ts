import { randomUUID } from 'node:crypto'
import type { Driver } from './channel.ts'
import type { CommonStore, ReadingRight, SharedNews } from './common-store.ts'
import { frameOf } from './frame.ts'
import type { DriverParts } from './hub.ts'
import type { TopicSpec } from './reading.ts'
import type { Exceeded } from './shape.ts'
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
  stopReading: () => void
  stopFollowing: () => void
  cancel: () => void
  /** Frames go out one after another. */
  queue: Promise<void>
}

const LEAST_LEASE_MS = 900
const MOST_LEASE_MS = 5000
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
  const leaseMs = Math.min(MOST_LEASE_MS, Math.max(LEAST_LEASE_MS, spec.read.intervalSeconds * 900))
  const own: Shared = {
    spec,
    parts,
    store,
    server: randomUUID(),
    leaseMs,
    role: 'none',
    running: false,
    last: null,
    stopReading: nothing,
    stopFollowing: nothing,
    cancel: nothing,
    queue: Promise.resolve(),
  }
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
      own.stopReading()
      own.stopFollowing()
      own.stopReading = nothing
      own.stopFollowing = nothing
      if (led) store.resign(spec.topic, own.server).catch(nothing)
    },
  }
}

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
  if (own.running) own.cancel = own.parts.timers.after(own.leaseMs / 3, () => void look(own))
}

async function beLeader(own: Shared): Promise<void> {
  if (own.role === 'leader') return
  const before = own.role
  const { news } = await own.store.past(own.spec.topic)
  if (!own.running) return
  // What was told while nobody read here may be of long ago: only those who followed are shown the rest of it.
  if (before === 'follower') catchUp(own, news)
  own.role = 'leader'
  const newest = news[news.length - 1]
  const { teller } = own.parts
  // Who read alone has an order of its own, which nobody else knows: a new one begins.
  const place = before === 'alone' ? newOrder() : placeOf(newest)
  teller.goOn(place, before === 'alone' ? teller.exceeded : exceededOf(newest))
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
  if (own.role === 'follower') return
  own.stopReading()
  own.stopReading = nothing
  const { news, current } = await own.store.past(own.spec.topic)
  if (!own.running) return
  own.role = 'follower'
  if (current) catchUp(own, news)
}

function beAlone(own: Shared): void {
  if (own.role === 'alone') return
  const { teller } = own.parts
  const led = own.role === 'leader'
  own.role = 'alone'
  // Another server may go on with the order of before.
  teller.goOn(newOrder(), teller.exceeded)
  if (led) return
  if (own.last !== null) own.parts.stage.turn(true)
  startReading(own)
}

function startReading(own: Shared): void {
  own.stopReading()
  const { teller, source } = own.parts
  const tell = (told: Told): void => {
    own.queue = own.queue.then(() => publish(own, told))
  }
  own.stopReading = source().listen({
    read: (reading) => tell(teller.read(reading)),
    failed: (error) => tell(teller.failed(error)),
  })
}

/** The others hear it first: what they refuse was read by somebody who has lost the right to. */
async function publish(own: Shared, told: Told): Promise<void> {
  if (!own.running) return
  const news: SharedNews = {
    after: own.last,
    frames: told.frames.map(({ event, id, json }) => ({ event, id: id ?? '', json })),
    state: told.state,
    observedAt: told.observedAt,
    exceeded: [...own.parts.teller.exceeded],
  }
  if (own.role === 'leader' && (await isRefused(own, news))) return
  show(own, news)
}

const rightOf = ({ server, spec }: Shared): ReadingRight => ({
  server,
  intervalSeconds: spec.read.intervalSeconds,
})

async function isRefused(own: Shared, news: SharedNews): Promise<boolean> {
  try {
    if (await own.store.publish(own.spec.topic, news, rightOf(own))) return false
  } catch {
    beAlone(own)
    return false
  }
  if (own.running) await beFollower(own).catch(() => beAlone(own))
  return true
}

function hear(own: Shared, news: SharedNews | null): void {
  if (!own.running) return
  if (news === null) {
    if (own.role === 'follower') void look(own)
    return
  }
  if (own.role !== 'follower') return
  if (news.after === own.last || news.frames.length === 0) show(own, news)
  else
    own.store.past(own.spec.topic).then(
      (past) => {
        if (own.running && own.role === 'follower') catchUp(own, past.news)
      },
      () => undefined,
    )
}

/** Shows what is remembered and was not shown; where that cannot be told, the state and that there is a gap. */
function catchUp(own: Shared, past: readonly SharedNews[]): void {
  const frames = past.flatMap((news) => news.frames)
  const newest = past[past.length - 1]
  if (newest === undefined) return
  const place = frames.findIndex(({ id }) => id === own.last)
  if (place < 0 && own.last !== null) own.parts.stage.turn(true)
  const state = frames.findLastIndex(({ event }) => WHOLE.has(event))
  const from = place < 0 ? Math.max(0, state) : place + 1
  show(own, { ...newest, frames: frames.slice(from) })
}

const WHOLE = new Set(['snapshot', 'update', 'error'])

function show(own: Shared, { frames, state, observedAt }: SharedNews): void {
  own.parts.stage.note(state, observedAt)
  for (const frame of frames) {
    own.last = frame.id
    own.parts.stage.show(frameOf(frame))
  }
}
