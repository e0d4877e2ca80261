import { sql, type Kysely, type Transaction } from 'kysely'
import type { Engine } from './engine.ts'
import { attempt, storeUnavailable } from './failures.ts'
import { MIGRATIONS, type Migration } from './migrations.ts'
import type { Tables } from './tables.ts'

const MARK = 'kcloud_monitor_schema'

/**
 * Brings a database to the last version, one transaction for each step; several programs may do so at once.
 * Rejects with `store_unavailable` when it belongs to another program or was written by a newer one; such a
 * database is left as it was.
 */
export async function migrate(engine: Engine, migrations = MIGRATIONS): Promise<void> {
  let more = true
  while (more) {
    more = await attempt(`prepare the state store ${engine.place}`, () =>
      engine.db.transaction().execute((transaction) => step(engine, transaction, migrations)),
    )
  }
}

/** The version of a database that is ours; 0 before its first step. */
export async function versionOf(db: Kysely<Tables>): Promise<number> {
  const { version } = await db
    .selectFrom(MARK)
    .select(({ fn }) => fn.max<number | null>('version').as('version'))
    .executeTakeFirstOrThrow()
  return version ?? 0
}

/** Carries out the next step, if there is one, and says whether there may be more. */
async function step(
  engine: Engine,
  transaction: Transaction<Tables>,
  migrations: readonly Migration[],
): Promise<boolean> {
  await engine.lock(transaction)
  await claim(engine, transaction)
  const version = await versionOf(transaction)
  const known = migrations.at(-1)?.version ?? 0
  if (version > known) throw isNewer(engine, version, known)
  const next = migrations.find((migration) => migration.version === version + 1)
  if (next === undefined) return false
  for (const statement of next.statements) await sql.raw(statement).execute(transaction)
  await transaction.insertInto(MARK).values({ version: next.version, name: next.name }).execute()
  return next.version < known
}

/** Marks an empty database as ours. */
async function claim(engine: Engine, transaction: Transaction<Tables>): Promise<void> {
  const names = await engine.tableNames(transaction)
  if (names.includes(MARK)) return
  if (names.length > 0) throw isForeign(engine, names)
  const create = `create table ${MARK} (version integer not null primary key, name text not null)`
  await sql.raw(create).execute(transaction)
}

function isNewer({ place }: Engine, version: number, known: number) {
  return storeUnavailable(
    `the state store ${place} is of version ${version}, and this program knows versions up to ${known}: run a newer program, or give it another store`,
  )
}

function isForeign({ place }: Engine, names: readonly string[]) {
  const some = names.slice(0, 3).join(', ')
  return storeUnavailable(
    `the state store ${place} belongs to another program (it has the tables ${some}): give KCloud Monitor a database or a schema of its own`,
  )
}
