import { z } from 'zod'
import { COST_MODELS } from '../../analysis/cost/models.ts'
import type { Answer } from '../../kernel/answer.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import { invalidRequest } from '../../kernel/errors.ts'
import {
  boundsOf,
  parseDuration,
  DURATION_FORMAT,
  type WindowRequest,
} from '../../kernel/time-range.ts'
import { clusterParameter, windowParameters } from '../../http/parameters.ts'
import type { CostNowQuestion, CostReader } from '../../services/costs/index.ts'

export interface Needs {
  readonly costs: CostReader
}

/** What every question carries. */
export type Asked = Pick<CostNowQuestion, 'clusters' | 'at' | 'signal' | 'model' | 'idle'>

/** How cost is made, and who pays for idle power. */
export const costParameters = {
  ...clusterParameter,
  model: z
    .enum(COST_MODELS)
    .optional()
    .describe(
      '`kcloud`: the published formula; `facility`: kWh × PUE × tariff, and kg × price of a kg. Default: that of the deployment.',
    ),
  idle: z
    .enum(['separate', 'proportional', 'reserved'])
    .default('separate')
    .describe(
      'Who pays for idle power. `separate`: a row of its own; `proportional`: the workloads, by what they use; `reserved`: the workloads, by what they reserved.',
    ),
}

/** A window, and how fine it is read. */
export const costWindowParameters = {
  ...windowParameters,
  step: windowParameters.step.describe(
    'The mean of how long is one reading, in whole minutes. Default: `1m` up to three hours, `5m` up to a day, `15m` up to a week, `1h` up to a month.',
  ),
}

/** A window on whole minutes that ends now at the latest. */
export interface Span {
  readonly start: Date
  readonly end: Date
  readonly stepSeconds: number | undefined
}

const MINUTE = 60_000
const LONGEST_DAYS = 400

/** The window of a request. Rejects with `invalid_request` for one that lies ahead, is shorter than a minute, or too long. */
export function spanOf({ step, ...window }: WindowRequest, at: Date): Span {
  const bounds = boundsOf(window, at)
  const start = floorMinute(bounds.start)
  const end = floorMinute(bounds.end < at ? bounds.end : at)
  if (start >= end)
    throw invalidRequest(
      window.start === undefined ? '/query/period' : '/query/start',
      bounds.start >= at ? 'must be before now' : 'must leave at least one whole minute until end',
    )
  if (end.getTime() - start.getTime() > LONGEST_DAYS * 24 * 60 * MINUTE)
    throw invalidRequest('/query/start', `must be at most ${LONGEST_DAYS} days before end`)
  return { start, end, stepSeconds: secondsOf(step) }
}

function secondsOf(step: string | undefined): number | undefined {
  if (step === undefined) return undefined
  const seconds = parseDuration(step)
  if (seconds === undefined) throw invalidRequest('/query/step', `must be ${DURATION_FORMAT}`)
  return seconds
}

const floorMinute = (time: Date): Date => new Date(Math.floor(time.getTime() / MINUTE) * MINUTE)

/** Where whole units of time begin in a window, the first at or before its start. */
export function edgesIn(
  { start, end }: Pick<Span, 'start' | 'end'>,
  seconds: number,
): readonly Date[] {
  const first = Math.floor(unixSeconds(start) / seconds) * seconds
  const count = Math.ceil((unixSeconds(end) - first) / seconds)
  return Array.from({ length: count }, (_, index) => new Date((first + index * seconds) * 1000))
}

/** An outcome at the time of the question. */
export function outcome<Data>(
  { at }: Pick<Asked, 'at'>,
  { clusters, warnings }: Pick<Answer<unknown>, 'clusters' | 'warnings'>,
  data: Data,
) {
  return { data, observedAt: at, clusters, warnings }
}
