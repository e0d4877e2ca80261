import type { Measure } from '../../catalogue/measures.ts'
import type { Warning } from '../../kernel/answer.ts'
import type { Labels, Sample } from '../../promql/samples.ts'
import type { Answered, Entry, Firsts, Interpretation, Thing, Told } from './interpretation.ts'
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

/**
 * The rows of a source, one for each thing, in the order in which they came. This is the path that every live
 * figure takes, 70,000 samples at a time: what a sample is about is known when this begins.
 */
export function readLatest(
  { source, cluster, answers }: Told,
  { entries, things, firsts }: Interpretation,
): Read {
  const { name, vendor } = source
  const rows = new Array<Row | undefined>(things.length).fill(undefined)
  const rowOf = ({ order, labels }: Thing): Row =>
    (rows[order] ??= { source: name, vendor, cluster, labels, values: {} })
  const excluded: Exclusions = new Map()
  const setValue = valueSetter()
  const take = (sample: Sample, { thing, reader }: Entry, answer: Answered): void => {
    const result = reader.read(sample.value)
    if (result === 'implausible') note(excluded, reader.measure, asPlanned(sample, answer))
    else if (result !== 'absent' && thing.asked) setValue(rowOf(thing), reader, result)
  }
  answers.forEach((answer, index) => {
    const about = entries[index] ?? []
    const samples = highestOf(answer, firsts[index] ?? null)
    for (let place = 0; place < about.length; place += 1) {
      const sample = samples[place]
      const entry = about[place]
      if (sample !== undefined && entry !== undefined) take(sample, entry, answer)
    }
  })
  return { readings: rows.filter((row) => row !== undefined), excluded }
}

/** A sample with the labels that the plan itself would have had. */
function asPlanned(
  { labels, ...sample }: Sample,
  { plan: { selected = [] }, by }: Answered,
): Sample {
  if (by === null) return { ...sample, labels }
  const names = new Set(['__name__', ...selected.flatMap((one) => one.by)])
  const own = Object.entries(labels).filter(([name]) => names.has(name))
  return { ...sample, labels: Object.fromEntries(own) }
}

/** The samples as the plan itself would have had them: of those that it does not tell apart the highest. */
function highestOf({ samples }: Answered, firsts: Firsts | null): readonly (Sample | undefined)[] {
  if (firsts === null) return samples
  const kept = new Array<Sample | undefined>(samples.length)
  for (const [place, sample] of samples.entries()) {
    const first = firsts[place] ?? place
    kept[first] = higherOf(kept[first], sample)
  }
  return kept
}

/** As Prometheus does: NaN gives way to whatever else there is. */
function higherOf(known: Sample | undefined, sample: Sample): Sample {
  if (known === undefined) return sample
  return sample.value > known.value || Number.isNaN(known.value) ? sample : known
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

type Exclusions = Map<Measure, { count: number; examples: string[] }>

function note(excluded: Exclusions, measure: Measure, { labels, value }: Sample): void {
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
