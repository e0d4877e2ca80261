import { createHash } from 'node:crypto'
import type { Kysely, Selectable, Transaction } from 'kysely'
import type { JsonObject } from './clusters.ts'
import { attempt } from './failures.ts'
import type { Tables } from './tables.ts'
import { writingTo } from './writing.ts'

/** What is written down. */
export interface NewAuditEntry {
  readonly at: Date
  readonly who: string
  readonly action: string
  readonly result: string
  /** The rest, which is not searched. */
  readonly details: JsonObject
}

export interface StoredAuditEntry extends NewAuditEntry {
  readonly seq: number
  /** Over this entry and the hash of the one before. */
  readonly hash: string
}

export interface AuditFilter {
  readonly who?: string | undefined
  readonly action?: string | undefined
  readonly result?: string | undefined
  readonly from?: Date | undefined
  readonly until?: Date | undefined
}

/** What a look over the whole log gave. */
export interface AuditIntegrity {
  readonly entries: number
  readonly first_seq: number | null
  readonly last_seq: number
  readonly head: string
  /** What does not fit, and from which entry on; null when everything does. */
  readonly problem: { readonly seq: number; readonly detail: string } | null
}

/** What was done, in order: entries are added, and the oldest forgotten, but none is changed. */
export interface AuditStore {
  add(entry: NewAuditEntry): Promise<StoredAuditEntry>
  /** The newest first. */
  list(
    filter: AuditFilter,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ readonly entries: readonly StoredAuditEntry[]; readonly total: number }>
  check(): Promise<AuditIntegrity>
  /** Forgets what is older, and all but so many; what it forgot is an entry itself. Gives how many. */
  prune(limits: {
    readonly before: Date
    readonly most: number
    readonly at: Date
  }): Promise<number>
}

/** The action under which forgetting is written down. */
export const PRUNED = 'audit.prune'

/** Keeps the log in a database. */
export function createAuditStore(db: Kysely<Tables>): AuditStore {
  const write = writingTo(db)
  return {
    add: (entry) => write('write the audit log', (transaction) => added(transaction, entry)),
    list: (filter, page) => attempt('read the audit log', () => listed(db, filter, page)),
    check: () => write('check the audit log', checked),
    prune: (limits) =>
      write('forget old audit entries', (transaction) => pruned(transaction, limits)),
  }
}

type Link = Pick<
  Selectable<Tables['audit_log']>,
  'seq' | 'at' | 'who' | 'action' | 'result' | 'body' | 'prev'
>

const hashOf = ({ seq, at, who, action, result, body, prev }: Link): string =>
  createHash('sha256')
    .update(JSON.stringify([prev, seq, at, who, action, result, body]))
    .digest('hex')

/** The end of the log, which is everybody's else only after this transaction. */
async function lockHead(transaction: Transaction<Tables>) {
  await transaction.updateTable('audit_head').set({ id: 1 }).where('id', '=', 1).execute()
  return transaction
    .selectFrom('audit_head')
    .select(['seq', 'hash'])
    .where('id', '=', 1)
    .executeTakeFirstOrThrow()
}

async function added(
  transaction: Transaction<Tables>,
  { at, who, action, result, details }: NewAuditEntry,
): Promise<StoredAuditEntry> {
  const head = await lockHead(transaction)
  const seq = head.seq + 1
  const body = JSON.stringify(details)
  const link = { seq, at: at.toISOString(), who, action, result, body, prev: head.hash }
  const hash = hashOf(link)
  await transaction
    .insertInto('audit_log')
    .values({ ...link, hash })
    .execute()
  await transaction.updateTable('audit_head').set({ seq, hash }).where('id', '=', 1).execute()
  return { seq, at, who, action, result, details, hash }
}

async function listed(
  db: Kysely<Tables>,
  filter: AuditFilter,
  { limit, offset }: { readonly limit: number; readonly offset: number },
) {
  const found = filtered(db, filter)
  const { total } = await found
    .select(({ fn }) => fn.countAll<number | string | bigint>().as('total'))
    .executeTakeFirstOrThrow()
  const rows = await found.selectAll().orderBy('seq', 'desc').limit(limit).offset(offset).execute()
  return { entries: rows.map(entryOf), total: Number(total) }
}

