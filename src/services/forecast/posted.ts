import { stretchOf } from '../../analysis/forecast/series.ts'
import { invalidRequest, KCloudError } from '../../kernel/errors.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import { powerAnswer } from './answer.ts'
import { sha256 } from './artifacts.ts'
import type { PostedHistory, PowerAnswer, PowerQuestion, TargetRow } from './question.ts'
import type { FollowedName } from './tasks.ts'
import type { Threads } from './threads.ts'

interface Posted {
  readonly history: PostedHistory
  readonly seconds: number
  readonly at: Date
}

/** Direct forecasts of more steps are no better than their last ones. */
const MOST_STEPS = 288
const DAY_SECONDS = 86_400

export const NOWHERE: TargetRow = {
  kind: 'posted',
  cluster: null,
  node: null,
  namespace: null,
  pod: null,
}

/** Forecasts a series that came with the question. Rejects with `invalid_request` and `unprocessable`. */
export async function postedAnswer(
  { threads }: { readonly threads: Threads },
  question: PowerQuestion,
  { history, seconds, at }: Posted,
): Promise<PowerAnswer> {
  const stretch = stretchOf(history.power_watts, 'last')
  if (stretch === null) throw nothingKnown()
  const { step_seconds: step } = history
  const horizon = Math.max(1, Math.ceil(seconds / step))
  const day = Math.max(1, Math.round(DAY_SECONDS / step))
  if (horizon > MOST_STEPS) throw tooFar(seconds, step)
  const resolution = { stepSeconds: step, horizon, day, isNear: false, history: 0 }
  const end = history.end === undefined ? at : new Date(history.end)
  const start = new Date(end.getTime() - (history.power_watts.length - 1) * step * 1000)
  const range = { start, end, stepSeconds: step }
  const result = await threads.run({
    kind: 'forecast',
    series: { values: stretch.values, horizon, day, isNear: false, features: new Map() },
    model: null,
    followed: followedName(question, { range, stretch, horizon }),
  })
  return powerAnswer({
    workloadId: question.workload_id ?? null,
    target: NOWHERE,
    resolution,
    range,
    stretch,
    result,
    version: null,
    notes: [],
  })
}

interface Named {
  readonly range: TimeRange
  readonly stretch: { readonly values: Float64Array; readonly start: number }
  readonly horizon: number
}

/** The same workload's series may go on; without its name and time, only the same values are the same series. */
function followedName(
  { workload_id: workload, history }: PowerQuestion,
  { range, stretch, horizon }: Named,
): FollowedName {
  const { stepSeconds } = range
  if (workload !== undefined && history?.end !== undefined)
    return {
      key: JSON.stringify(['posted', workload, stepSeconds, horizon]),
      start: placeOf(range) + stretch.start,
    }
  const digest = sha256(new Uint8Array(stretch.values.slice().buffer))
  return { key: JSON.stringify(['posted', digest, stepSeconds, horizon]), start: 0 }
}

/** The place of the first value on the grid of its steps. */
export const placeOf = ({ start, stepSeconds }: TimeRange): number =>
  Math.round(start.getTime() / 1000 / stepSeconds)

export function nothingKnown(): KCloudError {
  return new KCloudError('unprocessable', { detail: 'there is no value to forecast from' })
}

function tooFar(seconds: number, step: number): KCloudError {
  return invalidRequest(
    '/body/history/step_seconds',
    `gives ${Math.ceil(seconds / step)} steps up to the horizon, and at most ${MOST_STEPS} are forecast: send means of longer steps`,
  )
}
