import type { Measure } from '../../catalogue/measures.ts'
import type { Reading } from './question.ts'

/** One thing, by all sources that know it. */
export interface MergedReading extends Omit<Reading, 'source'> {
  /** The sources that know it, the most trusted first. */
  readonly sources: readonly string[]
  /** Which of them each value is from. */
  readonly origins: Readonly<Partial<Record<Measure, string>>>
}

/**
 * One row for each thing: of several sources that report a measure of it, the one that stands first in the
 * catalogue counts, whose rows come first in every answer. Labels and measures that it lacks come from the others.
 * Rows are of one thing when they have the same key; null leaves a row out.
 */
export function mergeSources(
  rows: readonly Reading[],
  keyOf: (row: Reading) => string | null,
): readonly MergedReading[] {
  const drafts = new Map<string, Draft>()
  for (const row of rows) {
    const key = keyOf(row)
    if (key === null) continue
    const draft = drafts.get(key) ?? draftOf(row)
    drafts.set(key, draft)
    addTo(draft, row)
  }
  return [...drafts.values()]
}

interface Draft extends MergedReading {
  labels: Reading['labels']
  readonly values: Partial<Record<Measure, number>>
  readonly sources: string[]
  readonly origins: Partial<Record<Measure, string>>
}

const draftOf = ({ cluster, vendor }: Reading): Draft => ({
  cluster,
  vendor,
  labels: {},
  values: {},
  sources: [],
  origins: {},
})

function addTo(draft: Draft, { source, labels, values }: Reading): void {
  draft.labels = { ...labels, ...draft.labels }
  if (!draft.sources.includes(source)) draft.sources.push(source)
  for (const measure of Object.keys(values) as Measure[]) {
    const value = values[measure]
    if (value === undefined || draft.values[measure] !== undefined) continue
    draft.values[measure] = value
    draft.origins[measure] = source
  }
}
