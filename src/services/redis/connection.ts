import { Redis } from 'ioredis'

/** What several servers share, as far as it is asked for here. Everything rejects while Redis cannot be reached. */
export interface RedisConnection {
  /** Takes or keeps a lease; false while somebody else has it. */
  lease(name: string, holder: string, milliseconds: number): Promise<boolean>
  /** Ends a lease of this holder, and sends an empty message by the channel of its name. */
  release(name: string, holder: string): Promise<void>
  /** Appends a text to a list and sends it, as long as the lease is the holder's; false when it is not. */
  append(name: string, holder: string, entry: Appended): Promise<boolean>
  /** The texts, and whether somebody appends to them. */
  list(name: string): Promise<{ readonly texts: readonly string[]; readonly fresh: boolean }>
  hear(name: string, listener: (text: string) => void): () => void
  put(name: string, value: string, seconds: number): Promise<void>
  /** Keeps bytes for a while; `bytes` gives them. */
  putBytes(name: string, value: Buffer, seconds: number): Promise<void>
  bytes(name: string): Promise<Buffer | undefined>
  /** Gives a value once. */
  take(name: string): Promise<string | undefined>
  close(): void
}

export interface Appended {
  readonly text: string
  /** Whether it is kept, or only sent. */
  readonly keep: boolean
  readonly most: number
  readonly seconds: number
  /** For how long the list counts as looked after from now on. */
  readonly freshSeconds: number
}

/** A Redis that does not answer within this is away: whoever asked does without it. */
const PATIENCE_MS = 400
const LONGEST_PAUSE_MS = 1000
const PREFIX = 'kcloud:'

const LEASE = `local held = redis.call('get', KEYS[1])
if held == false or held == ARGV[1] then
  redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])
  return 1
end
return 0`
const RELEASE = `if redis.call('get', KEYS[1]) == ARGV[1] then
  redis.call('del', KEYS[1])
  redis.call('publish', KEYS[2], '')
end`
const APPEND = `if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[3] == '1' then
  redis.call('rpush', KEYS[2], ARGV[2])
  redis.call('ltrim', KEYS[2], -tonumber(ARGV[4]), -1)
  redis.call('expire', KEYS[2], ARGV[5])
end
redis.call('set', KEYS[4], '1', 'ex', ARGV[6])
redis.call('publish', KEYS[3], ARGV[2])
return 1`

/** Connects to a Redis, and again whenever the connection breaks. */
export function connectRedis(url: string, onError: (error: unknown) => void): RedisConnection {
  const { commands, subscriber } = clientsOf(url, onError)
  const listeners = new Map<string, Set<(text: string) => void>>()
  subscriber.on('message', (channel: string, text: string) => {
    for (const listener of listeners.get(channel) ?? []) listener(text)
  })
  const at = (kind: string, name: string) => `${PREFIX}${kind}:${name}`
  return {
    lease: async (name, holder, milliseconds) =>
      (await commands.eval(LEASE, 1, at('lease', name), holder, milliseconds)) === 1,
    async release(name, holder) {
      await commands.eval(RELEASE, 2, at('lease', name), at('news', name), holder)
    },
    async append(name, holder, { text, keep, most, seconds, freshSeconds }) {
      const keys = ['lease', 'list', 'news', 'fresh'].map((kind) => at(kind, name))
      const given = [holder, text, keep ? '1' : '0', most, seconds, freshSeconds]
      return (await commands.eval(APPEND, keys.length, ...keys, ...given)) === 1
    },
    async list(name) {
      const fresh = (await commands.exists(at('fresh', name))) === 1
      return { texts: await commands.lrange(at('list', name), 0, -1), fresh }
    },
    hear: (name, listener) => hear(subscriber, listeners, { channel: at('news', name), listener }),
    async put(name, value, seconds) {
      await commands.set(at('value', name), value, 'EX', Math.ceil(seconds))
    },
    async putBytes(name, value, seconds) {
      await commands.set(at('bytes', name), value, 'PX', Math.ceil(seconds * 1000))
    },
    bytes: async (name) => (await commands.getBuffer(at('bytes', name))) ?? undefined,
    take: async (name) => (await commands.getdel(at('value', name))) ?? undefined,
    close() {
      commands.disconnect()
      subscriber.disconnect()
    },
  }
}

/** Whether a command was given up because Redis did not answer in time. */
export const isSilence = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Command timed out'

/** Subscriptions have a connection of their own, which makes them anew when it broke. */
function clientsOf(url: string, onError: (error: unknown) => void) {
  const options = {
    connectTimeout: PATIENCE_MS * 2,
    retryStrategy: (attempt: number) => Math.min(LONGEST_PAUSE_MS, attempt * 100),
  }
  const commands = new Redis(url, {
    ...options,
    commandTimeout: PATIENCE_MS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
  })
  const subscriber = new Redis(url, { ...options, maxRetriesPerRequest: null })
  for (const client of [commands, subscriber]) client.on('error', onError)
  return { commands, subscriber }
}

interface Hearing {
  readonly channel: string
  readonly listener: (text: string) => void
}

function hear(
  subscriber: Redis,
  listeners: Map<string, Set<(text: string) => void>>,
  { channel, listener }: Hearing,
): () => void {
  const own = listeners.get(channel) ?? new Set()
  listeners.set(channel, own.add(listener))
  const ignore = (): void => undefined
  if (own.size === 1) subscriber.subscribe(channel).catch(ignore)
  return () => {
    if (!own.delete(listener) || own.size > 0) return
    listeners.delete(channel)
    subscriber.unsubscribe(channel).catch(ignore)
  }
}
