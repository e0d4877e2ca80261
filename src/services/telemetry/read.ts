import type { Measure } from '../../catalogue/measures.ts'
import type { SourceSpec } from '../../catalogue/source.ts'
import type { Warning } from '../../kernel/answer.ts'
import type { Labels, Sample } from '../../promql/samples.ts'
import { groupingOf, labelsOf, nonEmpty } from './origins.ts'
import type { Plan } from './plan.ts'
import type { Question, Reading } from './question.ts'
import { labelReader, satisfies, valueReaders, type ValueReader } from './translate.ts'

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

/** What one source said in one cluster: its samples, by the plan that they answer. */
export interface Told {
  readonly source: SourceSpec
  readonly cluster: string
  readonly answers: readonly Answered[]
}

interface Answered {
  readonly plan: Plan
  readonly samples: readonly Sample[]
}

/** The rows of things, for samples that carry no measure. */
export function readKnown(told: Told, question: Question): Read {
  const rows = createRows(told, question)
  for (const { samples } of told.answers) for (const { labels } of samples) rows.of(labels)
  return { readings: rows.all(), excluded: new Map() }
}

/**
 * The rows of a source, one for each thing. This is the path that every live figure takes, 70,000 samples at a
 * time, so labels are translated once a row and not once a sample.
 */
export function readLatest(told: Told, question: Question): Read {
  const rows = createRows(told, question)
  const excluded: Exclusions = new Map()
  const setValue = valueSetter()
  for (const answered of told.answers) takeSamples(answered, { rows, excluded, setValue })
  return { readings: rows.all(), excluded }
}

interface Taking {
  readonly rows: Rows
  readonly excluded: Exclusions
  readonly setValue: SetValue
}

function takeSamples({ plan, samples }: Answered, { rows, excluded, setValue }: Taking): void {
  const readerOf = readerFinder(plan)
  for (const sample of samples) {
    const reader = readerOf(sample.labels)
    const result = reader.read(sample.value)
    if (result === 'implausible') note(excluded, reader.measure, sample)
    else if (result !== 'absent') setValue(rows.of(sample.labels), reader, result)
  }
}

/** By the metric's name, where the rows have one; else the plan asks for one measure only. */
function readerFinder({ source, measures }: Plan): (labels: Labels) => ValueReader {
  const readers = valueReaders(source, measures)
  const only = nonEmpty([...readers.values()])[0]
  return ({ __name__: name }) => (name === undefined ? only : (readers.get(name) ?? only))
}

interface Rows {
  /** The row that a sample belongs to. */
  of(labels: Labels): Row
  /** Those that satisfy the question's filters, in the order in which they came. */
  all(): readonly Row[]
}

/** Label sets of the vendor's that mean the same thing, as two eras of an exporter give them, share a row. */
function createRows({ source, cluster }: Told, question: Question): Rows {
  const wanted = labelsOf(source, question)
  const translate = labelReader(source, wanted)
  const keyOfOurs = rowKey(wanted)
  const keyOfTheirs = rowKey(groupingOf(source, question))
  const theirs = new Map<string, Row>()
  const ours = new Map<string, Row>()
  return {
    of(labels) {
      const theirKey = keyOfTheirs(labels)
      const found = theirs.get(theirKey)
      if (found !== undefined) return found
      const read = translate(labels)
      const key = keyOfOurs(read)
      const { name, vendor } = source
      const row = ours.get(key) ?? { source: name, vendor, cluster, labels: read, values: {} }
      ours.set(key, row)
      theirs.set(theirKey, row)
      return row
    },
    all() {
      const rows = [...ours.values()]
      const { where } = question
      return where === undefined ? rows : rows.filter(({ labels }) => satisfies(labels, where))
    },
  }
}

type AnyLabels = Readonly<Partial<Record<string, string>>>

/** A row's key: the value of the first name, which most rows have alone, and behind it what else there is. */
function rowKey([first = '', ...others]: readonly string[]): (labels: AnyLabels) => string {
  return (labels) => {
    let key = labels[first] ?? ''
    for (let place = 0; place < others.length; place += 1) {
      const value = labels[others[place] ?? '']
      // The separators cannot be typed into a label by accident.
      if (value !== undefined && value !== '') key += `\u0000${place}\u0000${value}`
    }
    return key
  }
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
