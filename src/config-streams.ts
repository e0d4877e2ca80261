import { optional, setting } from './config-setting.ts'
import { bytes, redisAddress, seconds, whole } from './config-values.ts'

/** What can be set of streams. */
export const streamSettings = {
  streamMaxConnections: setting(
    whole(1, 1_000_000),
    '10000',
    'WebSockets and event streams that may be open at once. Each takes a file descriptor.',
  ),
  streamMaxConnectionsPerUser: setting(
    whole(1, 1_000_000),
    '2000',
    'How many of them one user may have.',
  ),
  streamMaxTopics: setting(
    whole(1, 100_000),
    '500',
    'Different subscriptions that are read at once. Equal ones are one, whoever has them.',
  ),
  streamMaxBacklogBytes: setting(
    bytes(65_536),
    '1MB',
    'What the client of a stream may be behind before it gets only the newest state, and is told of the gap.',
  ),
  streamSlowTimeout: setting(
    seconds('not zero'),
    '30s',
    'A client that stays behind for longer is sent away.',
  ),
  streamReplayBytes: setting(
    bytes(0),
    '4MB',
    'What is kept of each subscription for clients that come back after their connection broke.',
  ),
  streamTicketTtl: setting(
    seconds('not zero'),
    '30s',
    'How long a ticket for a stream waits to be used.',
  ),
  redisUrl: optional(redisAddress, {
    about:
      'A Redis by which several servers share the readings of streams, the tickets, and what Prometheus said, and that the collector writes to. Without it, and while it is away, each server reads for itself.',
    example: 'redis://redis:6379',
  }),
}
