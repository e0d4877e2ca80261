import type { Labels, StoredSeries } from '../../src/promql/samples.ts'
import { storedSeries } from '../support/series-text.ts'

/** Where the history begins, in unix seconds: a whole minute. */
export const BEGIN = 1_700_000_040
/** How long it is. */
export const LENGTH_SECONDS = 5400

interface Grid {
  readonly first: number
  readonly step: number
  /** Leaves a sample out, so that there are gaps, late starts and early ends. */
  readonly without?: (seconds: number) => boolean
}

const between = (from: number, until: number) => (seconds: number) =>
  seconds >= from && seconds < until
const grids = {
  quarterMinute: { first: 0, step: 15 },
  halfMinute: { first: 7.25, step: 30 },
  minute: { first: 0, step: 60 },
  wide: { first: 13, step: 240 },
  gaps: { first: 0, step: 15, without: between(900, 1740) },
  manyGaps: { first: 3.5, step: 15, without: (seconds: number) => noise(seconds) < 0.4 },
  late: { first: 1800, step: 15 },
  early: { first: 0, step: 15, without: between(2400, LENGTH_SECONDS) },
} as const satisfies Record<string, Grid>

/** A number from 0 up to 1 that looks random and is always the same. */
function noise(seed: number): number {
  const mixed = Math.sin(seed * 12.9898 + 78.233) * 43_758.5453
  return mixed - Math.floor(mixed)
}

function series(labels: Labels, grid: Grid, value: (seconds: number) => number): StoredSeries {
  const samples: [number, number][] = []
  for (let seconds = grid.first; seconds < LENGTH_SECONDS; seconds += grid.step) {
    if (grid.without?.(seconds) !== true) samples.push([BEGIN + seconds, value(seconds)])
  }
  return storedSeries(labels, samples)
}

const wave = (base: number, seed: number) => (seconds: number) =>
  Math.round((base + 40 * Math.sin(seconds / 300 + seed) + 5 * noise(seconds + seed)) * 1000) / 1000
const growing =
  (perSecond: number, resetEvery: number, begin = 0) =>
  (seconds: number) =>
    Math.round((begin + perSecond * (seconds % resetEvery) + noise(seconds)) * 1000) / 1000
const sometimes = (odd: number, value: (seconds: number) => number) => (seconds: number) =>
  noise(seconds * 3) < 0.2 ? odd : value(seconds)

const power = (labels: Labels) => ({ __name__: 'power_watts', ...labels })
const spare = (labels: Labels) => ({ __name__: 'spare_watts', ...labels })
const heat = (labels: Labels) => ({ __name__: 'heat_celsius', ...labels })
const energy = (labels: Labels) => ({ __name__: 'energy_joules_total', ...labels })
const requests = (labels: Labels) => ({ __name__: 'requests_total', ...labels })

export const HISTORY: readonly StoredSeries[] = [
  series(power({ node: 'a', gpu: '0' }), grids.quarterMinute, wave(300, 1)),
  series(power({ node: 'a', gpu: '1' }), grids.gaps, wave(250, 2)),
  series(power({ node: 'b', gpu: '0' }), grids.late, wave(200, 3)),
  series(power({ node: 'b', gpu: '1' }), grids.early, wave(150, 4)),
  series(power({ node: 'b.c', gpu: '0' }), grids.manyGaps, sometimes(Number.NaN, wave(100, 5))),
  series(power({ gpu: '0' }), grids.minute, sometimes(Infinity, wave(50, 6))),
  series(power({ node: 'd\ne', gpu: '"2"' }), grids.wide, sometimes(-Infinity, wave(-50, 7))),
  series(spare({ node: 'a', gpu: '0' }), grids.halfMinute, wave(10, 8)),
  series(spare({ node: 'b', gpu: '0' }), grids.early, wave(20, 9)),
  series(spare({ node: 'c', gpu: '0' }), grids.quarterMinute, () => Number.NaN),
  series(heat({ node: 'a' }), grids.halfMinute, wave(0, 10)),
  series(heat({ node: 'b' }), grids.minute, () => 5),
  series(energy({ node: 'a', gpu: '0' }), grids.quarterMinute, growing(300, 1_000_000)),
  series(energy({ node: 'a', gpu: '1' }), grids.gaps, growing(20, 777)),
  series(energy({ node: 'b', gpu: '0' }), grids.late, growing(1.5, 200)),
  series(energy({ node: 'b', gpu: '1' }), grids.manyGaps, growing(2, 1000, 1_000_000)),
  series(energy({ node: 'c', gpu: '0' }), grids.early, sometimes(Number.NaN, growing(3, 5000))),
  series(requests({ node: 'a', gpu: '0' }), grids.halfMinute, growing(0.05, 900)),
  series(requests({ node: 'b', gpu: '2' }), grids.minute, () => 0),
  series(requests({ node: 'c' }), grids.wide, growing(0.01, 2000)),
]

/** The history as promtool imports it. */
export function openMetricsOf(history: readonly StoredSeries[]): string {
  return history.map(linesOf).join('')
}

function linesOf(stored: StoredSeries): string {
  const { __name__: name = '', ...others } = stored.labels
  const inner = Object.entries(others).map(([label, text]) => `${label}="${escape(text)}"`)
  const { seconds, values } = stored.between(0, Infinity)
  return seconds
    .map((second, i) => `${name}{${inner.join(',')}} ${valueOf(values[i]!)} ${second}\n`)
    .join('')
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function valueOf(value: number): string {
  return String(value).replace('Infinity', 'Inf')
}
