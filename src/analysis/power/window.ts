import type { Energy } from './energy.ts'
import { sumOf } from './sum.ts'

/** Readings in time: unix seconds and value. Any order; values that cannot be are skipped. */
export type Samples = readonly (readonly [seconds: number, value: number])[]

/** A half-open stretch of time, in unix seconds. */
export interface Span {
  readonly from: number
  readonly until: number
}

/**
 * What a gap between samples counts: nothing, the watts before it, or a line from the watts before to those after.
 * What is filled is reported beside what is measured.
 */
export type GapPolicy = 'exclude' | 'hold' | 'interpolate'

/** The window that energy is asked for, and how to read samples in it. */
export interface EnergyWindow extends Span {
  /** When the workload lived; nothing is charged outside. Null for what is always there. */
  readonly lifetime: Span | null
  /** What one sample stands for: the scrape interval or step. */
  readonly sampleSeconds: number
  /** Samples further apart have a gap between them. */
  readonly mostApartSeconds: number
  readonly gap: GapPolicy
}

/** Energy over a window, of which `filled_joules` over `filled_seconds` were not measured but filled in. */
export interface WindowEnergy extends Energy {
  /** The part of the window in which the workload lived. */
  readonly charged_seconds: number
  readonly filled_joules: number
  readonly filled_seconds: number
}

/** Energy at a changing rate between two times: the watts go in a line from the start to the end. */
export interface Piece extends Span {
  readonly startWatts: number
  readonly endWatts: number
  readonly filled: boolean
}

/** The time of a window in which there is something to charge. */
export function chargedSpan({ from, until, lifetime }: EnergyWindow): Span {
  if (lifetime === null) return { from, until }
  return { from: Math.max(from, lifetime.from), until: Math.min(until, lifetime.until) }
}

/** The samples that can be, in order of time; of several at one time, the highest. */
export function inTime(samples: Samples): Samples {
  const believed = samples.filter(([, value]) => value >= 0 && Number.isFinite(value))
  const ordered = [...believed].sort(([a, x], [b, y]) => (a === b ? y - x : a - b))
  return ordered.filter(([seconds], index) => seconds !== ordered[index - 1]?.[0])
}

/** The energy of the pieces within the charged time of a window. Null when nothing was measured there. */
export function energyOfPieces(
  pieces: readonly Piece[],
  window: EnergyWindow,
  method: 'counter' | 'integral',
): WindowEnergy {
  const span = chargedSpan(window)
  const clipped = pieces.map((piece) => clip(piece, span)).filter(({ from, until }) => until > from)
  const measured = clipped.filter(({ filled }) => !filled)
  const filled = clipped.filter((piece) => piece.filled)
  const isKnown = clipped.length > 0
  return {
    energy_joules: isKnown ? sumOf(clipped.map(areaOf)) : null,
    covered_seconds: sumOf(measured.map(lengthOf)),
    window_seconds: lengthOf(window),
    charged_seconds: Math.max(0, lengthOf(span)),
    method: isKnown ? method : null,
    filled_joules: sumOf(filled.map(areaOf)),
    filled_seconds: sumOf(filled.map(lengthOf)),
  }
}

function clip(piece: Piece, span: Span): Piece {
  const from = Math.max(piece.from, span.from)
  const until = Math.min(piece.until, span.until)
  return {
    ...piece,
    from,
    until,
    startWatts: wattsAt(piece, from),
    endWatts: wattsAt(piece, until),
  }
}

function wattsAt({ from, until, startWatts, endWatts }: Piece, seconds: number): number {
  if (until <= from) return startWatts
  return startWatts + ((endWatts - startWatts) * (seconds - from)) / (until - from)
}

const lengthOf = ({ from, until }: Span): number => until - from

const areaOf = (piece: Piece): number => lengthOf(piece) * ((piece.startWatts + piece.endWatts) / 2)
