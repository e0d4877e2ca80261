import { groupBy } from '../../analysis/power/group.ts'
import type { Reading } from '../telemetry/index.ts'
import { podKey } from './pod-keys.ts'
import type { PodRows } from './pod-reads.ts'

/**
 * Whether a row is of the pod that has its name now. A pod that was replaced under the same name, as those of a
 * stateful set are, shows for some minutes beside its successor; the one that was made last counts.
 */
export function currentPods({
  infos,
  times,
}: Pick<PodRows, 'infos' | 'times'>): (row: Reading) => boolean {
  const rows = [...infos, ...times].filter(({ labels }) => labels.pod_uid !== undefined)
  const current = new Map<string, string>()
  for (const [key, own] of groupBy(rows, podKey)) {
    const newest = [...own].sort((a, b) => madeAt(b) - madeAt(a))[0]
    const uids = new Set(own.map(({ labels }) => labels.pod_uid))
    if (uids.size > 1 && newest?.labels.pod_uid !== undefined)
      current.set(key, newest.labels.pod_uid)
  }
  if (current.size === 0) return () => true
  return (row) => {
    const uid = row.labels.pod_uid
    const wanted = uid === undefined ? undefined : current.get(podKey(row))
    return wanted === undefined || wanted === uid
  }
}

const madeAt = ({ values }: Reading): number =>
  values.pod_created_seconds ?? values.pod_started_seconds ?? 0
