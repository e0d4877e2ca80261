import { z } from 'zod'
import type { Condition, Magnitude, Origin } from './catalogue/source.ts'
import type { NonEmpty } from './kernel/kind.ts'
import { unitsOf, type Dimension, type Unit } from './kernel/units.ts'

/** A schema for each field of a type, so that none is forgotten. */
export type Schemas<Spec> = { readonly [Field in keyof Required<Spec>]: z.ZodType<Spec[Field]> }

const metricName = z
  .string('must be the name of a metric')
  .regex(
    /^[a-zA-Z_:][a-zA-Z0-9_:]{0,199}$/,
    'must be the name of a metric, such as node_power_watts',
  )

/** The name of a label of theirs, which can stand in a query as it is. */
export const labelName = z
  .string('must be the name of a label')
  .regex(
    /^(?!(?:inf|nan|without)$)[a-zA-Z_][a-zA-Z0-9_]{0,199}$/i,
    'must be the name of a label, such as instance',
  )

export const text = z.string('must be text').min(1, 'must not be empty')

/** A list that is never empty. */
export const some = <Item>(item: z.ZodType<Item>): z.ZodType<NonEmpty<Item>> =>
  z.tuple([item], item, { error: 'must be a list of at least one' })

/** An object with these fields and no others; a field that there is not is told, with those like it. */
export function known<Shape extends z.ZodRawShape>(
  shape: Shape,
  what: string,
): z.ZodObject<Shape, z.core.$strict> {
  const names = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => `${key} is no ${what}${suggestion(key, names)}`).join('; ')
        : 'must be an object',
  })
}

const MOST_LISTED = 8

/** All names where there are few, else those that share a word with this one. */
function suggestion(key: string, names: readonly string[]): string {
  const words = new Set(key.toLowerCase().split(/[^a-z0-9]+/))
  const shared = (name: string) => name.split('_').filter((word) => words.has(word)).length
  const alike = names.filter((name) => shared(name) > 0).sort((a, b) => shared(b) - shared(a))
  const listed = names.length <= MOST_LISTED ? names : alike.slice(0, MOST_LISTED)
  return listed.length === 0 ? '' : `; there is ${listed.join(', ')}`
}

const number = z.number('must be a number')

/** JSON has no NaN, which exporters have. */
const absentValue = z.union([z.number(), z.literal('NaN').transform(() => Number.NaN)], {
  error: 'must be a number or "NaN"',
})

const plausible = known(
  { least: number, most: number, leastUnlessZero: number.exactOptional() },
  'field of a range',
).refine(({ least, most }) => least < most, 'least must be below most')

const CONDITION =
  'must be {"label": …} with one of "equals": "text", or "oneOf", "noneOf", "startsWithOneOf" or "startsWithNoneOf" and a list of texts'

/** A fixed condition on a label: texts only, which stand quoted in a query. */
export const condition: z.ZodType<Condition> = z.union(
  [
    z.strictObject({ label: labelName, equals: z.string() }),
    z.strictObject({ label: labelName, oneOf: some(z.string()) }),
    z.strictObject({ label: labelName, noneOf: some(z.string()) }),
    z.strictObject({ label: labelName, startsWithOneOf: some(text) }),
    z.strictObject({ label: labelName, startsWithNoneOf: some(text) }),
  ],
  { error: CONDITION },
)

function unitSchema<D extends Dimension>(dimension: D): z.ZodType<Origin<D>['unit']> {
  const units = unitsOf(dimension)
  const unit: z.ZodType<Unit<D>> = z.literal(units)
  const magnitude: z.ZodType<Magnitude<D>> = z
    .strictObject({ unit, least: z.number(), most: z.number() })
    .refine(({ least, most }) => least < most)
  return z.union([unit, some(magnitude)], {
    error: `must be one of ${units.join(', ')}, or a list of {"unit", "least", "most"} with these`,
  })
}

/** Where a source keeps a measure of this dimension. */
export function originSchema<D extends Dimension>(dimension: D): z.ZodType<Origin<D>> {
  const shape = {
    metrics: some(metricName),
    unit: unitSchema(dimension),
    where: z.array(condition).exactOptional(),
    rate: z.literal(true, { error: 'must be true, or left out' }).exactOptional(),
    addends: some(labelName).exactOptional(),
    combine: z
      .enum(['sum', 'avg', 'count'], { error: 'must be one of sum, avg, count' })
      .exactOptional(),
    plausible,
    absent: z.array(absentValue).exactOptional(),
    codes: z
      .array(z.tuple([number, number], { error: 'must be [theirs, ours]' }))
      .min(1, 'must be a list of at least one')
      .exactOptional(),
  } satisfies Schemas<Origin<D>>
  return known(shape, 'field of a measure').check(({ value, issues }) => {
    const complain = (field: string, message: string) =>
      issues.push({ code: 'custom', path: [field], message, input: value })
    if (value.combine !== undefined && value.addends === undefined)
      complain('combine', 'needs addends: labels by which the rows differ')
    if (value.codes !== undefined && dimension !== 'code')
      complain('codes', `is for states and events; this measure is a ${dimension}`)
  })
}
