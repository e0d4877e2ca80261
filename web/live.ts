import { ApiError, get, post, socketUrl } from './api.ts'
import { repeated } from './repeat.ts'
import { lastingSocket, type LastingSocket } from './socket.ts'
import type { Answer, Breakdown, Power, StreamEvent } from './wire.ts'

export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'polling' | 'offline' | 'refused'

export interface LiveNeeds {
  total(answer: Answer<Power>): void
  rows(answer: Answer<Breakdown>): void
  state(state: LiveState): void
  /** What went wrong with the last reading; null when it went well. */
  failed(reason: string | null): void
}

export interface Live {
  /** Has the rows by another dimension from now on. */
  by(dimension: string): void
}

const POLL_MS = 5_000

/** Power as it changes: by a WebSocket while there is one, by asking while there is none. It never gives up. */
export function watchPower(needs: LiveNeeds, first: string): Live {
  let dimension = first
  let state: LiveState = 'connecting'
  const lastIds = new Map<string, string>()
  const say = (next: LiveState): void => {
    if (next !== state) needs.state((state = next))
  }
  const polling = repeated(async () => {
    const { answers, state: found } = await asked(dimension)
    if (state !== 'live') {
      for (const answer of answers) hand(needs, answer, dimension)
      say(found)
    }
    return POLL_MS
  })
  const told = ({ data, meta, id, error }: StreamEvent): void => {
    if (error !== undefined) needs.failed(error.detail ?? error.title)
    if (data === undefined || meta === undefined) return
    say('live')
    polling.stop()
    if (id !== undefined) lastIds.set('by' in data ? data.by : TOTAL, id)
    hand(needs, { data, meta }, dimension)
  }
  const socket = lastingSocket({
    address: () => streamAddress(lastIds.get(TOTAL)),
    opened: (send) => send(subscription(dimension, lastIds.get(dimension))),
    received: (text) => told(JSON.parse(text) as StreamEvent),
    lost() {
      if (state === 'live' || state === 'connecting') polling.start()
      if (state === 'live') say('reconnecting')
    },
  })
  return {
    by(next) {
      const before = dimension
      dimension = next
      if (!turned(socket, before, next)) polling.start()
    },
  }
}

function hand(needs: LiveNeeds, answer: Answer<Power | Breakdown>, by: string): void {
  needs.failed(null)
  if ('by_cluster' in answer.data) needs.total(answer as Answer<Power>)
  else if (answer.data.by === by) needs.rows(answer as Answer<Breakdown>)
}

/** Has the stream give other rows; gives whether there is a stream. */
function turned(socket: LastingSocket, before: string, next: string): boolean {
  const there = socket.send({ type: 'unsubscribe', id: before })
  return there && socket.send(subscription(next, undefined))
}

const TOTAL = 'total'
const INTERVAL_SECONDS = 2
const ROWS_INTERVAL_SECONDS = 5

const isRefusal = (error: unknown): boolean => error instanceof ApiError && error.status === 401

interface Asked {
  readonly answers: readonly Answer<Power | Breakdown>[]
  readonly state: LiveState
}

async function asked(by: string): Promise<Asked> {
  try {
    return {
      state: 'polling',
      answers: await Promise.all([
        get<Answer<Power>>('monitoring/power'),
        get<Answer<Breakdown>>(`monitoring/power/breakdown?by=${by}`),
      ]),
    }
  } catch (error) {
    return { state: isRefusal(error) ? 'refused' : 'offline', answers: [] }
  }
}

async function streamAddress(lastId: string | undefined): Promise<URL> {
  const { data } = await post<Answer<{ readonly ticket: string }>>('monitoring/stream/tickets')
  const url = socketUrl('monitoring/stream/power')
  url.searchParams.set('interval', String(INTERVAL_SECONDS))
  url.searchParams.set('ticket', data.ticket)
  if (lastId !== undefined) url.searchParams.set('last_event_id', lastId)
  return url
}

function subscription(by: string, lastId: string | undefined): object {
  const what = { id: by, stream: 'power', params: { by, interval: ROWS_INTERVAL_SECONDS } }
  return lastId === undefined
    ? { type: 'subscribe', ...what }
    : { type: 'resume', ...what, last_event_id: lastId }
}
