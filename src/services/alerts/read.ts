import type { Condition, RuleSpec } from '../../analysis/alerts/rule.ts'
import type { Sight } from '../../analysis/alerts/judge.ts'
import type { ClusterReport, Warning } from '../../kernel/answer.ts'
import type { ReadNeeds, RuleAsked } from './asked.ts'
import { readBudget } from './budget.ts'
import { readChange } from './change.ts'
import { readFigure, type FigureRead } from './figure.ts'
import { readWarnings } from './quality.ts'

/** What was read of a rule, with a sight for each step. */
export interface RuleRead {
  readonly sights: readonly Sight[]
  readonly clusters: readonly ClusterReport[]
  readonly warnings: readonly Warning[]
  /** What the values are in; null where the figure has no unit of its own. */
  readonly unit: string | null
}

/**
 * What a rule looks at. Clusters that do not answer are part of what is given. Rejects with `invalid_request` for a
 * figure that cannot be read, and with `unprocessable` for what has no past.
 */
export async function readRule(
  needs: ReadNeeds,
  spec: RuleSpec,
  asked: RuleAsked,
): Promise<RuleRead> {
  const { condition } = spec
  switch (condition.kind) {
    case 'threshold':
    case 'absence':
      return sightsOf(await readFigure(needs, condition.figure, asked), asked)
    case 'change':
      return sightsOf(await readChange(needs, condition, asked), asked)
    case 'quality':
      return sightsOf(await readQuality(needs, condition, asked), asked)
    case 'budget':
      return sightsOf(await readBudget(needs, condition, asked), asked)
  }
}

function readQuality(
  needs: ReadNeeds,
  condition: Extract<Condition, { kind: 'quality' }>,
  asked: RuleAsked,
): Promise<FigureRead> {
  if (condition.check !== 'coverage') return readWarnings(needs, condition, asked)
  const { clusters } = condition
  const where = clusters === null ? {} : { cluster: clusters }
  const figure = { metric: 'kcloud_coverage_ratio', where, aggregate: 'min', by: null } as const
  return readFigure(needs, figure, asked)
}

/** What was read, step by step. */
function sightsOf({ groups, ...account }: FigureRead, { grid: { steps } }: RuleAsked): RuleRead {
  const silent = new Map(
    account.silent ??
      account.clusters
        .filter(({ status }) => status !== 'ok')
        .map(({ name, status }) => [name, status]),
  )
  const sights = Array.from({ length: steps }, (_, step): Sight => {
    const seen = groups.flatMap(({ key, labels, values, members, ...more }) => {
      const value = values[step] ?? null
      const problem = more.problems?.[step] ?? null
      if (value === null && problem === null) return []
      const count = members?.[step] ?? null
      return [[key, { labels, value, members: count, problem, ...more.about }] as const]
    })
    return { groups: new Map(seen), silent }
  })
  return { sights, clusters: account.clusters, warnings: account.warnings, unit: account.unit }
}
