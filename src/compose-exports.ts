import type { Config } from './config.ts'
import type { Now } from './kernel/clock.ts'
import { createJobs, type Jobs } from './services/jobs/index.ts'
import type { Store } from './services/store/index.ts'

const LOOK_SECONDS = 10

interface Needs {
  readonly store: Store
  readonly now: Now
  readonly onError: (error: unknown) => void
}

/** The exports that are made in the background. */
export function jobsOf({ exports }: Config, { store, now, onError }: Needs): Jobs {
  return createJobs({
    store: store.exportJobs,
    directory: exports.spoolPath,
    directoryGoes: exports.spoolGoes,
    limits: exports.jobs,
    now,
    lookSeconds: LOOK_SECONDS,
    onError,
  })
}
