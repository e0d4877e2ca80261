import { fraction } from './hash.ts'
import type { Span } from './spans.ts'

const STEP_SECONDS = 60

/**
 * What a reading wavers by, another amount each minute and 0 in the long run: between -1 and 1. It is the
 * difference of two draws, so that its integral over any time is known without adding up the minutes.
 */
export function noiseAt(seed: number, seconds: number): number {
  const step = Math.floor(seconds / STEP_SECONDS)
  return fraction(seed, step + 1) - fraction(seed, step)
}

/** The integral of `noiseAt`; it stays within one minute, however long the time. */
export function noiseSeconds(seed: number, { from, until }: Span): number {
  return primitive(seed, until) - primitive(seed, from)
}

function primitive(seed: number, seconds: number): number {
  const step = Math.floor(seconds / STEP_SECONDS)
  const within = seconds - step * STEP_SECONDS
  return STEP_SECONDS * fraction(seed, step) + within * noiseAt(seed, seconds)
}
