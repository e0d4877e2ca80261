import { sumKnown } from '../../analysis/power/sum.ts'
import { paginate, type PageRequest } from '../../kernel/page.ts'
import {
  partsOfWorkload,
  readPods,
  type Asked,
  type Needs,
  type PodFacts,
} from '../../services/workloads/index.ts'
import { head, partRow } from './rows.ts'

/** Which containers, and which part of the list. */
export interface ContainersQuestion {
  readonly namespace: string | undefined
  readonly page: PageRequest
}

const COLUMNS = [
  'cluster',
  'namespace',
  'pod',
  'container',
  'node',
  'workload_type',
  'power_watts',
  'gpu_power_watts',
  'npu_power_watts',
  'cpu_power_watts',
] as const

/** The power of the containers of the asked clusters, the same as in the lists of infrastructure. */
export async function powerOfContainers(
  needs: Needs,
  asked: Asked,
  { namespace, page }: ContainersQuestion,
) {
  const where = namespace === undefined ? undefined : ({ namespace: [namespace] } as const)
  const { pods, power, account } = await readPods(needs, { ...asked, where })
  const own = pods.filter((pod) => namespace === undefined || pod.namespace === namespace)
  const part = paginate(own.flatMap(containerRows), page, COLUMNS)
  const total = sumKnown(own.map((pod) => pod.power?.power_watts ?? null))
  const data = {
    ...head(asked.at),
    namespace: namespace ?? null,
    total_power_watts: total,
    method: total === null ? null : ('attributed' as const),
    coverage: power.account.coverage,
    containers: part.rows,
  }
  return { data, observedAt: asked.at, ...account, page: part.page }
}

function containerRows({
  cluster,
  namespace,
  pod,
  node,
  workload_type: type,
  containers,
}: PodFacts) {
  return containers.map(({ container, power }) => ({
    cluster,
    namespace,
    pod,
    container,
    node,
    workload_type: type,
    power_watts: power?.power_watts ?? null,
    ...partRow(partsOfWorkload(power)),
    method: power === undefined ? null : ('attributed' as const),
    sources: [...(power?.sources ?? [])],
  }))
}
