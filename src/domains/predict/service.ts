import type { z } from 'zod'
import type { Forecasts, PowerAnswer, PowerQuestion } from '../../services/forecast/index.ts'
import type { CostForecasts } from '../../services/cost-forecast/index.ts'
import type { costQuestionSchema } from './cost-schemas.ts'
import type { batchAnswerSchema } from './schemas.ts'

export interface Needs {
  readonly forecasts: Forecasts
  readonly costForecasts: CostForecasts
}

interface Asked {
  readonly at: Date
  readonly signal: AbortSignal
  readonly user: string | null
}

/** The power to come. Rejects as the service does. */
export async function predictPower({ forecasts }: Needs, asked: Asked, question: PowerQuestion) {
  const { answer, clusters, warnings } = await forecasts.power(question, asked)
  return { data: answer, observedAt: asked.at, clusters, warnings }
}

/** The cost to come. Rejects as the service does. */
export async function predictCost(
  { costForecasts }: Needs,
  asked: Asked,
  body: z.output<typeof costQuestionSchema>,
) {
  const { resources, duration_hours: durationHours, spot_instance: spot, cluster = null } = body
  const question = { resources, durationHours, spot, cluster, nodes: nodesIn(body) }
  const { clusters, warnings, ...data } = await costForecasts.cost(question, asked)
  return { data, observedAt: asked.at, clusters, warnings }
}

function nodesIn(body: z.output<typeof costQuestionSchema>) {
  const { node_class: nodeClass, node_count: count, gpu_model: gpuModel } = body
  if (nodeClass !== undefined) return { nodeClass, count }
  return gpuModel === undefined ? null : { gpuModel }
}

/** Orders a batch. */
export async function orderBatch(
  needs: Needs,
  { at, user }: Asked,
  items: readonly PowerQuestion[],
) {
  const { id } = await needs.forecasts.jobs.batch(items, { at, user: user ?? '' })
  const { results: _, ...row } = await batchOf(needs, id)
  return { ...told(at, row), location: `/batch/${id}` }
}

/** A batch with its results. Rejects with `not_found`. */
export async function readBatch(needs: Needs, at: Date, id: string) {
  return told(at, await batchOf(needs, id))
}

/** Cancels a batch. Rejects with `not_found` and `unprocessable`. */
export async function cancelBatch(needs: Needs, at: Date, id: string) {
  await needs.forecasts.jobs.cancel('batch', id)
  const { results: _, ...row } = await batchOf(needs, id)
  return told(at, row)
}

const told = <Data>(at: Date, data: Data) => ({ data, observedAt: at, clusters: [], warnings: [] })

type BatchAnswer = z.output<typeof batchAnswerSchema>
type Result = BatchAnswer['results'][number]

async function batchOf({ forecasts }: Needs, id: string): Promise<BatchAnswer> {
  const job = await forecasts.jobs.one('batch', id)
  const results = (await forecasts.jobs.items(id)).map(resultOf)
  const countOf = (state: Result['state']): number =>
    results.filter((result) => result.state === state).length
  const answered = countOf('answered')
  const failed = countOf('failed')
  return {
    batch_id: id,
    state: job.state,
    progress: results.length === 0 ? 1 : (answered + failed) / results.length,
    items: results.length,
    answered,
    failed,
    created_by: job.created_by,
    created_at: job.created_at,
    updated_at: job.updated_at,
    results,
  }
}

function resultOf({
  position,
  request,
  result,
}: {
  readonly position: number
  readonly request: string
  readonly result: string | null
}): Result {
  // Both are texts that the service wrote.
  const { workload_id: workload = null } = JSON.parse(request) as PowerQuestion
  const known = { position, workload_id: workload }
  if (result === null) return { ...known, state: 'waiting', answer: null, error: null }
  const read = JSON.parse(result, revive) as {
    readonly answer?: PowerAnswer
    readonly error?: Result['error']
  }
  if (read.answer === undefined)
    return { ...known, state: 'failed', answer: null, error: read.error ?? null }
  return { ...known, state: 'answered', answer: read.answer as Result['answer'], error: null }
}

const TIMES = new Set(['timestamp', 'at', 'start', 'end'])

/** Times were written as texts. */
const revive = (key: string, value: unknown): unknown =>
  TIMES.has(key) && typeof value === 'string' ? new Date(value) : value
