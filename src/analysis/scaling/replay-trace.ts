import type { ScalingReading } from './situation.ts'

/** A past in which a policy is tried: a reading for each step. */
export interface Trace {
  readonly start: Date
  readonly stepSeconds: number
  readonly steps: readonly ScalingReading[]
}
