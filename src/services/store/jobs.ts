import type { Kysely, Selectable, Transaction } from 'kysely'
import { attempt } from './failures.ts'
import type { Tables } from './tables.ts'

export type JobKind = 'training' | 'batch'
export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'

/** Work that outlives the process: whoever takes it up again goes on where its results end. */
export interface StoredJob {
  readonly id: string
  readonly kind: JobKind
  readonly state: JobState
  /** JSON: what was asked for. */
  readonly request: string
  /** From 0 to 1. */
  readonly progress: number
  /** JSON: what came of it, or why nothing did; null until then. */
  readonly result: string | null
  readonly created_by: string
  readonly created_at: Date
  readonly updated_at: Date
}

/** One of the parts of a job, in their order. */
export interface StoredItem {
  readonly position: number
  /** JSON. */
  readonly request: string
  /** JSON; null until there is one. */
  readonly result: string | null
}

export type NewJob = Pick<StoredJob, 'id' | 'kind' | 'request' | 'created_by'> & {
  readonly items: readonly string[]
  readonly at: Date
}

/** Who carries a job out, and until when nobody else may. */
export interface Lease {
  readonly owner: string
  readonly at: Date
  readonly until: Date
}

/** The jobs. All reject with `store_unavailable`. */
export interface JobStore {
  add(job: NewJob): Promise<void>
  find(id: string): Promise<StoredJob | null>
  items(id: string): Promise<readonly StoredItem[]>
  /** Those that are queued or running, the oldest first. */
  open(kind: JobKind): Promise<readonly StoredJob[]>
  /** The oldest job that nobody carries out, which is now this owner's; null where there is none. */
  take(kind: JobKind, lease: Lease): Promise<StoredJob | null>
  /** Keeps a job; false when it is no longer this owner's, because it was cancelled or taken over. */
  renew(id: string, lease: Lease, progress: number): Promise<boolean>
  saveItem(id: string, position: number, result: string): Promise<void>
  finish(
    id: string,
    lease: Pick<Lease, 'owner' | 'at'>,
    end: Pick<StoredJob, 'state' | 'result'>,
  ): Promise<boolean>
  /** False when it had ended already. */
  cancel(id: string, at: Date): Promise<boolean>
}

type Row = Selectable<Tables['forecast_jobs']>

type Write = <Result>(
  what: string,
  change: (transaction: Transaction<Tables>) => Promise<Result>,
) => Promise<Result>

/** Keeps jobs in a database. */
export function createJobStore(db: Kysely<Tables>): JobStore {
  const write: Write = (what, change) => attempt(what, () => db.transaction().execute(change))
  return { ...reads(db), ...beginnings(write), ...ends(write) }
}

function reads(db: Kysely<Tables>): Pick<JobStore, 'find' | 'items' | 'open'> {
  return {
    find: (id) =>
      attempt('read a job', async () => {
        const row = await db
          .selectFrom('forecast_jobs')
          .selectAll()
          .where('id', '=', id)
          .executeTakeFirst()
        return row === undefined ? null : jobOf(row)
      }),
    items: (id) =>
      attempt('read a job', () =>
        db
          .selectFrom('forecast_items')
          .select(['position', 'request', 'result'])
          .where('job_id', '=', id)
          .orderBy('position')
          .execute(),
      ),
    open: (kind) =>
      attempt('read the jobs', async () => {
        const rows = await db
          .selectFrom('forecast_jobs')
          .selectAll()
          .where('kind', '=', kind)
          .where('state', 'in', ['queued', 'running'])
          .orderBy('created_at')
          .execute()
        return rows.map(jobOf)
      }),
  }
}

