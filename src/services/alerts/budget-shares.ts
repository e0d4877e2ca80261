import type { BudgetCondition } from '../../analysis/alerts/rule.ts'
import type { FigureGroup } from './figure.ts'
import { plus, type Spending, type Spent } from './spending.ts'

/** The clusters that are meant, or all of them as one. */
export function sharesOf(
  { by, clusters }: Pick<BudgetCondition, 'by' | 'clusters'>,
  { byCluster }: Pick<Spending, 'byCluster'>,
): readonly (readonly [labels: FigureGroup['labels'], spent: Spent])[] {
  const meant = [...byCluster].filter(([name]) => clusters?.includes(name) ?? true)
  if (by === 'cluster') return meant.map(([cluster, spent]) => [{ cluster }, spent])
  if (meant.length === 0) return []
  const all = meant.reduce((sum, [, spent]) => plus(sum, spent), plus())
  return [[{}, { ...all, coveredSeconds: all.coveredSeconds / meant.length }]]
}

/** What a budget is in. */
export function unitOf({ of }: Pick<BudgetCondition, 'of'>, currency: string): string {
  if (of === 'cost') return currency
  return of === 'carbon_kg' ? 'kg' : 'kWh'
}
