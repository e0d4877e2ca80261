import { keyOf } from '../power/group.ts'
import { meanKnown } from '../power/sum.ts'
import { entryOf } from './power-tally.ts'
import type { StepTime } from './profile.ts'
import type { TemperatureMetric } from './report.ts'

/** One measure of one thing at the steps of a bucket, null where there is a gap. */
export interface ThingSeries {
  readonly cluster: string
  readonly node: string | null
  /** What tells it from the others of its cluster. */
  readonly key: string
  /** What it is called. */
  readonly device: string
  readonly values: readonly (number | null)[]
}

/** A mean over time that adds up step by step. */
export interface MeanTally {
  weighted: number
  seconds: number
}

/** The mean of what is measured, null where nothing is. */
export const meanOf = ({ weighted, seconds }: MeanTally): number | null =>
  seconds === 0 ? null : weighted / seconds

const addMean = (tally: MeanTally, value: number | null, seconds: number): void => {
  if (value === null) return
  tally.weighted += value * seconds
  tally.seconds += seconds
}

export interface StepPoint {
  readonly until: number
  readonly mean: number | null
  readonly highest: number | null
}

/** How busy the boards of one kind were. */
export interface LoadTally {
  readonly steps: StepPoint[]
  readonly all: MeanTally
  readonly boards: Map<string, MeanTally>
}

export const emptyLoads = (): LoadTally => ({
  steps: [],
  all: { weighted: 0, seconds: 0 },
  boards: new Map(),
})

/** Adds the utilisation of a bucket. Every board that reports counts the same. */
export function addLoads(
  tally: LoadTally,
  series: readonly ThingSeries[],
  times: readonly StepTime[],
): void {
  for (const [step, time] of times.entries()) {
    tally.steps.push(pointOf(series, step, time))
    for (const thing of series) addLoad(tally, thing, { step, time })
  }
}

function addLoad(
  { all, boards }: LoadTally,
  { cluster, key, values }: ThingSeries,
  { step, time }: { readonly step: number; readonly time: StepTime },
): void {
  const value = values[step] ?? null
  if (value === null) return
  addMean(all, value, time.seconds)
  const board = entryOf(boards, keyOf(cluster, key), () => ({ weighted: 0, seconds: 0 }))
  addMean(board, value, time.seconds)
}

function pointOf(series: readonly ThingSeries[], step: number, { until }: StepTime): StepPoint {
  const values = series.map((one) => one.values[step] ?? null)
  const known = values.filter((value) => value !== null)
  const highest = known.reduce((most, value) => Math.max(most, value), -Infinity)
  return { until, mean: meanKnown(values), highest: known.length === 0 ? null : highest }
}

interface Highest {
  readonly celsius: number
  readonly cluster: string
  readonly node: string | null
  readonly device: string
  readonly until: number
}

/** One kind of temperature. */
export interface TemperatureTally {
  readonly metric: TemperatureMetric
  readonly steps: StepPoint[]
  readonly mean: MeanTally
  readonly things: Set<string>
  highest: Highest | null
  /** The highest of each node. */
  readonly nodes: Map<string, number>
}

export const emptyTemperature = (metric: TemperatureMetric): TemperatureTally => ({
  metric,
  steps: [],
  mean: { weighted: 0, seconds: 0 },
  things: new Set(),
  highest: null,
  nodes: new Map(),
})

/** Adds a bucket: the means of the steps, and the highest samples in them. */
export function addTemperatures(
  tally: TemperatureTally,
  {
    means,
    peaks,
  }: { readonly means: readonly ThingSeries[]; readonly peaks: readonly ThingSeries[] },
  times: readonly StepTime[],
): void {
  for (const [step, time] of times.entries()) {
    const { mean } = pointOf(means, step, time)
    const { highest } = pointOf(peaks, step, time)
    tally.steps.push({ until: time.until, mean, highest })
    for (const { values } of means) addMean(tally.mean, values[step] ?? null, time.seconds)
    for (const thing of peaks) addPeak(tally, thing, { step, time })
  }
}

function addPeak(
  tally: TemperatureTally,
  { cluster, node, key, device, values }: ThingSeries,
  { step, time }: { readonly step: number; readonly time: StepTime },
): void {
  const celsius = values[step] ?? null
  if (celsius === null) return
  tally.things.add(keyOf(cluster, key))
  if (node !== null) {
    const place = keyOf(cluster, node)
    tally.nodes.set(place, Math.max(tally.nodes.get(place) ?? celsius, celsius))
  }
  if (tally.highest === null || celsius > tally.highest.celsius)
    tally.highest = { celsius, cluster, node, device, until: time.until }
}
