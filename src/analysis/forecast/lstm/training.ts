import type { LstmKernel } from './kernel.ts'
import {
  createNetwork,
  initialWeights,
  parametersOf,
  type LstmShape,
  type Network,
} from './network.ts'
import { createRandom, shuffled } from '../../trees/random.ts'

/** What a network learns from: the standardised target first, then other columns of the same length. */
export interface Columns {
  readonly target: Float64Array
  readonly features: readonly Float64Array[]
}

export interface TrainingOptions {
  readonly shape: LstmShape
  readonly batch: number
  readonly seed: number
  readonly learningRate: number
  readonly mostEpochs: number
  /** Training ends after so many epochs without a better validation. */
  readonly patience: number
  /** Called after each epoch; false ends the training. */
  readonly onEpoch?: (epoch: EpochResult) => boolean
}

interface EpochResult {
  readonly epoch: number
  readonly trainingError: number
  readonly validationError: number
}

/** Which origins are learnt from, and which judge. An origin is the place of the last known value. */
export interface Origins {
  readonly training: Uint32Array
  readonly validation: Uint32Array
}

/** What came out of a training: the weights of the epoch that validated best, which may be the untrained one. */
export interface Trained {
  readonly weights: Float32Array
  readonly bestEpoch: number
  /** The validation error of that epoch. */
  readonly bestError: number
  readonly epochs: readonly EpochResult[]
}

const WEIGHT_DECAY = 0.02
const CLIP = 1
const BETA_1 = 0.9
const BETA_2 = 0.999
const TINY = 1e-8
const MOST_VALIDATION = 512

/**
 * Trains a network to tell by how much the next values differ from the last known one. The same data, options and
 * seed give the same bytes. Adam with decoupled weight decay (Loshchilov and Hutter, 2019), a clipped gradient, a
 * learning rate that falls along a cosine, and an early end.
 */
export function trainLstm(
  kernel: LstmKernel,
  data: { readonly columns: Columns; readonly origins: Origins },
  options: TrainingOptions,
): Trained {
  const { shape, batch, seed, mostEpochs, patience } = options
  const network = createNetwork(kernel, shape, batch)
  network.weights.set(initialWeights(shape, seed))
  const learner = { network, ...data, options, adam: createAdam(parametersOf(shape)) }
  const random = createRandom(seed ^ 0x5bd1e995)
  const epochs: EpochResult[] = []
  let best = { error: validationError(learner), weights: network.weights.slice(), epoch: 0 }
  for (let epoch = 1; epoch <= mostEpochs && epoch - best.epoch <= patience; epoch += 1) {
    const trainingError = trainEpoch(learner, epoch, random)
    const error = validationError(learner)
    const result = { epoch, trainingError, validationError: error }
    epochs.push(result)
    if (error < best.error) best = { error, weights: network.weights.slice(), epoch }
    if (options.onEpoch?.(result) === false) break
  }
  return { weights: best.weights, bestEpoch: best.epoch, bestError: best.error, epochs }
}

interface Learner {
  readonly network: Network
  readonly columns: Columns
  readonly origins: Origins
  readonly options: TrainingOptions
  readonly adam: Adam
}

function trainEpoch(learner: Learner, epoch: number, random: () => number): number {
  const { origins, options } = learner
  const order = shuffled([...origins.training], random)
  const batches = Math.max(1, Math.floor(order.length / options.batch))
  let sum = 0
  for (let number = 0; number < batches; number += 1) {
    const chosen = chosenOrigins(order, number * options.batch, options.batch)
    const progress = (epoch - 1 + number / batches) / options.mostEpochs
    sum += trainBatch(learner, chosen, progress)
  }
  return sum / batches
}

/** The origins of one batch; a short list is gone through again, so that a batch is always full. */
function chosenOrigins(order: readonly number[], from: number, count: number): Uint32Array {
  return Uint32Array.from(
    { length: count },
    (_, index) => order[(from + index) % order.length] ?? 0,
  )
}

