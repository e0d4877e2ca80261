import type { Condition, Figure, RuleSpec } from './rule.ts'

/** What is told of a group, for people. */
export interface Told {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number | null
  readonly reason: string | null
}

/** One line that says what is the matter: that of the rule, or one of our own. */
export function summaryOf(
  { name, summary }: Pick<RuleSpec, 'name' | 'summary'>,
  told: Told,
  kind: string,
): string {
  const line = summary === null ? `${name}${placeOf(told)}` : filledIn(summary, told)
  return kind === 'no_data' ? `${line}: no data` : line
}

/** What was seen, and what it was held against. */
export function descriptionOf(
  { condition }: Pick<RuleSpec, 'condition'>,
  told: Told,
  unit: string | null,
): string {
  const value = told.value === null ? 'no value' : written(told.value, unit)
  const words = `${figureOf(condition)}: ${value}, ${limitOf(condition, unit)}`
  return told.reason === null ? words : `${words} (${told.reason})`
}

function placeOf({ labels }: Told): string {
  const words = Object.entries(labels).map(([label, value]) => `${label} ${value}`)
  return words.length === 0 ? '' : ` (${words.join(', ')})`
}

/** `{node}` stands for a label, and `{value}` for the value. */
const filledIn = (text: string, { labels, value }: Told): string =>
  text.replaceAll(/\{(\w+)\}/g, (all, name: string) => {
    if (name === 'value') return value === null ? '?' : written(value, null)
    return Object.hasOwn(labels, name) ? (labels[name] ?? all) : all
  })

/** A number as people read it, with its unit. */
export function written(value: number, unit: string | null): string {
  const digits = Math.abs(value) >= 100 ? 0 : 2
  const number = Number(value.toFixed(digits))
  return unit === null ? `${number}` : `${number} ${unit}`
}

function figureOf(condition: Condition): string {
  switch (condition.kind) {
    case 'threshold':
    case 'absence':
      return nameOf(condition.figure)
    case 'change':
      return `change of ${nameOf(condition.figure)} in ${condition.window}`
    case 'quality':
      return condition.check
    case 'budget':
      return `${condition.of} of the ${condition.period}, ${condition.basis}`
  }
}

function nameOf(figure: Figure): string {
  if ('query' in figure) return figure.query
  const { metric, aggregate, by } = figure
  if (by === null) return metric
  return by.length === 0
    ? `${aggregate} of ${metric}`
    : `${aggregate} of ${metric} by ${by.join(', ')}`
}

function limitOf(condition: Condition, unit: string | null): string {
  switch (condition.kind) {
    case 'threshold':
      return levelOf(condition, unit)
    case 'absence':
      return 'it reported before'
    case 'change':
      return `the limit is ${condition.direction} ${written(condition.percent ?? condition.amount ?? 0, unit)}`
    case 'quality':
      return qualityOf(condition)
    case 'budget':
      return `the limit is ${condition.percent} % of ${written(condition.amount, unit)}`
  }
}

const levelOf = (
  { above, below }: Extract<Condition, { kind: 'threshold' }>,
  unit: string | null,
): string =>
  above === null
    ? `the limit is below ${written(below ?? 0, unit)}`
    : `the limit is above ${written(above, unit)}`

const qualityOf = ({ check, below }: Extract<Condition, { kind: 'quality' }>): string =>
  check === 'coverage' ? `the limit is below ${below}` : 'there should be none'
