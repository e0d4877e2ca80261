import { replay, type Replayed } from '../../analysis/alerts/replay.ts'
import type { RuleSpec } from '../../analysis/alerts/rule.ts'
import type { Answer } from '../../kernel/answer.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { ReadNeeds } from './asked.ts'
import { readRule } from './read.ts'

export interface Preview extends Pick<Answer<never>, 'clusters' | 'warnings'>, Replayed {
  readonly range: TimeRange
  readonly unit: string | null
}

interface PreviewAsked {
  readonly range: TimeRange
  readonly at: Date
  readonly signal: AbortSignal
}

/** So many groups are shown; more are cut, which is told. */
const MOST_GROUPS = 200

/** When a rule would have fired in the past. Rejects as `readRule` does. */
export async function previewRule(
  needs: ReadNeeds,
  spec: RuleSpec,
  { range, at, signal }: PreviewAsked,
): Promise<Preview> {
  const { start, end, stepSeconds } = range
  const startMs = start.getTime()
  const steps = Math.max(2, Math.round((end.getTime() - startMs) / 1000 / stepSeconds))
  const grid = { startMs, stepMs: stepSeconds * 1000, steps }
  const { sights, unit, clusters, warnings } = await readRule(needs, spec, {
    grid,
    at,
    now: at,
    signal,
  })
  const replayed = replay(spec, sights, { startMs, stepSeconds, mostGroups: MOST_GROUPS })
  return { ...replayed, range, unit, clusters, warnings }
}