function trainBatch(learner: Learner, origins: Uint32Array, progress: number): number {
  const { network, columns, options, adam } = learner
  const { shape, batch } = options
  setInputs(network, columns, { origins, sequence: shape.sequence })
  const outputs = network.predict()
  const scale = 1 / (batch * shape.outputs)
  let loss = 0
  for (let at = 0; at < outputs.length; at += 1) {
    const origin = origins[Math.floor(at / shape.outputs)] ?? 0
    const error = (outputs[at] ?? 0) - wanted(columns.target, origin, at % shape.outputs)
    loss += error * error * scale
    outputs[at] = 2 * error * scale
  }
  network.learn(outputs)
  const rate = options.learningRate * (0.5 + 0.5 * Math.cos(Math.PI * Math.min(1, progress)))
  adam(network.weights, network.slopes, rate)
  return loss
}

const wanted = (target: Float64Array, origin: number, output: number): number =>
  (target[origin + 1 + output] ?? 0) - (target[origin] ?? 0)

/** The mean squared error over the validation, of which at most so many origins are asked, evenly spread. */
function validationError({ network, columns, origins, options }: Learner): number {
  const { shape, batch } = options
  const asked = spread(origins.validation, MOST_VALIDATION)
  let sum = 0
  for (let from = 0; from < asked.length; from += batch) {
    const some = asked.subarray(from, from + batch)
    setInputs(network, columns, { origins: some, sequence: shape.sequence })
    const outputs = network.predict()
    for (let at = 0; at < some.length * shape.outputs; at += 1) {
      const origin = some[Math.floor(at / shape.outputs)] ?? 0
      sum += ((outputs[at] ?? 0) - wanted(columns.target, origin, at % shape.outputs)) ** 2
    }
  }
  return sum / (asked.length * shape.outputs)
}

function spread(all: Uint32Array, most: number): Uint32Array {
  if (all.length <= most) return all
  return Uint32Array.from(
    { length: most },
    (_, index) => all[Math.floor((index * all.length) / most)] ?? 0,
  )
}

/** Puts the rows before each origin into the network: the target minus its last value, features as they are. */
export function setInputs(
  network: Pick<Network, 'input'>,
  { target, features }: Columns,
  { origins, sequence }: { readonly origins: Uint32Array; readonly sequence: number },
): void {
  for (const [sample, origin] of origins.entries()) {
    const last = target[origin] ?? 0
    for (let step = 0; step < sequence; step += 1) {
      const at = origin - sequence + 1 + step
      network.input({ sample, step, feature: 0 }, (target[at] ?? 0) - last)
      setFeatures(network, features, { sample, step, at })
    }
  }
}

function setFeatures(
  network: Pick<Network, 'input'>,
  features: Columns['features'],
  { sample, step, at }: { readonly sample: number; readonly step: number; readonly at: number },
): void {
  for (const [column, values] of features.entries())
    network.input({ sample, step, feature: column + 1 }, values[at] ?? 0)
}

type Adam = (weights: Float32Array, slopes: Float32Array, rate: number) => void

function createAdam(count: number): Adam {
  const means = new Float32Array(count)
  const squares = new Float32Array(count)
  let time = 0
  return (weights, slopes, rate) => {
    time += 1
    const shrink = clipFactor(slopes)
    const firstBias = 1 - BETA_1 ** time
    const secondBias = 1 - BETA_2 ** time
    for (let at = 0; at < count; at += 1) {
      const slope = (slopes[at] ?? 0) * shrink
      const mean = BETA_1 * (means[at] ?? 0) + (1 - BETA_1) * slope
      const square = BETA_2 * (squares[at] ?? 0) + (1 - BETA_2) * slope * slope
      means[at] = mean
      squares[at] = square
      const weight = weights[at] ?? 0
      const step = mean / firstBias / (Math.sqrt(square / secondBias) + TINY)
      weights[at] = weight - rate * (step + WEIGHT_DECAY * weight)
    }
  }
}

function clipFactor(slopes: Float32Array): number {
  let sum = 0
  for (const slope of slopes) sum += slope * slope
  const norm = Math.sqrt(sum)
  return norm > CLIP ? CLIP / norm : 1
}
