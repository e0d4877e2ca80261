import { clusterStatusOf, type ClusterStatus } from '../../../kernel/answer.ts'
import { isBackendError } from '../../../kernel/errors.ts'
import type { PrometheusClient } from '../client.ts'
import { wrap, type Operation } from './wrap.ts'

/** One read that has ended. */
export interface Observation {
  readonly cluster: string
  readonly operation: Operation
  /** `aborted`: the caller lost interest. `failed`: a fault of ours. */
  readonly outcome: ClusterStatus | 'aborted' | 'failed'
  readonly seconds: number
  /** For the log: what the backend said is missing. */
  readonly warnings: readonly string[]
  /** For the log: why there is no answer. */
  readonly error?: unknown
}

export interface MetricsOptions {
  readonly cluster: string
  readonly observe: (observation: Observation) => void
  /** Milliseconds of a clock that never goes back. */
  readonly elapsed?: () => number
}

/** Tells of every read how it ended and how long it took. */
export function withMetrics(
  client: PrometheusClient,
  { cluster, observe, elapsed = () => performance.now() }: MetricsOptions,
): PrometheusClient {
  return wrap(client, async ({ operation, options, ask }) => {
    const start = elapsed()
    const tell = (end: Pick<Observation, 'outcome' | 'warnings' | 'error'>): void =>
      observe({ cluster, operation, seconds: (elapsed() - start) / 1000, ...end })
    try {
      const reply = await ask()
      const { warnings } = reply
      tell({ outcome: warnings.length > 0 ? 'partial' : 'ok', warnings })
      return reply
    } catch (error) {
      tell({ outcome: outcomeOf(error, options.signal), warnings: [], error })
      throw error
    }
  })
}

function outcomeOf(error: unknown, signal: AbortSignal | undefined): Observation['outcome'] {
  if (isBackendError(error)) return clusterStatusOf(error.kind)
  return signal?.aborted === true ? 'aborted' : 'failed'
}
