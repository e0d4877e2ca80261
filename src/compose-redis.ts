import { createHash } from 'node:crypto'
import type { Config } from './config.ts'
import { ticketsInMemory, type TicketStore } from './http/tickets.ts'
import type { Now } from './kernel/clock.ts'
import { connectRedis, isSilence, type RedisConnection } from './services/redis/index.ts'
import type { SharedReplies } from './services/prometheus/index.ts'
import type { CommonStore, SharedNews } from './services/streams/index.ts'

/** What several servers have in common. */
export interface Common {
  readonly store: CommonStore
  readonly tickets: TicketStore
  readonly replies: SharedReplies
  close(): void
}

const REMEMBERED_SECONDS = 120
const MOST_REMEMBERED = 100

/** The common ground of all servers over the same clusters; undefined without a Redis. */
export function commonOf(
  { streams: { redisUrl }, clusters }: Config,
  { now, onError }: { readonly now: Now; readonly onError: (error: unknown) => void },
): Common | undefined {
  if (redisUrl === undefined) return undefined
  const redis = connectRedis(redisUrl, onError)
  // Deployments over other clusters may have the same Redis.
  const of = JSON.stringify(clusters.map(({ name, url }) => [name, url]))
  const place = createHash('sha256').update(of).digest('base64url').slice(0, 12)
  return {
    store: storeIn(redis, (topic) => `${place}:${topic}`),
    tickets: ticketsIn(redis, now),
    replies: repliesIn(redis, now),
    close: () => redis.close(),
  }
}

function storeIn(redis: RedisConnection, nameOf: (topic: string) => string): CommonStore {
  return {
    lead: (topic, server, leaseMs) => redis.lease(nameOf(topic), server, leaseMs),
    resign: (topic, server) => redis.release(nameOf(topic), server),
    publish: (topic, news, { server, freshSeconds }) =>
      redis.append(nameOf(topic), server, {
        text: JSON.stringify(news),
        keep: news.frames.length > 0,
        most: MOST_REMEMBERED,
        seconds: REMEMBERED_SECONDS,
        freshSeconds,
      }),
    async past(topic) {
      const { texts, fresh } = await redis.list(nameOf(topic))
      return { news: texts.map(read), current: fresh }
    },
    follow: (topic, hear) =>
      redis.hear(nameOf(topic), (text) => hear(text === '' ? null : read(text))),
  }
}

// Servers of the same kind wrote it.
const read = (text: string): SharedNews => JSON.parse(text) as SharedNews

/** Tickets that every server takes; while Redis is away each knows only its own. */
function ticketsIn(redis: RedisConnection, now: Now): TicketStore {
  const own = ticketsInMemory(now)
  return {
    put: (digest, holder, seconds) =>
      redis.put(digest, holder, seconds).catch(() => own.put(digest, holder, seconds)),
    take: async (digest) =>
      (await own.take(digest)) ?? (await redis.take(digest).catch(() => undefined)),
  }
}

/** For how long a Redis that did not answer is left alone: each question would wait for it. */
const REST_MS = 2000

/** Replies under digests of their keys, which hold addresses and credentials. */
function repliesIn(redis: RedisConnection, now: Now): SharedReplies {
  let restUntil = 0
  const nameOf = (key: string) => createHash('sha256').update(key).digest('base64url')
  const failed = (error: unknown): undefined => {
    // One that is not there says so at once.
    if (isSilence(error)) restUntil = now().getTime() + REST_MS
  }
  const rests = (): boolean => now().getTime() < restUntil
  return {
    get: async (key) => (rests() ? undefined : redis.bytes(nameOf(key)).catch(failed)),
    put(key, reply, seconds) {
      if (!rests()) redis.putBytes(nameOf(key), reply, seconds).catch(failed)
    },
  }
}
