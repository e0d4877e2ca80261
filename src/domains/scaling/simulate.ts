import type { z } from 'zod'
import type { Outcome } from '../../analysis/scaling/replay.ts'
import { invalidRequest, KCloudError } from '../../kernel/errors.ts'
import { resolveWindow, type TimeRange } from '../../kernel/time-range.ts'
import type { Simulation } from '../../services/scaling/index.ts'
import type { Needs } from './service.ts'
import type { simulateSchema, simulationSchema } from './simulation-schemas.ts'

const MODEL =
  'each replica draws what each drew then; what does not belong to the replicas is as it was; forecasts are those that were possible from the same past'
const MOST_STEPS = 2000
const JOULES_PER_KWH = 3_600_000

interface Asked {
  readonly at: Date
  readonly signal: AbortSignal
}

/** Tries a policy in the past. Rejects as the service does, and with `invalid_request` that names the field. */
export async function simulatePolicy(
  { scaling }: Needs,
  asked: Asked,
  { id, body }: { readonly id: string; readonly body: z.output<typeof simulateSchema> },
) {
  const policy = await scaling.policies.one(id)
  const question = {
    range: body.trace === undefined ? rangeOf(body, asked.at) : null,
    trace: body.trace === undefined ? null : traceOf(body.trace),
    initialReplicas: body.initial_replicas,
    pricePerKwh: body.price_per_kwh,
  }
  const simulation = await scaling.simulate(id, question, asked)
  return {
    data: { policy_id: id, policy_version: policy.version, ...rowOf(simulation) },
    observedAt: asked.at,
    clusters: simulation.clusters,
    warnings: simulation.warnings,
  }
}

/** The window of a body: its fields are named as those of queries, and complaints name them where they are. */
function rangeOf(body: z.output<typeof simulateSchema>, at: Date): TimeRange {
  const { start, end, period = start === undefined ? '24h' : undefined, step = '5m' } = body
  try {
    return resolveWindow({ period, start, end, step }, at, MOST_STEPS)
  } catch (error) {
    throw inBody(error)
  }
}

function inBody(error: unknown): unknown {
  if (!(error instanceof KCloudError) || error.kind !== 'invalid_request') return error
  const [first] = error.errors
  if (first === undefined) return error
  return invalidRequest(first.pointer.replace('/query/', '/body/'), first.detail)
}

type Trace = NonNullable<z.output<typeof simulateSchema>['trace']>

function traceOf(trace: Trace) {
  const { power_watts: watts, workload_power_watts: own, replicas } = trace
  if (replicas.length !== watts.length) throw unequal('replicas', watts.length)
  if (own !== null && own.length !== watts.length)
    throw unequal('workload_power_watts', watts.length)
  return { ...trace, start: new Date(trace.start) }
}

const unequal = (field: string, count: number): KCloudError =>
  invalidRequest(`/body/trace/${field}`, `must have as many values as power_watts: ${count}`)

type Row = Omit<z.output<typeof simulationSchema>, 'policy_id' | 'policy_version'>

function rowOf({ replay, range, source, currency }: Simulation): Row {
  const { changes, decisions, simulated, recorded, points } = replay
  return {
    source,
    start: range.start,
    end: range.end,
    step_seconds: range.stepSeconds,
    model: MODEL,
    decisions: points.length,
    decisions_by_rule: [...decisions].map(([rule, count]) => ({ rule, count })),
    changes: [...changes],
    simulated: outcomeRow(simulated, currency),
    recorded: outcomeRow(recorded, currency),
    energy_saved_joules: recorded.energy_joules - simulated.energy_joules,
    cost_saved: savedBy(simulated.cost, recorded.cost, currency),
    points: points.map((point) => [
      point.at.getTime() / 1000,
      point.recorded_watts,
      point.simulated_watts,
      point.recorded_replicas,
      point.simulated_replicas,
    ]),
  }
}

function savedBy(simulated: number | null, recorded: number | null, currency: string) {
  if (simulated === null || recorded === null) return null
  return { amount: recorded - simulated, currency }
}

function outcomeRow(outcome: Outcome, currency: string): Row['simulated'] {
  const { cost, violations } = outcome
  const seconds = violations.map(({ start, end }) => (end.getTime() - start.getTime()) / 1000)
  return {
    ...outcome,
    energy_kwh: outcome.energy_joules / JOULES_PER_KWH,
    cost: cost === null ? null : { amount: cost, currency },
    violation_seconds: seconds.reduce((sum, value) => sum + value, 0),
    violations: [...violations],
  }
}