function beginnings(write: Write): Pick<JobStore, 'add' | 'take' | 'renew'> {
  return {
    add: (job) => write('store a job', (transaction) => added(transaction, job)),
    take: (kind, lease) => write('take a job', (transaction) => taken(transaction, kind, lease)),
    renew: (id, lease, progress) =>
      write('keep a job', async (transaction) => {
        const { numUpdatedRows: kept } = await owned(transaction, id, lease.owner)
          .set({
            progress: String(progress),
            lease_until: lease.until.toISOString(),
            updated_at: lease.at.toISOString(),
          })
          .executeTakeFirstOrThrow()
        return kept > 0n
      }),
  }
}

function ends(write: Write): Pick<JobStore, 'saveItem' | 'finish' | 'cancel'> {
  return {
    saveItem: (id, position, result) =>
      write('store a part of a job', async (transaction) => {
        await transaction
          .updateTable('forecast_items')
          .set({ result })
          .where('job_id', '=', id)
          .where('position', '=', position)
          .where('result', 'is', null)
          .execute()
      }),
    finish: (id, { owner, at }, { state, result }) =>
      write('end a job', async (transaction) => {
        const done = state === 'done' ? { progress: '1' } : {}
        const { numUpdatedRows: ended } = await owned(transaction, id, owner)
          .set({ state, result, updated_at: at.toISOString(), ...done })
          .executeTakeFirstOrThrow()
        return ended > 0n
      }),
    cancel: (id, at) =>
      write('cancel a job', async (transaction) => {
        const { numUpdatedRows: ended } = await transaction
          .updateTable('forecast_jobs')
          .set({ state: 'cancelled', updated_at: at.toISOString() })
          .where('id', '=', id)
          .where('state', 'in', ['queued', 'running'])
          .executeTakeFirstOrThrow()
        return ended > 0n
      }),
  }
}

const owned = (transaction: Transaction<Tables>, id: string, owner: string) =>
  transaction
    .updateTable('forecast_jobs')
    .where('id', '=', id)
    .where('owner', '=', owner)
    .where('state', '=', 'running')

async function added(transaction: Transaction<Tables>, job: NewJob): Promise<void> {
  const { id, kind, request, created_by: user, items } = job
  const at = job.at.toISOString()
  await transaction
    .insertInto('forecast_jobs')
    .values({
      id,
      kind,
      state: 'queued',
      request,
      progress: '0',
      result: null,
      owner: null,
      lease_until: null,
      created_by: user,
      created_at: at,
      updated_at: at,
    })
    .execute()
  for (const [position, item] of items.entries())
    await transaction
      .insertInto('forecast_items')
      .values({ job_id: id, position, request: item, result: null })
      .execute()
}

async function taken(
  transaction: Transaction<Tables>,
  kind: JobKind,
  { owner, at, until }: Lease,
): Promise<StoredJob | null> {
  const row = await transaction
    .selectFrom('forecast_jobs')
    .selectAll()
    .where('kind', '=', kind)
    .where((eb) =>
      eb.or([
        eb('state', '=', 'queued'),
        eb.and([eb('state', '=', 'running'), eb('lease_until', '<', at.toISOString())]),
      ]),
    )
    .orderBy('created_at')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) return null
  const change = { state: 'running', owner, lease_until: until.toISOString() }
  const { numUpdatedRows: ours } = await transaction
    .updateTable('forecast_jobs')
    .set({ ...change, updated_at: at.toISOString() })
    .where('id', '=', row.id)
    // Somebody else may have been faster since the row was read.
    .where('state', '=', row.state)
    .where('lease_until', row.lease_until === null ? 'is' : '=', row.lease_until)
    .executeTakeFirstOrThrow()
  return ours > 0n ? jobOf({ ...row, ...change }) : null
}

function jobOf(row: Row): StoredJob {
  const { id, request, result, created_by: user } = row
  return {
    id,
    // Only we write them.
    kind: row.kind as JobKind,
    state: row.state as JobState,
    request,
    progress: Number(row.progress),
    result,
    created_by: user,
    created_at: new Date(row.created_at),
    updated_at: new Date(row.updated_at),
  }
}
