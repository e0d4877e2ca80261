import { randomUUID } from 'node:crypto'
import { KCloudError } from '../../kernel/errors.ts'
import type { JobKind, JobStore, Lease, StoredJob } from '../store/index.ts'

/** Carries out the jobs of one kind, one at a time, also those that a process left behind that is no more. */
export interface JobRunner {
  /** Looks for work now. */
  wake(): void
  /** Ends what this process carries out of a job that was cancelled. */
  abort(id: string): void
  /** Lets go of the work; whoever starts next goes on with it. */
  close(): Promise<void>
}

interface RunnerOptions {
  readonly store: JobStore
  readonly kind: JobKind
  /** What comes of it is kept as JSON. */
  readonly work: (job: StoredJob, call: JobCall) => Promise<unknown>
  readonly now: () => Date
  readonly onFailure: (job: StoredJob, error: unknown) => void
}

export interface JobCall {
  readonly signal: AbortSignal
  readonly onProgress: (share: number) => void
}

/** Who does not renew it for so long has lost a job. */
const LEASE_SECONDS = 10
const RENEW_SECONDS = 2
const LOOK_SECONDS = 3

/** A runner that looks for work from now on. */
export function createJobRunner(options: RunnerOptions): JobRunner {
  const current: Current = { job: null, controller: new AbortController(), isClosed: false }
  const leaseNow = leases(options.now)
  let running: Promise<void> | null = null
  const wake = (): void => {
    if (current.isClosed || running !== null) return
    running = drain(options, current, leaseNow)
      // The store may be gone for a while: the next look tries again.
      .catch(() => undefined)
      .finally(() => {
        running = null
      })
  }
  const timer = setInterval(wake, LOOK_SECONDS * 1000)
  timer.unref()
  return {
    wake,
    abort(id) {
      if (current.job === id) current.controller.abort()
    },
    async close() {
      current.isClosed = true
      clearInterval(timer)
      current.controller.abort()
      await running
    },
  }
}

/** What a runner carries out now. */
interface Current {
  job: string | null
  controller: AbortController
  isClosed: boolean
}

type LeaseNow = () => Lease

function leases(now: () => Date): LeaseNow {
  const owner = randomUUID()
  return () => {
    const at = now()
    return { owner, at, until: new Date(at.getTime() + LEASE_SECONDS * 1000) }
  }
}

async function drain(options: RunnerOptions, current: Current, leaseNow: LeaseNow): Promise<void> {
  const { store, kind } = options
  let job = await store.take(kind, leaseNow())
  while (job !== null) {
    current.job = job.id
    current.controller = new AbortController()
    await carryOut(options, job, { leaseNow, controller: current.controller })
    current.job = null
    job = current.isClosed ? null : await store.take(kind, leaseNow())
  }
}

interface Carrying {
  readonly leaseNow: LeaseNow
  readonly controller: AbortController
}

async function carryOut(
  { store, work, onFailure }: RunnerOptions,
  job: StoredJob,
  { leaseNow, controller }: Carrying,
): Promise<void> {
  let progress = job.progress
  const renew = setInterval(() => {
    store.renew(job.id, leaseNow(), progress).then(
      (isOurs) => {
        if (!isOurs) controller.abort()
      },
      () => undefined,
    )
  }, RENEW_SECONDS * 1000)
  renew.unref()
  try {
    const result = await work(job, {
      signal: controller.signal,
      onProgress: (share) => {
        progress = share
      },
    })
    await store.finish(job.id, leaseNow(), { state: 'done', result: JSON.stringify(result) })
  } catch (error) {
    // Who was told to stop leaves the job to whoever takes it next, or to its cancellation.
    if (controller.signal.aborted) return
    onFailure(job, error)
    const detail = error instanceof KCloudError ? error.detail : 'the server made a mistake'
    await store.finish(job.id, leaseNow(), { state: 'failed', result: JSON.stringify({ detail }) })
  } finally {
    clearInterval(renew)
  }
}
