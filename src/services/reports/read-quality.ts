import type { Period } from '../../analysis/report/period.ts'
import { combine } from '../../kernel/answer.ts'
import type { Gauge } from '../../catalogue/measures.ts'
import type { NonEmpty } from '../../kernel/kind.ts'
import type { ReadNeeds, ReportQuestion } from './question.ts'
import type { Account } from './read-period.ts'

/** What a device tells beside its power; a value that cannot be is a warning. */
const WATCHED = {
  gpu: ['gpu_utilization_percent', 'gpu_temperature_celsius', 'memory_temperature_celsius'],
  npu: ['npu_utilization_percent', 'npu_temperature_celsius'],
} as const satisfies Readonly<Record<string, NonEmpty<Gauge>>>

/**
 * What is amiss at the end of a period: things that were known and report nothing, samples that are too old, values
 * that cannot be, names that are no node's.
 */
export async function readQuality(
  { fleet, telemetry }: ReadNeeds,
  { clusters, signal }: ReportQuestion,
  period: Period,
): Promise<Account> {
  const at = period.end
  const answers = await Promise.all([
    fleet.now({ clusters, at, signal, workloads: false }),
    ...(['gpu', 'npu'] as const).map((entity) =>
      telemetry.latest({
        entity,
        labels: ['uuid', 'node', 'device_index'],
        measures: WATCHED[entity],
        clusters,
        at,
        signal,
        shelf: 'realtime',
      }),
    ),
  ])
  return combine(answers)
}
