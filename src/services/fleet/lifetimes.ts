import type { Gauge } from '../../catalogue/measures.ts'
import { keyOf } from '../../analysis/power/group.ts'
import type { ReadingSeries } from '../telemetry/index.ts'
import type { PartName } from './parts.ts'

/** The parts whose things come and go, and by the samples of which measure one can tell. */
export const LIVING: Readonly<Partial<Record<PartName, Gauge>>> = {
  gpu_owners: 'power_watts',
  npu_owners: 'power_watts',
  pods: 'pod_present',
  pod_use: 'cpu_power_watts',
  container_use: 'cpu_power_watts',
}

/** The samples of a thing at each step, and how many there were of others that the same exporter tells of. */
export interface Samples {
  readonly own: readonly (number | null)[]
  readonly all: readonly number[]
}

/** Finds the samples of a series by its source and labels. */
export type SamplesOf = (series: Omit<ReadingSeries, 'values'>) => Samples | undefined

/** Numbers of samples by series. Exporters of one node are scraped together, and so are those that name no node. */
export function samplesIn(counts: readonly ReadingSeries[]): SamplesOf {
  const most = new Map<string, number[]>()
  for (const row of counts) {
    const all = most.get(exporterOf(row)) ?? row.values.map(() => 0)
    for (const [step, value] of row.values.entries())
      all[step] = Math.max(all[step] ?? 0, value ?? 0)
    most.set(exporterOf(row), all)
  }
  const found = new Map(counts.map((row) => [seriesKey(row), row.values]))
  return (series) => {
    const all = most.get(exporterOf(series))
    return all === undefined ? undefined : { own: found.get(seriesKey(series)) ?? [], all }
  }
}

type Named = Omit<ReadingSeries, 'values'>

const exporterOf = ({ cluster, source, labels }: Named): string =>
  keyOf(cluster, source, source.startsWith('kube_state_metrics') ? null : (labels.node ?? null))

const seriesKey = ({ cluster, source, labels }: Named): string =>
  keyOf(cluster, source, ...Object.entries(labels).sort().flat())

/** The samples of a thing in one step, and those of its exporter; undefined where that has none. */
export function samplesAt(
  { own, all }: Samples,
  step: number,
): { readonly own: number; readonly all: number } | undefined {
  const most = all[step] ?? 0
  // What has no sample is shown by one from before the step.
  return most === 0 ? undefined : { own: Math.min(most, own[step] ?? 0), all: most }
}
