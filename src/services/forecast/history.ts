import { attributePower } from '../../analysis/power/attribution.ts'
import type { Portion } from '../../analysis/power/figures.ts'
import { isMadeBy } from '../../analysis/workloads/controller.ts'
import { accountPower } from '../../analysis/power/account.ts'
import { sumKnown } from '../../analysis/power/sum.ts'
import { clusterTotal, fleetTotal } from '../../analysis/power/totals.ts'
import { absent } from '../../kernel/absence.ts'
import type { Answer } from '../../kernel/answer.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { FleetReader, Moment } from '../fleet/index.ts'
import type { Resolution } from './horizon.ts'
import type { AheadTarget } from './target.ts'

/** The watts of a target, a value a step, null where nobody measured them. */
export interface History extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  readonly range: TimeRange
  readonly points: readonly (number | null)[]
}

export interface HistoryQuestion {
  readonly target: AheadTarget
  readonly resolution: Resolution
  readonly at: Date
  readonly signal: AbortSignal
  /** Readings at each step instead of means of it: a simulation computes every sample, and would take its time. */
  readonly summary: 'avg' | 'last'
}

/**
 * Reads the power of a target, accounted at each step as the present is. Rejects with `not_found` where everyone
 * answered and nobody ever measured it.
 */
export async function readHistory(
  fleet: Pick<FleetReader, 'during'>,
  { target, resolution, at, signal, summary }: HistoryQuestion,
): Promise<History> {
  const { stepSeconds, history } = resolution
  const step = stepSeconds * 1000
  // The last step is whole.
  const end = new Date(Math.floor(at.getTime() / step) * step)
  const start = new Date(end.getTime() - (history - 1) * step)
  const range = { start, end, stepSeconds }
  const clusters = clustersOf(target)
  const workloads = target.kind === 'workload' || target.kind === 'controller'
  const { results, ...told } = await fleet.during(
    { clusters, at, signal, workloads, range, summary, once: true },
    (moment) => wattsOf(moment, target),
  )
  if (results.every((watts) => watts === null)) throw absent(told, nameOf(target))
  return { range, points: results, clusters: told.clusters, warnings: told.warnings }
}

function clustersOf(target: AheadTarget): readonly string[] | undefined {
  if (target.kind === 'fleet') return undefined
  return [target.kind === 'controller' ? target.controller.cluster : target.cluster]
}

function wattsOf({ input, uses, pods }: Moment, target: AheadTarget): number | null {
  const account = accountPower(input)
  switch (target.kind) {
    case 'fleet':
      return fleetTotal(account).total_power_watts
    case 'cluster':
      return clusterTotal(account, target.cluster).total_power_watts
    case 'node':
      return account.by_node.find(({ node }) => node === target.node)?.power_watts ?? null
    case 'workload':
      return podWatts(attributePower(account, uses).portions, target, new Set([target.pod]))
    case 'controller': {
      const own = pods.filter((pod) => isMadeBy(pod, target.controller))
      const names = new Set(own.map(({ name }) => name))
      return podWatts(attributePower(account, uses).portions, target.controller, names)
    }
  }
}

/** What some pods of a namespace draw together. */
function podWatts(
  portions: readonly Portion[],
  { cluster, namespace }: { readonly cluster: string; readonly namespace: string },
  names: ReadonlySet<string>,
): number | null {
  const own = portions.filter(
    (portion) =>
      portion.cluster === cluster &&
      portion.workload?.kind === 'pod' &&
      portion.workload.namespace === namespace &&
      names.has(portion.workload.pod),
  )
  return sumKnown(own.map((portion) => portion.power_watts))
}

function nameOf(target: AheadTarget): string {
  switch (target.kind) {
    case 'fleet':
      return 'the power of the fleet'
    case 'cluster':
      return `the power of cluster ${JSON.stringify(target.cluster)}`
    case 'node':
      return `the power of node ${JSON.stringify(target.node)}`
    case 'workload':
      return `the power of pod ${JSON.stringify(`${target.namespace}/${target.pod}`)}`
    case 'controller': {
      const { kind, namespace, name } = target.controller
      return `the power of ${kind} ${JSON.stringify(`${namespace}/${name}`)}`
    }
  }
}