function filtered(db: Kysely<Tables>, { who, action, result, from, until }: AuditFilter) {
  let found = db.selectFrom('audit_log')
  if (who !== undefined) found = found.where('who', '=', who)
  if (action !== undefined) found = found.where('action', '=', action)
  if (result !== undefined) found = found.where('result', '=', result)
  if (from !== undefined) found = found.where('at', '>=', from.toISOString())
  return until === undefined ? found : found.where('at', '<', until.toISOString())
}

type Row = Selectable<Tables['audit_log']>

const entryOf = ({ seq, at, who, action, result, body, hash }: Row): StoredAuditEntry => ({
  ...{ seq, at: new Date(at), who, action, result, hash },
  // Only we write it.
  details: JSON.parse(body) as JsonObject,
})

const AT_ONCE = 1000

/** Goes along the chain. The head is held, so that nothing is added meanwhile. */
async function checked(transaction: Transaction<Tables>): Promise<AuditIntegrity> {
  const head = await lockHead(transaction)
  let [entries, first]: [number, number | null] = [0, null]
  let last = await beginning(transaction)
  let problem: AuditIntegrity['problem'] = null
  for (let more = true; more && problem === null;) {
    const rows = await after(transaction, last.seq)
    for (const row of rows) {
      problem ??= flawIn(row, last)
      first ??= row.seq
      last = row
    }
    entries += rows.length
    more = rows.length === AT_ONCE
  }
  problem ??= flawAtEnd(last, head)
  return { entries, first_seq: first, last_seq: head.seq, head: head.hash, problem }
}

const after = (transaction: Transaction<Tables>, seq: number): Promise<readonly Row[]> =>
  transaction
    .selectFrom('audit_log')
    .selectAll()
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(AT_ONCE)
    .execute()

/** What stands before the oldest entry, by the last note of what was forgotten. */
async function beginning(
  transaction: Transaction<Tables>,
): Promise<{ readonly seq: number; readonly hash: string }> {
  const row = await transaction
    .selectFrom('audit_log')
    .select('body')
    .where('action', '=', PRUNED)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) return { seq: 0, hash: '' }
  const { target } = JSON.parse(row.body) as { target: { through_seq: number; hash: string } }
  const { through_seq: seq, hash } = target
  return { seq, hash }
}

interface End {
  readonly seq: number
  readonly hash: string
}

function flawIn(row: Row, before: End): AuditIntegrity['problem'] {
  if (row.seq !== before.seq + 1) return { seq: before.seq + 1, detail: 'entries are missing' }
  if (row.prev !== before.hash) return { seq: row.seq, detail: 'the entry before is another one' }
  return row.hash === hashOf(row) ? null : { seq: row.seq, detail: 'the entry was changed' }
}

function flawAtEnd(last: End, head: End): AuditIntegrity['problem'] {
  return last.seq === head.seq && last.hash === head.hash
    ? null
    : { seq: last.seq + 1, detail: 'the last entries are missing' }
}

async function pruned(
  transaction: Transaction<Tables>,
  { before, most, at }: { readonly before: Date; readonly most: number; readonly at: Date },
): Promise<number> {
  const head = await lockHead(transaction)
  const cut = await transaction
    .selectFrom('audit_log')
    .select(['seq', 'hash'])
    .where((where) =>
      where.or([where('at', '<', before.toISOString()), where('seq', '<=', head.seq - most)]),
    )
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (cut === undefined) return 0
  const { numDeletedRows: gone } = await transaction
    .deleteFrom('audit_log')
    .where('seq', '<=', cut.seq)
    .executeTakeFirstOrThrow()
  const target = { through_seq: cut.seq, hash: cut.hash, entries: Number(gone) }
  const details = { way: 'system', address: null, target, status: null, request_id: null }
  await added(transaction, { at, who: 'system', action: PRUNED, result: 'done', details })
  return Number(gone)
}
