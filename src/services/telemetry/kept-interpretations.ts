import { interpret, isOf, type Interpretation, type Told } from './interpretation.ts'
import type { Question } from './question.ts'

/** What the samples of an answer are about; `how` says which source is asked, where, and how. */
export type KeptInterpretations = (how: string, told: Told, question: Question) => Interpretation

/** Enough for the live figures of some ten clusters of 8,000 devices; what is not kept is only read more slowly. */
const MOST_ENTRIES = 1_000_000
const MOST_KEPT = 256

/**
 * From one answer to the next only the values change, so what the samples are about is found out once. That an
 * answer has the same labels is told by comparing pointers: the reader of answers gives the same objects again.
 */
export function createKeptInterpretations(): KeptInterpretations {
  const kept = new Map<string, Interpretation>()
  let entries = 0
  const forget = (how: string): void => {
    entries -= sizeOf(kept.get(how))
    kept.delete(how)
  }
  const keep = (how: string, interpretation: Interpretation): void => {
    kept.set(how, interpretation)
    entries += sizeOf(interpretation)
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT && entries <= MOST_ENTRIES) return
      forget(oldest)
    }
  }
  return (how, told, question) => {
    const last = kept.get(how)
    const interpretation = last && isOf(last, told) ? last : interpret(told, question)
    forget(how)
    keep(how, interpretation)
    return interpretation
  }
}

const sizeOf = (interpretation: Interpretation | undefined): number =>
  interpretation?.entries.reduce((sum, { length }) => sum + length, 0) ?? 0
