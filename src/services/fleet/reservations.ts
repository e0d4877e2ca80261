import { keyOf } from '../../analysis/power/group.ts'
import type { WorkloadUse } from '../../analysis/power/input.ts'
import type { NodeOf } from './nodes.ts'
import type { FleetRows } from './parts.ts'
import { coresOf, podKey, reservedOf, shareOfWhole, type Pods } from './workloads.ts'

interface Reserving {
  readonly pods: Pods
  readonly nodeOf: NodeOf
  /** Those of whom it is told already. */
  readonly uses: readonly WorkloadUse[]
}

/** What pods ask for of whom nothing else is told. */
export function reservationsOf(
  rows: FleetRows,
  { pods, nodeOf, uses }: Reserving,
): readonly WorkloadUse[] {
  const told = new Set(uses.map(({ cluster, workload }) => podKey(cluster, workload)))
  const cores = coresOf(rows, nodeOf)
  const reserved = reservedOf(rows, pods)
  return [...reserved].flatMap(([key, asked]) => {
    const pod = pods.byName.get(key)
    if (pod?.node === undefined || pod.node === null || told.has(key)) return []
    const { cluster, node } = pod.node
    const share = shareOfWhole(asked, cores.get(keyOf(cluster, node)) ?? null)
    const workload = {
      kind: 'pod',
      namespace: pod.namespace,
      pod: pod.name,
      container: null,
    } as const
    const none = { cpu_watts: null, dram_watts: null, cpu_share: null }
    return [
      { cluster, node, workload, source: '', ...none, reserved_share: share, lived: pod.lived },
    ]
  })
}
