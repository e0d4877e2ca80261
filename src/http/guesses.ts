import { LRUCache } from 'lru-cache'
import type { Now } from '../kernel/clock.ts'

const FORGOTTEN_AFTER_SECONDS = 900
const MOST_ADDRESSES = 10_000

/** How many wrong tries are free, and how long the wait becomes. */
export interface GuessLimits {
  readonly free: number
  readonly longestSeconds: number
}

const OF_ADDRESSES: GuessLimits = { free: 5, longestSeconds: 300 }

interface Failures {
  readonly count: number
  readonly last: number
  readonly blockedUntil: number
}

/** Slows down whoever guesses credentials, by address or by name, with bounded memory. */
export interface Guesses {
  /** Whether anybody has failed lately: as long as not, nobody has to wait. */
  any(): boolean
  /** Seconds until this address may try again; 0 when it may now. */
  waitSeconds(address: string): number
  /** Wrong credentials came from this address. */
  failed(address: string): void
}

/**
 * Five wrong tries are free; each further one makes the address wait twice as long as the one before, up to
 * five minutes. A quarter of an hour without a wrong try clears it. A right try does not: who shares an address
 * with a guesser must not reset the guesser's count.
 */
export function createGuesses(now: Now, limits = OF_ADDRESSES): Guesses {
  const addresses = new LRUCache<string, Failures>({ max: MOST_ADDRESSES })
  const seconds = () => now().getTime() / 1000

  const known = (address: string): Failures | undefined => {
    const failures = addresses.get(address)
    return failures && seconds() - failures.last < FORGOTTEN_AFTER_SECONDS ? failures : undefined
  }
  return {
    any: () => addresses.size > 0,
    waitSeconds: (address) => Math.max(0, (known(address)?.blockedUntil ?? 0) - seconds()),
    failed(address) {
      const count = (known(address)?.count ?? 0) + 1
      const last = seconds()
      addresses.set(address, { count, last, blockedUntil: last + delaySeconds(count, limits) })
    },
  }
}

function delaySeconds(count: number, { free, longestSeconds }: GuessLimits): number {
  return count <= free ? 0 : Math.min(longestSeconds, 2 ** (count - free - 1))
}
