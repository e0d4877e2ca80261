import {
  follow,
  type AssessOptions,
  type Assessment,
  type Followed,
} from '../../analysis/forecast/assess.ts'

import type { FeatureColumns } from '../../analysis/forecast/lstm/member.ts'

/** A series as it is now. */
export interface SeriesNow {
  /** Names the series and everything that takes part in its forecast. */
  readonly key: string
  /** The place of the first value on a grid that does not move. */
  readonly start: number
  readonly values: Float64Array
  /** How many values a day has. */
  readonly day: number
  /** How much history there is; with more, other models take part. */
  readonly rung: string
  /** What else is known, value by value. */
  readonly columns: FeatureColumns
}

/** Series whose models were fitted, and go on as values come in. */
export interface FollowedSeries {
  /** `options` is asked for where the models have to be fitted, by what else is known of all its values. */
  assess(series: SeriesNow, options: (columns: () => FeatureColumns) => AssessOptions): Assessment
}

interface Kept {
  readonly followed: Followed
  readonly beside: { columns: FeatureColumns }
  readonly rung: string
  readonly start: number
  /** How many values the models were fitted on. */
  readonly fittedOn: number
  readonly values: Float64Array
  readonly assessment: Assessment
}

/** With networks, each takes some megabytes. */
const MOST_SERIES = 32
/** The models are fitted again after a week by the hour, or a day of shorter steps. */
const LEAST_BETWEEN_FITS = 168

/**
 * Keeps what was fitted of the last series that were asked for. Models are fitted again after a while, and at once when
 * values that were known have changed, when some are missing, or when there is history enough for other models.
 */
export function createFollowedSeries(): FollowedSeries {
  const all = new Map<string, Kept>()
  return {
    assess(series, options) {
      const known = all.get(series.key)
      const kept = (known && goneOn(known, series)) ?? fitted(series, options)
      all.delete(series.key)
      all.set(series.key, kept)
      for (const oldest of all.keys()) {
        if (all.size <= MOST_SERIES) break
        all.delete(oldest)
      }
      return kept.assessment
    },
  }
}

function fitted(
  { values, start, rung, columns }: SeriesNow,
  options: (columns: () => FeatureColumns) => AssessOptions,
): Kept {
  const beside = { columns }
  const followed = follow(
    values,
    options(() => beside.columns),
  )
  const assessment = followed.assess()
  return { followed, beside, rung, start, values, assessment, fittedOn: values.length }
}

/** What is kept with the values that are new; null where the models have to be fitted again. */
function goneOn(kept: Kept, series: SeriesNow): Kept | null {
  const more = newIn(kept, series)
  if (more === null || more.length === 0) return more === null ? null : kept
  const { followed, beside, values: known } = kept
  followed.append(more)
  const values = joined(known, more)
  const from = series.values.length - more.length
  beside.columns = new Map(
    [...beside.columns].flatMap(([name, column]) => {
      // One that is not known any more is not known for the next values either.
      const now = series.columns.get(name)
      return now === undefined ? [] : [[name, joined(column, now.subarray(from))] as const]
    }),
  )
  return { ...kept, values, assessment: followed.assess() }
}

/** The values that a series has on top of what is known of it; null where that does not hold any more. */
function newIn(kept: Kept, { start, values, day, rung }: SeriesNow): Float64Array | null {
  const offset = start - kept.start
  const known = kept.values.length - offset
  const since = offset + values.length - kept.fittedOn
  const goesOn = offset >= 0 && known > 0 && known <= values.length && rung === kept.rung
  if (!goesOn || since > Math.max(day, LEAST_BETWEEN_FITS)) return null
  for (let at = 0; at < known; at += 1) if (values[at] !== kept.values[offset + at]) return null
  return values.subarray(known)
}

function joined(values: Float64Array, more: Float64Array): Float64Array {
  const all = new Float64Array(values.length + more.length)
  all.set(values)
  all.set(more, values.length)
  return all
}
