import { KCloudError } from '../kernel/errors.ts'
import type { SelfMetrics } from './self-metrics.ts'

export type Transport = 'websocket' | 'event_stream'

export interface LiveLimits {
  /** Open connections in all. */
  readonly maxConnections: number
  readonly maxConnectionsPerUser: number
  /** How often each connection is looked after. */
  readonly pingSeconds: number
  /** A WebSocket without a subscription is closed after this. */
  readonly idleSeconds: number
}

/** Why a connection is ended, and its code on a WebSocket (RFC 6455, 7.4; from 4000 on our own). */
export const CLOSING_CODES = {
  /** The server stops. Another one, or the same in a moment, goes on. */
  going_away: 1001,
  /** The client did not take what it was sent. */
  slow: 1013,
  /** Nothing was subscribed to for a while. */
  idle: 4000,
  /** The credentials have ended. */
  expired: 4001,
  /** The credentials were revoked, or are others now. */
  revoked: 4003,
} as const

export type ClosingCode = keyof typeof CLOSING_CODES

/** A connection that stays open, to those who look after all of them. */
export interface Tended {
  close(code: ClosingCode): void
  /** Ends it without a word. */
  drop(): void
  /** Called every `pingSeconds`. */
  tend(): void
}

/** All connections of one server that stay open. */
export interface LiveConnections {
  readonly limits: LiveLimits
  /** Takes a place for a user; what it gives frees it. Rejects with `rate_limited` when there is none. */
  admit(user: string, transport: Transport): () => void
  tend(connection: Tended): () => void
  /** A connection is ended for this reason. */
  noteEnd(code: ClosingCode): void
  /** Says goodbye to everybody. Who does not leave is dropped. */
  closeAll(): void
  count(): Readonly<Record<Transport, number>>
}

/** A client that is told to go has this long to say goodbye. */
const GOODBYE_MS = 2000
const TRY_AGAIN_SECONDS = 10

export function createLiveConnections(limits: LiveLimits, metrics: SelfMetrics): LiveConnections {
  const users = new Map<string, number>()
  const counts = { websocket: 0, event_stream: 0 }
  const open = new Set<Tended>()
  let round: NodeJS.Timeout | undefined

  const change = (user: string, transport: Transport, by: 1 | -1): void => {
    counts[transport] += by
    const left = (users.get(user) ?? 0) + by
    if (left === 0) users.delete(user)
    else users.set(user, left)
    if (transport === 'websocket') metrics.webSockets(by)
    else metrics.eventStreams(by)
  }
  return {
    limits,
    noteEnd: (code) => metrics.streamClosed(code),
    count: () => ({ ...counts }),
    admit(user, transport) {
      checkRoom(counts.websocket + counts.event_stream, users.get(user) ?? 0, limits)
      change(user, transport, 1)
      return once(() => change(user, transport, -1))
    },
    tend(connection) {
      open.add(connection)
      round ??= setInterval(() => {
        for (const each of [...open]) each.tend()
      }, limits.pingSeconds * 1000).unref()
      return () => {
        open.delete(connection)
        if (open.size > 0) return
        clearInterval(round)
        round = undefined
      }
    },
    closeAll() {
      for (const connection of [...open]) connection.close('going_away')
      if (open.size > 0) setTimeout(() => dropAll(open), GOODBYE_MS)
    },
  }
}

function dropAll(open: ReadonlySet<Tended>): void {
  for (const connection of [...open]) connection.drop()
}

function checkRoom(all: number, own: number, limits: LiveLimits): void {
  if (own >= limits.maxConnectionsPerUser)
    throw full(`this user has ${own} streams open, as many as one may have`)
  if (all >= limits.maxConnections) throw full('the server has as many streams open as it takes')
}

const full = (detail: string): KCloudError =>
  new KCloudError('rate_limited', { detail, retryAfterSeconds: TRY_AGAIN_SECONDS })

function once(run: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    run()
  }
}
