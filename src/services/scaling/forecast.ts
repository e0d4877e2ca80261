import type { ScalingForecast } from '../../analysis/scaling/situation.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { AheadTarget, Forecasts, PowerAnswer } from '../forecast/index.ts'
import type { ForecastPort } from './evaluate.ts'
import type { PolicySpec } from './policy.ts'

/** A turn waits no longer for a forecast: decisions are due by the clock. */
const PATIENCE_MS = 20_000

/** What the forecasts say of the scopes of policies. */
export function forecastsOf(forecasts: Pick<Forecasts, 'ahead'>): ForecastPort {
  return async ({ spec }, { at, signal }) => {
    const seconds = spec.predictive_scaling.lookahead_minutes * 60
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
    try {
      const question = { target: targetOf(spec), seconds, workloadId: null }
      const { answer } = await inTime(forecasts.ahead(question, { at, signal: patience }), patience)
      return forecastIn(answer)
    } catch (error) {
      signal.throwIfAborted()
      return { ...NO_FORECAST, problem: problemOf(error, patience) }
    }
  }
}

const NO_FORECAST: ScalingForecast = {
  peak_power_watts: null,
  confidence: null,
  model: null,
  problem: null,
}

function targetOf({ scope, target }: PolicySpec): AheadTarget {
  switch (scope) {
    case 'fleet':
      return { kind: 'fleet' }
    case 'cluster':
      return { kind: 'cluster', cluster: target.cluster }
    case 'workload':
      return { kind: 'controller', controller: target }
  }
}

/** Some of what a forecast waits for knows no signals. */
async function inTime<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  work.catch(() => undefined)
  return await Promise.race([
    work,
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new LateError()), { once: true })
    }),
  ])
}

class LateError extends Error {}

function problemOf(error: unknown, { aborted }: AbortSignal): string {
  if (aborted || error instanceof LateError) return 'the forecast was not ready in time'
  if (error instanceof KCloudError) return error.detail
  throw error
}

/** The peak of the steps, and the confidence of the least certain of them. */
function forecastIn({ predictions, model, notes }: PowerAnswer): ScalingForecast {
  const confidences = predictions.map(({ confidence }) => confidence)
  const known = confidences.filter((confidence) => confidence !== null)
  // One that begins before now says nothing of what is to come.
  const [late = null] = notes.filter((note) => note.includes('begins before now'))
  return {
    peak_power_watts: Math.max(...predictions.map(({ predicted_power: watts }) => watts)),
    confidence: known.length < confidences.length ? null : Math.min(...known),
    model,
    problem: late,
  }
}
