import { byId, element } from './dom.ts'
import { clock, money, percent, quantity, share, watts } from './format.ts'
import { text } from './texts.ts'
import type { Answer, HourlyCost, Policy, Power } from './wire.ts'

/** What today cost until now. */
export function showCost({ data, meta }: Answer<HourlyCost>): void {
  const { total, currency, coverage } = data
  const part = (coverage ?? 0) < 1 || meta.status === 'partial'
  const bound = part ? `${text('atLeast')} ` : ''
  const figure = (name: string, value: string, known: boolean) => [
    element('p', 'note', name),
    element('p', 'middle', known ? element('span', 'note', bound) : '', value),
  ]
  const carbon = total.carbon_kg
  byId('cost').replaceChildren(
    ...figure(text('cost'), money(total.cost, currency), total.cost !== null),
    ...figure(text('energy'), quantity(total.energy_kwh, 'kWh'), total.energy_kwh !== null),
    ...(carbon === null
      ? [element('p', 'note', text('carbon')), element('p', '', text('noIntensity'))]
      : figure(text('carbon'), quantity(carbon, 'kg CO₂e'), true)),
    element('p', 'note', text('since', { time: clock(new Date(data.start)) })),
    ...(part ? [element('p', 'note', text('costPart', { percent: share(coverage) }))] : []),
  )
}

/** The budgets of the scaling policies, and what is drawn of them where this page knows it. */
export function showBudgets(policies: readonly Policy[], power: Answer<Power> | null): void {
  const budgets = policies.flatMap((policy) => {
    const { enabled, max_power_budget: budget } = policy.power_based
    return policy.enabled && enabled && budget !== null ? [budgetOf(policy, budget, power)] : []
  })
  byId('budgets').replaceChildren(
    ...(budgets.length > 0 ? budgets : [element('p', 'note', text('noBudgets'))]),
  )
}

function budgetOf(policy: Policy, budget: number, power: Answer<Power> | null): HTMLElement {
  const now = power === null ? null : drawnBy(policy, power.data)
  const heading = element('p', '', `${policy.name} · ${scopeOf(policy)}`)
  if (now === null)
    return element('div', 'budget', heading, element('p', 'note', text('budgetAlone', { budget: watts(budget) }))) // prettier-ignore
  const line = text('budgetLine', {
    now: watts(now),
    budget: watts(budget),
    percent: percent((now / budget) * 100),
  })
  const fill = element('span', '')
  fill.style.width = `${Math.min(100, (now / budget) * 100)}%`
  const meter = element('div', now > budget ? 'meter over' : 'meter', fill)
  meter.setAttribute('aria-hidden', 'true')
  return element('div', 'budget', heading, meter, element('p', now > budget ? 'old' : '', line))
}

function scopeOf({ scope, target }: Policy): string {
  if (scope === 'fleet') return text('wholeFleet')
  return scope === 'cluster'
    ? target.cluster
    : `${target.cluster} / ${target.namespace} / ${target.name}`
}

function drawnBy({ scope, target }: Policy, power: Power): number | null {
  if (scope === 'fleet') return power.total_power_watts
  if (scope !== 'cluster') return null
  return (
    power.by_cluster.find(({ cluster }) => cluster === target.cluster)?.total_power_watts ?? null
  )
}
