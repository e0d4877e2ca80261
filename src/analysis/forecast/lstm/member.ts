import type { Member } from '../members.ts'
import type { LstmKernel } from './kernel.ts'
import { createNetwork, type LstmShape, type Network } from './network.ts'
import { setInputs, trainLstm, type TrainingOptions, type Trained } from './training.ts'

/** A trained network with the scale of what it was trained on. */
export interface LstmModel {
  readonly shape: LstmShape
  readonly mean: number
  readonly deviation: number
  readonly weights: Float32Array
}

/** How a network is trained, but for its shape's outer sides and what reports the progress. */
export interface LstmSettings {
  readonly sequence: number
  readonly hidden: number
  readonly batch: number
  readonly mostEpochs: number
  readonly patience: number
  readonly seed: number
}

/** Of the windows of a training, how many judge when it has to end. */
const JUDGING_SHARE = 0.15
const LEAST_WINDOWS = 200
/** Small networks take larger steps. */
const RATE_OF_LARGE = 3e-4
const RATE_OF_SMALL = 1e-3
const LARGE = 96

/** Trains on the values before `end`. Null where they are too few, or are all the same. */
export function trainOn(
  kernel: LstmKernel,
  { values, horizon }: { readonly values: Float64Array; readonly horizon: number },
  settings: LstmSettings & Pick<TrainingOptions, 'onEpoch'>,
): { readonly model: LstmModel; readonly trained: Trained } | null {
  const { sequence, hidden, batch, ...others } = settings
  const windows = values.length - sequence - horizon + 1
  const { mean, deviation } = scaleOf(values)
  if (windows < LEAST_WINDOWS || deviation === 0) return null
  const shape = { sequence, features: 1, hidden, outputs: horizon }
  const target = values.map((value) => (value - mean) / deviation)
  const judging = Math.floor(windows * JUDGING_SHARE)
  const originsFrom = (from: number, count: number): Uint32Array =>
    Uint32Array.from({ length: count }, (_, index) => sequence - 1 + from + index)
  const trained = trainLstm(
    kernel,
    {
      columns: { target, features: [] },
      origins: {
        // Windows that overlap the judging ones would tell of them.
        training: originsFrom(0, windows - judging - horizon),
        validation: originsFrom(windows - judging, judging),
      },
    },
    { ...others, shape, batch, learningRate: hidden < LARGE ? RATE_OF_SMALL : RATE_OF_LARGE },
  )
  return { model: { shape, mean, deviation, weights: trained.weights }, trained }
}

const ROWS = 4

/** A trained network as a member of a combination: it is not fitted again. It forecasts as far as it was trained for. */
export function lstmMember(
  kernel: LstmKernel,
  { model, horizon }: { readonly model: LstmModel; readonly horizon: number },
): Member {
  const { shape, mean, deviation, weights } = model
  const network = createNetwork(kernel, shape, ROWS)
  network.weights.set(weights)
  return {
    name: 'lstm',
    fit: () => ({
      predict(values, origin) {
        if (origin + 1 < shape.sequence) return null
        const window = values.subarray(origin + 1 - shape.sequence, origin + 1)
        const target = window.map((value) => (value - mean) / deviation)
        const outputs = predictOne(network, target, shape).subarray(0, horizon)
        const last = values[origin] ?? 0
        return Float64Array.from(outputs, (output) => last + output * deviation)
      },
    }),
  }
}

function predictOne(network: Network, target: Float64Array, shape: LstmShape): Float32Array {
  const origins = Uint32Array.of(shape.sequence - 1)
  setInputs(network, { target, features: [] }, { origins, sequence: shape.sequence })
  return network.predict().subarray(0, shape.outputs)
}

function scaleOf(values: Float64Array): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: Math.sqrt(squares / Math.max(1, values.length)) }
}
