import { createHash, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Now } from '../kernel/clock.ts'

/** Where tickets wait for their use. Only their digests are kept. */
export interface TicketStore {
  put(digest: string, user: string, seconds: number): Promise<void>
  /** The user whose ticket it is, once; undefined when it is unknown, used or expired. */
  take(digest: string): Promise<string | undefined>
}

export interface Ticket {
  readonly ticket: string
  readonly expiresAt: Date
}

/** Passes for clients that cannot send credentials, such as browsers that open a WebSocket. */
export interface Tickets {
  issue(user: string): Promise<Ticket>
  /** The user whom it stands for. A ticket is good once, and not for long. */
  redeem(ticket: string): Promise<string | undefined>
}

const LONGEST = 64

export function createTickets(
  store: TicketStore,
  { now, lifeSeconds }: { readonly now: Now; readonly lifeSeconds: number },
): Tickets {
  return {
    async issue(user) {
      const ticket = randomBytes(24).toString('base64url')
      await store.put(digestOf(ticket), user, lifeSeconds)
      return { ticket, expiresAt: new Date(now().getTime() + lifeSeconds * 1000) }
    },
    redeem: async (ticket) => (ticket.length <= LONGEST ? store.take(digestOf(ticket)) : undefined),
  }
}

/** What is kept gives nobody a ticket. */
const digestOf = (ticket: string): string => createHash('sha256').update(ticket).digest('base64url')

const MOST_TICKETS = 100_000

/** Tickets of one server, in its memory. */
export function ticketsInMemory(now: Now): TicketStore {
  const waiting = new LRUCache<string, { readonly user: string; readonly until: number }>({
    max: MOST_TICKETS,
  })
  return {
    put(digest, user, seconds) {
      waiting.set(digest, { user, until: now().getTime() + seconds * 1000 })
      return Promise.resolve()
    },
    take(digest) {
      const found = waiting.get(digest)
      waiting.delete(digest)
      const good = found !== undefined && now().getTime() < found.until
      return Promise.resolve(good ? found.user : undefined)
    },
  }
}
