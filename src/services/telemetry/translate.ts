import type { Label, OwnerLabel } from '../../catalogue/entities.ts'
import { MEASURES, type Measure } from '../../catalogue/measures.ts'
import type { Magnitude, Origin, Plausible, SourceSpec } from '../../catalogue/source.ts'
import { factorOf, type Dimension } from '../../kernel/units.ts'
import type { Labels } from '../../promql/samples.ts'
import { isOwner, originOf, passes, saidBy } from './origins.ts'
import type { Question } from './question.ts'
import { uuidOf } from './uuids.ts'

/** Our labels out of a vendor's, for the labels that a question names. */
export type LabelReader = (labels: Labels) => Readonly<Partial<Record<Label, string>>>

/** How the labels of a source's rows are read: the first name with a value counts, "" is no value. */
export function labelReader(source: SourceSpec, wanted: readonly Label[]): LabelReader {
  const plain = wanted.filter((label) => isPlain(label))
  const owned = wanted.filter((label) => isOwner(label))
  return (labels) => {
    const read: Partial<Record<Label, string>> = {}
    for (const label of plain) {
      const value = saidBy(source, label) ?? firstValue(source, label, labels)
      if (value !== undefined) read[label] = value
    }
    if (owned.length > 0) addOwner(read, { source, owned, labels })
    return read
  }
}

/** Adds who uses the thing to what was read of it: no object of its own for each row. */
function addOwner(
  read: Partial<Record<Label, string>>,
  told: {
    readonly source: SourceSpec
    readonly owned: readonly OwnerLabel[]
    readonly labels: Labels
  },
): void {
  const names = ownerNames(told.source, told.labels)
  if (names === undefined) return
  for (const label of told.owned) {
    const value = told.labels[names[label]]
    if (value !== undefined && value !== '') read[label] = value
  }
}

const isPlain = (label: Label): label is Exclude<Label, OwnerLabel> => !isOwner(label)

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
    return bare(label, name, value)
  }
  return undefined
}

/**
 * An `instance` without its port, a container's id without the name of its runtime. Servers of inference keep the
 * port: several at one address differ in nothing else.
 */
function bare(label: Label, name: string, value: string): string {
  if (label === 'server') return value
  if (label === 'uuid') return uuidOf(value)
  if (name === 'instance') return value.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  return label === 'container_id' ? value.replace(/^[\w-]+:\/\//, '') : value
}

/** The set of names that was meant: the first that says something, before it one of which none was renamed. */
function ownerNames(source: SourceSpec, labels: Labels): OwnerNames | undefined {
  let first: OwnerNames | undefined
  for (const names of source.owners ?? []) {
    if (!isUsed(source, labels, names)) continue
    if (has(labels, names.namespace)) return names
    first ??= names
  }
  return first
}

type OwnerNames = Readonly<Record<OwnerLabel, string>>

/** A set says something when it names a pod; or a container, of a pod that another label tells. */
function isUsed(source: SourceSpec, labels: Labels, names: OwnerNames): boolean {
  if (isOwn(source, labels[names.pod]) || isOwn(source, labels[names.container])) return false
  return has(labels, names.pod) || has(labels, names.container)
}

const has = (labels: Labels, name: string): boolean => (labels[name] ?? '') !== ''

const isOwn = ({ ownPod }: SourceSpec, text: string | undefined): boolean =>
  ownPod !== undefined && text?.includes(ownPod) === true

/** Whether a row satisfies the filters of a question, judged by our labels. */
export function satisfies(
  labels: Readonly<Partial<Record<Label, string>>>,
  where: Question['where'],
): boolean {
  return Object.entries(where ?? {}).every(([label, filter]) =>
    passes(labels[label as Label] ?? '', filter),
  )
}

/** Our value; `absent` when the source says that it has none, `implausible` when it cannot be. */
export type Judged = number | 'absent' | 'implausible'

/** How the value of one vendor's metric becomes ours. */
export interface ValueReader {
  readonly measure: Measure
  /** The place of the metric among the names of its measure: the lower one counts. */
  readonly rank: number
  read(value: number): Judged
}

/** The readers of a source's metrics by their names. */
export function valueReaders(
  source: SourceSpec,
  measures: readonly Measure[],
): ReadonlyMap<string, ValueReader> {
  const readers = new Map<string, ValueReader>()
  for (const measure of measures) {
    const origin = originOf(source, measure)
    if (origin === undefined) continue
    const read = readValue(measure, origin)
    origin.metrics.forEach((metric, rank) => readers.set(metric, { measure, rank, read }))
  }
  return readers
}

/** Judges a vendor's value and brings it to the unit of the measure's name. */
export function readValue(measure: Measure, origin: Origin<Dimension>): ValueReader['read'] {
  const { plausible, absent, codes } = origin
  const convert = codes === undefined ? converter(measure, origin) : decoder(codes)
  return (value) => {
    if (absent?.includes(value) === true) return 'absent'
    return isPlausible(value, plausible) ? convert(value) : 'implausible'
  }
}

/** NaN satisfies no comparison. */
const isPlausible = (value: number, { least, most, leastUnlessZero }: Plausible): boolean =>
  value >= least &&
  value <= most &&
  (leastUnlessZero === undefined || value === 0 || value >= leastUnlessZero)

type Convert = (value: number) => number | 'implausible'

function converter(measure: Measure, { unit }: Origin<Dimension>): Convert {
  const { dimension } = MEASURES[measure]
  if (typeof unit !== 'string') return byMagnitude(dimension, unit)
  const factor = factorOf(dimension, unit)
  return (value) => value * factor
}

/** The unit that a value of this size must have been given in. */
function byMagnitude(dimension: Dimension, units: readonly Magnitude<Dimension>[]): Convert {
  const scales = units.map(({ unit, ...range }) => ({
    ...range,
    factor: factorOf(dimension, unit),
  }))
  return (value) => {
    const scale = scales.find(({ least, most }) => value >= least && value <= most)
    return scale === undefined ? 'implausible' : value * scale.factor
  }
}

function decoder(codes: NonNullable<Origin<Dimension>['codes']>): Convert {
  const ours = new Map(codes)
  return (value) => ours.get(value) ?? 'implausible'
}
