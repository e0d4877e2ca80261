import type { z } from 'zod'
import { optional, setting } from './config-setting.ts'
import { anyText, bytes, flag, seconds } from './config-values.ts'

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
  redisUrl: optional(anyText, {
    about: 'The Redis whose stream the collector writes to.',
    example: 'redis://redis:6379',
  }),
  collectorRedisStream: setting(anyText, 'kcloud:power', 'The name of that stream.'),
  influxdbUrl: optional(anyText, {
    about: 'An InfluxDB 2, or whatever speaks its write API, that the collector writes to.',
    example: 'http://influxdb:8086',
  }),
  influxdbBucket: setting(anyText, 'power_metrics', 'The bucket there.'),
  influxdbOrg: setting(anyText, 'kcloud', 'The organisation there.'),
  influxdbToken: optional(anyText, { about: 'The token for it.' }),
}

type Read = z.output<z.ZodObject<typeof collectorSettings>>

/** What the collector is to do; null when it is off. */
export interface CollectorConfig {
  readonly intervalSeconds: number
  readonly path: string
  readonly queueBytes: number
  readonly rollups: boolean
  readonly redis: { readonly url: string; readonly stream: string } | null
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
    rollups: read.collectorRollups,
    redis:
      read.redisUrl === undefined
        ? null
        : { url: read.redisUrl, stream: read.collectorRedisStream },
    influx: influxOf(read),
  }
}

function influxOf(read: Read): CollectorConfig['influx'] {
  const { influxdbUrl: url, influxdbToken: token, influxdbOrg: org, influxdbBucket: bucket } = read
  return url === undefined ? null : { url, token, org, bucket }
}
