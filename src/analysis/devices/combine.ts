import type { Partition } from './device.ts'
import { slicesOf, slicesOfCard } from './slices.ts'

/** How the rows of parts make the value of their device; see `MeasureSpec.parts` of the catalogue. */
export type PartsRule = 'repeated' | 'divided' | 'weighted' | 'whole'

export type Values = Readonly<Partial<Record<string, number>>>
/** Of what nobody has said anything yet. */
export const NONE: Values = {}

/** What was said first counts. Values are used as they were read where there is nothing to add. */
export const merged = (first: Values, more: Values): Values => {
  if (more === NONE) return first
  return first === NONE ? more : { ...more, ...first }
}

type Part = Pick<Partition, 'profile' | 'values'>

/** What one source says of one device: of itself, of its partitions, and of its cores. */
export interface Spoken {
  readonly values: Values
  readonly parts: readonly Part[]
  readonly cores: readonly Values[]
}

/** How parts are brought together, on a device of such a model. */
export interface Terms {
  readonly rule: (measure: string) => PartsRule
  readonly model: string | null
}

/** The values of a device by one source: its own rows', else those that its cores or its partitions make. */
export function deviceValues({ values, parts, cores }: Spoken, terms: Terms): Values {
  if (parts.length + cores.length === 0) return values
  return {
    ...partsTogether(parts, terms),
    ...coresTogether(cores, terms.rule),
    ...values,
  }
}

/** The values that cores make together: what is relative to each of them is their mean. */
export function coresTogether(cores: readonly Values[], rule: Terms['rule']): Values {
  return each(cores, (measure, readings) =>
    rule(measure) === 'weighted'
      ? sum(readings) / readings.length
      : together(readings, rule(measure)),
  )
}

function partsTogether(parts: readonly Part[], { rule, model }: Terms): Values {
  const all = parts.map(({ values }) => values)
  return each(all, (measure, readings) => {
    if (rule(measure) !== 'weighted') return together(readings, rule(measure))
    const shares = parts.map(({ profile, values }) => slicesOf(profile) * (values[measure] ?? 0))
    return sum(shares) / slicesOfCard(model, parts)
  })
}

function each(
  parts: readonly Values[],
  make: (measure: string, readings: readonly number[]) => number | undefined,
): Values {
  const made: Partial<Record<string, number>> = {}
  for (const measure of new Set(parts.flatMap((values) => Object.keys(values)))) {
    const readings = parts.map((values) => values[measure]).filter((value) => value !== undefined)
    const value = make(measure, readings)
    if (value !== undefined) made[measure] = value
  }
  return made
}

function together(readings: readonly number[], rule: PartsRule): number | undefined {
  if (rule === 'whole') return undefined
  return rule === 'divided' ? sum(readings) : Math.max(...readings)
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
