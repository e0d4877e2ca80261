import { anyText } from './config-values.ts'
import { optional, setting } from './config-setting.ts'
import { seconds, whole } from './config-values.ts'

/** The settings of forecasts. */
export const forecastSettings = {
  predictionHorizon: setting(
    seconds('not zero'),
    '24h',
    'How far forecasts reach that do not say it themselves, up to 24h; models are trained for it.',
  ),
  modelUpdateInterval: setting(
    seconds('zero allowed'),
    '3600',
    'How often each model is trained again. 0: only when somebody asks.',
  ),
  modelPath: optional(anyText, {
    about: 'A directory for the artifacts of models. Without it they lie in the state store.',
    example: '/var/lib/kcloud-monitor/models',
  }),
  forecastHistory: setting(
    whole(1, 400),
    '63',
    'How many days of history forecasts and trainings read at most; 56 are needed for the LSTM.',
  ),
  sequenceLength: setting(whole(8, 512), '168', 'How many steps the LSTM looks back.'),
  hiddenSize: setting(
    whole(8, 512),
    '128',
    'How many cells the LSTM has: a multiple of 8. Fewer train faster, and are seldom worse.',
  ),
  batchSize: setting(
    whole(4, 256),
    '32',
    'How many windows one step of training sees: a multiple of 4.',
  ),
}

/** What forecasts are to be like. */
export interface ForecastConfig {
  readonly horizonSeconds: number
  readonly updateSeconds: number
  readonly modelPath: string | null
  readonly historyDays: number
  readonly sequence: number
  readonly hidden: number
  readonly batch: number
}

interface ForecastSettings {
  readonly predictionHorizon: number
  readonly modelUpdateInterval: number
  readonly modelPath?: string | undefined
  readonly forecastHistory: number
  readonly sequenceLength: number
  readonly hiddenSize: number
  readonly batchSize: number
}

const DAY_SECONDS = 86_400

/** The settings as they are used: sizes that the kernel cannot have are brought to the next that it can. */
export function forecastConfig(read: ForecastSettings): ForecastConfig {
  return {
    horizonSeconds: Math.min(read.predictionHorizon, DAY_SECONDS),
    updateSeconds: read.modelUpdateInterval,
    modelPath: read.modelPath ?? null,
    historyDays: read.forecastHistory,
    sequence: read.sequenceLength,
    hidden: Math.ceil(read.hiddenSize / 8) * 8,
    batch: Math.ceil(read.batchSize / 4) * 4,
  }
}
