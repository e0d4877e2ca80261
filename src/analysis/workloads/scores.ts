import { distinct } from '../power/group.ts'
import { createRandom, shuffled } from '../trees/random.ts'

/** What became of each row that a classifier had not seen: the class that it has, and the one it was given. */
export interface Outcome {
  readonly actual: number
  readonly predicted: number
}

/** How good a classifier is at rows that it has not seen. */
export interface ClassScores {
  readonly rows: number
  readonly accuracy: number | null
  /** The mean over the classes that are there, each counting alike. */
  readonly macro_f1: number | null
  readonly by_class: readonly ClassScore[]
}

export interface ClassScore {
  readonly class: string
  readonly rows: number
  readonly precision: number | null
  readonly recall: number | null
  readonly f1: number
}

/** The scores of some outcomes; a class that no row has is not among them. */
export function scoresOf(outcomes: readonly Outcome[], classes: readonly string[]): ClassScores {
  const all = classes.map((name, index) => scoreOf(outcomes, name, index))
  const there = all.filter(({ rows }) => rows > 0)
  const right = outcomes.filter(({ actual, predicted }) => actual === predicted).length
  return {
    rows: outcomes.length,
    accuracy: quotient(right, outcomes.length),
    macro_f1: quotient(
      there.reduce((sum, { f1 }) => sum + f1, 0),
      there.length,
    ),
    by_class: there,
  }
}

function scoreOf(outcomes: readonly Outcome[], name: string, index: number): ClassScore {
  const own = outcomes.filter(({ actual }) => actual === index).length
  const given = outcomes.filter(({ predicted }) => predicted === index).length
  const right = outcomes.filter((one) => one.actual === index && one.predicted === index).length
  return {
    class: name,
    rows: own,
    precision: quotient(right, given),
    recall: quotient(right, own),
    f1: quotient(2 * right, own + given) ?? 0,
  }
}

const quotient = (above: number, below: number): number | null => (below > 0 ? above / below : null)

/**
 * Folds of rows that keep what belongs together (the windows of one trace, the pods of one job) on one side: a row is
 * never judged by a model that has seen its siblings. Groups of each class are dealt out evenly.
 */
export function groupedFolds(
  groups: readonly string[],
  classes: readonly number[],
  { folds, seed }: { readonly folds: number; readonly seed: number },
): readonly number[] {
  const classOf = new Map(groups.map((group, row) => [group, classes[row] ?? 0]))
  const mixed = shuffled(distinct(groups), createRandom(seed))
  const ordered = [...mixed].sort((a, b) => (classOf.get(a) ?? 0) - (classOf.get(b) ?? 0))
  const foldOf = new Map(ordered.map((group, index) => [group, index % folds]))
  return groups.map((group) => foldOf.get(group) ?? 0)
}

/** One fold for each group: what a classifier is worth where it has never been. */
export function foldPerGroup(groups: readonly string[]): readonly number[] {
  const index = new Map(distinct(groups).map((group, place) => [group, place]))
  return groups.map((group) => index.get(group) ?? 0)
}
