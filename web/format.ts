import { languageNow, text } from './texts.ts'

const numberOf = (value: number, digits: number): string =>
  new Intl.NumberFormat(languageNow(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value)

const STEPS = [
  { from: 1e6, unit: 'MW', digits: 2 },
  { from: 1e3, unit: 'kW', digits: 2 },
  { from: 0, unit: 'W', digits: 0 },
] as const

/** Watts in the unit that fits; what is not known is said in words. */
export function watts(value: number | null | undefined): string {
  if (value === null || value === undefined) return text('notKnown')
  const step = STEPS.find(({ from }) => Math.abs(value) >= from) ?? STEPS[2]
  return `${numberOf(value / Math.max(1, step.from), step.digits)} ${step.unit}`
}

/** A part of 1 as percent, rounded down: what is not whole never reads 100 %. */
export const share = (part: number | null): string =>
  part === null ? text('notKnown') : `${numberOf(Math.floor(part * 100 + 1e-9), 0)}%`

/** A percentage with one digit. */
export const percent = (value: number | null): string =>
  value === null ? text('notKnown') : `${numberOf(value, 1)}%`

/** A quantity with its unit. */
export const quantity = (value: number | null, unit: string): string =>
  value === null ? text('notKnown') : `${numberOf(value, value < 100 ? 2 : 0)} ${unit}`

export const money = (value: number | null, currency: string): string =>
  value === null
    ? text('notKnown')
    : new Intl.NumberFormat(languageNow(), { style: 'currency', currency }).format(value)

/** Hours and minutes, with the day where it is another than today. */
export function clock(at: Date): string {
  const today = at.toDateString() === new Date().toDateString()
  return new Intl.DateTimeFormat(languageNow(), {
    ...(today ? {} : { month: 'short', day: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at)
}

/** How long ago, in the largest unit that is whole. */
export function ago(at: Date): string {
  const seconds = Math.max(0, Math.round((Date.now() - at.getTime()) / 1000))
  const format = new Intl.RelativeTimeFormat(languageNow(), { numeric: 'always' })
  if (seconds < 120) return format.format(-seconds, 'second')
  if (seconds < 7200) return format.format(-Math.floor(seconds / 60), 'minute')
  return format.format(-Math.floor(seconds / 3600), 'hour')
}
