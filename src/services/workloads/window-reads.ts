import { keyOf } from '../../analysis/power/group.ts'
import { stepSums } from '../../analysis/power/sum.ts'
import type { Entity } from '../../catalogue/entities.ts'
import type { Measure } from '../../catalogue/measures.ts'
import { combine } from '../../kernel/answer.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { ReadingSeries, Telemetry } from '../telemetry/index.ts'
import type { Account, Asked } from './asked.ts'
import { podKey } from './pod-keys.ts'
import type { Points } from './recorder.ts'

const MEASURES = {
  cpu_cores: ['pod', 'cpu_cores_used'],
  memory_mb: ['pod', 'memory_working_set_mb'],
  tokens_per_second: ['serving', 'tokens_generated_per_second'],
  inferences_per_second: ['serving', 'inferences_per_second'],
  requests_running: ['serving', 'requests_running'],
} as const satisfies Readonly<Record<string, readonly [Entity, Measure]>>

export type PodMeasure = keyof typeof MEASURES

/** What pods used and did at every step of a window, by the key of the pod. */
export interface PodSeries extends Account {
  of(measure: PodMeasure, key: string): Points | null
}

/** One pod, or all of the asked clusters. */
export interface PodWindow extends Asked {
  readonly range: TimeRange
  readonly only: { readonly namespace: string; readonly pod: string } | null
}

/** Reads what pods used and did over a window. */
export async function readPodSeries(telemetry: Telemetry, asked: PodWindow): Promise<PodSeries> {
  const names = Object.keys(MEASURES) as PodMeasure[]
  const answers = await Promise.all(names.map((name) => read(telemetry, name, asked)))
  const series = new Map(names.map((name, index) => [name, byPod(answers[index]?.rows ?? [])]))
  return { of: (measure, key) => series.get(measure)?.get(key) ?? null, ...combine(answers) }
}

function read(
  telemetry: Telemetry,
  name: PodMeasure,
  { clusters, signal, range, only }: PodWindow,
) {
  const [entity, measure] = MEASURES[name]
  return telemetry.history({
    entity,
    labels: entity === 'pod' ? ['namespace', 'pod'] : ['namespace', 'pod', 'served_model'],
    measure,
    summary: 'avg',
    clusters,
    range,
    signal,
    ...(only !== null && { where: { namespace: [only.namespace], pod: [only.pod] } as const }),
  })
}

/** Of several sources of one figure the first counts; servers of several models add up. */
function byPod(rows: readonly ReadingSeries[]): ReadonlyMap<string, Points> {
  const parts = new Map<string, Map<string, Points>>()
  for (const row of rows) {
    if (row.labels.pod === undefined) continue
    const key = podKey(row)
    const own = parts.get(key) ?? new Map<string, Points>()
    const part = keyOf(row.labels.served_model ?? null)
    if (!own.has(part)) own.set(part, row.values.slice(1))
    parts.set(key, own)
  }
  return new Map([...parts].map(([key, own]) => [key, stepSums([...own.values()])]))
}
