import { Redis } from 'ioredis'
import { SinkError, type Batch, type CollectedRow, type Sink } from '../row.ts'

export interface RedisOptions {
  readonly url: string
  readonly stream: string
  /** About so many entries are kept in the stream. */
  readonly mostEntries: number
  readonly timeoutSeconds: number
}

/** Entries of one pipeline: a whole batch at once would take the memory of all its commands. */
const AT_ONCE = 1000

/** A Redis stream: an entry a row, with the row as JSON and the fields that readers filter by beside it. */
export function redisSink(options: RedisOptions): Sink {
  const { url, stream, mostEntries, timeoutSeconds } = options
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    connectTimeout: timeoutSeconds * 1000,
    commandTimeout: timeoutSeconds * 1000,
    // The queue on disk tries again; a connection that is lost is not fought for in between.
    retryStrategy: () => null,
  })
  // What goes wrong rejects the command that it concerns; unheard, it would end the process.
  redis.on('error', () => undefined)
  return {
    name: 'redis',
    async deliver({ rows }: Batch) {
      try {
        if (redis.status !== 'ready') await redis.connect()
        for (let from = 0; from < rows.length; from += AT_ONCE)
          await addAll(redis, rows.slice(from, from + AT_ONCE), { stream, mostEntries })
      } catch (error) {
        throw failed(error)
      }
    },
    close() {
      redis.disconnect()
      return Promise.resolve()
    },
  }
}

async function addAll(
  redis: Redis,
  rows: readonly CollectedRow[],
  { stream, mostEntries }: Pick<RedisOptions, 'stream' | 'mostEntries'>,
): Promise<void> {
  const pipeline = redis.pipeline()
  for (const row of rows)
    pipeline.xadd(
      stream,
      'MAXLEN',
      '~',
      mostEntries,
      '*',
      ...['kind', row.kind, 'cluster', row.cluster, 'time', row.time],
      ...['row', JSON.stringify(row)],
    )
  // The pipeline resolves even where each of its commands has failed.
  const replies = (await pipeline.exec()) ?? []
  const mistake = replies.find(([error]) => error !== null)?.[0] ?? null
  if (mistake !== null) throw mistake
  if (replies.length < rows.length) throw new Error('fewer replies than entries')
}

/** With the code that Redis gives, such as WRONGTYPE or NOAUTH, and none of its words: they may hold a secret. */
function failed(error: unknown): SinkError {
  const code = error instanceof Error ? /^[A-Z]{2,20}(?= )/.exec(error.message)?.[0] : undefined
  const words = code === undefined ? 'it does not answer' : `it answered ${code}`
  return new SinkError(`write to the Redis stream: ${words}`, { refused: false, cause: error })
}
