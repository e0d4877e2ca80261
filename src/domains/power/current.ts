import { distinct } from '../../analysis/power/group.ts'
import { sumKnown } from '../../analysis/power/sum.ts'
import { called } from '../../analysis/workloads/workload-id.ts'
import { absent } from '../../kernel/absence.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { Asked, Needs, Points } from '../../services/workloads/index.ts'
import { drawnDuring, drawnNow, together, type AllDrawn, type Drawn } from './drawn.ts'
import { head, partRow } from './rows.ts'
import type { WorkloadRow } from './schemas.ts'

/** Whose power, and over which time; everybody's and now for what is left out. */
export interface CurrentQuestion {
  readonly workload: string | undefined
  readonly namespace: string | undefined
  readonly window: { readonly text: string; readonly range: TimeRange } | null
}

/** The power of some workloads, or of everything. Rejects with `not_found` for a workload that nobody knows. */
export async function currentPower(needs: Needs, asked: Asked, question: CurrentQuestion) {
  const { workload, namespace = null, window } = question
  const all =
    window === null ? await drawnNow(needs, asked) : await drawnDuring(needs, asked, window.range)
  const own = chosen(all.drawn, question)
  if (workload !== undefined && own.length === 0)
    throw absent(all.account, `a workload ${JSON.stringify(workload)}`)
  const data = {
    workload: workload ?? null,
    namespace,
    ...placed(window, asked),
    ...figures(own, all, isOfAll(question)),
    ...energyOf(own, all, question),
    workloads: own.map(rowOf).sort((a, b) => (b.power_watts ?? -1) - (a.power_watts ?? -1)),
  }
  return { data, observedAt: asked.at, ...all.account }
}

const isOfAll = ({ workload, namespace }: CurrentQuestion): boolean =>
  workload === undefined && namespace === undefined

const placed = (window: CurrentQuestion['window'], { at }: Asked) => ({
  ...head(window === null ? at : window.range.end),
  time_range: window === null ? null : window.text,
})

function chosen(
  drawn: readonly Drawn[],
  { workload, namespace }: CurrentQuestion,
): readonly Drawn[] {
  const inside = drawn.filter(
    (one) =>
      namespace === undefined ||
      (one.workload.kind === 'pod' && one.workload.namespace === namespace),
  )
  return workload === undefined ? inside : called(workload, inside)
}

/** Without a filter the total is that of the fleet, with what is idle and what nobody can attribute. */
function figures(own: readonly Drawn[], { total }: AllDrawn, isAll: boolean) {
  const { coverage } = total
  if (isAll)
    return {
      power_watts: total.total_power_watts,
      ...partRow(total.parts),
      idle_power_watts: total.idle_watts,
      unattributed_power_watts: total.unattributed_watts,
      method: total.method,
      coverage,
      sources: [...total.sources],
    }
  const { power_watts: watts, parts } = together(own)
  return {
    power_watts: watts,
    ...partRow(parts),
    idle_power_watts: null,
    unattributed_power_watts: null,
    method: watts === null ? null : ('attributed' as const),
    coverage,
    sources: [...distinct(own.flatMap(({ sources }) => sources))],
  }
}

function energyOf(own: readonly Drawn[], all: AllDrawn, question: CurrentQuestion) {
  const { window } = question
  if (window === null) return { energy_joules: null, covered_seconds: null, window_seconds: null }
  const steps: Points = (isOfAll(question) ? all.steps : together(own).steps) ?? []
  const { start, end, stepSeconds } = window.range
  const sum = sumKnown(steps)
  return {
    energy_joules: sum === null ? null : sum * stepSeconds,
    covered_seconds: steps.filter((watts) => watts !== null).length * stepSeconds,
    window_seconds: (end.getTime() - start.getTime()) / 1000,
  }
}

function rowOf(drawn: Drawn): WorkloadRow {
  const { cluster, workload, node, workload_type: type, power_watts: watts, parts } = drawn
  const isPod = workload.kind === 'pod'
  return {
    cluster,
    namespace: isPod ? workload.namespace : null,
    pod: isPod ? workload.pod : null,
    vm: isPod ? null : workload.vm,
    node,
    workload_type: type,
    power_watts: watts,
    ...partRow(parts),
  }
}
