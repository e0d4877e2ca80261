import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { LstmKernel } from '../../../src/analysis/forecast/lstm/kernel.ts'
import {
  createNetwork,
  initialWeights,
  parametersOf,
} from '../../../src/analysis/forecast/lstm/network.ts'
import { lstmMember, trainOn } from '../../../src/analysis/forecast/lstm/member.ts'
import { createRandom, wholeBelow } from '../../../src/analysis/trees/random.ts'
import { instantiateKernel, kernelBytes } from '../../../src/services/forecast/kernel.ts'
import { lstmReference } from '../../support/lstm-reference.ts'

const SHAPE = { sequence: 12, features: 3, hidden: 16, outputs: 5 }
const BATCH = 4
let kernel: () => LstmKernel

beforeAll(async () => {
  const bytes = await kernelBytes()
  kernel = () => instantiateKernel(bytes)
})

function filled(seed: number) {
  const random = createRandom(seed)
  const network = createNetwork(kernel(), SHAPE, BATCH)
  network.weights.set(initialWeights(SHAPE, seed))
  // The outputs begin near zero, where their slopes would be too small to compare.
  const grown = network.weights.map((weight) => weight * 1.5)
  network.weights.set(grown)
  const inputs = Array.from({ length: BATCH }, () =>
    Array.from({ length: SHAPE.sequence }, () =>
      Array.from({ length: SHAPE.features }, () => 2 * random() - 1),
    ),
  )
  for (const [sample, steps] of inputs.entries())
    for (const [step, row] of steps.entries())
      for (const [feature, value] of row.entries()) network.input({ sample, step, feature }, value)
  const wanted = Float64Array.from({ length: BATCH * SHAPE.outputs }, () => 2 * random() - 1)
  return { network, inputs, wanted }
}

/** The sum of the squared differences, and its slopes. */
function lossOf(outputs: ArrayLike<number>, wanted: Float64Array) {
  const slopes = Float32Array.from(wanted, (value, at) => 2 * (outputs[at]! - value))
  return { loss: slopes.reduce((sum, slope) => sum + (slope / 2) ** 2, 0), slopes }
}

describe('the kernel of the LSTM', () => {
  it('predicts what the textbook says in double precision', () => {
    const { network, inputs } = filled(3)
    const reference = lstmReference(network.weights, SHAPE, inputs)
    for (const [at, output] of network.predict().entries())
      expect(Math.abs(output - reference[at]!)).toBeLessThan(1e-5)
  })

  it.each([
    ['a small one', SHAPE],
    ['one with strips left over', { sequence: 5, features: 9, hidden: 40, outputs: 24 }],
  ])('predicts the same bytes for one sample as among others: %s', (_, shape) => {
    const random = createRandom(8)
    const [one, four] = [1, BATCH].map((batch) => createNetwork(kernel(), shape, batch))
    for (const network of [one!, four!]) network.weights.set(initialWeights(shape, 6))
    for (let step = 0; step < shape.sequence; step += 1)
      for (let feature = 0; feature < shape.features; feature += 1) {
        const value = 2 * random() - 1
        one!.input({ sample: 0, step, feature }, value)
        for (let sample = 0; sample < BATCH; sample += 1)
          four!.input({ sample, step, feature }, sample === 2 ? value : random())
      }
    const among = four!.predict().slice(2 * shape.outputs, 3 * shape.outputs)
    expect([...one!.predict()]).toEqual([...among])
    expect(among.some((output) => output !== 0)).toBe(true)
  })

  it('has the slopes that small changes of the weights have', () => {
    const { network, inputs, wanted } = filled(5)
    network.learn(lossOf(network.predict(), wanted).slopes)
    const slopes = network.slopes.slice()
    const largest = slopes.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0)
    const random = createRandom(11)
    const lossAt = (weights: Float64Array): number =>
      lossOf64(lstmReference(weights, SHAPE, inputs), wanted)
    for (let check = 0; check < 200; check += 1) {
      const at = wholeBelow(random, parametersOf(SHAPE))
      const weights = Float64Array.from(network.weights)
      const change = 1e-5
      weights[at]! += change
      const above = lossAt(weights)
      weights[at]! -= 2 * change
      const numeric = (above - lossAt(weights)) / (2 * change)
      if (slopes[at] === 0) continue
      expect(Math.abs(numeric - slopes[at]!)).toBeLessThan(1e-4 * largest)
    }
  })

  it('trains to the same bytes for the same seed, and to others for another', () => {
    const values = Float64Array.from({ length: 400 }, (_, hour) => 300 + 50 * Math.sin(hour / 4))
    const settings = { sequence: 24, hidden: 8, batch: 8, mostEpochs: 2, patience: 2 }
    const digest = (seed: number): string => {
      const { model } = trainOn(kernel(), { values, horizon: 6 }, { ...settings, seed })!
      return createHash('sha256').update(new Uint8Array(model.weights.slice().buffer)).digest('hex')
    }
    expect(digest(1)).toBe(digest(1))
    expect(digest(1)).not.toBe(digest(2))
  })

  it('learns a cycle', () => {
    const values = Float64Array.from({ length: 900 }, (_, hour) => 300 + 50 * Math.sin(hour / 4))
    const settings = { sequence: 32, hidden: 16, batch: 16, mostEpochs: 12, patience: 12, seed: 1 }
    const { model, trained } = trainOn(kernel(), { values, horizon: 8 }, settings)!
    expect(trained.epochs.at(-1)!.validationError).toBeLessThan(
      0.2 * trained.epochs[0]!.validationError,
    )
    const next = lstmMember(kernel(), { model, horizon: 8 }).fit(values, 800)!.predict(values, 800)!
    const errors = next.map((value, step) => Math.abs(value - values[801 + step]!))
    expect(Math.max(...errors)).toBeLessThan(25)
  })

  it('learns from what runs ahead of its series, and knows nothing without it', () => {
    const random = createRandom(5)
    const state = Array.from({ length: 240 }, () => (random() < 0.5 ? 0 : 1))
    const at = (hour: number): number => 300 + 100 * (state[Math.floor(hour / 4)] ?? 0)
    const values = Float64Array.from({ length: 900 }, (_, hour) => at(hour))
    const ahead = values.map((_, hour) => at(hour + 4))
    const settings = { sequence: 16, hidden: 16, batch: 16, mostEpochs: 12, patience: 12, seed: 1 }
    const features = new Map([
      ['ahead', ahead],
      ['constant', values.map(() => 7)],
    ])
    const alone = trainOn(kernel(), { values, horizon: 4 }, settings)!
    const { model, trained } = trainOn(kernel(), { values, horizon: 4, features }, settings)!
    expect(model.features.map(({ name }) => name)).toEqual(['ahead'])
    expect(trained.bestError).toBeLessThan(0.5 * alone.trained.bestError)
    const said = (columns?: ReadonlyMap<string, Float64Array>) =>
      lstmMember(kernel(), { model, horizon: 4, ...(columns && { columns: () => columns }) })
        .fit(values, 800)!
        .predict(values, 800)
    expect(said()).toBeNull()
    expect(said(new Map([['ahead', ahead.subarray(0, 800)]]))).toBeNull()
    expect(said(features)).toHaveLength(4)
  })
})

const lossOf64 = (outputs: Float64Array, wanted: Float64Array): number =>
  outputs.reduce((sum, output, at) => sum + (output - wanted[at]!) ** 2, 0)
