import { keyOf } from '../../analysis/power/group.ts'
import type { Workload } from '../../analysis/power/input.ts'
import type { Reading } from '../telemetry/index.ts'

/** What tells a pod from all others by its name. */
export const podKey = ({ cluster, labels }: Pick<Reading, 'cluster' | 'labels'>): string =>
  keyOf(cluster, labels.namespace ?? '', labels.pod ?? '')

export const containerKey = (row: Pick<Reading, 'cluster' | 'labels'>): string =>
  podKey(row) + keyOf(row.labels.container ?? '')

/** The key of the pod that a workload is or is in, and of its container; null for a virtual machine. */
export function workloadKeys(
  cluster: string,
  workload: Workload,
): { readonly pod: string; readonly container: string | null } | null {
  if (workload.kind === 'vm') return null
  const { namespace, pod, container } = workload
  const key = keyOf(cluster, namespace, pod)
  return { pod: key, container: container === null ? null : key + keyOf(container) }
}
