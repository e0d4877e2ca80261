/** What can be believed. */
export interface PowerLimits {
  /** No node draws more. */
  readonly mostNodeWatts: number
  /** No board draws more, nor twice its own limit. */
  readonly mostBoardWatts: number
  /** A node's meter may read this share less than its parts before it is disbelieved: meters lag and round. */
  readonly toleranceRatio: number
  /** Two meters of one node may differ by this share before it is told. */
  readonly disagreementRatio: number
  /** Sources that see the same zone or board: an earlier one counts, unlisted ones come after by name. */
  readonly precedence: readonly string[]
}

/** Above the largest servers (eight boards of 1.4 kW) and boards (modules of 2.7 kW) that are sold. */
export const DEFAULT_LIMITS: PowerLimits = {
  mostNodeWatts: 30_000,
  mostBoardWatts: 5000,
  toleranceRatio: 0.05,
  disagreementRatio: 0.25,
  precedence: ['kepler', 'kepler_legacy', 'rapl', 'node_exporter', 'scaphandre'],
}

/** Differences below this share of a figure are rounding. */
export const ROUNDING = 1e-9

/** Whether a value can be watts at all. */
export function isWatts(watts: number, most: number): boolean {
  // NaN satisfies neither comparison.
  return watts >= 0 && watts <= most
}

/** The place of a source among those that see the same thing: the lower one counts. */
export function rankOf(source: string, { precedence }: PowerLimits): number {
  const rank = precedence.indexOf(source)
  return rank < 0 ? precedence.length : rank
}
