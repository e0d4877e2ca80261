import { chargedTogether, printCosts } from '../../analysis/cost/printed.ts'
import { absent } from '../../kernel/absence.ts'
import type { Warning } from '../../kernel/answer.ts'
import { invalidRequest } from '../../kernel/errors.ts'
import type { WindowRequest } from '../../kernel/time-range.ts'
import {
  costRows,
  groupsOf,
  type CostedEntry,
  type CostWindow,
} from '../../services/costs/index.ts'
import { edgesIn, outcome, spanOf, type Asked, type Needs } from './asked.ts'
import { isProvisional, methodOf } from './method.ts'

/** What an hour costs at the power and prices of now. */
export async function currentCost({ costs }: Needs, asked: Asked, by: string) {
  const window = await costs.now({ ...asked, workloads: by !== 'cluster' })
  const { rows, total } = costRows(groupsOf(window, by))
  return outcome(asked, window, {
    ...methodOf(window, asked.at),
    cost_per_hour: total.cost,
    power_watts: total.energy_joules / 3600,
    by,
    total,
    rows,
  })
}

export interface HourlyQuestion {
  readonly window: WindowRequest
  readonly namespace: string | undefined
}

const MOST_HOURS = 62 * 24
const HOUR = 3600

/**
 * The cost of each hour of a window, whole hours in UTC; the first and last may be parts. Rejects with `not_found` for a
 * namespace that nobody knows in it.
 */
export async function hourlyCost({ costs }: Needs, asked: Asked, question: HourlyQuestion) {
  const { namespace } = question
  const span = spanOf({ ...question.window, ...byDefault(question.window) }, asked.at)
  const edges = edgesIn(span, HOUR)
  if (edges.length > MOST_HOURS)
    throw invalidRequest('/query/start', `must leave at most ${MOST_HOURS} hours until end`)
  const stepSeconds = span.stepSeconds ?? (edges.length > 720 ? HOUR : undefined)
  const window = await costs.of({
    ...asked,
    ...span,
    stepSeconds,
    edges,
    workloads: namespace !== undefined,
  })
  const { entries: own, warnings } = ownOf(window, namespace)
  const hours = edges.map((_, bucket) =>
    chargedTogether(own.filter((entry) => entry.bucket === bucket)),
  )
  const { rows, total } = printCosts(hours)
  const told = { clusters: window.clusters, warnings: [...window.warnings, ...warnings] }
  return outcome(asked, told, {
    ...methodOf(window, asked.at),
    namespace: namespace ?? null,
    total,
    hours: rows.map((row, bucket) => ({ ...hourOf(window, bucket, asked.at), ...row })),
  })
}

const byDefault = ({ period, start }: WindowRequest): WindowRequest =>
  period === undefined && start === undefined ? { period: '1d' } : {}

interface Own {
  readonly entries: readonly CostedEntry[]
  readonly warnings: readonly Warning[]
}

/** What is charged to a namespace. That it is nothing is only an answer where its pods are known. */
function ownOf(window: CostWindow, namespace: string | undefined): Own {
  if (namespace === undefined) return { entries: window.entries, warnings: [] }
  const entries = window.entries.filter(
    ({ workload }) => workload?.kind === 'pod' && workload.namespace === namespace,
  )
  if (entries.length > 0) return { entries, warnings: [] }
  const pods = [...window.facts.values()].filter(({ labels }) => labels.namespace === namespace)
  if (pods.length === 0)
    throw absent(window, `a pod of namespace ${JSON.stringify(namespace)} in this window`)
  const detail = `nothing tells what the pods of namespace ${namespace} draw (${pods.length}): what they cost is not in the figures`
  return { entries, warnings: [{ code: 'silent_entities', detail }] }
}

function hourOf(window: CostWindow, bucket: number, at: Date) {
  const begin = window.edges[bucket] ?? window.start
  const next = window.edges[bucket + 1] ?? window.end
  const start = begin < window.start ? window.start : begin
  const end = next > window.end ? window.end : next
  const covered = window.costings.map(({ power }) => coveredIn(power, start, end))
  return {
    start,
    end,
    covered_seconds: covered.length === 0 ? 0 : Math.min(...covered),
    provisional: isProvisional(end, at),
  }
}

type Power = CostWindow['costings'][number]['power']

function coveredIn(power: Power, start: Date, end: Date): number {
  const [begin, stop] = [start.getTime() / 1000, end.getTime() / 1000]
  return power.reduce((sum, { from, until, watts }) => {
    const inside = Math.min(until, stop) - Math.max(from, begin)
    return watts === null || inside <= 0 ? sum : sum + inside
  }, 0)
}
