import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import type { Now } from '../../kernel/clock.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { ExportJobStore, JsonObject, StoredExportJob } from '../store/index.ts'
import type { Job, JobLimits, Make, Outcome, Progress } from './job.ts'
import { createCrew, type Crew } from './crew.ts'
import { createSpool, type Spool } from './spool.ts'
import { createTurns } from './turns.ts'

/** Exports that are made in the background, one after the other, and kept for a while. */
export interface Jobs {
  /** Puts a question in the queue. Rejects with `rate_limited` when there are too many. */
  submit(owner: string, question: JsonObject, pointsTotal: number): Promise<Job>
  /** Those of one owner, in the order in which they were asked for. */
  list(owner: string): Promise<readonly Job[]>
  /** Ends a job and removes its file. Whether there was one. */
  remove(owner: string, id: string): Promise<boolean>
  /** Where the file of a job lies. */
  pathOf(id: string): string
  /** Whether it is on this server. */
  hasFile(id: string): Promise<boolean>
  /** From now on jobs are made, by this. */
  begin(make: Make): void
  /** What was due is begun: jobs that wait, files that have expired. Resolves when that is looked after. */
  look(): Promise<void>
  /** Stops: what is being made is left to whoever comes next. */
  close(): Promise<void>
}

export interface JobsOptions {
  readonly store: ExportJobStore
  readonly directory: string
  /** Whether the directory goes when the jobs are closed: nobody knows its files then. */
  readonly directoryGoes?: boolean
  readonly limits: JobLimits
  readonly now: Now
  /** How often it looks for what is due; 0 only when asked to. */
  readonly lookSeconds: number
  /** Where a failure goes that nobody waits for. */
  readonly onError: (error: unknown) => void
}

/** Jobs over a store and a directory, which several servers may share. */
export function createJobs(options: JobsOptions): Jobs {
  const { store, limits, now, directory, lookSeconds, onError } = options
  const spool = createSpool(directory)
  const turns = createTurns(onError)
  let crew: Crew | undefined
  const takeUp = async (): Promise<void> => crew?.takeUp()
  const look = async (): Promise<void> => {
    await sweep({ store, spool, now, crew })
    await takeUp()
  }
  const timer =
    lookSeconds > 0 ? setInterval(() => turns.later(look), lookSeconds * 1000).unref() : undefined
  return {
    async submit(owner, question, pointsTotal) {
      const known = await store.list()
      if (known.length >= limits.most) throw tooMany(limits.most)
      const job = newJob({ owner, question, pointsTotal, now: now(), limits })
      await store.add(job)
      turns.later(takeUp)
      return jobOf(job)
    },
    list: async (owner) =>
      (await store.list()).filter((job) => job.owner === owner).map((job) => jobOf(job)),
    remove: (owner, id) => removeJob({ store, spool, crew }, owner, id),
    pathOf: (id) => spool.pathOf(id),
    hasFile: async (id) => (await spool.finishedIds()).includes(id),
    begin(make) {
      const bench = { store, spool, limits, now, runner: randomUUID(), make }
      crew = createCrew(bench, { onError, onRoom: () => turns.later(takeUp) })
      turns.later(look)
    },
    look: () => turns.take(look),
    async close() {
      clearInterval(timer)
      await turns.close()
      await crew?.close()
      if (options.directoryGoes === true) await rm(directory, { recursive: true, force: true })
    },
  }
}

interface Place {
  readonly store: ExportJobStore
  readonly spool: Spool
  readonly crew: Crew | undefined
}

/** Files that have expired go, and those that belong to no job. */
async function sweep({ store, spool, crew, now }: Place & { readonly now: Now }): Promise<void> {
  const isRunning = (id: string): boolean => crew?.has(id) ?? false
  // The files first: one that is made from now on is not among them.
  const files = await spool.ids()
  const jobs = await store.list()
  const due = jobs.filter(({ id, expires_at: at }) => !isRunning(id) && at <= now())
  for (const { id } of due) await store.remove(id)
  const kept = new Set(jobs.filter((job) => !due.includes(job)).map(({ id }) => id))
  for (const id of files) if (!kept.has(id) && !isRunning(id)) await spool.remove(id)
}

async function removeJob(
  { store, spool, crew }: Place,
  owner: string,
  id: string,
): Promise<boolean> {
  const job = (await store.list()).find((each) => each.id === id && each.owner === owner)
  if (job === undefined || !(await store.remove(id))) return false
  await crew?.stop(id)
  await spool.remove(id)
  return true
}

function newJob(about: {
  readonly owner: string
  readonly question: JsonObject
  readonly pointsTotal: number
  readonly now: Date
  readonly limits: JobLimits
}): StoredExportJob {
  const { owner, question, pointsTotal, now, limits } = about
  return {
    id: randomUUID(),
    owner,
    question,
    state: 'queued',
    created_at: now,
    updated_at: now,
    expires_at: new Date(now.getTime() + limits.expirySeconds * 1000),
    progress: { points_done: 0, points_total: pointsTotal, rows: 0, bytes: 0 },
    outcome: null,
  }
}

/** What the store has is what was put there. */
function jobOf({ progress, outcome, ...job }: StoredExportJob): Job {
  return {
    ...job,
    progress: progress as unknown as Progress,
    outcome: outcome as Outcome | null,
  }
}

function tooMany(most: number): KCloudError {
  return new KCloudError('rate_limited', {
    detail: `there are ${most} exports already, and no more are kept: remove some, or come back when some have expired`,
    retryAfterSeconds: 60,
  })
}
