import { advance, type GroupStates } from './advance.ts'
import type { Sight } from './judge.ts'
import type { RuleSpec } from './rule.ts'
import { groupKey, type AlertState } from './state.ts'

/** One firing of a group in the past. */
export interface Episode {
  readonly labels: Readonly<Record<string, string>>
  readonly startsAt: number
  /** Null when it goes on at the end of the window. */
  readonly endsAt: number | null
}

/** What a group was in the past, step by step. */
export interface ReplayedGroup {
  readonly labels: Readonly<Record<string, string>>
  readonly values: readonly (number | null)[]
  readonly states: readonly (AlertState | null)[]
}

export interface Replayed {
  readonly episodes: readonly Episode[]
  readonly groups: readonly ReplayedGroup[]
  readonly cut: number
}

interface ReplayOptions {
  readonly startMs: number
  readonly stepSeconds: number
  readonly mostGroups: number
}

/** What a rule would have done at each step of the past, had it begun at the first of them. */
export function replay(
  spec: RuleSpec,
  sights: readonly Sight[],
  { startMs, stepSeconds, mostGroups }: ReplayOptions,
): Replayed {
  let states: GroupStates = new Map()
  let cut = 0
  const episodes: Episode[] = []
  const groups = new Map<string, Noted>()
  for (const [step, sight] of sights.entries()) {
    const now = startMs + step * stepSeconds * 1000
    const options = { now, intervalSeconds: stepSeconds, mostGroups }
    const next = advance(states, { spec, sight }, options)
    states = next.groups
    cut = Math.max(cut, next.cut)
    note(groups, states, { step, steps: sights.length, now })
    const ended = next.changes.filter(({ kind }) => kind === 'resolved')
    episodes.push(...ended.map(({ labels, startsAt }) => ({ labels, startsAt, endsAt: now })))
  }
  const open = [...states.values()].flatMap(({ labels, alert }) =>
    alert === null ? [] : [{ labels, startsAt: alert.startsAt, endsAt: null }],
  )
  const all = [...episodes, ...open].sort((a, b) => a.startsAt - b.startsAt)
  return { episodes: all, groups: [...groups.values()], cut }
}

interface Noted {
  readonly labels: ReplayedGroup['labels']
  readonly values: (number | null)[]
  readonly states: (AlertState | null)[]
}

interface Place {
  readonly step: number
  readonly steps: number
  readonly now: number
}

/** Writes down what the groups are at a step. */
function note(groups: Map<string, Noted>, states: GroupStates, { step, steps, now }: Place): void {
  for (const { labels, state, value, seenAt } of states.values()) {
    const key = groupKey(labels)
    const group = groups.get(key) ?? blank(labels, steps)
    groups.set(key, group)
    group.values[step] = seenAt === now ? value : null
    group.states[step] = state
  }
}

const blank = (labels: ReplayedGroup['labels'], steps: number): Noted => ({
  labels,
  values: Array<number | null>(steps).fill(null),
  states: Array<AlertState | null>(steps).fill(null),
})
