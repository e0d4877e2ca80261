import { meanKnown, sumKnown } from '../../analysis/power/sum.ts'
import { phasesOf } from '../../analysis/workloads/phases.ts'
import { recommendationsFor, type Observed } from '../../analysis/workloads/recommendations.ts'
import { statisticsOf } from '../../analysis/workloads/statistics.ts'
import { idOf } from '../../analysis/workloads/workload-id.ts'
import { combine } from '../../kernel/answer.ts'
import { invalidRequest } from '../../kernel/errors.ts'
import { DURATION_FORMAT, parseDuration, type TimeRange } from '../../kernel/time-range.ts'
import { STEP_SECONDS, type Classifier } from '../../services/classifier/index.ts'
import { findWorkload, type Needs, type Points } from '../../services/workloads/index.ts'
import type { PriceReader } from '../../services/costs/index.ts'
import { observe, type Observation } from './observe.ts'
import { analyzePosted } from './posted.ts'
import { pricedWindow, pricesAround } from './priced-window.ts'
import type { AnalyzeBody } from './schemas.ts'

export interface AnalyzeNeeds extends Needs {
  readonly classifier: Classifier
  readonly costs: PriceReader
}

interface When {
  readonly at: Date
  readonly signal: AbortSignal
}

/** What a workload is, uses and draws, and what could be better. Rejects with `not_found` and `ambiguous`. */
export async function analyze(needs: AnalyzeNeeds, when: When, body: AnalyzeBody) {
  if (body.resources !== undefined || body.usage_pattern !== undefined) {
    const { model, currency } = await pricesAround(needs, when, [])
    const posted = await analyzePosted(needs.classifier, when.at, body)
    const data = { ...posted, cost_model: model, currency }
    return { data, observedAt: when.at, clusters: [], warnings: [] }
  }
  const { workload_id: id, cluster, time_range: text = '1h' } = body
  const asked = { ...when, clusters: cluster === undefined ? undefined : [cluster] }
  const range = windowOf(text, when.at)
  const found = await findWorkload(needs, { ...asked, id, range })
  const clusters = [...new Set(found.records.map((record) => record.cluster))]
  const [classification, observation, prices] = await Promise.all([
    needs.classifier.ofRecord(found.records[0]),
    observe(needs, asked, found),
    pricesAround(needs, { ...when, range }, clusters),
  ])
  const priced = pricedWindow(observation.watts, { range, prices, clusters })
  const seen = observedOf(observation, classification.type, priced)
  const data = {
    workload_id: id,
    timestamp: range.end,
    cost_model: prices.model,
    currency: prices.currency,
    basis: 'site' as const,
    pods: found.records.map(idOf),
    window_seconds: observation.watts.length * range.stepSeconds,
    covered_seconds: known(observation.watts) * range.stepSeconds,
    resource_profile: resourceProfile(observation),
    energy_profile: energyProfile(observation, range),
    classification,
    efficiency: efficiencyOf(observation, seen),
    recommendations: recommendationsFor(seen),
  }
  return { data, observedAt: when.at, ...combine([found, observation]) }
}

const LONGEST_SECONDS = 31 * 86_400
const MOST_STEPS = 240

/** The window before now, in the steps of the classifier where they are not too many. */
function windowOf(text: string, at: Date): TimeRange {
  const seconds = parseDuration(text)
  if (seconds === undefined) throw invalidRequest('/body/time_range', `must be ${DURATION_FORMAT}`)
  if (seconds < STEP_SECONDS || seconds > LONGEST_SECONDS)
    throw invalidRequest('/body/time_range', 'must be from 1m to 31d')
  const factor = Math.ceil(seconds / STEP_SECONDS / MOST_STEPS)
  const stepSeconds = STEP_SECONDS * factor
  const end = Math.floor(at.getTime() / 1000 / stepSeconds) * stepSeconds
  const steps = Math.ceil(seconds / stepSeconds)
  return {
    start: new Date((end - steps * stepSeconds) * 1000),
    end: new Date(end * 1000),
    stepSeconds,
  }
}

const known = (points: Points): number => points.filter((point) => point !== null).length

