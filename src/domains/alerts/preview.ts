import type { z } from 'zod'
import type { RuleSpec } from '../../analysis/alerts/rule.ts'
import type { Episode, ReplayedGroup } from '../../analysis/alerts/replay.ts'
import { groupKey } from '../../analysis/alerts/state.ts'
import { invalidRequest } from '../../kernel/errors.ts'
import { resolveWindow } from '../../kernel/time-range.ts'
import type { Preview } from '../../services/alerts/index.ts'
import type { Needs } from './needs.ts'
import type { previewedSchema, previewWindowSchema } from './preview-schemas.ts'

interface Asked {
  readonly at: Date
  readonly signal: AbortSignal
}

type Window = z.output<typeof previewWindowSchema>

const MOST_STEPS = 1000
const MOST_DAYS = 31
const MOST_EPISODES = 1000
const STEP_SECONDS = 15

/** When a rule would have fired. Rejects with `invalid_request`, `unprocessable`, and as the readers do. */
export async function preview(
  { alerts }: Needs,
  { at, signal }: Asked,
  { spec, window }: { readonly spec: RuleSpec; readonly window: Window },
) {
  const range = rangeOf(window, at)
  const found = await alerts.preview(spec, { range, at, signal })
  const { clusters, warnings } = found
  return { data: previewRow(spec, found), observedAt: at, clusters, warnings }
}

function rangeOf({ period, start, end, step }: Window, at: Date) {
  const asked = { start, end, step, period: start === undefined ? (period ?? '1d') : period }
  const range = resolveWindow(asked, at, MOST_STEPS)
  const { stepSeconds } = range
  if ((range.end.getTime() - range.start.getTime()) / 86_400_000 > MOST_DAYS)
    throw invalidRequest('/body/period', `must be at most ${MOST_DAYS} days`)
  if (stepSeconds % STEP_SECONDS !== 0)
    throw invalidRequest('/body/step', `must be in steps of ${STEP_SECONDS} s`)
  return range
}

function previewRow(spec: RuleSpec, found: Preview): z.output<typeof previewedSchema> {
  const { range, episodes, groups, cut, unit } = found
  const { start, end, stepSeconds } = range
  const rows = episodes.map((each) => episodeRow(each, end))
  const fired = new Map<string, number>()
  for (const { labels } of episodes)
    fired.set(groupKey(labels), (fired.get(groupKey(labels)) ?? 0) + 1)
  const firedOf = ({ labels }: ReplayedGroup): number => fired.get(groupKey(labels)) ?? 0
  const steps = groups.flatMap(({ states }) => states)
  return {
    start,
    end,
    step_seconds: stepSeconds,
    unit,
    thresholds: thresholdsOf(spec),
    fired: episodes.length,
    firing_seconds: rows.reduce((sum, { seconds }) => sum + seconds, 0),
    no_data_seconds: steps.filter((state) => state === 'no_data').length * stepSeconds,
    episodes: rows.slice(0, MOST_EPISODES),
    cut_episodes: Math.max(0, rows.length - MOST_EPISODES),
    series: groups
      .toSorted((a, b) => firedOf(b) - firedOf(a))
      .map((group) => seriesRow(group, { fired: firedOf(group), range })),
    cut_series: cut,
  }
}

function episodeRow({ labels, startsAt, endsAt }: Episode, end: Date) {
  return {
    labels,
    starts_at: new Date(startsAt),
    ends_at: endsAt === null ? null : new Date(endsAt),
    seconds: ((endsAt ?? end.getTime()) - startsAt) / 1000,
  }
}

function seriesRow(
  { labels, values, states }: ReplayedGroup,
  { fired, range }: { readonly fired: number; readonly range: Preview['range'] },
) {
  const start = range.start.getTime() / 1000
  const points = values.map((value, step) => {
    const point: [number, number | null, (typeof states)[number]] = [
      start + step * range.stepSeconds,
      value,
      states[step] ?? null,
    ]
    return point
  })
  return { labels, fired, points }
}

function thresholdsOf({ condition }: RuleSpec) {
  const none = { above: null, below: null, clear: null }
  switch (condition.kind) {
    case 'threshold':
      return { above: condition.above, below: condition.below, clear: condition.clear }
    case 'change':
      return { ...none, ...changeLimits(condition) }
    case 'quality':
      return condition.check === 'coverage' ? { ...none, below: condition.below } : none
    case 'budget':
      return { ...none, above: (condition.amount * condition.percent) / 100 }
    case 'absence':
      return none
  }
}

function changeLimits({
  direction,
  percent,
  amount,
}: Extract<RuleSpec['condition'], { kind: 'change' }>) {
  const limit = percent ?? amount ?? 0
  return {
    ...(direction !== 'down' && { above: limit }),
    ...(direction !== 'up' && { below: -limit }),
  }
}
