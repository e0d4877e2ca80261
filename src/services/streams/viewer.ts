import { eventJson, frameOf, type Frame } from './frame.ts'
import type { Timers } from './timers.ts'

/** The bytes of a frame in the two forms that connections want. */
export type Sendable = Pick<Frame, 'message' | 'lines'>

/** Why a connection is ended; each has its code on the wire. */
export type ClosingCode = 'going_away' | 'slow' | 'idle'

/** One connection, as far as it takes frames. */
export interface Outlet {
  send(frame: Sendable): void
  /** Bytes that were given to it and that the network has not taken yet. */
  readonly backlogBytes: number
  close(code: ClosingCode): void
}

export interface ViewerLimits {
  /** A frame that would make the backlog larger waits, and the next one takes its place. */
  readonly maxBacklogBytes: number
  /** Who stays behind for longer is sent away. */
  readonly slowSeconds: number
}

/** The place of one topic on one connection. */
export interface Seat {
  readonly topic: string
  /** Sends a frame now, or keeps the newest of those that have to wait. */
  offer(frame: Frame): void
  /** As `offer`, but of no worth to somebody who is behind. */
  offerInPassing(frame: Frame): void
  leave(): void
}

/** One connection with its bounded backlog, for all topics that it has. */
export interface Viewer {
  /** A place for one topic. `state` gives all that its viewers have to know, as frames. */
  seat(topic: string, state: () => readonly Frame[]): Seat
  leave(): void
}

interface Viewers {
  open(outlet: Outlet): Viewer
}

/** How often it is looked whether slow viewers have caught up. */
const SWEEP_MS = 200

interface Member {
  /** Tries to catch up; true when nothing waits any more. */
  catchUp(): boolean
}

/** The viewers of one server. Those that are behind are looked after together, by one timer. */
export function createViewers(timers: Timers, limits: ViewerLimits): Viewers {
  const behind = new Set<Member>()
  let sweeping = false

  const sweep = (): void => {
    for (const member of [...behind]) if (member.catchUp()) behind.delete(member)
    sweeping = behind.size > 0
    if (sweeping) timers.after(SWEEP_MS, sweep)
  }
  const watch = (member: Member): void => {
    behind.add(member)
    if (sweeping) return
    sweeping = true
    timers.after(SWEEP_MS, sweep)
  }
  return { open: (outlet) => createViewer(outlet, { limits, timers, watch }) }
}

interface Surroundings {
  readonly limits: ViewerLimits
  readonly timers: Timers
  readonly watch: (member: Member) => void
}

/** What a viewer who is behind was not sent. */
interface Waiting {
  missed: number
  readonly first: string | null
}

/** A seat with what it has to say, for the viewer. */
interface OwnSeat extends Seat {
  readonly waits: boolean
  catchUp(): void
}

function createViewer(outlet: Outlet, { limits, timers, watch }: Surroundings): Viewer {
  const seats = new Set<OwnSeat>()
  let behindSince: number | undefined
  let ended = false
  const member: Member = {
    catchUp() {
      for (const seat of seats)
        if (outlet.backlogBytes <= limits.maxBacklogBytes / 2) seat.catchUp()
      if (![...seats].some(({ waits }) => waits)) {
        behindSince = undefined
        return true
      }
      const seconds = (timers.now().getTime() - (behindSince ?? 0)) / 1000
      if (seconds < limits.slowSeconds) return false
      ended = true
      outlet.close('slow')
      return true
    },
  }
  const fallBehind = (): void => {
    behindSince ??= timers.now().getTime()
    watch(member)
  }
  return {
    seat(topic, state) {
      const leave = (): void => void seats.delete(seat)
      const seat: OwnSeat = createSeat(topic, {
        outlet,
        limits,
        state,
        fallBehind,
        leave,
        ended: () => ended,
      })
      seats.add(seat)
      return seat
    },
    leave: () => seats.clear(),
  }
}

interface SeatNeeds {
  readonly outlet: Outlet
  readonly limits: ViewerLimits
  readonly state: () => readonly Frame[]
  readonly fallBehind: () => void
  readonly leave: () => void
  /** Whether the connection was told to end. */
  readonly ended: () => boolean
}

function createSeat(topic: string, needs: SeatNeeds): OwnSeat {
  const { outlet, limits } = needs
  let waiting: Waiting | undefined
  let lastId: string | null = null
  const hasRoom = ({ json }: Frame): boolean => {
    const backlog = outlet.backlogBytes
    // A frame that is larger than the bound goes out alone.
    return backlog === 0 || backlog + json.length <= limits.maxBacklogBytes
  }
  const send = (frame: Frame): void => {
    lastId = frame.id ?? lastId
    outlet.send(frame)
  }
  return {
    topic,
    leave: () => needs.leave(),
    get waits() {
      return waiting !== undefined
    },
    offer(frame) {
      if (waiting === undefined && !needs.ended() && hasRoom(frame)) send(frame)
      else if (!needs.ended()) {
        waiting ??= { missed: 0, first: frame.id }
        waiting.missed += 1
        needs.fallBehind()
      }
    },
    offerInPassing(frame) {
      if (waiting === undefined && hasRoom(frame)) outlet.send(frame)
    },
    catchUp() {
      if (waiting === undefined) return
      const { missed, first } = waiting
      waiting = undefined
      const { skipped, frames } = restOf(needs.state(), missed, first)
      if (skipped > 0)
        outlet.send(gapFrame(topic, { missed: skipped, after: lastId, reason: 'slow' }))
      for (const frame of frames) send(frame)
    },
  }
}

/** What makes good for missed frames: those themselves where the state still has all of them, else the state. */
function restOf(state: readonly Frame[], missed: number, first: string | null) {
  const place = state.findIndex(({ id }) => id !== null && id === first)
  if (place >= 0) return { skipped: 0, frames: state.slice(place) }
  return { skipped: Math.max(1, missed - state.length), frames: state }
}

export interface Gap {
  /** How many events were left out; null when nobody can know. */
  readonly missed: number | null
  /** The last one that was sent. */
  readonly after: string | null
  readonly reason: 'slow' | 'handover'
}

/** Tells that events were left out. The next state is whole without them. */
export function gapFrame(topic: string, gap: Gap): Frame {
  return frameOf({ event: 'gap', id: null, json: eventJson('gap', { topic, ...gap }) })
}
