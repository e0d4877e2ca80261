import { setMaxListeners } from 'node:events'
import { LRUCache } from 'lru-cache'

/** More than this many listeners would be a leak. */
export const MOST_QUESTIONS = 10_000

/** Counts what the cache of answers could give, from memory or by sharing work, and what had to be made. */
export interface CacheCounter {
  hit(): void
  miss(): void
}

interface Flight<Value> {
  readonly value: Promise<Value>
  readonly controller: AbortController
  /** Ends the sharing: the next one who asks starts anew. */
  land(): void
  waiting: number
}

/** How an answer is found or made. */
export interface Wanted<Value> {
  /** Everything that changes the answer. */
  readonly key: string
  readonly ttlSeconds: number
  make(signal: AbortSignal): Promise<Value> | Value
  /** What keeping it takes; undefined when it must not be kept. */
  bytes(value: Value): number | undefined
}

export interface Answers<Value> {
  /**
   * The kept answer, or the one that is being made for an equal request, or a new one. The caller's signal,
   * which is only asked for when something has to be waited for, ends this caller's interest: the making stops
   * when nobody waits for it any more.
   */
  get(wanted: Wanted<Value>, signal: () => AbortSignal): Promise<Value> | Value
}

/** Keeps answers up to `maxBytes` in all, the least recently used going first. */
export function createAnswers<Value extends object>(
  maxBytes: number,
  counter: CacheCounter,
): Answers<Value> {
  const kept =
    maxBytes >= 1 ? new LRUCache<string, Value>({ maxSize: Math.floor(maxBytes) }) : undefined
  const flights = new Map<string, Flight<Value>>()

  async function fly(wanted: Wanted<Value>, signal: AbortSignal): Promise<Value> {
    const made = await wanted.make(signal)
    const size = wanted.bytes(made)
    if (size !== undefined && wanted.ttlSeconds > 0)
      kept?.set(wanted.key, made, { size, ttl: wanted.ttlSeconds * 1000 })
    return made
  }

  function takeOff(wanted: Wanted<Value>): Flight<Value> {
    const controller = new AbortController()
    // Every question of an answer listens to it, and there are some for each cluster.
    setMaxListeners(MOST_QUESTIONS, controller.signal)
    const land = () => {
      if (flights.get(wanted.key) === flight) flights.delete(wanted.key)
    }
    const flight = { value: fly(wanted, controller.signal), controller, land, waiting: 0 }
    flights.set(wanted.key, flight)
    flight.value.then(land, land)
    return flight
  }

  return {
    get(wanted, signal) {
      const known = kept?.get(wanted.key)
      const flying = known === undefined ? flights.get(wanted.key) : undefined
      if (known === undefined && flying === undefined) counter.miss()
      else counter.hit()
      return known ?? join(flying ?? takeOff(wanted), signal())
    },
  }
}

async function join<Value>(flight: Flight<Value>, signal: AbortSignal): Promise<Value> {
  const leave = () => {
    flight.waiting -= 1
    if (flight.waiting > 0) return
    flight.land()
    flight.controller.abort(signal.reason)
  }
  flight.waiting += 1
  signal.addEventListener('abort', leave, { once: true })
  try {
    return await flight.value
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
