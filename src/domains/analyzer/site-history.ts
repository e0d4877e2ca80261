import { keyOf } from '../../analysis/power/group.ts'
import { meanKnown } from '../../analysis/power/sum.ts'
import type { Case } from '../../analysis/workloads/linear-model.ts'
import { combine } from '../../kernel/answer.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import {
  amountsIn,
  indexed,
  POD_READS,
  readRecords,
  type Account,
  type Asked,
  type Needs,
  type WorkloadRecords,
} from '../../services/workloads/index.ts'

/** How far back the power of workloads is read. */
export const HISTORY_HOURS = 24
const HOUR = 3600

type Amounts = Parameters<typeof amountsIn>[0]

/** What the workloads of a site ask for (cores, GB, GPUs, NPUs), and the watts that they drew while they ran. */
export async function siteHistory(
  needs: Needs,
  asked: Asked,
): Promise<Account & { readonly cases: readonly Case[]; readonly workloads: number }> {
  const [records, amounts] = await Promise.all([
    readRecords(needs, { ...asked, range: lastDay(asked.at), only: null }),
    needs.telemetry.latest({ ...POD_READS.amounts, ...asked }),
  ])
  return {
    cases: casesOf(records.records, amounts.rows),
    workloads: records.records.length,
    ...combine([records, amounts]),
  }
}

function lastDay(at: Date): TimeRange {
  const end = Math.floor(unixSeconds(at) / HOUR) * HOUR
  return {
    start: new Date((end - HISTORY_HOURS * HOUR) * 1000),
    end: new Date(end * 1000),
    stepSeconds: HOUR,
  }
}

function casesOf(records: WorkloadRecords['records'], rows: Amounts): readonly Case[] {
  const index = indexed({ amounts: rows }, ({ cluster, labels }) =>
    keyOf(cluster, labels.namespace ?? '', labels.pod ?? ''),
  )
  return records.flatMap(({ cluster, workload, watts }) => {
    if (workload.kind !== 'pod') return []
    const key = keyOf(cluster, workload.namespace, workload.pod)
    const value = meanKnown(watts)
    const features = featuresOf(index.of('amounts', key))
    return value === null || features === null ? [] : [{ features, value }]
  })
}

function featuresOf(rows: Amounts): Case['features'] | null {
  const { cpu_cores: cores, memory_mb: memory, resources } = amountsIn(rows, 'resource_requested')
  if (cores === null) return null
  const boards = (pattern: RegExp): number =>
    Object.entries(resources)
      .filter(([name]) => pattern.test(name))
      .reduce((sum, [, count]) => sum + count, 0)
  return [cores, (memory ?? 0) / 1024, boards(/gpu/i), boards(/npu|rngd|warboy|atom|ascend/i)]
}
