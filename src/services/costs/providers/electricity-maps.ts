import { z } from 'zod'
import { decimalOf } from '../../../analysis/cost/decimal.ts'
import { fromGrams, type IntensityValue } from '../../../analysis/cost/intensity.ts'
import { jsonClient, NotAllowed } from './json-client.ts'
import type { IntensityProvider } from './provider.ts'

export interface ElectricityMapsOptions {
  readonly url: string
  readonly key: string
  readonly emissionFactors: 'lifecycle' | 'direct'
  readonly timeoutSeconds: number
}

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text) / 1000)

const point = z.object({
  datetime: time,
  updatedAt: time.optional(),
  carbonIntensity: z.number().nonnegative().nullable(),
  isEstimated: z.boolean().nullish(),
})
type Point = z.output<typeof point>

/** A range comes as `data`; what is made after the older `history` calls it so. */
const past = z
  .union([z.object({ data: z.array(point) }), z.object({ history: z.array(point) })])
  .transform((read) => ('data' in read ? read.data : read.history))

/** A value is that of the hour that begins at its `datetime`. */
const VALID_SECONDS = 3600

/** Electricity Maps, API version 3: averages, in g CO₂eq for a kWh. https://portal.electricitymaps.com/docs/api */
export function electricityMaps(options: ElectricityMapsOptions): IntensityProvider {
  const client = jsonClient(options)
  const get = <Value>(
    what: string,
    asked: {
      readonly params: Readonly<Record<string, string>>
      readonly schema: z.ZodType<Value>
      readonly signal: AbortSignal
    },
  ): Promise<Value> =>
    client.get({
      path: `/v3/carbon-intensity/${what}`,
      headers: { 'auth-token': options.key },
      ...asked,
      params: { ...asked.params, emissionFactorType: options.emissionFactors },
    })
  return {
    name: 'Electricity Maps',
    kind: 'average',
    sourceUrl: 'https://www.electricitymaps.com',
    async history(zone, { from, until }, signal) {
      const points = await get('past-range', {
        params: { zone, start: iso(from), end: iso(until) },
        schema: past,
        signal,
      })
      return points.flatMap((each) => valueOf(each, each.isEstimated === true))
    },
    async forecast(zone, signal) {
      const [latest, toCome] = await Promise.all([
        get('latest', { params: { zone }, schema: point, signal }),
        get('forecast', { params: { zone }, schema: coming, signal }).catch(notIncluded),
      ])
      return [
        ...valueOf(latest, latest.isEstimated === true),
        ...toCome.forecast.flatMap((each) => valueOf(each, true)),
      ]
    },
  }
}

const coming = z.object({ forecast: z.array(point) })

/** Not every contract includes forecasts. */
function notIncluded(error: unknown): z.output<typeof coming> {
  if (error instanceof NotAllowed) return { forecast: [] }
  throw error
}

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString()

/** What is null is not known: neither 0 nor what was before. */
function valueOf(
  { datetime: from, updatedAt, carbonIntensity: grams }: Point,
  estimated: boolean,
): readonly IntensityValue[] {
  if (grams === null) return []
  return [
    {
      from,
      until: from + VALID_SECONDS,
      kgPerKwh: decimalOf(fromGrams(grams)),
      estimated,
      publishedAt: updatedAt ?? null,
    },
  ]
}
