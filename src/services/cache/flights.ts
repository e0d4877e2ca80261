/** Loads that are under way, each for everybody who asks for the same key meanwhile. */
export interface Flights {
  has(key: string): boolean
  /**
   * The value of the load under way, or of a new one. Rejects with the reason of `signal` when that ends
   * first; the load goes on for the others, and its own signal ends when nobody is left.
   */
  join(
    key: string,
    signal: AbortSignal | undefined,
    load: (shared: AbortSignal) => Promise<unknown>,
  ): Promise<unknown>
}

interface Flight {
  readonly controller: AbortController
  readonly landing: Promise<unknown>
  waiting: number
}

export function createFlights(): Flights {
  const flights = new Map<string, Flight>()

  const forget = (key: string, flight: Flight): void => {
    // Another flight may have taken the place of one that was given up.
    if (flights.get(key) === flight) flights.delete(key)
  }
  const start = (key: string, load: (shared: AbortSignal) => Promise<unknown>): Flight => {
    const controller = new AbortController()
    const flight = { controller, landing: load(controller.signal), waiting: 0 }
    flights.set(key, flight)
    const landed = (): void => forget(key, flight)
    flight.landing.then(landed, landed)
    return flight
  }
  const leave = (key: string, flight: Flight): void => {
    flight.waiting -= 1
    if (flight.waiting > 0) return
    forget(key, flight)
    flight.controller.abort()
  }

  return {
    has: (key) => flights.has(key),
    join(key, signal, load) {
      signal?.throwIfAborted()
      const flight = flights.get(key) ?? start(key, load)
      flight.waiting += 1
      return wait(flight.landing, signal, () => leave(key, flight))
    },
  }
}

function wait(
  landing: Promise<unknown>,
  signal: AbortSignal | undefined,
  leave: () => void,
): Promise<unknown> {
  if (signal === undefined) return landing
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      leave()
      reject(reasonOf(signal))
    }
    signal.addEventListener('abort', abort, { once: true })
    const settled = (): void => signal.removeEventListener('abort', abort)
    landing.then(resolve, reject).finally(settled)
  })
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason
  return reason instanceof Error ? reason : new DOMException('The wait was given up.', 'AbortError')
}
