import { replay, type Replay } from '../../analysis/scaling/replay.ts'
import type { ScalingReading } from '../../analysis/scaling/situation.ts'
import { isComplete, type Answer } from '../../kernel/answer.ts'
import { absent } from '../../kernel/absence.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { FleetReader } from '../fleet/index.ts'
import type { PolicySpec } from './policy.ts'
import type { PricePort } from './price.ts'
import { accountMoment, readTarget } from './reading.ts'

/** The past in which a policy is tried: one that was recorded, or one that comes with the question. */
export interface SimulateQuestion {
  /** Of the recorded past; null with a `trace`. */
  readonly range: TimeRange | null
  readonly trace: PostedTrace | null
  readonly initialReplicas: number | null
  /** What a kWh costs; null for the price of the site. */
  readonly pricePerKwh: number | null
}

/** A past as it stands in a request. */
export interface PostedTrace {
  readonly start: Date
  readonly step_seconds: number
  /** Of the scope of the budget. */
  readonly power_watts: readonly (number | null)[]
  /** Of the replicas; the same when left out. */
  readonly workload_power_watts: readonly (number | null)[] | null
  readonly replicas: readonly (number | null)[]
}

export interface Simulation extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  readonly replay: Replay
  readonly range: TimeRange
  readonly source: 'recorded' | 'posted'
  readonly currency: string
}

interface Needs {
  readonly fleet: Pick<FleetReader, 'during'>
  readonly price: PricePort
}

type Question = SimulateQuestion & { readonly at: Date; readonly signal: AbortSignal }

/** Tries a policy in the past. Rejects with `not_found` where everyone answered and nobody knows the target. */
export async function simulate(
  needs: Needs,
  spec: PolicySpec,
  question: Question,
): Promise<Simulation> {
  const { trace, initialReplicas, pricePerKwh } = question
  const past = trace === null ? await recorded(needs, spec, question) : posted(trace)
  const { price } = needs
  const { start, stepSeconds } = past.range
  return {
    ...past,
    currency: price.currency,
    replay: replay(
      spec,
      { start, stepSeconds, steps: past.steps },
      {
        initialReplicas,
        priceAt: (at) => pricePerKwh ?? price.at(spec.target.cluster, at),
      },
    ),
  }
}

interface Past extends Omit<Simulation, 'replay' | 'currency'> {
  readonly steps: readonly ScalingReading[]
}

function posted(trace: PostedTrace): Past {
  const { start, step_seconds: stepSeconds, power_watts: watts, replicas } = trace
  const end = new Date(start.getTime() + watts.length * stepSeconds * 1000)
  const own = trace.workload_power_watts ?? watts
  return {
    clusters: [],
    warnings: [],
    source: 'posted',
    range: { start, end, stepSeconds },
    steps: watts.map((power, index) => ({
      power_watts: power,
      coverage: 1,
      complete: true,
      stale: false,
      replicas: replicas[index] ?? null,
      workload_power_watts: own[index] ?? null,
    })),
  }
}

async function recorded(
  { fleet }: Needs,
  spec: PolicySpec,
  { range, at, signal }: Question,
): Promise<Past> {
  if (range === null) throw new TypeError('a past is recorded or posted')
  const clusters = spec.scope === 'fleet' ? undefined : [spec.target.cluster]
  const asked = { clusters, at, signal, range, workloads: true, details: ['types'] as const }
  const { results, ...told } = await fleet.during({ ...asked, once: true }, (moment) =>
    readTarget(accountMoment(moment, { clusters: [], warnings: [] }), spec),
  )
  const { namespace, name } = spec.target
  if (results.every(({ replicas }) => replicas.length === 0))
    throw absent(told, `replicas of ${JSON.stringify(`${namespace}/${name}`)} in this window`)
  // A cluster that did not answer in full is missing at every step.
  const complete = isComplete(told)
  // The value at a time is the mean of the step that ends there.
  const steps = results.slice(1).map(({ reading }) => ({ ...reading, complete }))
  const { clusters: reports, warnings } = told
  return { clusters: reports, warnings, source: 'recorded', range, steps }
}
