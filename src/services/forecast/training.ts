import { rungOf } from '../../analysis/forecast/ladder.ts'
import { stretchOf } from '../../analysis/forecast/series.ts'
import type { LstmSettings } from '../../analysis/forecast/lstm/member.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { ForecastModelStore, StoredJob } from '../store/index.ts'
import { sha256, weightBytes, type ArtifactPlace, type Manifest } from './artifacts.ts'
import type { FeatureReader } from './features.ts'
import type { History } from './history.ts'
import type { Resolution } from './horizon.ts'
import type { Models } from './models.ts'
import { metricsOf } from './report.ts'
import { modelIdOf, type Target } from './target.ts'
import type { TrainingResult } from './tasks.ts'
import type { Threads } from './threads.ts'

export interface TrainingNeeds {
  readonly store: ForecastModelStore
  readonly models: Models
  readonly place: ArtifactPlace
  readonly threads: Threads
  readonly settings: LstmSettings
  readonly read: (target: Target, signal: AbortSignal) => Promise<History>
  readonly features: FeatureReader
  readonly resolution: Resolution
  readonly now: () => Date
  readonly onTrained: (trained: TrainedVersion) => void
}

/** What a training came to. */
export interface TrainedVersion {
  readonly model_id: string
  readonly version: number
  readonly activated: boolean
  /** Why it serves, or does not. */
  readonly reason: string
  readonly seconds: number
  readonly rmse_watts: number | null
}

interface TrainingCall {
  readonly signal: AbortSignal
  readonly onProgress: (share: number) => void
}

/** A training each hour would fill any disk. */
const KEPT = { newest: 24, serviceable: 5 }
/** Worse by less than this is not worse. */
const TOLERANCE = 1.005

/**
 * Trains the model of a job and keeps it as a version, which serves if it passes the gate. However often a job is
 * carried out, it makes one version.
 */
export async function train(
  needs: TrainingNeeds,
  job: StoredJob,
  { signal, onProgress }: TrainingCall,
): Promise<TrainedVersion> {
  const began = needs.now()
  const { target } = JSON.parse(job.request) as { readonly target: Target }
  const id = modelIdOf(target)
  const history = await needs.read(target, signal)
  const stretch = stretchOf(history.points, 'last')
  if (stretch === null)
    throw new KCloudError('unprocessable', { detail: `${id} has no history to train on` })
  const { horizon, day, isNear } = needs.resolution
  const current = await needs.models.serving(target)
  const question = { count: stretch.values.length, day, horizon, isNear }
  const features =
    rungOf(question) === 'full'
      ? await needs.features(target, { history, stretch, signal })
      : new Map<string, Float64Array>()
  const series = { values: stretch.values, horizon, day, isNear, features }
  const network = current?.model ?? null
  const result = await needs.threads.run(
    { kind: 'training', series, settings: needs.settings, current: network },
    { signal, onProgress },
  )
  signal.throwIfAborted()
  const gate = gateOf(result, current !== null)
  const seconds = (needs.now().getTime() - began.getTime()) / 1000
  return await keep(needs, target, { id, jobId: job.id, history, stretch, result, gate, seconds })
}

async function keep(
  needs: TrainingNeeds,
  target: Target,
  made: Omit<ManifestParts, 'needs' | 'weights'>,
): Promise<TrainedVersion> {
  const { id, jobId, result, gate, seconds } = made
  const weights = weightBytes(result.model?.weights ?? new Float32Array())
  const manifest = JSON.stringify(manifestOf({ ...made, needs, weights }))
  const version = await needs.store.add({
    modelId: id,
    target: JSON.stringify(target),
    jobId,
    manifest,
    weights: needs.place.keptInStore ? weights.toString('base64') : null,
    at: needs.now(),
  })
  await needs.place.write(id, version, { manifest, weights })
  const status = gate.passed ? 'written' : 'rejected'
  await needs.store.settle({ model_id: id, version }, status, gate.passed)
  for (const old of await needs.store.prune(id, KEPT)) await needs.place.remove(id, old)
  const trained = {
    model_id: id,
    version,
    activated: gate.passed,
    reason: gate.reason,
    seconds,
    rmse_watts: rmseOf(result.assessment),
  }
  needs.onTrained(trained)
  return trained
}

const rmseOf = ({ backtest }: TrainingResult['assessment']): number | null =>
  backtest.combination?.rmse ?? null

/** On the same origins not worse than what serves now, nor than repeating the last value. */
function gateOf({ assessment, before }: TrainingResult, serves: boolean): Manifest['gate'] {
  const own = rmseOf(assessment)
  const naive = assessment.backtest.members.get('persistence')?.rmse
  if (own === null || naive === undefined)
    return { passed: !serves, reason: 'the history is too short for a backtest' }
  const known = serves ? (rmseOf(before) ?? own) : own
  if (own > known * TOLERANCE)
    return { passed: false, reason: `${ratio(own, known)} the error of the version that serves` }
  const reason = `${ratio(own, naive)} the error of repeating the last value`
  return { passed: own <= naive * TOLERANCE, reason }
}

const ratio = (a: number, b: number): string => `${(b > 0 ? a / b : 1).toFixed(3)} times`

interface ManifestParts {
  readonly id: string
  readonly jobId: string
  readonly needs: TrainingNeeds
  readonly history: History
  readonly stretch: {
    readonly values: Float64Array
    readonly start: number
    readonly filled: number
  }
  readonly result: TrainingResult
  readonly gate: Manifest['gate']
  readonly seconds: number
  readonly weights: Uint8Array
}

function manifestOf(parts: ManifestParts): Manifest {
  const { id, jobId, needs, history, stretch, result, gate, seconds, weights } = parts
  const { range } = history
  const start = new Date(range.start.getTime() + stretch.start * range.stepSeconds * 1000)
  return {
    format_version: 1,
    kind: 'power_forecast',
    model_id: id,
    job_id: jobId,
    step_seconds: range.stepSeconds,
    horizon: needs.resolution.horizon,
    rung: result.rung,
    lstm: lstmPart(result, needs.settings.seed),
    training: {
      start: start.toISOString(),
      end: range.end.toISOString(),
      points: stretch.values.length,
      filled_points: stretch.filled,
      seconds,
      data_sha256: sha256(new Uint8Array(stretch.values.slice().buffer)),
    },
    metrics: metricsOf(result.assessment),
    gate,
    weights_sha256: sha256(weights),
  }
}

function lstmPart({ model, epochs, bestEpoch }: TrainingResult, seed: number): Manifest['lstm'] {
  if (model === null) return null
  const { shape, mean, deviation, features } = model
  return { ...shape, mean, deviation, inputs: [...features], seed, epochs, best_epoch: bestEpoch }
}
