import { createHash, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Now } from '../kernel/clock.ts'
import { isOver, WAYS, type Identity } from '../kernel/identity.ts'
import { ROLES } from '../kernel/principal.ts'

/** Where tickets wait for their use. Only their digests are kept. */
export interface TicketStore {
  put(digest: string, holder: string, seconds: number): Promise<void>
  /** What was put there, once; undefined when it is unknown, used or expired. */
  take(digest: string): Promise<string | undefined>
}

export interface Ticket {
  readonly ticket: string
  readonly expiresAt: Date
}

/** Passes for clients that cannot send credentials, such as browsers that open a WebSocket. */
export interface Tickets {
  issue(identity: Identity): Promise<Ticket>
  /** Whom it stands for. A ticket is good once, and not for long. */
  redeem(ticket: string): Promise<Identity | undefined>
}

const LONGEST = 64

export function createTickets(
  store: TicketStore,
  { now, lifeSeconds }: { readonly now: Now; readonly lifeSeconds: number },
): Tickets {
  return {
    async issue(identity) {
      const ticket = randomBytes(24).toString('base64url')
      await store.put(digestOf(ticket), JSON.stringify(identity), lifeSeconds)
      return { ticket, expiresAt: new Date(now().getTime() + lifeSeconds * 1000) }
    },
    async redeem(ticket) {
      if (ticket.length > LONGEST) return undefined
      const holder = await store.take(digestOf(ticket))
      const identity = holder === undefined ? undefined : readHolder(holder)
      return identity !== undefined && isOver(identity, now()) ? undefined : identity
    },
  }
}

const holderSchema = z.object({
  principal: z.object({
    name: z.string(),
    role: z.enum(ROLES),
    scope: z
      .array(z.object({ cluster: z.string(), namespaces: z.array(z.string()).nullable() }))
      .nullable(),
  }),
  way: z.enum(WAYS),
  expiresAt: z.coerce.date().nullable(),
  basis: z.string(),
})

/** One that a server of another version wrote otherwise is a ticket of nobody. */
function readHolder(text: string): Identity | undefined {
  try {
    return holderSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** What is kept gives nobody a ticket. */
const digestOf = (ticket: string): string => createHash('sha256').update(ticket).digest('base64url')

const MOST_TICKETS = 100_000

/** Tickets of one server, in its memory. */
export function ticketsInMemory(now: Now): TicketStore {
  const waiting = new LRUCache<string, { readonly holder: string; readonly until: number }>({
    max: MOST_TICKETS,
  })
  return {
    put(digest, holder, seconds) {
      waiting.set(digest, { holder, until: now().getTime() + seconds * 1000 })
      return Promise.resolve()
    },
    take(digest) {
      const found = waiting.get(digest)
      waiting.delete(digest)
      const good = found !== undefined && now().getTime() < found.until
      return Promise.resolve(good ? found.holder : undefined)
    },
  }
}
