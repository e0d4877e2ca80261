import { clusterStatusOf } from '../../kernel/answer.ts'
import type { Now } from '../../kernel/clock.ts'
import { isBackendError } from '../../kernel/errors.ts'
import { withinDeadline, type BuildInfo, type Circuit } from '../prometheus/index.ts'
import type { ClusterHealth } from './cluster.ts'

export interface WatchOptions {
  readonly name: string
  readonly probe: (signal: AbortSignal) => Promise<BuildInfo>
  readonly circuit: () => Circuit
  /** From the end of one check to the next, give or take a tenth; 0 checks only when told to. */
  readonly intervalSeconds: number
  readonly timeoutSeconds: number
  readonly now: Now
  /** A number in [0, 1): keeps many clusters from being checked in step. */
  readonly random: () => number
  /** Hears of every check that ended with another status than the one before, and why. */
  readonly onStatus: (health: ClusterHealth, error: unknown) => void
}

/** Keeps an eye on one cluster. */
export interface HealthWatch {
  health(): ClusterHealth
  /** Checks now, or waits for the check under way. Never rejects: a failure is the cluster's health. */
  check(): Promise<void>
  /** Ends the watch and the check under way; the health stays as it was. */
  stop(): void
}

type Checked = Omit<ClusterHealth, 'circuit'>

/** Begins to watch a cluster. Its timer does not keep the process alive. */
export function watchHealth(options: WatchOptions): HealthWatch {
  const { circuit, intervalSeconds, random } = options
  let last = unknownHealth(options.name)
  let running: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  const stopping = new AbortController()

  const health = (): ClusterHealth => ({ ...last, circuit: circuit() })
  const checkOnce = async (): Promise<void> => {
    const { health: next, error } = await checked(options, last, stopping.signal)
    if (stopping.signal.aborted) return
    const { status: before } = last
    last = next
    if (next.status !== before) options.onStatus(health(), error)
  }
  const check = (): Promise<void> => {
    running ??= checkOnce().finally(() => {
      running = undefined
    })
    return running
  }
  const schedule = (seconds: number): void => {
    if (stopping.signal.aborted || intervalSeconds <= 0) return
    timer = setTimeout(() => {
      void check().then(() => schedule(intervalSeconds * (0.9 + random() / 5)))
    }, seconds * 1000).unref()
  }

  schedule(Math.min(1, intervalSeconds) * random())
  return {
    health,
    check,
    stop() {
      stopping.abort()
      clearTimeout(timer)
    },
  }
}

async function checked(
  { probe, timeoutSeconds, now }: WatchOptions,
  last: Checked,
  signal: AbortSignal,
): Promise<{ readonly health: Checked; readonly error?: unknown }> {
  const start = now()
  const timed = (): Pick<Checked, 'name' | 'checked_at' | 'response_time_ms'> => ({
    name: last.name,
    checked_at: start,
    response_time_ms: now().getTime() - start.getTime(),
  })
  try {
    const { version } = await withinDeadline({ seconds: timeoutSeconds, signal }, probe)
    return {
      health: { ...timed(), status: 'ok', version, consecutive_failures: 0, last_ok_at: start },
    }
  } catch (error) {
    return {
      health: {
        ...last,
        ...timed(),
        // What is not the backend's failure is a fault of ours, and no reason to end the watch.
        status: isBackendError(error) ? clusterStatusOf(error.kind) : 'invalid',
        consecutive_failures: last.consecutive_failures + 1,
      },
      error,
    }
  }
}

const unknownHealth = (name: string): Checked => ({
  name,
  status: 'unknown',
  checked_at: null,
  response_time_ms: null,
  version: null,
  consecutive_failures: 0,
  last_ok_at: null,
})
