import type { Measure } from '../../catalogue/measures.ts'
import type { Warning } from '../../kernel/answer.ts'
import type { Labels, Sample } from '../../promql/samples.ts'
import type { Entry, Interpretation, Thing, Told } from './interpretation.ts'
import type { Reading } from './question.ts'
import type { ValueReader } from './translate.ts'

interface Row extends Reading {
  readonly values: Partial<Record<Measure, number>>
}

/** What one plan's samples say: a row for each thing, and what had to be left out. */
export interface Read {
  readonly readings: readonly Reading[]
  readonly excluded: Excluded
}

/** The implausible samples of each measure: how many, and the first few in the vendor's words. */
export type Excluded = ReadonlyMap<
  Measure,
  { readonly count: number; readonly examples: readonly string[] }
>

const MOST_EXAMPLES = 3

/** The rows of things, for samples that carry no measure. */
export function readKnown({ source, cluster }: Told, { things }: Interpretation): Read {
  const { name, vendor } = source
  const readings: Reading[] = []
  for (const { asked, labels } of things)
    if (asked) readings.push({ source: name, vendor, cluster, labels, values: {} })
  return { readings, excluded: new Map() }
}

const NONE_PASSED: ReadonlySet<Sample> = new Set()

/**
 * The rows of a source, one for each thing, in the order in which they came. This is the path that every live
 * figure takes, 70,000 samples at a time: what a sample is about is known when this begins. Samples that are `passed` over count for nothing.
 */
export function readLatest(
  { source, cluster, answers }: Told,
  { entries, things }: Interpretation,
  passed: ReadonlySet<Sample> = NONE_PASSED,
): Read {
  const { name, vendor } = source
  const rows = new Array<Row | undefined>(things.length).fill(undefined)
  const rowOf = ({ order, labels }: Thing): Row =>
    (rows[order] ??= { source: name, vendor, cluster, labels, values: {} })
  const excluded: Exclusions = new Map()
  const setValue = valueSetter()
  const take = (sample: Sample | undefined, entry: Entry | undefined): void => {
    if (sample === undefined || entry === undefined || passed.has(sample)) return
    const { thing, reader } = entry
    const result = reader.read(sample.value)
    if (result === 'implausible') noteExcluded(excluded, reader.measure, sample)
    else if (result !== 'absent' && thing.asked) setValue(rowOf(thing), reader, result)
  }
  answers.forEach(({ samples }, index) => {
    const about = entries[index] ?? []
    for (let place = 0; place < about.length; place += 1) take(samples[place], about[place])
  })
  return { readings: rows.filter((row) => row !== undefined), excluded }
}

type SetValue = (row: Row, reader: ValueReader, value: number) => void

/** Sets the values of rows: of several names of a measure the first counts, of readings that repeat the largest. */
function valueSetter(): SetValue {
  // The places of the names behind the values, where they were not the first: few sources have any.
  const places = new Map<Row, Map<Measure, number>>()
  const placesOf = (row: Row): Map<Measure, number> => {
    const known = places.get(row) ?? new Map<Measure, number>()
    places.set(row, known)
    return known
  }
  const compete = (row: Row, { measure, rank }: ValueReader, value: number): void => {
    const known = row.values[measure] ?? -Infinity
    const place = known === -Infinity ? Infinity : (placesOf(row).get(measure) ?? 0)
    if (rank > place || (rank === place && value <= known)) return
    row.values[measure] = value
    placesOf(row).set(measure, rank)
  }
  return (row, reader, value) => {
    if (reader.rank === 0 && row.values[reader.measure] === undefined)
      row.values[reader.measure] = value
    else compete(row, reader, value)
  }
}

/** What is left out while it is found out. */
export type Exclusions = Map<Measure, { count: number; examples: string[] }>

/** Counts a value that cannot be. */
export function noteExcluded(
  excluded: Exclusions,
  measure: Measure,
  { labels, value }: Pick<Sample, 'labels' | 'value'>,
): void {
  const entry = excluded.get(measure) ?? { count: 0, examples: [] }
  entry.count += 1
  if (entry.examples.length < MOST_EXAMPLES) entry.examples.push(`${seriesText(labels)} = ${value}`)
  excluded.set(measure, entry)
}

function seriesText(labels: Labels): string {
  const { __name__: name = '', ...rest } = labels
  const pairs = Object.entries(rest).map(([label, value]) => `${label}="${value}"`)
  return `${name}{${pairs.join(',')}}`
}

/** What the reader of an answer is told about values that were left out. */
export function exclusionWarnings(cluster: string, excluded: Excluded): readonly Warning[] {
  return [...excluded].map(([measure, { count, examples }]) => ({
    code: 'implausible_values',
    cluster,
    detail: `${count} ${count === 1 ? 'value' : 'values'} of ${measure} left out: ${examples.join('; ')}${count > examples.length ? '; …' : ''}`,
  }))
}
