import { beforeAll, describe, expect, it } from 'vitest'
import { kernelBytes } from '../../../src/services/forecast/kernel.ts'
import {
  BARS,
  combinationOnEtth1,
  combinationOnServer,
  lstmOnEtth1,
} from '../../support/quality.ts'
import { haveSeries } from '../../support/time-series.ts'

// Every origin of the test parts takes minutes: WHOLE_SERIES=1 asks for it, as does `npm run bench forecast`.
const isAsked = haveSeries && process.env['WHOLE_SERIES'] === '1'
const MINUTES = 60_000

let bytes: Uint8Array
beforeAll(async () => {
  bytes = await kernelBytes()
})

const covers = (share: number | undefined): void => {
  expect(share).toBeGreaterThanOrEqual(BARS.covered[0])
  expect(share).toBeLessThanOrEqual(BARS.covered[1])
}

describe.skipIf(!haveSeries)('the LSTM alone', () => {
  it(
    'is better on ETTh1 than the figure we hold ourselves to',
    () => {
      expect(lstmOnEtth1(bytes, 3)).toBeLessThanOrEqual(BARS.lstmMse)
    },
    5 * MINUTES,
  )
})

describe.skipIf(!isAsked)('on the whole test parts of real series', () => {
  it(
    'the LSTM alone is as good by the mean of three seeds',
    () => {
      const errors = [1, 2, 3].map((seed) => lstmOnEtth1(bytes, seed))
      const mean = errors.reduce((sum, error) => sum + error, 0) / 3
      expect(mean).toBeLessThanOrEqual(BARS.lstmMse)
    },
    15 * MINUTES,
  )

  it(
    'the combination is below its figure on ETTh1, and covers what it says',
    () => {
      const { combination, coverage } = combinationOnEtth1(6)
      expect(combination.rmse ** 2).toBeLessThanOrEqual(BARS.combinationMse)
      covers(coverage['0.9'])
    },
    15 * MINUTES,
  )

  it(
    'the combination is below the last value on GPU servers, on average and on each',
    () => {
      const rolled = (['05', '07', '08'] as const).map((id) => combinationOnServer(bytes, id, 24))
      for (const { gain, coverage } of rolled) {
        expect(gain).toBeGreaterThan(0)
        covers(coverage['0.9'])
      }
      const mean = rolled.reduce((sum, { gain }) => sum + gain, 0) / rolled.length
      expect(mean).toBeGreaterThanOrEqual(BARS.gain)
    },
    30 * MINUTES,
  )
})
