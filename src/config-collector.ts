import type { z } from 'zod'
import { optional, setting } from './config-setting.ts'
import type { streamSettings } from './config-streams.ts'
import { anyText, bytes, flag, httpAddress, seconds, whole } from './config-values.ts'

/** What can be set of the collector. */
export const collectorSettings = {
  collectorEnabled: setting(
    flag,
    'false',
    'Whether power and its cost are read on an interval and delivered to Redis, InfluxDB and the state store.',
  ),
  collectorInterval: setting(
    seconds('not zero'),
    '60s',
    'How long an interval of the collector is.',
  ),
  collectorPath: setting(
    anyText,
    './data/collector',
    'The directory of what the collector could not deliver yet.',
  ),
  collectorQueueBytes: setting(
    bytes(65_536),
    '256MB',
    'What waits for one sink at most; the oldest goes first, counted and logged.',
  ),
  collectorRollups: setting(
    flag,
    'true',
    'Whether the collector adds up energy and cost by the hour in the state store.',
  ),
  collectorRollupDays: setting(whole(1, 36_500), '400', 'How many days of them are kept.'),
  collectorRedisStream: setting(
    anyText,
    'kcloud:power',
    'The stream in the Redis of REDIS_URL that the collector writes to, where there is one.',
  ),
  collectorRedisEntries: setting(
    whole(1, 1_000_000_000),
    '1000000',
    'About so many entries are kept in that stream: Redis ends the oldest.',
  ),
  influxdbUrl: optional(httpAddress, {
    about: 'An InfluxDB 2, or whatever speaks its write API, that the collector writes to.',
    example: 'http://influxdb:8086',
  }),
  influxdbBucket: setting(anyText, 'power_metrics', 'The bucket there.'),
  influxdbOrg: setting(anyText, 'kcloud', 'The organisation there.'),
  influxdbToken: optional(anyText, { about: 'The token for it.' }),
}

type Read = z.output<
  z.ZodObject<typeof collectorSettings & Pick<typeof streamSettings, 'redisUrl'>>
>

/** What the collector is to do; null when it is off. */
export interface CollectorConfig {
  readonly intervalSeconds: number
  readonly path: string
  readonly queueBytes: number
  /** How many days of roll-ups are kept; null for none at all. */
  readonly rollupDays: number | null
  readonly redis: {
    readonly url: string
    readonly stream: string
    readonly mostEntries: number
  } | null
  readonly influx: {
    readonly url: string
    readonly token: string | undefined
    readonly org: string
    readonly bucket: string
  } | null
}

/** The part of the configuration that is about the collector. */
export function collectorConfig(read: Read): CollectorConfig | null {
  if (!read.collectorEnabled) return null
  return {
    intervalSeconds: read.collectorInterval,
    path: read.collectorPath,
    queueBytes: read.collectorQueueBytes,
    rollupDays: read.collectorRollups ? read.collectorRollupDays : null,
    redis: redisOf(read),
    influx: influxOf(read),
  }
}

function redisOf(read: Read): CollectorConfig['redis'] {
  const { redisUrl: url, collectorRedisStream: stream, collectorRedisEntries: mostEntries } = read
  return url === undefined ? null : { url, stream, mostEntries }
}

function influxOf(read: Read): CollectorConfig['influx'] {
  const { influxdbUrl: url, influxdbToken: token, influxdbOrg: org, influxdbBucket: bucket } = read
  return url === undefined ? null : { url, token, org, bucket }
}

const LONGEST_INTERVAL_SECONDS = 3600

/** What the settings of the collector do not say alone. */
export function checkCollector(
  read: Partial<Read>,
  complain: (setting: keyof typeof collectorSettings, detail: string) => void,
): void {
  if (read.collectorEnabled !== true) return
  const { collectorRollups: rollups, redisUrl, influxdbUrl, collectorInterval: interval } = read
  if (rollups === false && redisUrl === undefined && influxdbUrl === undefined)
    complain(
      'collectorEnabled',
      'needs somewhere to deliver to: REDIS_URL, INFLUXDB_URL or COLLECTOR_ROLLUPS',
    )
  if (interval !== undefined && interval > LONGEST_INTERVAL_SECONDS)
    complain('collectorInterval', 'must be 1h at most: roll-ups are of hours')
}
