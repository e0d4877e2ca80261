import type { Kysely, Selectable, Transaction } from 'kysely'
import type { JsonObject } from './clusters.ts'
import { attempt } from './failures.ts'
import type { Tables } from './tables.ts'

export type ExportJobState = 'queued' | 'running' | 'done' | 'failed'

/** An export that is made for whoever comes back for it. */
export interface StoredExportJob {
  readonly id: string
  readonly owner: string
  /** What was asked for. */
  readonly question: JsonObject
  readonly state: ExportJobState
  readonly created_at: Date
  readonly updated_at: Date
  readonly expires_at: Date
  readonly progress: JsonObject
  /** What has become of it; null as long as it is being made. */
  readonly outcome: JsonObject | null
}

/** What changes of a job while it is made. */
export type ExportJobChange = Partial<
  Pick<StoredExportJob, 'state' | 'progress' | 'outcome' | 'expires_at'>
>

/** Who makes a job, and how long others leave it to them. */
export interface Claim {
  readonly runner: string
  readonly now: Date
  readonly until: Date
}

/** The exports that are made for later. All reject with `store_unavailable`. */
export interface ExportJobStore {
  /** In the order in which they were asked for. */
  list(): Promise<readonly StoredExportJob[]>
  add(job: StoredExportJob): Promise<void>
  /** Whether there was one. */
  remove(id: string): Promise<boolean>
  /** Takes the oldest job that waits, or whose runner has not been heard of for too long; one runner gets it. */
  claim(claim: Claim): Promise<StoredExportJob | undefined>
  /** Whether the job is still there and still this runner's. A job that is queued again belongs to nobody. */
  update(id: string, change: ExportJobChange, claim: Claim): Promise<boolean>
}

/** Keeps jobs in a database. */
export function createExportJobStore(db: Kysely<Tables>): ExportJobStore {
  const write = <Result>(
    what: string,
    change: (transaction: Transaction<Tables>) => Promise<Result>,
  ): Promise<Result> => attempt(what, () => db.transaction().execute(change))
  return {
    async list() {
      const rows = await attempt('read the stored exports', () =>
        db.selectFrom('export_jobs').selectAll().orderBy('created_at').orderBy('id').execute(),
      )
      return rows.map(jobOf)
    },
    async add(job) {
      const row = rowOf(job)
      await write('store an export', (transaction) =>
        transaction.insertInto('export_jobs').values(row).execute(),
      )
    },
    async remove(id) {
      const { numDeletedRows: removed } = await write('remove a stored export', (transaction) =>
        transaction.deleteFrom('export_jobs').where('id', '=', id).executeTakeFirstOrThrow(),
      )
      return removed > 0n
    },
    claim: (claim) =>
      write('take up a stored export', (transaction) => claimOne(transaction, claim)),
    update: (id, change, claim) =>
      write('update a stored export', (transaction) =>
        updateOwn(transaction, { id, change, claim }),
      ),
  }
}

interface Update {
  readonly id: string
  readonly change: ExportJobChange
  readonly claim: Claim
}

async function updateOwn(
  db: Transaction<Tables>,
  { id, change, claim: { runner, now, until } }: Update,
): Promise<boolean> {
  const ended = { runner: null, lease_until: null }
  const { numUpdatedRows: updated } = await db
    .updateTable('export_jobs')
    .set({
      ...changeOf(change),
      updated_at: now.toISOString(),
      ...(change.state === undefined ? { lease_until: until.toISOString() } : ended),
    })
    .where('id', '=', id)
    .where('runner', '=', runner)
    .executeTakeFirstOrThrow()
  return updated > 0n
}

async function claimOne(
  db: Transaction<Tables>,
  { runner, now, until }: Claim,
): Promise<StoredExportJob | undefined> {
  const moment = now.toISOString()
  const free = await db
    .selectFrom('export_jobs')
    .selectAll()
    .where('state', 'in', ['queued', 'running'])
    .where((where) =>
      where.or([where('lease_until', 'is', null), where('lease_until', '<', moment)]),
    )
    .orderBy('created_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  if (free === undefined) return undefined
  const { numUpdatedRows: updated } = await db
    .updateTable('export_jobs')
    .set({ state: 'running', runner, lease_until: until.toISOString(), updated_at: moment })
    .where('id', '=', free.id)
    // Another runner may have been faster.
    .where((where) =>
      where.or([where('lease_until', 'is', null), where('lease_until', '<', moment)]),
    )
    .where('state', 'in', ['queued', 'running'])
    .executeTakeFirstOrThrow()
  return updated > 0n ? { ...jobOf(free), state: 'running' } : undefined
}

type Row = Selectable<Tables['export_jobs']>

function rowOf(job: StoredExportJob): Row {
  return {
    id: job.id,
    owner: job.owner,
    question: JSON.stringify(job.question),
    state: job.state,
    created_at: job.created_at.toISOString(),
    updated_at: job.updated_at.toISOString(),
    expires_at: job.expires_at.toISOString(),
    progress: JSON.stringify(job.progress),
    outcome: job.outcome && JSON.stringify(job.outcome),
    runner: null,
    lease_until: null,
  }
}

function jobOf(row: Row): StoredExportJob {
  return {
    id: row.id,
    owner: row.owner,
    question: parse(row.question),
    // Nobody but this file writes it.
    state: row.state as ExportJobState,
    created_at: new Date(row.created_at),
    updated_at: new Date(row.updated_at),
    expires_at: new Date(row.expires_at),
    progress: parse(row.progress),
    outcome: row.outcome === null ? null : parse(row.outcome),
  }
}

/** What was saved is an object; whoever reads it checks what is in it. */
const parse = (text: string): JsonObject => JSON.parse(text) as JsonObject

function changeOf({ state, progress, outcome, expires_at: expires }: ExportJobChange) {
  return {
    ...(state !== undefined && { state }),
    ...(progress !== undefined && { progress: JSON.stringify(progress) }),
    ...(outcome !== undefined && { outcome: outcome && JSON.stringify(outcome) }),
    ...(expires !== undefined && { expires_at: expires.toISOString() }),
  }
}
