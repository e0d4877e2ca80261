import { createHash } from 'node:crypto'
import type { Shaping, TopicSpec } from '../../../services/streams/index.ts'
import type { ClusterRegistry, ClusterSpec, Scopes } from '../../../services/clusters/index.ts'
import type { Needs } from '../asked.ts'
import { fittingEntity } from '../../../services/series/index.ts'
import type { MetricQuery, PowerQuery } from './parameters.ts'
import { readMetric, readPower, type Writing } from './readings.ts'

export interface TopicParts {
  readonly registry: Pick<ClusterRegistry<ClusterSpec>, 'only'>
  /** Who may see what: a topic is shared by those who see the same. */
  readonly scopes: Scopes
  readonly writing: Writing
}

export type TopicNeeds = Needs & TopicParts

/** The topic of a stream of power. Rejects with `not_found` for a cluster that nobody knows. */
export function powerTopic(needs: TopicNeeds, query: PowerQuery): TopicSpec {
  needs.registry.only(query.cluster)
  const {
    cluster,
    resource_type: resourceType,
    by,
    idle,
    interval,
    threshold_watts: threshold,
  } = query
  const shaping: Shaping = {
    ...shapingOf(query, threshold),
    spikePercent: query.spike_percent === 0 ? null : query.spike_percent,
    watch: query.watch,
  }
  const asked = [cluster ?? null, resourceType, by ?? null, idle, interval]
  const key = keyOf(needs, 'power', asked)
  return {
    topic: topicOf('power', key, shaping),
    read: {
      key,
      intervalSeconds: interval,
      read: needs.scopes.bound((at, signal) => readPower(needs, query, { at, signal })),
    },
    shaping,
  }
}

/** The topic of a stream of a measure. Rejects as `/timeseries/metrics` does for what does not fit together. */
export function metricTopic(needs: TopicNeeds, query: MetricQuery): TopicSpec {
  needs.registry.only(query.cluster)
  const { cluster, metric, aggregation, by, interval, threshold } = query
  const entity = fittingEntity({ metric, entity: query.entity, aggregation, by })
  const shaping: Shaping = { ...shapingOf(query, threshold), spikePercent: null, watch: 'rows' }
  const asked = [cluster ?? null, metric, entity, aggregation, by, interval]
  const key = keyOf(needs, 'metrics', asked)
  return {
    topic: topicOf('metrics', key, shaping),
    read: {
      key,
      intervalSeconds: interval,
      read: needs.scopes.bound((at, signal) => readMetric(needs, query, { at, signal })),
    },
    shaping,
  }
}

type SharedQuery = Pick<
  PowerQuery,
  'deadband' | 'deadband_percent' | 'min_interval' | 'hysteresis_percent'
>

function shapingOf(query: SharedQuery, threshold: number | undefined) {
  return {
    deadband: query.deadband ?? null,
    deadbandPercent: query.deadband_percent ?? null,
    minIntervalSeconds: query.min_interval,
    threshold:
      threshold === undefined
        ? null
        : { value: threshold, hysteresisPercent: query.hysteresis_percent },
  }
}

/** The same text for the same question of those who see the same, however it was written. */
function keyOf(
  { scopes }: Pick<TopicParts, 'scopes'>,
  stream: string,
  parts: readonly unknown[],
): string {
  const { key } = scopes.current()
  return JSON.stringify([stream, ...parts, ...(key === '' ? [] : [key])])
}

function topicOf(stream: string, key: string, shaping: Shaping): string {
  const wishes = [
    shaping.deadband,
    shaping.deadbandPercent,
    shaping.minIntervalSeconds,
    shaping.threshold?.value ?? null,
    shaping.threshold?.hysteresisPercent ?? null,
    shaping.spikePercent,
    shaping.watch,
  ]
  const text = JSON.stringify([key, wishes])
  return `${stream}-${createHash('sha256').update(text).digest('base64url').slice(0, 16)}`
}
