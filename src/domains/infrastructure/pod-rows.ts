import { sumKnown } from '../../analysis/power/sum.ts'
import {
  amountsIn,
  OF_CONTAINERS,
  partsOfWorkload,
  POD_READS,
  type PodFacts,
  type PodRead,
  sourcesOf,
  textIn,
  timeIn,
  valueIn,
  workloadUse,
  workloadWatts,
} from '../../services/workloads/index.ts'
import { stateOf } from './container-rows.ts'
import { PHASES, type PodMetrics, type PodRow } from './pod-schemas.ts'

/** A pod as every list shows it. */
export function podRow(facts: PodFacts): PodRow {
  const { cluster, namespace, pod, node, rows, power } = facts
  const containers = facts.containers.map((each) => ({
    container: each.container,
    ...stateOf(each),
  }))
  return {
    cluster,
    namespace,
    pod,
    uid: textIn([...rows('infos'), ...rows('phases')], 'pod_uid'),
    node,
    phase: phaseOf(facts),
    reason: textIn(rows('reasons'), 'reason'),
    ...ownerOf(facts),
    workload_type: facts.workload_type,
    pod_ip: textIn(rows('infos'), 'pod_ip'),
    host_ip: textIn(rows('infos'), 'host_ip'),
    created_at: timeIn(rows('times'), 'pod_created_seconds'),
    started_at: timeIn(rows('times'), 'pod_started_seconds'),
    restarts: sumKnown(containers.map(({ restarts }) => restarts)),
    containers,
    requests: amountsIn(rows('amounts'), 'resource_requested'),
    limits: amountsIn(rows('amounts'), 'resource_limit'),
    cpu_cores_used: valueIn(rows('use'), 'cpu_cores_used'),
    memory_used_mb: valueIn(rows('use'), 'memory_working_set_mb'),
    ...workloadWatts(power),
    sources: [...sourcesIn(facts)],
  }
}

function phaseOf({ rows }: PodFacts): PodRow['phase'] {
  const phase = textIn(rows('phases'), 'phase')?.toLowerCase()
  return PHASES.find((each) => each === phase) ?? 'unknown'
}

/** The owner by its own metric, else by what the pod says. */
function ownerOf({ rows }: PodFacts) {
  const owners = [...rows('owners'), ...rows('infos')]
  return {
    owner_kind: textIn(owners, 'owner_kind'),
    owner_name: textIn(owners, 'owner_name'),
  }
}

const QUESTIONS = (Object.keys(POD_READS) as PodRead[]).filter((name) => !OF_CONTAINERS.has(name))

function sourcesIn({ rows, containers, power }: PodFacts): readonly string[] {
  const told = [
    ...QUESTIONS.flatMap((name) => rows(name)),
    ...containers.flatMap((container) => container.rows('containers')),
  ]
  return [...new Set([...sourcesOf(told), ...(power?.sources ?? [])])].sort()
}

/** One pod with the parts of its power. */
export const podDetail = (facts: PodFacts) => ({
  ...podRow(facts),
  power_parts: partsOfWorkload(facts.power),
})

/** Every figure of one pod. */
export function podMetrics(facts: PodFacts): PodMetrics {
  const { cluster, namespace, pod, node, rows, power } = facts
  const use = rows('use')
  return {
    cluster,
    namespace,
    pod,
    node,
    ...workloadUse(use, rows('amounts')),
    network_rx_mbps: valueIn(use, 'network_rx_mbps'),
    network_tx_mbps: valueIn(use, 'network_tx_mbps'),
    disk_read_mbps: valueIn(use, 'disk_read_mbps'),
    disk_write_mbps: valueIn(use, 'disk_write_mbps'),
    ...workloadWatts(power),
    sources: [...sourcesIn(facts)],
  }
}
