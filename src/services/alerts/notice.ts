import { createHash, randomUUID } from 'node:crypto'
import type { RuleSpec } from '../../analysis/alerts/rule.ts'
import { groupKey, type AlertChange, type GroupState } from '../../analysis/alerts/state.ts'
import { descriptionOf, summaryOf, type Told } from '../../analysis/alerts/wording.ts'
import type { StoredAlertEvent } from '../store/index.ts'

/** What a receiver is told of one alert. */
export interface Notice {
  readonly status: AlertChange['kind']
  /** The same from the begin of an alert to its end. */
  readonly alert_id: string
  /** The same for the same labels. */
  readonly fingerprint: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: { readonly summary: string; readonly description: string }
  readonly starts_at: string
  readonly ends_at: string | null
  readonly value: number | null
  readonly unit: string | null
}

/** What a receiver is told at once: alerts of one rule. */
export interface Message {
  readonly reason: 'change' | 'repeat' | 'test'
  readonly rule: string
  readonly severity: RuleSpec['severity']
  readonly at: string
  readonly alerts: readonly Notice[]
  /** How many more there are. */
  readonly truncated: number
}

interface About {
  readonly ruleId: string
  readonly spec: RuleSpec
  readonly unit: string | null
}

/** The labels of an alert: those of its rule and those of its group. That nothing is known is an alert of its own. */
export function labelsOf(
  { ruleId, spec }: Pick<About, 'ruleId' | 'spec'>,
  group: GroupState['labels'],
  isNoData: boolean,
): Readonly<Record<string, string>> {
  const { name, severity } = spec
  const own = isNoData ? { alertname: 'KCloudNoData', rule: ruleId } : { alertname: name }
  return { ...spec.labels, ...group, ...own, severity }
}

const isAboutData = (kind: AlertChange['kind']): boolean =>
  kind === 'no_data' || kind === 'data_back'

/** What is told of a change. */
export function noticeOf(about: About, change: AlertChange, at: number): Notice {
  const { kind, labels, startsAt } = change
  const isOver = kind === 'resolved' || kind === 'data_back'
  const all = labelsOf(about, labels, isAboutData(kind))
  return {
    status: kind,
    alert_id: alertIdOf(about.ruleId, change),
    fingerprint: hashOf(groupKey(all)).slice(0, 16),
    labels: all,
    annotations: annotationsOf(about, change, kind),
    starts_at: new Date(startsAt).toISOString(),
    ends_at: isOver ? new Date(at).toISOString() : null,
    value: change.value,
    unit: about.unit,
  }
}

/** What people read of an alert. */
export function annotationsOf(
  { spec, unit }: Pick<About, 'spec' | 'unit'>,
  told: Told,
  kind: AlertChange['kind'],
): Notice['annotations'] {
  return {
    summary: summaryOf(spec, told, kind),
    description: descriptionOf(spec, told, unit),
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The same whichever server says it. */
export function alertIdOf(
  ruleId: string,
  { labels, alertId }: Pick<AlertChange, 'labels' | 'alertId'>,
): string {
  return hashOf(JSON.stringify([ruleId, groupKey(labels), alertId])).slice(0, 32)
}

/** A firing group as a change that says so again. */
export function firingAgain(group: GroupState): readonly AlertChange[] {
  const { alert, labels, value, reason } = group
  if (alert === null) return []
  return [{ kind: 'firing', labels, value, reason, alertId: alert.id, startsAt: alert.startsAt }]
}

/** What is kept of changes. Their ids are in the order in which they befell. */
export function eventsOf(
  about: About,
  changes: readonly AlertChange[],
  at: Date,
): readonly StoredAlertEvent[] {
  return changes.map((change, index) => ({ ...eventOf(about, change, at), id: idOf(at, index) }))
}

function idOf(at: Date, index: number): string {
  const place = `${at.getTime().toString(16).padStart(12, '0')}-${index.toString(16).padStart(4, '0')}`
  return `${place}-${randomUUID().slice(0, 13)}`
}

function eventOf(about: About, change: AlertChange, at: Date): Omit<StoredAlertEvent, 'id'> {
  const notice = noticeOf(about, change, at.getTime())
  const { status: kind, alert_id: alertId, ...body } = notice
  const { name, severity } = about.spec
  return {
    rule_id: about.ruleId,
    at,
    kind,
    alert_id: alertId,
    severity,
    body: { ...body, rule: name, group: change.labels, reason: change.reason },
  }
}
