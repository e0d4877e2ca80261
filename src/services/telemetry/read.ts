import type { Measure } from '../../catalogue/measures.ts'
import type { Warning } from '../../kernel/answer.ts'
import type { Labels, Sample } from '../../promql/samples.ts'
import type { Plan } from './plan.ts'
import type { Question, Reading } from './question.ts'
import { labelReader, satisfies, valueReaders, type ValueReader } from './translate.ts'

interface Row {
  readonly labels: Reading['labels']
  readonly values: Partial<Record<Measure, number>>
  /** The place of the metric that gave a value, where it was not the first of its names. */
  readonly ranks: Map<Measure, number>
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
  const readings = samples
    .map(({ labels }) => ({ source, vendor, cluster, labels: read(labels), values: {} }))
    .filter(({ labels }) => satisfies(labels, question.where))
  return { readings, excluded: new Map() }
}

/**
 * The rows of an answer that mixes all measures, told apart by `__name__`. This is the path that every live
 * figure takes, 70,000 samples at a time, so labels are translated once a row and not once a sample.
 */
export function readLatest(
  { plan, cluster, samples }: Told,
  question: Question & { readonly measures: readonly Measure[] },
): Read {
  const rows = new Map<string, Row>()
  const readers = valueReaders(plan.source, question.measures)
  const excluded = new Map<Measure, { count: number; examples: string[] }>()
  const keyOf = rowKey(plan.grouping.filter((name) => name !== '__name__'))
  const translate = labelReader(plan.source, question.labels)
  for (const { labels, value } of samples) {
    const reader = readers.get(labels['__name__'] ?? '')
    if (reader === undefined) continue
    const result = reader.read(value)
    if (result === 'absent') continue
    if (result === 'implausible') note(excluded, { reader, labels, value })
    else
      setValue(
        rowOf(rows, keyOf(labels), () => translate(labels)),
        reader,
        result,
      )
  }
  const readings = [...rows.values()]
    .filter(({ labels }) => satisfies(labels, question.where))
    .map(({ labels, values }) => ({
      source: plan.source.name,
      vendor: plan.source.vendor,
      cluster,
      labels,
      values,
    }))
  return { readings, excluded }
}

function rowKey(names: readonly string[]): (labels: Labels) => string {
  return (labels) => {
    let key = ''
    // The separator cannot be typed into a label by accident and keeps ("a", "") from ("", "a").
    for (const name of names) key += `${labels[name] ?? ''}\u0000`
    return key
  }
}

function rowOf(rows: Map<string, Row>, key: string, labels: () => Reading['labels']): Row {
  const known = rows.get(key)
  if (known !== undefined) return known
  const row: Row = { labels: labels(), values: {}, ranks: new Map() }
  rows.set(key, row)
  return row
}

function setValue({ values, ranks }: Row, { measure, rank }: ValueReader, value: number): void {
  if (values[measure] !== undefined && (ranks.get(measure) ?? 0) <= rank) return
  values[measure] = value
  if (rank > 0 || ranks.has(measure)) ranks.set(measure, rank)
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
