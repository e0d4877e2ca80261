import type { Measure } from '../../catalogue/measures.ts'
import type { Warning } from '../../kernel/answer.ts'
import type { Labels, Sample } from '../../promql/samples.ts'
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

/** One cluster's answer to a plan. */
export interface Told {
  readonly plan: Plan
  readonly cluster: string
  readonly samples: readonly Sample[]
}

/** The rows of things, for samples that carry no measure. */
export function readKnown({ plan, cluster, samples }: Told, question: Question): Read {
  const { name: source, vendor } = plan.source
  const read = labelReader(plan.source, question.labels)
  const rows = samples.map(({ labels }): Reading => ({
    source,
    vendor,
    cluster,
    labels: read(labels),
    values: {},
  }))
  return { readings: satisfying(rows, question.where), excluded: new Map() }
}

function satisfying(rows: readonly Reading[], where: Question['where']): readonly Reading[] {
  return where === undefined ? rows : rows.filter(({ labels }) => satisfies(labels, where))
}

/**
 * The rows of an answer that mixes all measures, told apart by `__name__`. This is the path that every live
 * figure takes, 70,000 samples at a time, so labels are translated once a row and not once a sample.
 */
export function readLatest(
  { plan, cluster, samples }: Told,
  question: Question & { readonly measures: readonly Measure[] },
): Read {
  const { name: source, vendor } = plan.source
  const rows = new Map<string, Row>()
  const readers = valueReaders(plan.source, question.measures)
  const excluded = new Map<Measure, { count: number; examples: string[] }>()
  const keyOf = rowKey(plan.grouping.filter((name) => name !== '__name__'))
  const translate = labelReader(plan.source, question.labels)
  const setValue = valueSetter()
  const rowOf = (labels: Labels): Row => {
    const key = keyOf(labels)
    const known = rows.get(key)
    if (known !== undefined) return known
    const row = { source, vendor, cluster, labels: translate(labels), values: {} }
    rows.set(key, row)
    return row
  }
  for (const { labels, value } of samples) {
    const reader = readers.get(labels['__name__'] ?? '')
    if (reader === undefined) continue
    const result = reader.read(value)
    if (result === 'implausible') note(excluded, { reader, labels, value })
    else if (result !== 'absent') setValue(rowOf(labels), reader, result)
  }
  return { readings: satisfying([...rows.values()], question.where), excluded }
}

/** A row's key: the value of the first name, which most rows have alone, and behind it what else there is. */
function rowKey([first = '', ...others]: readonly string[]): (labels: Labels) => string {
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

/** Sets the values of rows: of several metrics for one measure, the one that is named first counts. */
function valueSetter() {
  // The places of the metrics behind the values, where they were not the first: few sources have any.
  const places = new Map<Row, Map<Measure, number>>()
  const isBetter = (row: Row, { measure, rank }: ValueReader): boolean => {
    const known = places.get(row) ?? new Map<Measure, number>()
    if (row.values[measure] !== undefined && (known.get(measure) ?? 0) <= rank) return false
    places.set(row, known.set(measure, rank))
    return true
  }
  return (row: Row, reader: ValueReader, value: number): void => {
    if (reader.rank === 0 || isBetter(row, reader)) row.values[reader.measure] = value
  }
}

function note(
  excluded: Map<Measure, { count: number; examples: string[] }>,
  { reader, labels, value }: { reader: ValueReader; labels: Labels; value: number },
): void {
  const entry = excluded.get(reader.measure) ?? { count: 0, examples: [] }
  entry.count += 1
  if (entry.examples.length < MOST_EXAMPLES) entry.examples.push(`${seriesText(labels)} = ${value}`)
  excluded.set(reader.measure, entry)
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
