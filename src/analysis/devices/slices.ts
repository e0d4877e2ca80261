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

/** Into how many equal parts the modes of AMD's cards divide one. (ROCm documentation, compute partition modes.) */
const PARTS_BY_MODE: Readonly<Record<string, number>> = { dpx: 2, tpx: 3, qpx: 4, cpx: 8 }

const partsOfMode = (profile: string | null): number | undefined =>
  PARTS_BY_MODE[profile?.toLowerCase() ?? '']

/** Whether a profile is a mode of AMD's, whose parts are all equal. */
export const isMode = (profile: string | null): boolean => partsOfMode(profile) !== undefined

/**
 * How many slices a card has that is divided so. The exporter of AMD's cards shows every part, so that their number
 * is what there is; of a single one the mode tells it.
 */
export function slicesOfCard(
  model: string | null,
  parts: readonly { readonly profile: string | null }[],
): number {
  const ofMode = partsOfMode(parts[0]?.profile ?? null)
  if (ofMode === undefined) return slicesOfModel(model)
  return parts.length > 1 ? parts.length : ofMode
}
