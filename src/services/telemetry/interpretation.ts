import type { SourceSpec } from '../../catalogue/source.ts'
import type { Labels, Sample } from '../../promql/samples.ts'
import { groupingOf, labelsOf, nonEmpty } from './origins.ts'
import type { Plan } from './plan.ts'
import type { Question, Reading } from './question.ts'
import { labelReader, satisfies, valueReaders, type ValueReader } from './translate.ts'

/** What one source said in one cluster: its samples, by the plan that they answer. */
export interface Told {
  readonly source: SourceSpec
  readonly cluster: string
  readonly answers: readonly Answered[]
}

export interface Answered {
  readonly plan: Plan
  readonly samples: readonly Sample[]
}

/** A thing of a source, under our labels. */
export interface Thing {
  /** Its place among the things of an answer, in the order in which they came. */
  readonly order: number
  readonly labels: Reading['labels']
  /** Whether it satisfies the filters of the question. */
  readonly asked: boolean
}

/** What a sample is about, which its labels decide and not its value. */
export interface Entry {
  readonly theirs: Labels
  readonly thing: Thing
  readonly reader: ValueReader
}

/** What all samples of an answer are about, by the plans that they answer, one for each sample. */
export interface Interpretation {
  readonly entries: readonly (readonly Entry[])[]
  readonly things: readonly Thing[]
  /** The rows of several exporters that tell the same of the same device. */
  readonly rivals: readonly (readonly Rival[])[]
}

export function interpret({ source, answers }: Told, question: Question): Interpretation {
  const finder = thingFinder(source, question)
  const entries = answers.map(({ plan, samples }) => {
    const readerOf = readerFinder(plan)
    return samples.map(({ labels }) => ({
      theirs: labels,
      thing: finder.find(labels),
      reader: readerOf(labels),
    }))
  })
  return { entries, things: finder.all(), rivals: rivalsIn(entries) }
}

/** Whether an answer has the labels that were interpreted, in the same order. */
export function isOf({ entries }: Interpretation, { answers }: Told): boolean {
  return (
    entries.length === answers.length &&
    answers.every(({ samples }, index) => isOfSamples(entries[index] ?? [], samples))
  )
}

function isOfSamples(entries: readonly Entry[], samples: readonly Sample[]): boolean {
  if (entries.length !== samples.length) return false
  for (let place = 0; place < samples.length; place += 1)
    if (!areSame(entries[place]?.theirs, samples[place]?.labels)) return false
  return true
}

/** Most are the same objects; the first and the last row of an answer are always read anew. */
function areSame(a: Labels = {}, b: Labels = {}): boolean {
  if (a === b) return true
  let names = 0
  for (const name in a) {
    if (a[name] !== b[name]) return false
    names += 1
  }
  return names === Object.keys(b).length
}

/** By the metric's name, where the rows have one; else the plan asks for one measure only. */
function readerFinder({ source, measures }: Plan): (labels: Labels) => ValueReader {
  const readers = valueReaders(source, measures)
  const only = nonEmpty([...readers.values()])[0]
  return ({ __name__: name }) => (name === undefined ? only : (readers.get(name) ?? only))
}

interface ThingFinder {
  /** The thing that a sample is about. */
  find(labels: Labels): Thing
  /** All that were found, in the order in which they came. */
  all(): readonly Thing[]
}

/** Label sets of the vendor's that mean the same thing, as two eras of an exporter give them, are one thing. */
function thingFinder(source: SourceSpec, question: Question): ThingFinder {
  const wanted = labelsOf(source, question)
  const translate = labelReader(source, wanted)
  const keyOfOurs = keyMaker(wanted)
  const keyOfTheirs = keyMaker(groupingOf(source, question))
  const theirs = new Map<string, Thing>()
  const ours = new Map<string, Thing>()
  const thingOf = (labels: Reading['labels']): Thing => {
    const key = keyOfOurs(labels)
    const asked = satisfies(labels, question.where)
    const thing = ours.get(key) ?? { order: ours.size, labels, asked }
    ours.set(key, thing)
    return thing
  }
  return {
    find(labels) {
      const key = keyOfTheirs(labels)
      const thing = theirs.get(key) ?? thingOf(translate(labels))
      theirs.set(key, thing)
      return thing
    },
    all: () => [...ours.values()],
  }
}

type AnyLabels = Readonly<Partial<Record<string, string>>>

/** A key: the value of the first name, which most have alone, and behind it what else there is. */
function keyMaker([first = '', ...others]: readonly string[]): (labels: AnyLabels) => string {
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

/**
 * Two exporters may read one device, such as one of the host beside one of Kubernetes. Rows that one exporter repeats
 * are one row here already.
 */
interface Rival {
  readonly answer: number
  readonly place: number
}

/** The places of the rows that tell the same of the same device, which their labels decide. */
function rivalsIn(entries: readonly (readonly Entry[])[]): readonly (readonly Rival[])[] {
  const told = new Map<string, Rival[]>()
  const note = (entry: Entry, rival: Rival): void => {
    const key = rivalKey(entry)
    if (key === undefined) return
    const rivals = told.get(key)
    if (rivals === undefined) told.set(key, [rival])
    else rivals.push(rival)
  }
  for (const [answer, about] of entries.entries())
    for (const [place, entry] of about.entries()) note(entry, { answer, place })
  return [...told.values()].filter(({ length }) => length > 1)
}

const PARTS = ['partition_id', 'core', 'namespace', 'pod', 'container'] as const

/** What a value is of; undefined where nothing tells that two rows speak of the same device. */
function rivalKey({ thing: { labels }, reader: { measure, rank } }: Entry): string | undefined {
  if (labels.uuid === undefined) return undefined
  const parts = PARTS.map((label) => labels[label] ?? '')
  return [labels.uuid, measure, rank, ...parts].join('\u0000')
}
