import { KCloudError } from '../../kernel/errors.ts'
import type { Channel } from './channel.ts'
import type { TopicSpec } from './reading.ts'
import type { Timers } from './timers.ts'

export interface ChannelsOptions {
  readonly timers: Timers
  /** Different subscriptions that are read at once. */
  readonly maxTopics: number
  /** How long a channel is kept when nobody watches it any more. */
  readonly keptSeconds: number
  readonly open: (spec: TopicSpec, watched: (is: boolean) => void) => Channel
}

/** The channels of one server, by their topic. */
export interface Channels {
  /** Rejects with `rate_limited` when too many are watched already. */
  of(spec: TopicSpec): Channel
  /** Those that somebody watches. */
  watched(): readonly Channel[]
}

interface Kept {
  readonly channel: Channel
  cancel: () => void
}

export function createChannels({
  timers,
  maxTopics,
  keptSeconds,
  open,
}: ChannelsOptions): Channels {
  const kept = new Map<string, Kept>()
  const watched = () =>
    [...kept.values()].map(({ channel }) => channel).filter(({ viewers }) => viewers > 0)

  const enter = (spec: TopicSpec): Kept => {
    const entry: Kept = {
      channel: open(spec, (is) => {
        entry.cancel()
        entry.cancel = is
          ? nothing
          : timers.after(keptSeconds * 1000, () => kept.delete(spec.topic))
      }),
      cancel: nothing,
    }
    kept.set(spec.topic, entry)
    return entry
  }
  return {
    watched,
    of(spec) {
      const known = kept.get(spec.topic)
      if (!isWatched(known) && watched().length >= maxTopics) throw tooManyTopics(maxTopics)
      if (known !== undefined) return known.channel
      makeRoom(kept, maxTopics)
      return enter(spec).channel
    },
  }
}

const nothing = (): void => undefined
const isWatched = (entry: Kept | undefined): boolean =>
  entry !== undefined && entry.channel.viewers > 0

/** Channels that nobody watches make room, the oldest first. */
function makeRoom(kept: Map<string, Kept>, maxTopics: number): void {
  for (const [topic, entry] of kept) {
    if (kept.size < maxTopics) return
    if (isWatched(entry)) continue
    entry.cancel()
    kept.delete(topic)
  }
}

function tooManyTopics(most: number): KCloudError {
  return new KCloudError('rate_limited', {
    detail: `more than ${most} different subscriptions are watched now`,
    retryAfterSeconds: 30,
  })
}
