import { z } from 'zod'
import { paginate, type PageRequest } from '../../kernel/page.ts'
import {
  amountsIn,
  partsOfWorkload,
  readPods,
  valueIn,
  type Asked,
  type Needs,
  type PodFacts,
} from '../../services/workloads/index.ts'

const figure = z.number().nullable()

/** The collected figures of one workload. */
export const metricsSchema = z.array(
  z.object({
    cluster: z.string(),
    namespace: z.string(),
    workload_id: z.string(),
    workload_type: z.string(),
    node: z.string().nullable(),
    power_watts: figure,
    cpu_power_watts: figure,
    dram_power_watts: figure,
    gpu_power_watts: figure,
    npu_power_watts: figure,
    cpu_cores_used: figure,
    cpu_cores_requested: figure,
    memory_used_mb: figure,
    memory_requested_mb: figure,
    method: z.literal('attributed').nullable(),
    sources: z.array(z.string()),
  }),
)

const COLUMNS = [
  'cluster',
  'namespace',
  'workload_id',
  'workload_type',
  'power_watts',
  'gpu_power_watts',
  'cpu_cores_used',
  'memory_used_mb',
] as const

/** The figures of all workloads now, that analyses are made of. */
export async function collectedMetrics(needs: Needs, asked: Asked, page: PageRequest) {
  const { pods, account } = await readPods(needs, asked)
  const part = paginate(pods.map(rowOf), page, COLUMNS)
  return { data: part.rows, observedAt: asked.at, ...account, page: part.page }
}

function rowOf({ cluster, namespace, pod, node, workload_type: type, power, rows }: PodFacts) {
  const parts = partsOfWorkload(power)
  const requests = amountsIn(rows('amounts'), 'resource_requested')
  return {
    cluster,
    namespace,
    workload_id: `${cluster}/${namespace}/${pod}`,
    workload_type: type,
    node,
    power_watts: power?.power_watts ?? null,
    cpu_power_watts: parts.cpu_watts,
    dram_power_watts: parts.dram_watts,
    gpu_power_watts: parts.gpu_watts,
    npu_power_watts: parts.npu_watts,
    cpu_cores_used: valueIn(rows('use'), 'cpu_cores_used'),
    cpu_cores_requested: requests.cpu_cores,
    memory_used_mb: valueIn(rows('use'), 'memory_working_set_mb'),
    memory_requested_mb: requests.memory_mb,
    method: power === undefined ? null : ('attributed' as const),
    sources: [...(power?.sources ?? [])],
  }
}
