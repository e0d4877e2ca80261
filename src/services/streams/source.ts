import { setMaxListeners } from 'node:events'
import type { ReadSpec, Reading } from './reading.ts'
import type { Timers } from './timers.ts'

/** Who wants the readings of a source. */
export interface Listener {
  read(reading: Reading): void
  failed(error: unknown): void
}

/** Reads one question again and again, as long as anybody listens, once for all of them. */
export interface Source {
  /** A first reading follows at once, or the last one if it is not older than the interval. */
  listen(listener: Listener): () => void
}

/** More than this many listeners to one signal would be a leak. */
const MOST_QUESTIONS = 10_000

/** The readings of one question. `idle` is called when the last listener has gone. */
export function createSource(spec: ReadSpec, timers: Timers, idle: () => void): Source {
  const listeners = new Set<Listener>()
  const reader = createReader(spec, timers, {
    read: (reading) => each(listeners, (listener) => listener.read(reading)),
    failed: (error) => each(listeners, (listener) => listener.failed(error)),
  })
  return {
    listen(listener) {
      listeners.add(listener)
      if (listeners.size === 1) reader.start()
      else if (reader.latest !== undefined) listener.read(reader.latest)
      return () => {
        if (!listeners.delete(listener) || listeners.size > 0) return
        reader.stop()
        idle()
      }
    },
  }
}

/** Whoever leaves while others are told is not told any more. */
function each(listeners: ReadonlySet<Listener>, tell: (listener: Listener) => void): void {
  for (const listener of [...listeners]) if (listeners.has(listener)) tell(listener)
}

interface Reader {
  readonly latest: Reading | undefined
  start(): void
  stop(): void
}

function createReader(spec: ReadSpec, timers: Timers, tell: Listener): Reader {
  let running: AbortController | undefined
  let cancel = (): void => undefined
  let latest: Reading | undefined
  let busy = false

  const look = async (own: AbortController): Promise<void> => {
    busy = true
    const outcome = await lookOnce(spec, timers.now(), own.signal)
    // Another run may have begun while this one was given up.
    if (running !== own) return
    busy = false
    latest = 'reading' in outcome ? outcome.reading : undefined
    if ('reading' in outcome) tell.read(outcome.reading)
    else tell.failed(outcome.error)
  }
  const schedule = (own: AbortController): void => {
    cancel = timers.after(untilNext(timers.now(), spec.intervalSeconds), () => {
      schedule(own)
      // A look that takes longer than the interval is not joined by a second one.
      if (!busy) void look(own)
    })
  }
  return {
    get latest() {
      return latest
    },
    start() {
      running = new AbortController()
      setMaxListeners(MOST_QUESTIONS, running.signal)
      schedule(running)
      void look(running)
    },
    stop() {
      cancel()
      running?.abort()
      running = undefined
      latest = undefined
      busy = false
    },
  }
}

async function lookOnce(
  spec: ReadSpec,
  now: Date,
  stopped: AbortSignal,
): Promise<{ readonly reading: Reading } | { readonly error: unknown }> {
  // Each look has a signal of its own: for a cluster that failed a question it stands for that one answer.
  const own = new AbortController()
  setMaxListeners(MOST_QUESTIONS, own.signal)
  const end = (): void => own.abort()
  stopped.addEventListener('abort', end, { once: true })
  try {
    return { reading: await spec.read(wholeSecond(now), own.signal) }
  } catch (error) {
    return { error }
  } finally {
    stopped.removeEventListener('abort', end)
  }
}

/** Equal moments of different questions share what the clusters said. */
const wholeSecond = (time: Date): Date => new Date(Math.floor(time.getTime() / 1000) * 1000)

/** Milliseconds to the next whole multiple of the interval, where all questions with this interval meet. */
function untilNext(now: Date, intervalSeconds: number): number {
  const interval = intervalSeconds * 1000
  return interval - (now.getTime() % interval)
}
