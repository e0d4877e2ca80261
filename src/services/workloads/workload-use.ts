import type { Reading } from '../telemetry/index.ts'
import { amountsIn, percentOf, valueIn } from './facts.ts'

/** What a pod or container uses, beside what it asked for. */
export function workloadUse(use: readonly Reading[], amounts: readonly Reading[]) {
  const cores = valueIn(use, 'cpu_cores_used')
  const memory = valueIn(use, 'memory_working_set_mb')
  const requests = amountsIn(amounts, 'resource_requested')
  const limits = amountsIn(amounts, 'resource_limit')
  return {
    cpu_cores_used: cores,
    memory_used_mb: memory,
    cpu_cores_requested: requests.cpu_cores,
    cpu_cores_limit: limits.cpu_cores,
    cpu_utilization_percent: percentOf(cores, limits.cpu_cores),
    cpu_request_percent: percentOf(cores, requests.cpu_cores),
    memory_requested_mb: requests.memory_mb,
    memory_limit_mb: limits.memory_mb,
    memory_utilization_percent: percentOf(memory, limits.memory_mb),
  }
}
