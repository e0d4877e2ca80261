import { describe, expect, it } from 'vitest'
import { FOREST_OPTIONS } from '../../../src/analysis/trees/forest.ts'
import { heldOut, likeliest } from '../../../src/analysis/workloads/cross-validation.ts'
import { powerFeatures } from '../../../src/analysis/workloads/power-features.ts'
import { foldPerGroup, groupedFolds, scoresOf } from '../../../src/analysis/workloads/scores.ts'
import { haveFixtures, timeseries } from '../../support/fixtures.ts'

const CLASSES = ['training', 'inference', 'serving'] as const
const WINDOW = 60

interface Trace {
  readonly label: (typeof CLASSES)[number]
  readonly system: string
  readonly n_gpu: number
  readonly power_w: readonly number[]
}

/** Windows of one minute of measured servers, that do not overlap: nothing but watts, and how many boards there are. */
function windows() {
  const traces = timeseries('mlperf-power-traces-dev.jsonl')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Trace)
  return traces.flatMap((trace, index) =>
    Array.from({ length: Math.floor(trace.power_w.length / WINDOW) }, (_, window) => ({
      features: powerFeatures(
        trace.power_w.slice(window * WINDOW, (window + 1) * WINDOW),
        trace.n_gpu,
      ),
      own: CLASSES.indexOf(trace.label),
      trace: String(index),
      system: trace.system,
    })),
  )
}

describe.skipIf(!haveFixtures)('types of workloads by the watts of real servers', () => {
  it('tells training, inference and serving apart at servers it knows, in runs it has not seen', () => {
    const all = windows()
    const classes = all.map(({ own }) => own)
    const data = { rows: all.map(({ features }) => features), classes, classCount: CLASSES.length }
    const score = (folds: readonly number[]) =>
      scoresOf(
        heldOut(data, folds, FOREST_OPTIONS).map((held) => ({
          actual: held.actual,
          predicted: likeliest(held.likelihoods),
        })),
        CLASSES,
      ).macro_f1
    const traces = all.map(({ trace }) => trace)
    const grouped = [1, 2].map((seed) => score(groupedFolds(traces, classes, { folds: 5, seed })))
    // At servers that it has never seen it is of no use, which is why sites train their own.
    const unseen = score(foldPerGroup(all.map(({ system }) => system)))
    console.info(
      `${all.length} windows: macro-F1 ${grouped.map((f1) => f1?.toFixed(3)).join(', ')} grouped by trace; ${unseen?.toFixed(3)} with each system left out`,
    )
    for (const f1 of grouped) expect(f1).toBeGreaterThan(0.75)
    expect(unseen).toBeLessThan(0.5)
  })
})
