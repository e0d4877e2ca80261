/** A step in time: its end in unix seconds, and its length. */
export interface StepTime {
  readonly until: number
  readonly seconds: number
}

/** The watts of the clusters and boards of one bucket, step by step; undefined where nothing was read. */
export interface EnergyProfile {
  readonly steps: StepTime[]
  readonly clusters: Map<string, Watts>
  /** By cluster and key. */
  readonly boards: Map<string, Watts>
}

type Watts = (number | undefined)[]

export const emptyProfile = (): EnergyProfile => ({
  steps: [],
  clusters: new Map(),
  boards: new Map(),
})

/** Notes the watts of a thing at the newest step. */
export function noteWatts(
  { steps }: EnergyProfile,
  of: Map<string, Watts>,
  { key, watts }: { readonly key: string; readonly watts: number | null },
): void {
  if (watts === null) return
  const known = of.get(key) ?? []
  known[steps.length - 1] = watts
  of.set(key, known)
}

/** What a thing drew in a time that has steps in it, or parts of steps. */
export interface Drawn {
  readonly joules: number
  /** The time of it that was read. */
  readonly seconds: number
}

/** The energy of a thing within a time: a step that reaches beyond it counts by its part. */
export function drawnWithin(
  { steps }: EnergyProfile,
  watts: Watts | undefined,
  { until, seconds }: StepTime,
): Drawn {
  const [drawn, from] = [{ joules: 0, seconds: 0 }, until - seconds]
  if (watts === undefined) return drawn
  for (const [index, step] of steps.entries()) {
    const inside = Math.min(step.until, until) - Math.max(step.until - step.seconds, from)
    const value = watts[index]
    if (inside <= 0 || value === undefined) continue
    drawn.joules += value * inside
    drawn.seconds += inside
  }
  return drawn
}
