import type { AlertChange, GroupState } from '../../analysis/alerts/state.ts'
import { endsAtOf, type AlertmanagerAlert } from '../outbox/index.ts'
import { annotationsOf, labelsOf, noticeOf } from './notice.ts'
import type { Ended, Rule } from './rule.ts'

interface About {
  readonly ruleId: string
  readonly spec: Rule['spec']
  readonly unit: string | null
}

/** Longer than an Alertmanager is told of an end. */
const ENDED_MS = 1_000_000
const MOST_ENDED = 1000

/** The alerts that have ended lately, with those that end now. */
export function endedOf(
  before: readonly Ended[],
  about: About,
  { changes, now }: { readonly changes: readonly AlertChange[]; readonly now: number },
): readonly Ended[] {
  const fresh = changes
    .filter(({ kind }) => kind === 'resolved' || kind === 'data_back')
    .map((change): Ended => {
      const { labels, annotations } = noticeOf(about, change, now)
      return { labels, annotations: { ...annotations }, startsAt: change.startsAt, endsAt: now }
    })
  const recent = before.filter(({ endsAt }) => now - endsAt < ENDED_MS)
  return [...recent, ...fresh].slice(-MOST_ENDED)
}

/** What an Alertmanager is told of a rule at a turn: what fires, what is not known, and what has ended lately. */
export function alertmanagerAlerts(
  { id, spec, state }: Rule,
  times: { readonly now: Date; readonly intervalSeconds: number },
): readonly AlertmanagerAlert[] {
  const about = { ruleId: id, spec, unit: state.evaluation?.unit ?? null }
  const going = [...state.groups.values()].flatMap((group) => goingAlerts(about, group))
  const alive = new Set(going.map(({ labels }) => JSON.stringify(labels)))
  const over = state.ended
    .filter(({ labels }) => !alive.has(JSON.stringify(labels)))
    .map((each) => ({ ...each, endsAt: new Date(each.endsAt) }))
  return [...going.map((each) => ({ ...each, endsAt: null })), ...over].flatMap((each) => {
    const endsAt = endsAtOf(each.endsAt, times)
    if (endsAt === null) return []
    const startsAt = new Date(each.startsAt).toISOString()
    return [{ ...each, startsAt, endsAt: endsAt.toISOString() }]
  })
}

function goingAlerts(about: About, group: GroupState) {
  const { alert, missingTold, missingSince } = group
  const alertOf = (kind: AlertChange['kind'], startsAt: number) => ({
    labels: labelsOf(about, group.labels, kind === 'no_data'),
    annotations: { ...annotationsOf(about, group, kind) },
    startsAt,
  })
  return [
    ...(alert === null ? [] : [alertOf('firing', alert.startsAt)]),
    ...(missingTold && missingSince !== null ? [alertOf('no_data', missingSince)] : []),
  ]
}
