import { createChannel, type Driver, type Stage } from './channel.ts'
import { createChannels } from './channels.ts'
import { createOwnDriver } from './own-driver.ts'
import type { ReadSpec, TopicSpec } from './reading.ts'
import { createSource, type Source } from './source.ts'
import { createTeller, type DescribeProblem, type Teller } from './teller.ts'
import type { Timers } from './timers.ts'
import { createViewers, type Outlet, type Viewer, type ViewerLimits } from './viewer.ts'

export interface HubLimits extends ViewerLimits {
  /** Different subscriptions that are read at once. */
  readonly maxTopics: number
  /** What each topic remembers for those who come back. */
  readonly ringBytes: number
  readonly heartbeatSeconds: number
  /** How long that is kept when nobody watches any more. */
  readonly keptSeconds: number
}

export interface HubOptions {
  readonly timers: Timers
  readonly limits: HubLimits
  readonly describe: DescribeProblem
  /** Another way for frames to come than by reading them here. */
  readonly drive?: ((spec: TopicSpec, parts: DriverParts) => Driver) | undefined
}

/** What a driver can be made of. */
export interface DriverParts {
  readonly stage: Stage
  readonly teller: Teller
  readonly source: () => Source
  readonly timers: Timers
}

/** One connection with its subscriptions. */
export interface Connection {
  /**
   * Frames follow from now on, after `accepted` was called. `resumeAfter` is the id of the last event that the
   * client had. Rejects with `rate_limited` when too many topics are watched.
   */
  subscribe(
    spec: TopicSpec,
    options: { readonly resumeAfter: string | null; readonly accepted?: () => void },
  ): Subscription
  leave(): void
}

export interface Subscription {
  readonly topic: string
  end(): void
}

/** Who watches what. */
export interface Hub {
  open(outlet: Outlet): Connection
  /** Rejects with `rate_limited` where a subscription would. */
  check(spec: TopicSpec): void
  stats(): { readonly topics: number; readonly subscriptions: number; readonly sources: number }
}

/** The hub of one server. */
export function createHub(options: HubOptions): Hub {
  const { timers, limits } = options
  const viewers = createViewers(timers, limits)
  const sources = new Map<string, Source>()
  const channels = createChannels({
    ...limits,
    timers,
    open: (spec, watched) =>
      createChannel({
        ...limits,
        topic: spec.topic,
        timers,
        driver: (stage) =>
          driverOf(spec, options, { stage, source: () => sourceOf(sources, spec.read, timers) }),
        watched,
      }),
  })
  return {
    open: (outlet) => createConnection(viewers.open(outlet), (spec) => channels.of(spec)),
    check: (spec) => void channels.of(spec),
    stats() {
      const watched = channels.watched()
      const subscriptions = watched.reduce((sum, channel) => sum + channel.viewers, 0)
      return { topics: watched.length, subscriptions, sources: sources.size }
    },
  }
}

function createConnection(
  viewer: Viewer,
  channelOf: (spec: TopicSpec) => ReturnType<typeof createChannel>,
): Connection {
  const own = new Set<Subscription>()
  return {
    subscribe(spec, { resumeAfter, accepted }) {
      const channel = channelOf(spec)
      accepted?.()
      const seat = viewer.seat(spec.topic, () => channel.state())
      const subscription: Subscription = {
        topic: spec.topic,
        end() {
          own.delete(subscription)
          channel.leave(seat)
          seat.leave()
        },
      }
      own.add(subscription)
      channel.join(seat, resumeAfter)
      return subscription
    },
    leave() {
      for (const subscription of [...own]) subscription.end()
      viewer.leave()
    },
  }
}

/** The source of a question, which ends with its last listener. */
function sourceOf(sources: Map<string, Source>, read: ReadSpec, timers: Timers): Source {
  const known = sources.get(read.key)
  if (known !== undefined) return known
  const source = createSource(read, timers, () => {
    if (sources.get(read.key) === source) sources.delete(read.key)
  })
  sources.set(read.key, source)
  return source
}

function driverOf(
  spec: TopicSpec,
  { drive, describe, timers }: HubOptions,
  { stage, source }: Pick<DriverParts, 'stage' | 'source'>,
): Driver {
  const teller = createTeller(spec, describe)
  if (drive !== undefined) return drive(spec, { stage, teller, source, timers })
  return createOwnDriver(stage, teller, source)
}
