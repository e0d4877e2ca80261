import type { Basis, Portion, ResourceType } from './figures.ts'
import { distinct, groupBy, keyOf } from './group.ts'
import type { Workload } from './input.ts'
import { workloadKey } from './shares.ts'
import { sumKnown, sumOf } from './sum.ts'

/** What one pod, container or virtual machine is attributed. The parts that are not null add up to the total. */
export interface WorkloadPower {
  readonly cluster: string
  readonly workload: Workload
  readonly power_watts: number
  /** `other`: of a node whose CPU nobody tells apart, by CPU time. */
  readonly parts: Readonly<Record<`${ResourceType}_watts`, number | null>>
  readonly nodes: readonly string[]
  readonly bases: readonly Basis[]
  readonly sources: readonly string[]
}

/** The watts of each workload. `levelOf` brings containers to their pod (`wholeWorkload`), or leaves them. */
export function powerOfWorkloads(
  portions: readonly Portion[],
  levelOf: (workload: Workload) => Workload,
): readonly WorkloadPower[] {
  const used = portions.flatMap((portion) =>
    portion.workload === null ? [] : [{ portion, workload: levelOf(portion.workload) }],
  )
  const groups = groupBy(used, ({ portion, workload }) =>
    keyOf(portion.cluster, workloadKey(workload)),
  )
  return [...groups.values()].map((group) =>
    powerOf(
      group[0].workload,
      group.map(({ portion }) => portion),
    ),
  )
}

function powerOf(workload: Workload, portions: readonly Portion[]): WorkloadPower {
  const part = (type: ResourceType): number | null =>
    sumKnown(
      portions.filter((one) => one.resource_type === type).map((portion) => portion.power_watts),
    )
  return {
    cluster: portions[0]?.cluster ?? '',
    workload,
    power_watts: sumOf(portions.map((portion) => portion.power_watts)),
    parts: {
      cpu_watts: part('cpu'),
      dram_watts: part('dram'),
      gpu_watts: part('gpu'),
      npu_watts: part('npu'),
      other_watts: part('other'),
    },
    nodes: distinct(portions.flatMap(({ node }) => (node === null ? [] : [node]))),
    bases: [...new Set(portions.map(({ basis }) => basis))].sort(),
    sources: distinct(portions.flatMap(({ sources }) => sources)),
  }
}
