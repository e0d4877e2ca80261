import type { z } from 'zod'
import type {
  Forecasts,
  ForecastEvents,
  ModelInfo,
  PowerQuestion,
  Target,
  TrainedVersion,
  VersionInfo,
} from '../../services/forecast/index.ts'
import { modelIdOf } from '../../services/forecast/index.ts'
import { metricsSchema, type modelSchema, type trainingSchema } from './schemas.ts'

export interface Needs {
  readonly forecasts: Forecasts
  readonly forecastEvents: ForecastEvents
}

interface Asked {
  readonly at: Date
  readonly signal: AbortSignal
  readonly user: string | null
}

const told = <Data>(at: Date, data: Data) => ({ data, observedAt: at, clusters: [], warnings: [] })

/** All models. */
export async function listModels({ forecasts }: Needs, at: Date) {
  return told(at, (await forecasts.models.list()).map(modelRow))
}

/** One model. Rejects with `not_found`. */
export async function readModel({ forecasts }: Needs, at: Date, id: string) {
  return told(at, modelRow(await forecasts.models.one(id)))
}

/** What a model is worth. Rejects with `not_found`. */
export async function modelMetrics({ forecasts, forecastEvents }: Needs, at: Date, id: string) {
  const { versions, serving_version: serving } = await forecasts.models.one(id)
  return told(at, {
    model_id: id,
    serving_version: serving,
    versions: versions.map(({ version, manifest }) => ({ version, metrics: metricsIn(manifest) })),
    events: forecastEvents.of(id),
  })
}

/** Lets a version serve. Rejects with `not_found` and `unprocessable`. */
export async function activate(
  { forecasts }: Needs,
  at: Date,
  chosen: { id: string; version: number },
) {
  return told(at, modelRow(await forecasts.models.activate(chosen.id, chosen.version)))
}

/** Lets the version before serve. Rejects with `not_found` and `unprocessable`. */
export async function rollback({ forecasts }: Needs, at: Date, id: string) {
  return told(at, modelRow(await forecasts.models.rollback(id)))
}

/** Orders a training. Rejects with `not_found` and `ambiguous` for what it is about. */
export async function retrain({ forecasts }: Needs, asked: Asked, question: PowerQuestion) {
  const target = await forecasts.targetOf(question, asked)
  const by = { user: asked.user ?? '', at: asked.at }
  const job = await forecasts.jobs.retrain(target, by)
  return { ...told(asked.at, trainingRow(job)), location: `/retrain/${job.id}` }
}

/** A training. Rejects with `not_found`. */
export async function readTraining({ forecasts }: Needs, at: Date, id: string) {
  return told(at, trainingRow(await forecasts.jobs.one('training', id)))
}

/** Cancels a training. Rejects with `not_found` and `unprocessable`. */
export async function cancelTraining({ forecasts }: Needs, at: Date, id: string) {
  return told(at, trainingRow(await forecasts.jobs.cancel('training', id)))
}

const NOBODY = { cluster: null, node: null, namespace: null, pod: null }

function modelRow(model: ModelInfo): z.output<typeof modelSchema> {
  return {
    model_id: model.id,
    target: { ...NOBODY, ...model.target },
    active_version: model.active_version,
    serving_version: model.serving_version,
    versions: model.versions.map(versionRow),
  }
}

function versionRow(info: VersionInfo): z.output<typeof modelSchema>['versions'][number] {
  const { manifest } = info
  const metrics = metricsIn(manifest)
  return {
    version: info.version,
    status: info.status,
    problem: info.problem,
    created_at: info.created_at,
    ...trainingOf(manifest),
    rmse_watts: metrics?.scores.rmse_watts ?? null,
    members: metrics?.members ?? [],
  }
}

const NOT_TRAINED = {
  gate_reason: null,
  trained_from: null,
  trained_to: null,
  training_points: null,
  training_seconds: null,
  weights_sha256: null,
}

function trainingOf(manifest: VersionInfo['manifest']) {
  if (manifest === null) return NOT_TRAINED
  const { gate, training, weights_sha256: digest } = manifest
  return {
    gate_reason: gate.reason,
    trained_from: training.start,
    trained_to: training.end,
    training_points: training.points,
    training_seconds: training.seconds,
    weights_sha256: digest,
  }
}

function metricsIn(manifest: VersionInfo['manifest']) {
  const read = metricsSchema.safeParse(manifest?.metrics)
  return read.success ? read.data : null
}

type Job = Awaited<ReturnType<Forecasts['jobs']['one']>>

function trainingRow(job: Job): z.output<typeof trainingSchema> {
  // Both are texts that the service wrote.
  const { target } = JSON.parse(job.request) as { readonly target: Target }
  const result = JSON.parse(job.result ?? '{}') as Partial<TrainedVersion> & {
    readonly detail?: string
  }
  return {
    job_id: job.id,
    model_id: modelIdOf(target),
    target: { ...NOBODY, ...target },
    state: job.state,
    progress: job.progress,
    version: result.version ?? null,
    activated: result.activated ?? null,
    detail: result.reason ?? result.detail ?? null,
    created_by: job.created_by,
    created_at: job.created_at,
    updated_at: job.updated_at,
  }
}
