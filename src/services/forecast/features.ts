import type { FeatureColumns } from '../../analysis/forecast/lstm/member.ts'
import type { Stretch } from '../../analysis/forecast/series.ts'
import { filledWithin } from '../../analysis/forecast/series.ts'
import { KCloudError } from '../../kernel/errors.ts'
import {
  groupedSeries,
  readSeries,
  type Grouped,
  type Metric,
  type SeriesNeeds,
} from '../series/index.ts'
import type { History } from './history.ts'
import type { FeatureName } from './question.ts'
import type { AheadTarget } from './target.ts'

/** Reads what is known of a target beside its watts, at the places of a stretch of its history. */
export type FeatureReader = (
  target: AheadTarget,
  question: FeatureQuestion,
) => Promise<FeatureColumns>

export interface FeatureQuestion {
  readonly history: Pick<History, 'range'>
  readonly stretch: Pick<Stretch, 'values' | 'start'>
  readonly signal: AbortSignal
  /** Only these; all when left out. */
  readonly names?: readonly string[]
}

interface Read {
  readonly metric: Metric
  readonly entity: Grouped
}

/**
 * What stands for each feature, the first that is known. How a feature is scaled is learnt, so that idle time is as good
 * as busy time, and free memory as memory that is used.
 */
const OF_NODES: Readonly<Record<FeatureName, readonly Read[]>> = {
  cpu_utilization: [{ metric: 'cpu_idle_percent', entity: 'node' }],
  memory_utilization: [{ metric: 'memory_available_mb', entity: 'node' }],
  gpu_utilization: [{ metric: 'gpu_utilization_percent', entity: 'gpu' }],
  npu_utilization: [{ metric: 'npu_utilization_percent', entity: 'npu' }],
  temperature: [
    { metric: 'gpu_temperature_celsius', entity: 'gpu' },
    { metric: 'npu_temperature_celsius', entity: 'npu' },
    { metric: 'temperature_celsius', entity: 'bmc' },
  ],
}

/** Of a pod: boards are told to have been its own only now, and not through the past. */
const OF_PODS: Partial<typeof OF_NODES> = {
  cpu_utilization: [{ metric: 'cpu_cores_used', entity: 'pod' }],
  memory_utilization: [{ metric: 'memory_working_set_mb', entity: 'pod' }],
}

/** Reads the features of targets. What cannot be read takes no part. */
export function featureReader(needs: SeriesNeeds, summary: 'avg' | 'last'): FeatureReader {
  return async (target, { history, stretch, signal, names }) => {
    const reads = Object.entries(target.kind === 'workload' ? OF_PODS : OF_NODES)
    const wanted = reads.filter(([name]) => names === undefined || names.includes(name))
    const columns = await Promise.all(
      wanted.map(async ([name, choices]) => {
        const column = await firstKnown(needs, choices, {
          target,
          history,
          stretch,
          signal,
          summary,
        })
        return column === null ? [] : [[name, column] as const]
      }),
    )
    return new Map(columns.flat())
  }
}

interface Reading extends Omit<FeatureQuestion, 'names'> {
  readonly target: AheadTarget
  readonly summary: 'avg' | 'last'
}

async function firstKnown(
  needs: SeriesNeeds,
  choices: readonly Read[],
  reading: Reading,
): Promise<Float64Array | null> {
  for (const choice of choices) {
    const points = await pointsOf(needs, choice, reading)
    const { start, values } = reading.stretch
    const column = filledWithin(points.slice(start, start + values.length))
    if (column !== null) return column
  }
  return null
}

async function pointsOf(
  needs: SeriesNeeds,
  { metric, entity }: Read,
  { target, history, signal, summary }: Reading,
): Promise<readonly (number | null)[]> {
  const { range } = history
  const by = target.kind === 'node' || target.kind === 'workload' ? 'node' : 'cluster'
  try {
    const { rows } = await readSeries(
      needs,
      { clusters: clustersOf(target), at: range.end, signal },
      { metric, entity, by, range, summary, once: true },
    )
    const own = rows.filter(({ labels }) => isOf(target, labels))
    const groups = groupedSeries(own, { metric, aggregation: 'avg', by })
    return meanOf(groups.map(({ values }) => values))
  } catch (error) {
    // A feature that nobody reports, or not now, is one that takes no part.
    if (error instanceof KCloudError) return []
    throw error
  }
}

function clustersOf(target: AheadTarget): readonly string[] | undefined {
  if (target.kind === 'fleet') return undefined
  return [target.kind === 'controller' ? target.controller.cluster : target.cluster]
}

type Labels = Readonly<Partial<Record<string, string>>>

function isOf(target: AheadTarget, labels: Labels): boolean {
  if (target.kind === 'node') return labels['node'] === target.node
  if (target.kind === 'workload')
    return labels['namespace'] === target.namespace && labels['pod'] === target.pod
  return true
}

function meanOf(all: readonly (readonly (number | null)[])[]): readonly (number | null)[] {
  const [first = []] = all
  return first.map((_, place) => {
    const known = all.flatMap((values) => values[place] ?? [])
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
  })
}
