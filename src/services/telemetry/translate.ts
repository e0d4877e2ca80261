import type { Label, OwnerLabel } from '../../catalogue/entities.ts'
import { MEASURES, type Measure } from '../../catalogue/measures.ts'
import type { Origin, SourceSpec } from '../../catalogue/source.ts'
import { factorOf } from '../../kernel/units.ts'
import type { Labels } from '../../promql/samples.ts'
import { originOf } from './plan.ts'
import type { Filter, Question } from './question.ts'

/** Our labels out of a vendor's, for the labels that a question names. */
export type LabelReader = (labels: Labels) => Readonly<Partial<Record<Label, string>>>

/** How the labels of a source's rows are read: the first name with a value counts, "" is no value. */
export function labelReader(source: SourceSpec, wanted: readonly Label[]): LabelReader {
  const plain = wanted.filter((label) => !OWNER_LABELS.has(label)) as Exclude<Label, OwnerLabel>[]
  const owned = wanted.filter((label) => OWNER_LABELS.has(label)) as OwnerLabel[]
  return (labels) => {
    const read: Partial<Record<Label, string>> = {}
    for (const label of plain) {
      const value = firstValue(source, label, labels)
      if (value !== undefined) read[label] = value
    }
    const names = owned.length === 0 ? undefined : ownerNames(source, labels)
    if (names === undefined) return read
    for (const label of owned) {
      const value = labels[names[label]]
      if (value !== undefined && value !== '') read[label] = value
    }
    return read
  }
}

const OWNER_LABELS: ReadonlySet<Label> = new Set<Label>(['namespace', 'pod', 'container'])

function firstValue(
  source: SourceSpec,
  label: Exclude<Label, OwnerLabel>,
  labels: Labels,
): string | undefined {
  for (const name of source.labels[label] ?? []) {
    const value = labels[name]
    if (value === undefined || value === '') continue
    // The exporter names its own pod where nobody told it the node's name: another label knows better.
    if (label === 'node' && isOwn(source, value)) continue
    return name === 'instance' ? withoutPort(value) : value
  }
  return undefined
}

const withoutPort = (instance: string): string => instance.replace(/:\d+$/, '')

/** Those of a source's sets of owner labels that say who uses the thing. */
function ownerNames(source: SourceSpec, labels: Labels) {
  return source.owners?.find((names) => namesUser(source, names, labels))
}

/** Whether these labels hold a pod which is not the exporter's own. */
function namesUser(
  source: SourceSpec,
  names: Readonly<Record<OwnerLabel, string>>,
  labels: Labels,
): boolean {
  const pod = labels[names.pod]
  if (pod === undefined || pod === '') return false
  return !isOwn(source, pod) && !isOwn(source, labels[names.container])
}

const isOwn = ({ ownPod }: SourceSpec, text: string | undefined): boolean =>
  ownPod !== undefined && text?.includes(ownPod) === true

/** Whether a row satisfies the filters of a question, judged by our labels. */
export function satisfies(
  labels: Readonly<Partial<Record<Label, string>>>,
  where: Question['where'],
): boolean {
  return Object.entries(where ?? {}).every(([label, filter]) =>
    matches(labels[label as Label] ?? '', filter),
  )
}

const matches = (value: string, filter: Filter): boolean =>
  'startsWith' in filter ? value.startsWith(filter.startsWith) : filter.includes(value)

/** How the value of one vendor's metric becomes ours. */
export interface ValueReader {
  readonly measure: Measure
  /** The place of the metric among the names of its measure: the lower one counts. */
  readonly rank: number
  /** Our value; `absent` when the source says that it has none, `implausible` when it cannot be. */
  read(value: number): number | 'absent' | 'implausible'
}

/** The readers of a source's metrics by their names. */
export function valueReaders(
  source: SourceSpec,
  measures: readonly Measure[],
): ReadonlyMap<string, ValueReader> {
  const readers = new Map<string, ValueReader>()
  for (const measure of measures) {
    const origin = originOf(source, measure)
    origin?.metrics.forEach((metric, rank) =>
      readers.set(metric, { measure, rank, read: readValue(measure, origin) }),
    )
  }
  return readers
}

/** Judges a vendor's value and brings it to the unit of the measure's name. */
export function readValue(
  measure: Measure,
  { unit, plausible, absent }: Origin<Measure>,
): ValueReader['read'] {
  const factor = factorOf(MEASURES[measure].dimension, unit)
  const { least, most } = plausible
  return (value) => {
    if (absent?.includes(value) === true) return 'absent'
    // NaN satisfies neither comparison.
    return value >= least && value <= most ? value * factor : 'implausible'
  }
}
