import type { Now } from '../../kernel/clock.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { Claim, ExportJobStore, JsonObject, StoredExportJob } from '../store/index.ts'
import type { JobLimits, Make, Making, Outcome } from './job.ts'
import type { Spool } from './spool.ts'

/** A job whose runner says nothing for so long is taken up by another. */
const LEASE_SECONDS = 30
const REPORT_SECONDS = 2

/** What making one job needs. */
export interface Bench {
  readonly store: ExportJobStore
  readonly spool: Spool
  readonly limits: JobLimits
  readonly now: Now
  /** Who this server is among several. */
  readonly runner: string
  readonly make: Make
}

/** Who takes up a job now, and for how long. */
export function claimOf({ runner, now }: Pick<Bench, 'runner' | 'now'>): Claim {
  const moment = now()
  return { runner, now: moment, until: new Date(moment.getTime() + LEASE_SECONDS * 1000) }
}

/**
 * Makes the file of a job that was claimed, and notes what has become of it. A job that was taken away meanwhile is
 * given up without a word; one that this server had to stop waits for the next.
 */
export async function runJob(
  bench: Bench,
  job: StoredExportJob,
  { stop, stopping }: { readonly stop: AbortController; readonly stopping: () => boolean },
): Promise<void> {
  const { store, spool } = bench
  const outcome = await attemptFile(bench, job, stop)
  if (outcome === 'taken') {
    await spool.remove(job.id)
    return
  }
  if (outcome.kind === 'problem') await spool.remove(job.id)
  if (outcome.kind === 'problem' && stopping()) {
    await store.update(job.id, { state: 'queued' }, claimOf(bench))
    return
  }
  const state = outcome.kind === 'file' ? 'done' : 'failed'
  const expires = new Date(bench.now().getTime() + bench.limits.expirySeconds * 1000)
  const change = { state, outcome: jsonOf(outcome), expires_at: expires } as const
  if (!(await store.update(job.id, change, claimOf(bench)))) await spool.remove(job.id)
}

/** Dates become text, as they do on the wire. */
const jsonOf = (value: object): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject

async function attemptFile(
  bench: Bench,
  job: StoredExportJob,
  stop: AbortController,
): Promise<Outcome | 'taken'> {
  const reporter = createReporter(bench, job.id, stop)
  // A question that waits long for its first rows is still being worked on.
  const beat = setInterval(
    () => void reporter.report().catch(() => undefined),
    REPORT_SECONDS * 1000,
  )
  try {
    const making = await bench.make(job, stop.signal)
    reporter.making = making
    const bytes = await bench.spool.write(job.id, making.bytes, async (written) => {
      reporter.bytes = written
      stop.signal.throwIfAborted()
      await assertRoom(bench, written)
    })
    await reporter.report()
    return fileOf(making, bytes)
  } catch (error) {
    return reporter.taken ? 'taken' : problemOf(error)
  } finally {
    clearInterval(beat)
  }
}

function fileOf(making: Making, bytes: number): Outcome {
  const { manifest, sha256 } = making.end()
  const { fileName, mediaType } = making
  return { kind: 'file', file_name: fileName, media_type: mediaType, bytes, sha256, manifest }
}

function problemOf(error: unknown): Outcome {
  if (error instanceof KCloudError)
    return { kind: 'problem', problem: error.kind, detail: error.detail }
  return { kind: 'problem', problem: 'internal', detail: 'the server made a mistake' }
}

/** How often the disk is looked at, in bytes of one file. */
const LOOK_EVERY = 16 * 1024 * 1024

async function assertRoom({ spool, limits }: Bench, written: number): Promise<void> {
  if (written % LOOK_EVERY > LOOK_EVERY / 8) return
  const used = await spool.usedBytes()
  if (used <= limits.spoolBytes) return
  throw new KCloudError('too_large', {
    detail: `the files of all exports would take more than the ${limits.spoolBytes} bytes that they may`,
  })
}

function createReporter(bench: Bench, id: string, stop: AbortController) {
  const reporter = {
    making: undefined as Making | undefined,
    bytes: 0,
    /** Whether the job was removed, or taken up by somebody else. */
    taken: false,
    async report(): Promise<void> {
      const { making, bytes } = reporter
      const progress = making === undefined ? {} : { progress: { ...making.progress(), bytes } }
      const ours = await bench.store.update(id, progress, claimOf(bench))
      if (ours) return
      reporter.taken = true
      stop.abort(new Error('the job is no longer ours'))
    },
  }
  return reporter
}
