import type { LiveConnections } from '../../../http/live-connections.ts'
import type { Tickets } from '../../../http/tickets.ts'
import type { Now } from '../../../kernel/clock.ts'
import type { Hub } from '../../../services/streams/index.ts'
import type { SessionNeeds } from './session.ts'
import type { TopicNeeds, TopicParts } from './topics.ts'

/** What streams need beside what the figures need. */
export interface StreamParts extends TopicParts {
  readonly hub: Hub
  readonly tickets: Pick<Tickets, 'issue'>
  readonly live: Pick<LiveConnections, 'limits' | 'count'>
  readonly streamLimits: SessionNeeds['limits'] & {
    readonly maxTopics: number
    readonly heartbeatSeconds: number
    readonly slowSeconds: number
  }
  readonly now: Now
}

export type StreamNeeds = TopicNeeds & StreamParts
