/**
 * The compute slices of a MIG profile: 3 of `3g.20gb`, 2 of `1c.2g.10gb`. A profile that cannot be read counts
 * as one slice, the smallest there is. (NVIDIA MIG user guide, profile names.)
 */
export function slicesOf(profile: string | null): number {
  const slices = /(?:^|\.)(\d+)g(?:\.|$)/.exec(profile ?? '')?.[1]
  return slices === undefined ? 1 : Number(slices)
}

/** How many compute slices a whole card has: seven, but four on the A30. (NVIDIA MIG user guide.) */
export function slicesOfModel(model: string | null): number {
  return /\bA30\b/.test(model ?? '') ? 4 : 7
}