function resourceProfile(seen: Observation) {
  const npuOnly = known(seen.npu_watts) > 0
  const busy = statisticsOf(seen.accelerator_percent)
  const boards = seen.boards.length
  const gpu = { unit: 'percent' as const, requested: npuOnly ? 0 : boards, ...busy }
  const none = { unit: 'percent' as const, requested: npuOnly ? boards : 0, ...statisticsOf([]) }
  return {
    cpu: {
      unit: 'cores' as const,
      requested: seen.cpu_cores_requested,
      ...statisticsOf(seen.cpu_cores),
    },
    memory: {
      unit: 'megabytes' as const,
      requested: seen.memory_mb_requested,
      ...statisticsOf(seen.memory_mb),
    },
    gpu,
    npu: none,
  }
}

const IDLE_PERCENT = 5

function energyProfile(seen: Observation, { start, stepSeconds }: TimeRange) {
  const { watts, tokens_per_second: tokens, inferences_per_second: inferences } = seen
  const { mean, max } = statisticsOf(watts)
  const sum = sumKnown(watts)
  const at = (step: number): Date => new Date(start.getTime() + step * stepSeconds * 1000)
  return {
    unit: 'watts' as const,
    method: mean === null ? null : ('attributed' as const),
    power_watts_mean: mean,
    power_watts_peak: max,
    variability: variabilityOf(watts),
    idle_share: idleShare(seen.accelerator_percent),
    energy_joules: sum === null ? null : sum * stepSeconds,
    joules_per_token: perUnit(watts, tokens),
    joules_per_inference: perUnit(watts, inferences),
    phases: phasesOf(watts).map(({ phase, from, until, power_watts: own }) => ({
      phase,
      start: at(from),
      end: at(until),
      power_watts: own,
    })),
  }
}

function variabilityOf(watts: Points): number | null {
  const values = watts.filter((point) => point !== null)
  const mean = meanKnown(values)
  const variance = mean === null ? null : meanKnown(values.map((point) => (point - mean) ** 2))
  return mean === null || variance === null || mean <= 0 ? null : Math.sqrt(variance) / mean
}

function idleShare(percent: Points): number | null {
  const values = percent.filter((point) => point !== null)
  if (values.length === 0) return null
  return values.filter((point) => point < IDLE_PERCENT).length / values.length
}

/** Only steps in which both are known are in the quotient. */
function perUnit(watts: Points, rates: Points): number | null {
  const both = rates.flatMap((rate, step) => {
    const power = watts[step] ?? null
    return rate === null || power === null ? [] : [{ rate, power }]
  })
  const done = sumKnown(both.map(({ rate }) => rate))
  const drawn = sumKnown(both.map(({ power }) => power))
  return done === null || drawn === null || done <= 0 ? null : drawn / done
}

function observedOf(
  seen: Observation,
  type: string,
  priced: Pick<Observed, 'price' | 'shift'>,
): Observed {
  const percent = statisticsOf(seen.accelerator_percent)
  return {
    type,
    ...priced,
    coverage: seen.watts.length === 0 ? 0 : known(seen.watts) / seen.watts.length,
    accelerators: seen.boards.length,
    accelerator_watts: statisticsOf(seen.accelerator_watts).mean,
    accelerator_percent_mean: percent.mean,
    accelerator_percent_p95: percent.p95,
    accelerator_memory_used_mb: seen.accelerator_memory_used_mb,
    accelerator_limit_watts: seen.accelerator_limit_watts,
    model: seen.model,
    cpu_cores_p95: statisticsOf(seen.cpu_cores).p95,
    cpu_cores_requested: seen.cpu_cores_requested,
    memory_mb_max: statisticsOf(seen.memory_mb).max,
    memory_mb_requested: seen.memory_mb_requested,
  }
}

function efficiencyOf(seen: Observation, observed: Observed) {
  const share = (part: number | null, whole: number | null): number | null =>
    part === null || whole === null || whole <= 0 ? null : (part / whole) * 100
  const { accelerator_percent_mean: busy, accelerator_watts: watts } = observed
  return {
    cpu_request_percent: share(statisticsOf(seen.cpu_cores).mean, seen.cpu_cores_requested),
    memory_request_percent: share(statisticsOf(seen.memory_mb).mean, seen.memory_mb_requested),
    accelerator_percent: busy,
    accelerator_percent_per_watt:
      busy === null || watts === null || watts <= 0 ? null : busy / watts,
    power_limit_percent: share(watts, seen.accelerator_limit_watts),
  }
}
