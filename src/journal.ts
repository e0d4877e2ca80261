import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import type { AuditEvent } from './kernel/audit.ts'
import { isBackendError, KCloudError } from './kernel/errors.ts'
import type { TrainingReport } from './services/classifier/index.ts'
import type { ForecastEvent, TrainedVersion } from './services/forecast/index.ts'
import type { DeliveryNote } from './services/collector/index.ts'
import type { ClusterChange } from './services/clusters/index.ts'
import type { Attempted } from './services/outbox/index.ts'
import type { Decided } from './services/scaling/index.ts'
import type { StoredAlertEvent } from './services/store/index.ts'
import type { Observation } from './services/prometheus/index.ts'

/** What the services tell the log. They are built before the server that owns the log. */
export interface Journal {
  query(done: Observation): void
  cluster(change: ClusterChange): void
  /** A stored cluster that is not asked, and why. */
  skipped(name: string, reason: string): void
  /** Redis cannot be used. */
  redis(error: unknown): void
  /** A reading of a stream failed; the id stands in its problem document too. */
  stream(topic: string, error: unknown): string
  /** A failure of the background work of exports, which nobody waits for. */
  exportFailed(error: unknown): void
  /** What has become of a training of the classifier. */
  training(outcome: TrainingReport | { readonly error: unknown }): void
  forecast(modelId: string, event: ForecastEvent): void
  trained(trained: TrainedVersion): void
  jobFailed(id: string, error: unknown): void
  decided(policy: string, decided: Pick<Decided, 'decision'>): void
  delivered(id: string, attempted: Attempted): void
  alertFailed(problem: string): void
  scalingFailed(error: unknown): void
  /** Something befell a group of a rule. */
  alert(event: StoredAlertEvent): void
  alertsFailed(error: unknown): void
  /** The file of users was read again: how many there are, or what is wrong with it, and then nobody changed. */
  users(read: { readonly count: number | undefined; readonly mistakes: readonly string[] }): void
  /** When keys were used could not be written. */
  keysFailed(error: unknown): void
  /** An entry of the audit log; without its number when it could not be kept. */
  audit(
    event: AuditEvent,
    kept: { readonly seq: number; readonly hash: string } | { readonly error: unknown },
  ): void
  /** What the collector lost, or could not do for now. */
  collector(note: DeliveryNote | { readonly error: unknown }): void
  writeTo(log: FastifyBaseLogger): void
}

/** A journal that keeps quiet until it is given a log. */
export function createJournal(): Journal {
  let log: FastifyBaseLogger | undefined
  return {
    query({ cluster, operation, outcome, seconds, warnings, error }) {
      if (outcome === 'ok' || outcome === 'aborted') return
      log?.warn({ cluster, operation, outcome, seconds, warnings, err: error }, 'query')
    },
    cluster({ name, change, health, error }) {
      const well = health.status === 'ok' || health.status === 'unknown'
      log?.[well ? 'info' : 'warn'](
        { cluster: name, change, status: health.status, err: error },
        'cluster',
      )
    },
    skipped(name, reason) {
      log?.warn({ cluster: name, reason }, 'cluster skipped')
    },
    redis: (error) => log?.warn({ err: error }, 'redis'),
    stream(topic, error) {
      const id = randomUUID()
      // What the clusters did not answer is in the lines of their queries.
      if (error instanceof KCloudError && isBackendError(error))
        log?.debug({ request_id: id, topic, err: error }, 'stream')
      else log?.error({ request_id: id, topic, err: error }, 'stream')
      return id
    },
    exportFailed: (error) => log?.error({ err: error }, 'look after exports'),
    ...accessLines(() => log),
    ...workloadLines(() => log),
    ...forecastLines(() => log),
    ...scalingLines(() => log),
    ...alertLines(() => log),
    writeTo(given) {
      log = given
    },
  }
}

/** What those tell who look after who may sign in. */
function accessLines(
  log: () => FastifyBaseLogger | undefined,
): Pick<Journal, 'users' | 'keysFailed' | 'audit'> {
  return {
    audit(event, kept) {
      if ('error' in kept) log()?.error({ audit: event, err: kept.error }, 'audit')
      else log()?.info({ audit: event, seq: kept.seq, hash: kept.hash }, 'audit')
    },
    keysFailed: (error) => log()?.warn({ err: error }, 'note the use of keys'),
    users({ count, mistakes }) {
      if (count !== undefined) log()?.info({ users: count }, 'users')
      else log()?.error({ mistakes }, 'the file of users has mistakes: users stay as they were')
    },
  }
}

/** What the classifier and the collector tell. */
function workloadLines(
  log: () => FastifyBaseLogger | undefined,
): Pick<Journal, 'training' | 'collector'> {
  return {
    training(outcome) {
      if ('error' in outcome) log()?.warn({ err: outcome.error }, 'classifier training')
      else {
        const { model, reason, windows } = outcome
        log()?.info({ version: model?.version, reason, windows }, 'classifier training')
      }
    },
    collector({ error, ...note }) {
      const isWell = 'event' in note && note.event === 'recovered'
      log()?.[isWell ? 'info' : 'warn']({ ...note, err: error }, 'collector')
    },
  }
}

/** What the forecasts tell. */
function forecastLines(
  log: () => FastifyBaseLogger | undefined,
): Pick<Journal, 'forecast' | 'trained' | 'jobFailed'> {
  return {
    forecast(modelId, { kind, detail }) {
      log()?.warn({ model: modelId, event: kind }, detail)
    },
    trained(trained) {
      log()?.info({ ...trained }, 'trained')
    },
    jobFailed(id, error) {
      log()?.error({ job: id, err: error }, 'job')
    },
  }
}

/** What scaling tells: decisions that change something, or that nothing could be decided. */
function scalingLines(
  log: () => FastifyBaseLogger | undefined,
): Pick<Journal, 'alertFailed' | 'decided' | 'delivered' | 'scalingFailed'> {
  return {
    decided(policy, { decision: { action, rule, reason, desired_replicas: desired } }) {
      if (action === 'hold' && desired !== null) return
      log()?.[desired === null ? 'warn' : 'info']({ policy, action, rule, desired }, reason)
    },
    delivered(id, attempted) {
      if (attempted.outcome === 'done') return
      log()?.warn({ delivery: id, outcome: attempted.outcome }, attempted.problem)
    },
    alertFailed: (problem) => log()?.warn(problem),
    scalingFailed: (error) => log()?.error({ err: error }, 'scaling'),
  }
}

/** What alerts tell. */
function alertLines(
  log: () => FastifyBaseLogger | undefined,
): Pick<Journal, 'alert' | 'alertsFailed'> {
  return {
    alert({ rule_id: rule, kind, alert_id: alert, body: { group, value } }) {
      const isBad = kind === 'firing' || kind === 'no_data'
      log()?.[isBad ? 'warn' : 'info']({ rule, kind, alert, group, value }, 'alert')
    },
    alertsFailed: (error) => log()?.error({ err: error }, 'alerts'),
  }
}
