import { combine } from '../../kernel/answer.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { Method, Portion, PowerParts } from '../../analysis/power/figures.ts'
import { keyOf } from '../../analysis/power/group.ts'
import { sumOf } from '../../analysis/power/sum.ts'
import { fleetTotal } from '../../analysis/power/totals.ts'
import {
  workloadTypeOf,
  type WorkloadSigns,
  type WorkloadType,
} from '../../analysis/workloads/workload-type.ts'
import { signsOf, type Pod } from '../fleet/index.ts'
import type { Account, Asked, Needs } from './asked.ts'
import type { accounted } from './power-now.ts'
import { createRecorder, type Points, type RecordedPower } from './recorder.ts'
import { readPodSeries, type PodMeasure, type PodSeries } from './window-reads.ts'

/** One workload over a window: what it is, and what it drew, used and did at every step. */
export interface WorkloadRecord extends RecordedPower {
  readonly labels: Pod['labels']
  readonly signs: WorkloadSigns
  /** By its labels, owner and names alone, as in breakdowns. */
  readonly declared_type: WorkloadType
  /** What it belongs to: the job or owner, else itself. */
  readonly group: string
  readonly use: Readonly<Record<PodMeasure, Points | null>>
}

/** Which workloads are read over which window. */
export interface RecordQuestion extends Asked {
  readonly range: TimeRange
  /** One pod; null for everything that draws power. */
  readonly only: { readonly namespace: string; readonly pod: string } | null
}

export interface WorkloadRecords extends Account {
  readonly records: readonly WorkloadRecord[]
  /** The power of everything at each step, whoever uses it. */
  readonly totals: readonly TotalAtStep[]
  readonly range: TimeRange
}

/** The power of the asked clusters at one step: what workloads use, what is idle, what nobody can attribute. */
export interface TotalAtStep {
  readonly total_power_watts: number | null
  readonly idle_watts: number | null
  readonly unattributed_watts: number | null
  readonly coverage: number | null
  readonly method: Method | null
  readonly parts: PowerParts
  readonly sources: readonly string[]
}

/** The workloads of the asked clusters over a window; the points are those of `range` after its first. */
export async function readRecords(
  { fleet, telemetry }: Needs,
  { range, only, ...asked }: RecordQuestion,
): Promise<WorkloadRecords> {
  const points =
    Math.round((range.end.getTime() - range.start.getTime()) / 1000 / range.stepSeconds) + 1
  const recorder = createRecorder(points)
  const pods = new Map<string, Pod>()
  const [during, series] = await Promise.all([
    fleet.during({ ...asked, range, workloads: true }, (moment) => {
      for (const pod of moment.pods) pods.set(keyOf(pod.cluster, pod.namespace, pod.name), pod)
      return totalOf(recorder.add(moment))
    }),
    readPodSeries(telemetry, { ...asked, range, only }),
  ])
  const records = recorder
    .records()
    .filter((record) => only === null || isPod(record, only))
    .map((record) => recordOf(record, pods, series))
  return { records, totals: during.results.slice(1), range, ...combine([during, series]) }
}

/** The total of a moment, as every route of power gives it. */
export function totalOf({
  account,
  portions,
}: Pick<ReturnType<typeof accounted>, 'account' | 'portions'>): TotalAtStep {
  const { nodes: _, total_power_watts: total, ...figures } = fleetTotal(account)
  const of = (use: Portion['use']): number | null =>
    total === null || account.shares !== undefined
      ? null
      : sumOf(portions.filter((one) => one.use === use).map((one) => one.power_watts))
  return {
    total_power_watts: total,
    idle_watts: of('idle'),
    unattributed_watts: of('unattributed'),
    ...figures,
  }
}

function isPod(
  { workload }: RecordedPower,
  { namespace, pod }: NonNullable<RecordQuestion['only']>,
) {
  return workload.kind === 'pod' && workload.namespace === namespace && workload.pod === pod
}

function recordOf(
  record: RecordedPower,
  pods: ReadonlyMap<string, Pod>,
  series: PodSeries,
): WorkloadRecord {
  const { workload, cluster, containers } = record
  const isOfPod = workload.kind === 'pod'
  const name = isOfPod ? workload.pod : workload.vm
  const key = isOfPod ? keyOf(cluster, workload.namespace, name) : ''
  const labels = pods.get(key)?.labels ?? {}
  const signs = signsOf(labels, name, containers.length === 0 ? null : containers.join(' '))
  const use = (measure: PodMeasure): Points | null => series.of(measure, key)
  return {
    ...record,
    labels,
    signs,
    declared_type: isOfPod ? workloadTypeOf(signs) : 'unknown',
    group: keyOf(cluster, groupOf(signs, labels) ?? name),
    use: {
      cpu_cores: use('cpu_cores'),
      memory_mb: use('memory_mb'),
      tokens_per_second: use('tokens_per_second'),
      inferences_per_second: use('inferences_per_second'),
      requests_running: use('requests_running'),
    },
  }
}

const groupOf = (signs: WorkloadSigns, { owner_name: owner }: Pod['labels']) =>
  signs.training_job ?? signs.batch_job ?? owner ?? null
