import { lstmMember, trainOn } from '../../src/analysis/forecast/lstm/member.ts'
import type { Member } from '../../src/analysis/forecast/members.ts'
import { createErrors } from '../../src/analysis/forecast/scores.ts'
import { instantiateKernel } from '../../src/services/forecast/kernel.ts'
import { roll, WARM_UP, type Rolled } from './rolling.ts'
import { etth1, gpuServer } from './time-series.ts'

/** The figures that the forecasts are held to, on real series. */
export const BARS = {
  combinationMse: 0.028,
  lstmMse: 0.031,
  gain: 0.05,
  covered: [0.87, 0.93],
} as const

/** Where the test part of ETTh1 begins. */
const TEST = 11_520
const HORIZON = 24
/** Half as many cells again were no better on these series, and take ten times as long. */
const SMALL = { hidden: 32, batch: 32, mostEpochs: 12, patience: 3 }
const HALF_A_YEAR = 26 * 7 * 24

/** The combination at every origin of the test part of ETTh1, a day ahead; `days` of it, or all. */
export function combinationOnEtth1(everySmoothing: number, days = 120): Rolled {
  const end = Math.min(14_400, TEST + days * 24)
  return roll(etth1(), { start: TEST, end, memory: 8640, everySmoothing })
}

/** The mean squared error of the network alone, by values only, at every origin of the test part of ETTh1. */
export function lstmOnEtth1(bytes: Uint8Array, seed: number): number {
  const values = etth1()
  const { model } = trainOn(
    instantiateKernel(bytes),
    { values: values.slice(0, TEST), horizon: HORIZON },
    { ...SMALL, sequence: 96, seed },
  )!
  const fitted = lstmMember(instantiateKernel(bytes), { model, horizon: HORIZON }).fit(values, 0)
  const errors = createErrors()
  for (let origin = TEST - 1; origin + HORIZON < values.length; origin += 1)
    for (const [step, value] of (fitted?.predict(values, origin) ?? []).entries())
      errors.add(value, values[origin + 1 + step] ?? Number.NaN)
  return errors.scores(null)!.rmse ** 2
}

/**
 * The combination on the last fifth of what a GPU server drew, a day ahead, with a network that was trained on half a
 * year before it and is not trained again.
 */
export function combinationOnServer(
  bytes: Uint8Array,
  id: '05' | '07' | '08',
  everySmoothing: number,
): Rolled & { readonly gain: number } {
  const values = gpuServer(id)
  const start = Math.floor(values.length * 0.8)
  const also = [networkBefore(bytes, values, start - WARM_UP)]
  const rolled = roll(values, { start, everySmoothing, also })
  return { ...rolled, gain: 1 - rolled.combination.rmse / rolled.persistence.rmse }
}

function networkBefore(bytes: Uint8Array, values: Float64Array, end: number): Member {
  const known = values.slice(Math.max(0, end - HALF_A_YEAR), end)
  const settings = { ...SMALL, sequence: 168, seed: 1 }
  const { model } = trainOn(
    instantiateKernel(bytes),
    { values: known, horizon: HORIZON },
    settings,
  )!
  return lstmMember(instantiateKernel(bytes), { model, horizon: HORIZON })
}
