import type { Member } from '../members.ts'
import type { LstmKernel } from './kernel.ts'
import { createNetwork, type LstmShape, type Network } from './network.ts'
import {
  setInputs,
  trainLstm,
  type Columns,
  type TrainingOptions,
  type Trained,
} from './training.ts'

/** Other series beside the one that is forecast, value by value, by what they measure. */
export type FeatureColumns = ReadonlyMap<string, Float64Array>

/** A series that a network reads beside the one that it forecasts, and its scale. */
export interface FeatureScale {
  readonly name: string
  readonly mean: number
  readonly deviation: number
}

/** A trained network with the scale of what it was trained on. */
export interface LstmModel {
  readonly shape: LstmShape
  readonly mean: number
  readonly deviation: number
  readonly weights: Float32Array
  /** In the order of its inputs. */
  readonly features: readonly FeatureScale[]
}

/** What a network is trained on. */
export interface TrainingSeries {
  readonly values: Float64Array
  readonly horizon: number
  readonly features?: FeatureColumns
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

/** Trains on values and features of the same length. Null where they are too few, or are all the same. */
export function trainOn(
  kernel: LstmKernel,
  { values, horizon, features: columns = new Map() }: TrainingSeries,
  settings: LstmSettings & Pick<TrainingOptions, 'onEpoch'>,
): { readonly model: LstmModel; readonly trained: Trained } | null {
  const { sequence, hidden, batch, ...others } = settings
  const windows = values.length - sequence - horizon + 1
  const { mean, deviation } = scaleOf(values)
  if (windows < LEAST_WINDOWS || deviation === 0) return null
  const features = scalesOf(columns)
  const shape = { sequence, features: 1 + features.length, hidden, outputs: horizon }
  const target = values.map((value) => (value - mean) / deviation)
  const judging = Math.floor(windows * JUDGING_SHARE)
  const originsFrom = (from: number, count: number): Uint32Array =>
    Uint32Array.from({ length: count }, (_, index) => sequence - 1 + from + index)
  const trained = trainLstm(
    kernel,
    {
      columns: { target, features: features.map((scale) => scaled(columns, scale)) },
      origins: {
        // Windows that overlap the judging ones would tell of them.
        training: originsFrom(0, windows - judging - horizon),
        validation: originsFrom(windows - judging, judging),
      },
    },
    { ...others, shape, batch, learningRate: hidden < LARGE ? RATE_OF_SMALL : RATE_OF_LARGE },
  )
  const { weights } = trained
  return { model: { shape, mean, deviation, weights, features }, trained }
}

/** What never changes tells nothing. */
function scalesOf(columns: FeatureColumns): readonly FeatureScale[] {
  return [...columns]
    .map(([name, values]) => ({ name, ...scaleOf(values) }))
    .filter(({ deviation }) => deviation > 0)
}

const scaled = (columns: FeatureColumns, { name, mean, deviation }: FeatureScale): Float64Array =>
  (columns.get(name) ?? new Float64Array()).map((value) => (value - mean) / deviation)

/**
 * A trained network as a member of a combination: it is not fitted again. It forecasts as far as it was trained for, and
 * nothing where a feature is missing that it was trained with. Features lie beside the values that it is asked about.
 */
export function lstmMember(
  kernel: LstmKernel,
  { model, horizon, columns = () => new Map() }: LstmMember,
): Member {
  const { shape, mean, deviation, weights } = model
  const network = createNetwork(kernel, shape, 1)
  network.weights.set(weights)
  return {
    name: 'lstm',
    fit: () => ({
      predict(values, origin) {
        if (origin + 1 < shape.sequence) return null
        const window = values.subarray(origin + 1 - shape.sequence, origin + 1)
        const target = window.map((value) => (value - mean) / deviation)
        const features = windowsOf(model, columns(), origin)
        if (features === null) return null
        const outputs = predictOne(network, { target, features }, shape).subarray(0, horizon)
        const last = values[origin] ?? 0
        return Float64Array.from(outputs, (output) => last + output * deviation)
      },
    }),
  }
}

export interface LstmMember {
  readonly model: LstmModel
  readonly horizon: number
  /** The features as far as they are known. */
  readonly columns?: () => FeatureColumns
}

/** What a network sees of its features at an origin; null where one is not known. */
function windowsOf(
  { features, shape }: LstmModel,
  columns: FeatureColumns,
  origin: number,
): readonly Float64Array[] | null {
  const windows = features.map(({ name, mean, deviation }) => {
    const values = columns.get(name)
    if (values === undefined || values.length <= origin) return null
    const window = values.subarray(origin + 1 - shape.sequence, origin + 1)
    return window.map((value) => (value - mean) / deviation)
  })
  return windows.every((window) => window !== null) ? windows : null
}

function predictOne(network: Network, columns: Columns, shape: LstmShape): Float32Array {
  const origins = Uint32Array.of(shape.sequence - 1)
  setInputs(network, columns, { origins, sequence: shape.sequence })
  return network.predict().subarray(0, shape.outputs)
}

function scaleOf(values: Float64Array): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: Math.sqrt(squares / Math.max(1, values.length)) }
}
