import { portionsOfContainers } from '../../analysis/power/container-power.ts'
import { wholeWorkload } from '../../analysis/power/shares.ts'
import { powerOfWorkloads, type WorkloadPower } from '../../analysis/power/workload-power.ts'
import { workloadKeys } from './pod-keys.ts'
import type { PowerNow } from './power-now.ts'

/** What pods and containers are attributed, by their keys. */
export interface PodPowers {
  readonly pods: ReadonlyMap<string, WorkloadPower>
  /** Without the containers of pods whose watts nothing divides: a part of theirs would look like all. */
  readonly containers: ReadonlyMap<string, WorkloadPower>
}

/** The watts of pods, which are those of every breakdown by pod, and of their containers. */
export function podPowers(
  { portions, moment }: PowerNow,
  containersOf: (cluster: string, namespace: string, pod: string) => readonly string[],
): PodPowers {
  const divided = portionsOfContainers(portions, { uses: moment.uses, containersOf })
  const single = powerOfWorkloads(divided, (workload) => workload)
  const undivided = new Set(
    single.flatMap(({ cluster, workload }) => {
      const keys = workloadKeys(cluster, workload)
      return keys?.container === null ? [keys.pod] : []
    }),
  )
  return {
    pods: new Map(
      powerOfWorkloads(portions, wholeWorkload).flatMap((power) => {
        const keys = workloadKeys(power.cluster, power.workload)
        return keys === null ? [] : [[keys.pod, power]]
      }),
    ),
    containers: new Map(
      single.flatMap((power) => {
        const keys = workloadKeys(power.cluster, power.workload)
        const key = keys?.container ?? null
        return keys === null || key === null || undivided.has(keys.pod) ? [] : [[key, power]]
      }),
    ),
  }
}
