import { lstmMember, trainOn } from '../../src/analysis/forecast/lstm/member.ts'
import type { Member } from '../../src/analysis/forecast/members.ts'
import { createErrors } from '../../src/analysis/forecast/scores.ts'
import { instantiateKernel } from '../../src/services/forecast/kernel.ts'
import { roll, type Rolled } from './rolling.ts'
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
 * The combination on the last fifth of what a GPU server drew, a day ahead, with a network that is trained again every ten
 * weeks on half a year; the product does so each hour.
 */
export function combinationOnServer(
  bytes: Uint8Array,
  id: '05' | '07' | '08',
  everySmoothing: number,
): Rolled & { readonly gain: number } {
  const values = gpuServer(id)
  const start = Math.floor(values.length * 0.8)
  const rolled = roll(values, { start, everySmoothing, also: [trainedAgain(bytes)] })
  return { ...rolled, gain: 1 - rolled.combination.rmse / rolled.persistence.rmse }
}

const FITS_OF_A_TRAINING = 10

function trainedAgain(bytes: Uint8Array): Member {
  let fits = 0
  let current: Member | null = null
  return {
    name: 'lstm',
    fit(values, end) {
      if (fits % FITS_OF_A_TRAINING === 0) current = networkOn(bytes, values.slice(0, end))
      fits += 1
      return current?.fit(values, end) ?? null
    },
  }
}

function networkOn(bytes: Uint8Array, values: Float64Array): Member {
  const settings = { ...SMALL, sequence: 168, seed: 1 }
  const { model } = trainOn(instantiateKernel(bytes), { values, horizon: HORIZON }, settings)!
  return lstmMember(instantiateKernel(bytes), { model, horizon: HORIZON })
}
