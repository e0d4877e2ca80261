import { deserialize, serialize } from 'node:v8'
import type { Now } from '../../../kernel/clock.ts'
import type { PrometheusClient, QueryOptions, Reply, Shelf } from '../client.ts'
import { aboutInstant, aboutRange, isLasting, type About } from './reply-keys.ts'

/** Where several servers keep replies for one another. Neither rejects: what cannot be reached has nothing. */
export interface SharedReplies {
  get(key: string): Promise<Buffer | undefined>
  put(key: string, reply: Buffer, seconds: number): void
}

export interface SharedRepliesOptions {
  /** Holds everything about the cluster and the program that changes what a question is answered with. */
  readonly place: string
  readonly replies: SharedReplies
  /** How long a reply may be served again, by kind of data. */
  readonly ttlSeconds: Readonly<Record<Shelf, number>>
  readonly now: Now
}

/** What is larger is asked anew: to send it through the common store would cost as much. */
const MOST_BYTES = 4 * 2 ** 20

interface Kept<Row> {
  /** When it was read, in milliseconds. */
  readonly at: number
  readonly reply: Reply<Row>
}

/** Looks first whether another server has asked the same. Partial replies are not shared. */
export function withSharedReplies(
  client: PrometheusClient,
  { place, replies, ttlSeconds, now }: SharedRepliesOptions,
): PrometheusClient {
  const read = async <Row>(
    about: About,
    { shelf, since }: QueryOptions,
    ask: () => Promise<Reply<Row>>,
  ): Promise<Reply<Row>> => {
    const key = JSON.stringify([place, shelf, ...about])
    const kept = keptIn<Row>(await replies.get(key))
    if (kept !== undefined && (since === undefined || kept.at >= since.getTime())) return kept.reply
    const at = now().getTime()
    const reply = await ask()
    if (isLasting(reply, shelf) && reply.bytes <= MOST_BYTES)
      replies.put(key, serialize({ at, reply }), ttlSeconds[shelf])
    return reply
  }
  return {
    async instant(query, at, options) {
      if (isAlone(options, ttlSeconds)) return client.instant(query, at, options)
      return read(aboutInstant(query, at, options.shelf), options, () =>
        client.instant(query, at, options),
      )
    },
    async range(query, range, options) {
      if (isAlone(options, ttlSeconds)) return client.range(query, range, options)
      return read(aboutRange(query, range), options, () => client.range(query, range, options))
    },
  }
}

const isAlone = (
  { once, shelf }: QueryOptions,
  ttlSeconds: SharedRepliesOptions['ttlSeconds'],
): boolean => once === true || ttlSeconds[shelf] <= 0

/** What another program wrote, or a newer one, is as good as nothing. */
function keptIn<Row>(bytes: Buffer | undefined): Kept<Row> | undefined {
  if (bytes === undefined) return undefined
  try {
    // One key stands for one type of reply, and the place for the program that wrote it.
    return deserialize(bytes) as Kept<Row>
  } catch {
    return undefined
  }
}
