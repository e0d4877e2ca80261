import { durationOf, type ChangeCondition } from '../../analysis/alerts/rule.ts'
import { combine } from '../../kernel/answer.ts'
import { readFigure, type FigureGroup, type FigureRead } from './figure.ts'
import type { ReadNeeds, RuleAsked } from './asked.ts'

/** By how much a figure has changed since a window ago, at each step. */
export async function readChange(
  needs: ReadNeeds,
  condition: ChangeCondition,
  asked: RuleAsked,
): Promise<FigureRead> {
  const { figure, window, percent } = condition
  const { grid } = asked
  const earlier = { ...grid, startMs: grid.startMs - durationOf(window) * 1000 }
  const [now, then] = await Promise.all([
    readFigure(needs, figure, asked),
    readFigure(needs, figure, { ...asked, grid: earlier }),
  ])
  const before = new Map(then.groups.map((group) => [group.key, group]))
  const groups = now.groups.map((group) => changeOf(group, before.get(group.key), percent !== null))
  const silent = new Map([...(then.silent ?? []), ...(now.silent ?? [])])
  return {
    ...combine([now, then]),
    groups,
    unit: percent === null ? now.unit : '%',
    ...('query' in figure && { silent: [...silent] }),
  }
}

function changeOf(
  now: FigureGroup,
  before: FigureGroup | undefined,
  isRelative: boolean,
): FigureGroup {
  const steps = now.values.map((value, step) => {
    const old = before?.values[step] ?? null
    const less = membersAt(before, step) ?? 0
    return stepOf(
      { value, old, isWhole: (membersAt(now, step) ?? 0) >= less || old === null },
      isRelative,
    )
  })
  const { key, labels, members } = now
  return {
    key,
    labels,
    values: steps.map(({ value }) => value),
    problems: steps.map(({ problem }) => problem),
    ...(members !== undefined && { members }),
  }
}

const membersAt = (group: FigureGroup | undefined, step: number): number | undefined =>
  group?.members?.[step]

interface Step {
  readonly value: number | null
  readonly old: number | null
  readonly isWhole: boolean
}

function stepOf({ value, old, isWhole }: Step, isRelative: boolean) {
  const nothing = (problem: string | null) => ({ value: null, problem })
  if (value === null) return nothing(null)
  if (old === null) return nothing('it had no value a window ago')
  if (isRelative && old === 0) return nothing('it was 0 a window ago: nothing is a share of that')
  const change = isRelative ? ((value - old) / Math.abs(old)) * 100 : value - old
  return { value: change, problem: isWhole ? null : 'fewer series report than a window ago' }
}
