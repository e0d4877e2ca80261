import { growForest, likelihoods, type ForestOptions, type LabelledRows } from '../trees/forest.ts'

/** What a forest that has not seen a row says of it. */
export interface Held {
  readonly actual: number
  readonly likelihoods: readonly number[]
}

/** Every row judged by a forest that was grown on the other folds alone. */
export function heldOut(
  { rows, classes, classCount }: LabelledRows,
  folds: readonly number[],
  options: ForestOptions,
): readonly Held[] {
  const held: Held[] = []
  for (const fold of new Set(folds)) {
    const inside = rows.map((_, row) => row).filter((row) => folds[row] !== fold)
    const outside = rows.map((_, row) => row).filter((row) => folds[row] === fold)
    const forest = growForest(
      {
        rows: inside.map((row) => rows[row] ?? []),
        classes: inside.map((row) => classes[row] ?? 0),
        classCount,
      },
      options,
    )
    for (const row of outside)
      held[row] = { actual: classes[row] ?? 0, likelihoods: likelihoods(forest, rows[row] ?? []) }
  }
  return held
}

/** The class that is likeliest; the first of equals. */
export function likeliest(shares: readonly number[]): number {
  return shares.reduce((best, share, index) => (share > (shares[best] ?? 0) ? index : best), 0)
}
