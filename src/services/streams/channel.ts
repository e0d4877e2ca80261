import { asSnapshot, eventJson, frameOf, type Frame } from './frame.ts'
import { createRing, type Ring } from './ring.ts'
import type { Timers } from './timers.ts'
import { gapFrame, type Seat } from './viewer.ts'

/** How a topic is doing: `starting` before its first reading, `failing` while nobody can be read. */
export type ChannelState = 'starting' | 'live' | 'failing'

/** What brings the frames of a topic: a reader of our own, or another server's by way of a common store. */
export interface Driver {
  start(): void
  stop(): void
}

/** Where a driver puts what it has. */
export interface Stage {
  /** A frame with its place in the order. */
  show(frame: Frame): void
  /**
   * Frames that were told before anybody watched here, for those who come back. They are also the state, for
   * those who come anew, if they are `current`.
   */
  recall(frames: readonly Frame[], current: boolean): void
  /** How the last reading went, also where nothing of it was told. */
  note(state: ChannelState, observedAt: string | null): void
  /** The order of frames is a new one from here on; `gap` when some may be missing between. */
  turn(gap: boolean): void
}

/** One topic: who watches it, what they were told, and for how long that is remembered. */
export interface Channel {
  /** Frames follow from now on, beginning with the state, or with what came after an event that the viewer had. */
  join(seat: Seat, resumeAfter: string | null): void
  leave(seat: Seat): void
  readonly viewers: number
  /** All that a viewer has to know now, as frames. */
  state(): readonly Frame[]
}

export interface ChannelOptions {
  readonly topic: string
  readonly timers: Timers
  readonly ringBytes: number
  readonly heartbeatSeconds: number
  driver(stage: Stage): Driver
  /** Hears that the last viewer has gone, and that one has come again. */
  watched(watched: boolean): void
}

interface Status {
  readonly state: ChannelState
  readonly observedAt: string | null
}

/** What a channel knows. */
interface Room {
  readonly topic: string
  readonly seats: Set<Seat>
  /** Those who have not seen the state yet. */
  readonly waiting: Set<Seat>
  /** Those who came back before it was known what was told meanwhile, with the event that they had. */
  readonly resuming: Map<Seat, string>
  readonly ring: Ring
  status: Status
}

const STARTING: Status = { state: 'starting', observedAt: null }

/** A topic without viewers. Nothing is read before the first one comes, nor after the last one has gone. */
export function createChannel(options: ChannelOptions): Channel {
  const { topic, ringBytes } = options
  const ring = createRing(ringBytes)
  const room: Room = {
    topic,
    seats: new Set(),
    waiting: new Set(),
    resuming: new Map(),
    ring,
    status: STARTING,
  }
  const pulse = createPulse(options, () => beat(room, options.timers.now()))
  const driver = options.driver(stageOf(room))
  return {
    state: () => ring.state(),
    get viewers() {
      return room.seats.size
    },
    join(seat, resumeAfter) {
      const first = room.seats.size === 0
      room.seats.add(seat)
      if (first) room.status = STARTING
      welcome(room, seat, resumeAfter)
      if (!first) return
      options.watched(true)
      pulse.start()
      driver.start()
    },
    leave(seat) {
      room.waiting.delete(seat)
      room.resuming.delete(seat)
      if (!room.seats.delete(seat) || room.seats.size > 0) return
      driver.stop()
      pulse.stop()
      options.watched(false)
    },
  }
}

function stageOf(room: Room): Stage {
  return {
    show(frame) {
      resetResuming(room)
      room.ring.push(frame)
      broadcast(room, frame)
    },
    recall(frames, current) {
      for (const frame of frames) room.ring.push(frame)
      const resuming = [...room.resuming]
      room.resuming.clear()
      for (const [seat, after] of resuming)
        if (continued(room, seat, after)) room.waiting.delete(seat)
      if (!current) return
      for (const seat of [...room.waiting]) if (showState(room, seat)) room.waiting.delete(seat)
    },
    note(state, observedAt) {
      room.status = { state, observedAt: observedAt ?? room.status.observedAt }
    },
    turn(gap) {
      const after = room.ring.lastId
      room.ring.clear()
      if (!gap) return
      const frame = gapFrame(room.topic, { missed: null, after, reason: 'handover' })
      for (const seat of room.seats) {
        if (room.waiting.has(seat)) continue
        seat.offer(frame)
        room.waiting.add(seat)
      }
    },
  }
}

/** Begins with what came after the event that the viewer had, or with the state, or waits for it. */
function welcome(room: Room, seat: Seat, resumeAfter: string | null): void {
  const starting = room.status.state === 'starting'
  if (resumeAfter !== null && room.ring.after(resumeAfter) === undefined && starting)
    room.resuming.set(seat, resumeAfter)
  else if (continued(room, seat, resumeAfter)) return
  if (starting || !showState(room, seat)) room.waiting.add(seat)
}

/** Sends what came after the event that a viewer had; where that is not known any more, says so. */
function continued({ ring, topic }: Room, seat: Seat, resumeAfter: string | null): boolean {
  if (resumeAfter === null) return false
  const missed = ring.after(resumeAfter)
  if (missed === undefined) seat.offer(resetFrame(topic, resumeAfter))
  else for (const frame of missed) seat.offer(frame)
  return missed !== undefined
}

/** Nobody knows what they missed: they begin anew. */
function resetResuming({ resuming, topic }: Room): void {
  for (const [seat, after] of resuming) seat.offer(resetFrame(topic, after))
  resuming.clear()
}

/** Shows what is so now to a newcomer; false when that is not known, or only that it is not known. */
function showState({ ring }: Room, seat: Seat): boolean {
  const state = ring.state()
  for (const frame of state) seat.offer(asSnapshot(frame))
  return state.length > 0 && state[0]?.event !== 'error'
}

function broadcast({ seats, waiting }: Room, frame: Frame): void {
  if (waiting.size === 0) {
    for (const seat of seats) seat.offer(frame)
    return
  }
  const first = asSnapshot(frame)
  for (const seat of seats)
    if (!waiting.has(seat)) seat.offer(frame)
    else if (frame.whole) seat.offer(first)
  // Whoever was told of a failure still waits for the state.
  if (frame.whole && frame.event !== 'error') waiting.clear()
}

function createPulse({ timers, heartbeatSeconds }: ChannelOptions, run: () => void) {
  let cancel = (): void => undefined
  const start = (): void => {
    cancel = timers.after(heartbeatSeconds * 1000, () => {
      start()
      run()
    })
  }
  return { start, stop: () => cancel() }
}

function beat({ topic, status, ring, seats }: Room, now: Date): void {
  const { state, observedAt } = status
  const json = eventJson('heartbeat', {
    topic,
    at: now.toISOString(),
    state,
    observed_at: observedAt,
    last_id: ring.lastId,
  })
  const frame = frameOf({ event: 'heartbeat', id: null, json })
  for (const seat of seats) seat.offerInPassing(frame)
}

/** What was told before cannot be continued: the state follows anew. */
function resetFrame(topic: string, asked: string): Frame {
  const json = eventJson('reset', { topic, asked, reason: 'not_kept' })
  return frameOf({ event: 'reset', id: null, json })
}
