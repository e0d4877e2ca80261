import type { AlertChange, GroupState, Judged } from './state.ts'

/** The times of a rule, and of the evaluation. */
export interface StepTimes {
  readonly now: number
  /** How far evaluations lie apart. */
  readonly intervalSeconds: number
  readonly forSeconds: number
  readonly keepFiringSeconds: number
  readonly noDataSeconds: number
  readonly forgetSeconds: number
  readonly tellsNoData: boolean
}

export interface Stepped {
  /** Null for a group that is forgotten. */
  readonly state: GroupState | null
  readonly changes: readonly AlertChange[]
}

/** Evaluations that lie so many intervals apart, or less, see what is between them. */
const SEEN_INTERVALS = 3
const SEEN_SECONDS = 300

/** A group that nothing is known of. */
export function unseen(labels: GroupState['labels'], now: number): GroupState {
  return {
    labels,
    state: 'ok',
    since: now,
    value: null,
    seenAt: null,
    heldSeconds: 0,
    heldAt: null,
    alert: null,
    clearSince: null,
    missingSince: null,
    missingTold: false,
    reason: null,
    expected: 0,
    expectedAt: now,
  }
}

/**
 * What an evaluation makes of a group. A condition that cannot be judged neither begins nor ends an alert, and what
 * was not seen does not count towards the time that it has to hold: a clock that jumps ahead gains nothing.
 */
export function stepGroup(before: GroupState, judged: Judged, times: StepTimes): Stepped {
  const known = { ...before, labels: judged.labels, reason: judged.reason }
  if (judged.isForgotten === true) return forgotten(known, times.forgetSeconds)
  if (judged.verdict === 'unknown') return without(known, judged, times)
  const seenAt = judged.isAbsent === true ? before.seenAt : times.now
  const back = { ...known, value: judged.value, seenAt }
  const told = before.missingTold ? [change('data_back', back, missingOf(before))] : []
  const present = { ...back, missingSince: null, missingTold: false }
  const holds =
    judged.verdict === 'active' || (judged.verdict === 'between' && before.alert !== null)
  const { state, changes } = holds ? held(present, judged, times) : over(present, times)
  return { state, changes: [...told, ...changes] }
}

function without(group: GroupState, judged: Judged, times: StepTimes): Stepped {
  const { now, noDataSeconds, forgetSeconds, tellsNoData } = times
  const missingSince = earlier(group.missingSince ?? now, now)
  const seconds = (now - missingSince) / 1000
  if (judged.isGone === true && group.alert === null) return { state: null, changes: [] }
  if (seconds >= forgetSeconds) return forgotten(group, forgetSeconds)
  const missing = at({ ...group, missingSince, heldAt: null, clearSince: null }, now)
  const isNews = !group.missingTold && tellsNoData && seconds >= noDataSeconds
  if (!isNews) return { state: missing, changes: [] }
  const told = { ...missing, missingTold: true }
  return { state: told, changes: [change('no_data', told, missingOf(told))] }
}

/** What has been silent for long is not waited for any more, and an alert of it ends with that reason. */
function forgotten(group: GroupState, seconds: number): Stepped {
  const reason = `nothing was heard of it for ${seconds} s: it is not waited for any more`
  const ended = { ...group, reason }
  const changes = [
    ...(group.missingTold ? [change('data_back', ended, missingOf(group))] : []),
    ...(group.alert === null ? [] : [change('resolved', ended, group.alert)]),
  ]
  return { state: null, changes }
}

function held(group: GroupState, { verdict }: Judged, times: StepTimes): Stepped {
  const { now, forSeconds } = times
  const heldSeconds = group.heldSeconds + seenSeconds(group.heldAt, times)
  const going = { ...group, heldSeconds, heldAt: now, clearSince: null }
  if (group.alert !== null) return { state: at(going, now), changes: [] }
  if (verdict !== 'active' || heldSeconds < forSeconds)
    return { state: at(going, now), changes: [] }
  const alert = { id: `${now}`, startsAt: now }
  const firing = at({ ...going, alert }, now)
  return { state: firing, changes: [change('firing', firing, alert)] }
}

function over(group: GroupState, { now, keepFiringSeconds }: StepTimes): Stepped {
  const ended = { ...group, heldSeconds: 0, heldAt: null }
  const { alert } = group
  if (alert === null) return { state: at({ ...ended, clearSince: null }, now), changes: [] }
  const clearSince = earlier(group.clearSince ?? now, now)
  if ((now - clearSince) / 1000 < keepFiringSeconds)
    return { state: at({ ...ended, clearSince }, now), changes: [] }
  const resolved = at({ ...ended, alert: null, clearSince: null }, now)
  return { state: resolved, changes: [change('resolved', resolved, alert)] }
}

/** The time since the evaluation before, as far as somebody looked; a clock that was put back gives none. */
function seenSeconds(heldAt: number | null, { now, intervalSeconds }: StepTimes): number {
  if (heldAt === null) return 0
  const most = Math.max(SEEN_SECONDS, intervalSeconds * SEEN_INTERVALS)
  return Math.min(most, Math.max(0, (now - heldAt) / 1000))
}

/** A time that has come: a clock may have been put back since it was noted. */
const earlier = (time: number, now: number): number => Math.min(time, now)

/** The state of a group by what is known of it, and since when. */
function at(group: GroupState, now: number): GroupState {
  const state = stateOf(group)
  return { ...group, state, since: state === group.state ? earlier(group.since, now) : now }
}

function stateOf({ alert, missingSince, heldAt }: GroupState): GroupState['state'] {
  if (alert !== null) return 'firing'
  if (missingSince !== null) return 'no_data'
  return heldAt === null ? 'ok' : 'pending'
}

const missingOf = ({ missingSince }: GroupState) => ({
  id: `missing-${missingSince ?? 0}`,
  startsAt: missingSince ?? 0,
})

function change(
  kind: AlertChange['kind'],
  { labels, value, reason }: GroupState,
  { id, startsAt }: { readonly id: string; readonly startsAt: number },
): AlertChange {
  return { kind, labels, value, reason, alertId: id, startsAt }
}
