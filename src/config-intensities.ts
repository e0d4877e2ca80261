import { z } from 'zod'
import { decimalOf, numberOf } from './analysis/cost/decimal.ts'
import {
  fromGrams,
  fromPoundsPerMegawattHour,
  type IntensitySeries,
  type IntensityValue,
} from './analysis/cost/intensity.ts'
import { amount, clusterNames, rateName, sourceUrl } from './config-rates.ts'
import { parseDuration } from './kernel/time-range.ts'

const moment = z
  .string('must be a time such as 2026-04-16T00:00:00+09:00')
  .transform((text, context) => {
    const time = Date.parse(text)
    if (/T.*(Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(time)) return time / 1000
    context.addIssue({
      code: 'custom',
      message: 'must be a time such as 2026-04-16T00:00:00+09:00',
    })
    return z.NEVER
  })

const UNITS = ['kg_per_kwh', 'g_per_kwh', 'lb_per_mwh'] as const

const value = z
  .strictObject({
    from: moment,
    until: moment.optional(),
    kg_per_kwh: amount.optional(),
    g_per_kwh: amount.optional(),
    lb_per_mwh: amount.optional(),
    estimated: z.boolean().default(false),
    published_at: moment.optional(),
  })
  .refine((read) => UNITS.filter((unit) => read[unit] !== undefined).length === 1, {
    error: `must have one of ${UNITS.join(', ')}`,
  })
  .refine(({ from, until }) => until === undefined || from < until, 'must end after it begins')

type Value = z.output<typeof value>

const series = z
  .strictObject({
    name: rateName,
    about: z.string().optional(),
    kind: z.enum(['average', 'marginal'], 'must be average or marginal: the two are never mixed'),
    clusters: clusterNames,
    source_url: sourceUrl,
    verified: z.boolean().optional(),
    note: z.string().optional(),
    /** How long a value without an end is so: `1h` for hourly values. Without it, until there is a later one. */
    valid_for: z
      .string()
      .refine((text) => parseDuration(text) !== undefined, 'must be a duration such as 1h')
      .optional(),
    values: z.array(value, 'must be a list of values').min(1, 'must have a value').max(200_000),
  })
  .transform((read): IntensitySeries => ({
    name: read.name,
    kind: read.kind,
    sourceUrl: read.source_url ?? null,
    clusters: read.clusters ?? null,
    values: read.values.map((each) => valueOf(each, parseDuration(read.valid_for ?? ''))),
  }))

function valueOf(read: Value, seconds: number | undefined): IntensityValue {
  return {
    from: read.from,
    until: read.until ?? (seconds === undefined ? null : read.from + seconds),
    kgPerKwh: kilograms(read),
    estimated: read.estimated,
    publishedAt: read.published_at ?? null,
  }
}

function kilograms({ kg_per_kwh: kg, g_per_kwh: g, lb_per_mwh: lb }: Value): bigint {
  if (kg !== undefined) return kg
  if (g !== undefined) return decimalOf(fromGrams(numberOf(g)))
  return decimalOf(fromPoundsPerMegawattHour(numberOf(lb ?? 0n)))
}

/** The intensities of a file. */
export const intensityList: z.ZodType<readonly IntensitySeries[]> = z
  .array(series, 'must be a list of series')
  .min(1, 'must have a series')

/** One intensity at all times, of all clusters. */
export function constantIntensity(kgPerKwh: bigint): IntensitySeries {
  return {
    name: 'constant',
    kind: 'average',
    sourceUrl: null,
    clusters: null,
    values: [{ from: 0, until: null, kgPerKwh, estimated: false, publishedAt: null }],
  }
}
