import { durationOf, type Condition, type RuleSpec } from './rule.ts'
import type { GroupState, Judged, Verdict } from './state.ts'

/** What was read of a group. */
export interface Seen {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number | null
  /** How many series it is made of; null where nobody counts. */
  readonly members: number | null
  /** Why its value is not to be relied on; null where it is. */
  readonly problem: string | null
  /** Whether what is missing can only make the value greater. */
  readonly isAtLeast?: boolean
  /** What is to be known of the value. */
  readonly note?: string
}

/** What was read of all groups of a rule at one time. */
export interface Sight {
  readonly groups: ReadonlyMap<string, Seen>
  /** The clusters that did not answer in full, with what they did instead. */
  readonly silent: ReadonlyMap<string, string>
}

interface Judging {
  readonly spec: RuleSpec
  readonly sight: Sight
  readonly now: number
}

/** What is had of a group beside its verdict: how many series it should be made of. */
export interface Expectation {
  readonly expected: number
  readonly expectedAt: number
}

/** So long a series that went is missed from the group that it was part of. */
const EXPECTED_SECONDS = 3600

/** How many series a group should be made of: the most of the last hour. */
export function expectationOf(before: Expectation, members: number, now: number): Expectation {
  const { expected, expectedAt } = before
  const isOld = now - expectedAt >= EXPECTED_SECONDS * 1000 || now < expectedAt
  return members >= expected || isOld
    ? { expected: members, expectedAt: now }
    : { expected, expectedAt }
}

/** What is to be thought of a group that was read. */
export function judge(
  seen: Seen,
  { expected }: Expectation,
  { condition, least_coverage: least }: RuleSpec,
): Judged {
  const { labels, value, problem, note } = seen
  const unknown = (reason: string): Judged => ({ labels, value, verdict: 'unknown', reason })
  if (value === null) return unknown(problem ?? 'it has no value')
  const verdict = verdictOf(condition, value)
  const doubt = isProven(seen, verdict) ? null : (problem ?? shortage(seen, expected, least))
  return doubt === null
    ? { labels, value, verdict, reason: problem ?? note ?? null }
    : unknown(doubt)
}

/** What is missing could only make it more so. */
const isProven = ({ isAtLeast }: Seen, verdict: Verdict): boolean =>
  isAtLeast === true && verdict === 'active'

/** Why a group is made of too few series to be judged. */
const shortage = ({ members }: Seen, expected: number, least: number): string | null =>
  members !== null && members < expected * least
    ? `only ${members} of the ${expected} series of the last hour report`
    : null

/** What is to be thought of a group that was not read. */
export function judgeMissing(group: GroupState, { spec, sight, now }: Judging): Judged {
  const { labels } = group
  const unknown = { labels, value: null, verdict: 'unknown' } as const
  const silence = silenceOf(labels, sight)
  if (silence !== null) return { ...unknown, reason: silence }
  if (spec.condition.kind !== 'absence')
    return { ...unknown, reason: 'nothing is reported of it', isGone: comesAndGoes(labels) }
  if (group.seenAt === null) return { ...unknown, reason: 'it was never seen', isGone: true }
  const seconds = Math.max(0, (now - group.seenAt) / 1000)
  const isForgotten = seconds >= durationOf(spec.no_data.forget_after)
  return {
    labels,
    value: seconds,
    verdict: 'active',
    reason: `silent for ${Math.round(seconds)} s`,
    isAbsent: true,
    isForgotten,
  }
}

/** Why nothing can be said of what is in a cluster, or of what may be in any; null when something can. */
export function silenceOf(labels: Seen['labels'], { silent }: Sight): string | null {
  const { cluster } = labels
  const [name, status] =
    cluster === undefined ? ([...silent][0] ?? []) : [cluster, silent.get(cluster)]
  return name === undefined || status === undefined
    ? null
    : `cluster ${name} did not answer in full: ${status}`
}

/** Things whose end is nothing to be told of. */
const comesAndGoes = (labels: Seen['labels']): boolean =>
  ['pod', 'vm', 'container'].some((label) => Object.hasOwn(labels, label))

function verdictOf(condition: Condition, value: number): Verdict {
  switch (condition.kind) {
    case 'threshold':
      return byThreshold(condition, value)
    case 'absence':
      return 'inactive'
    case 'change':
      return hasChanged(condition, value) ? 'active' : 'inactive'
    case 'quality':
      return byQuality(condition, value)
    case 'budget':
      return value >= (condition.amount * condition.percent) / 100 ? 'active' : 'inactive'
  }
}

function byThreshold(
  { above, below, clear }: Extract<Condition, { kind: 'threshold' }>,
  value: number,
): Verdict {
  // Below a limit is above its negative.
  const sign = above === null ? -1 : 1
  const limit = sign * (above ?? below ?? Infinity)
  if (sign * value > limit) return 'active'
  return sign * value > sign * (clear ?? sign * limit) ? 'between' : 'inactive'
}

function hasChanged(
  { direction, percent, amount }: Extract<Condition, { kind: 'change' }>,
  value: number,
): boolean {
  const limit = percent ?? amount ?? Infinity
  const isUp = direction !== 'down' && value >= limit
  return isUp || (direction !== 'up' && value <= -limit)
}

const byQuality = (
  { check, below }: Extract<Condition, { kind: 'quality' }>,
  value: number,
): Verdict => ((check === 'coverage' ? value < below : value > 0) ? 'active' : 'inactive')
