import type { IntensityKind, IntensityValue } from '../../../analysis/cost/intensity.ts'

/** A stretch of time in unix seconds, half-open. */
export interface Span {
  readonly from: number
  readonly until: number
}

/** Somebody who publishes carbon intensities over the network, by zones of the grid. */
export interface IntensityProvider {
  readonly name: string
  readonly kind: IntensityKind
  readonly sourceUrl: string
  /** What was so. Rejects with a `ProviderError`, or with the reason of the signal. */
  history(zone: string, span: Span, signal: AbortSignal): Promise<readonly IntensityValue[]>
  /** What is so now and to come, as far as it is told; what is to come is an estimate. */
  forecast(zone: string, signal: AbortSignal): Promise<readonly IntensityValue[]>
}

/** Why a provider gave nothing, in words for the caller: no address, no key. */
export class ProviderError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.name = 'ProviderError'
  }
}
