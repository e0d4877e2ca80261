import { KCloudError } from '../../kernel/errors.ts'
import type { Labels, Sample, Series } from '../../promql/samples.ts'

/**
 * Reads one element of `result`; undefined when it holds nothing but native histograms. Written by hand
 * since an answer has tens of thousands of them; rejects with `backend_invalid` what is none.
 */
export type RowReader<Row> = (raw: unknown) => Row | undefined

interface RawRow {
  readonly metric?: unknown
  readonly value?: unknown
  readonly values?: unknown
  readonly histogram?: unknown
  readonly histograms?: unknown
}

/** An element of a vector: `{"metric":{…},"value":[1700000000.5,"1.5"]}`. */
export const readSample: RowReader<Sample> = (raw) => {
  const { metric, value, histogram } = recordOf(raw)
  if (value === undefined && histogram !== undefined) return undefined
  const point = pointOf(value)
  return { labels: labelsOf(metric), seconds: secondsOf(point), value: valueOf(point) }
}

/** An element of a matrix: `{"metric":{…},"values":[[1700000000.5,"1.5"],…]}`. */
export const readSeries: RowReader<Series> = (raw) => {
  const { metric, values, histograms } = recordOf(raw)
  if (values === undefined && histograms !== undefined) return undefined
  if (!Array.isArray(values)) throw malformed('a series without values')
  return seriesOf(labelsOf(metric), values)
}

/** Whether an element has native histograms, in place of its values or beside them. */
export function hasHistograms(raw: unknown): boolean {
  const { histogram, histograms } = recordOf(raw)
  return histogram !== undefined || histograms !== undefined
}

/** A scalar result, `[1700000000.5,"1.5"]`, as a sample without labels. */
export function readScalar(raw: readonly unknown[]): Sample {
  const point = pointOf(raw)
  return { labels: {}, seconds: secondsOf(point), value: valueOf(point) }
}

/** A `backend_invalid` about the shape of an answer. */
export function malformed(what: string, cause?: unknown): KCloudError {
  return new KCloudError('backend_invalid', { detail: `its answer holds ${what}`, cause })
}

function seriesOf(labels: Labels, points: readonly unknown[]): Series {
  // One allocation for both halves: an answer has tens of thousands of series.
  const both = new Float64Array(points.length * 2)
  const seconds = both.subarray(0, points.length)
  const values = both.subarray(points.length)
  for (let i = 0; i < points.length; i += 1) {
    const point = pointOf(points[i])
    seconds[i] = secondsOf(point)
    values[i] = valueOf(point)
  }
  return { labels, seconds, values }
}

function recordOf(raw: unknown): RawRow {
  if (typeof raw !== 'object' || raw === null) throw malformed('a series that is not an object')
  return raw
}

/** The labels of a row; rejects what are none. */
export function labelsOf(metric: unknown): Labels {
  if (typeof metric !== 'object' || metric === null || Array.isArray(metric))
    throw malformed('a series without labels')
  for (const name in metric) {
    if (typeof (metric as Record<string, unknown>)[name] !== 'string')
      throw malformed('a label that is not text')
  }
  return metric as Labels
}

function pointOf(raw: unknown): readonly unknown[] {
  if (!Array.isArray(raw) || raw.length !== 2) throw malformed('a sample that is not a pair')
  return raw
}

function secondsOf(point: readonly unknown[]): number {
  const seconds = point[0]
  if (typeof seconds !== 'number') throw malformed('a sample without a time')
  return seconds
}

function valueOf(point: readonly unknown[]): number {
  const text = point[1]
  if (typeof text !== 'string') throw malformed('a value that is not text')
  const value = numberOf(text)
  if (value === undefined) throw malformed('a value that is not a number')
  return value
}

/** The value that a text stands for; undefined when it is none. */
export function numberOf(text: string): number | undefined {
  const value = Number(text)
  // Blank text reads as 0, and NaN is both a value and the sign of no number.
  if (value === 0) return text.includes('0') ? value : undefined
  return Number.isNaN(value) ? SPECIAL.get(text) : value
}

const SPECIAL: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['+Inf', Number.POSITIVE_INFINITY],
  ['Inf', Number.POSITIVE_INFINITY],
  ['-Inf', Number.NEGATIVE_INFINITY],
])
