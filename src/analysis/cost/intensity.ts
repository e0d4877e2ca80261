import type { Decimal } from './decimal.ts'

/** Pounds to kilograms, by definition (international yard and pound agreement, 1959). */
const KILOGRAMS_A_POUND = 0.45359237

/** kg CO₂ for a kWh, from the g that Electricity Maps gives and the lb for a MWh that WattTime does. */
export const fromGrams = (grams: number): number => grams / 1000
export const fromPoundsPerMegawattHour = (pounds: number): number =>
  (pounds * KILOGRAMS_A_POUND) / 1000

/** How a carbon intensity was had. Averages and marginal values are never mixed in one total. */
export type IntensityKind = 'average' | 'marginal'

/** The intensity of a stretch of time, in unix seconds, half-open; `until` null for one that is still so. */
export interface IntensityValue {
  readonly from: number
  readonly until: number | null
  /** kg CO₂ for a kWh. */
  readonly kgPerKwh: Decimal
  readonly estimated: boolean
  /** When it was published; a later one of the same time takes its place. */
  readonly publishedAt: number | null
}

/** The intensities of one region through time. */
export interface IntensitySeries {
  readonly name: string
  readonly kind: IntensityKind
  readonly sourceUrl: string | null
  /** The clusters that it is for; null for all that have no other. */
  readonly clusters: readonly string[] | null
  readonly values: readonly IntensityValue[]
}

/** What holds at a time: of several, the one that was published last; an estimate only where nothing else is. */
export function intensityAt(series: IntensitySeries, seconds: number): IntensityValue | null {
  const valid = series.values.filter(
    ({ from, until }) => from <= seconds && (until === null || seconds < until),
  )
  return valid.reduce<IntensityValue | null>(
    (best, each) => (best === null || isBetter(each, best) ? each : best),
    null,
  )
}

function isBetter(a: IntensityValue, b: IntensityValue): boolean {
  if (a.estimated !== b.estimated) return !a.estimated
  if ((a.publishedAt ?? 0) !== (b.publishedAt ?? 0))
    return (a.publishedAt ?? 0) > (b.publishedAt ?? 0)
  return a.from >= b.from
}

/** A stretch of time with one intensity; null where nobody knows it. In unix seconds, half-open. */
export interface IntensityPeriod {
  readonly from: number
  readonly until: number
  readonly value: IntensityValue | null
}

/** The intensities of a stretch of time, in order and without gap. */
export function intensityPeriods(
  series: IntensitySeries,
  { from, until }: Pick<IntensityPeriod, 'from' | 'until'>,
): readonly IntensityPeriod[] {
  const near = series.values.filter(
    (each) => each.from < until && (each.until === null || each.until > from),
  )
  const inside = (edge: number | null): boolean => edge !== null && edge > from && edge < until
  const edges = [
    ...new Set([from, until, ...near.flatMap((each) => [each.from, each.until]).filter(inside)]),
  ].filter((edge) => edge !== null)
  edges.sort((a, b) => a - b)
  const sorted = { ...series, values: near }
  const inOrder = pickInOrder(sorted)
  return edges.slice(1).map((end, index) => {
    const begin = edges[index] ?? from
    return { from: begin, until: end, value: inOrder(begin) }
  })
}

/** As `intensityAt`, for times that come in order: hours of a year are not looked through for each other. */
function pickInOrder(series: IntensitySeries): (seconds: number) => IntensityValue | null {
  const waiting = [...series.values].sort((a, b) => a.from - b.from)
  let open: IntensityValue[] = []
  let next = 0
  return (seconds) => {
    for (
      let value = waiting[next];
      value !== undefined && value.from <= seconds;
      value = waiting[next]
    ) {
      open.push(value)
      next += 1
    }
    open = open.filter(({ until }) => until === null || until > seconds)
    return intensityAt({ ...series, values: open }, seconds)
  }
}
