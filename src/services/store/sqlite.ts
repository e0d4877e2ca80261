import { mkdir, open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Kysely, sql, SqliteDialect } from 'kysely'
import Database from 'libsql'
import type { Engine } from './engine.ts'
import { attempt, storeUnavailable } from './failures.ts'
import { adapted } from './libsql-adapter.ts'
import type { Tables } from './tables.ts'

/** How long the driver itself waits for another process: the event loop stands still meanwhile. */
const BUSY_MS = 50

/** Opens an SQLite database of this process: a file, made with its directory where missing, or `:memory:`. */
export async function openSqlite(path: string): Promise<Engine> {
  const file = await attempt(`open the state store ${path}`, async () => {
    const known = path === ':memory:' ? path : await makeFile(path)
    return new Database(known, { timeout: BUSY_MS })
  })
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: adapted(file) }) })
  return {
    kind: 'sqlite',
    place: path,
    db,
    verify: () => verify(db, path),
    // Every transaction begins with the lock.
    lock: () => Promise.resolve(),
    async tableNames(transaction) {
      const { rows } = await sql<{ name: string }>`
        select name from sqlite_master where type = 'table' and name not like 'sqlite%'`.execute(
        transaction,
      )
      return rows.map(({ name }) => name)
    },
    settle() {
      file.exec('pragma journal_mode = wal')
      file.exec('pragma synchronous = full')
      file.exec('pragma foreign_keys = on')
      return Promise.resolve()
    },
    close: () => close(db),
  }
}

/**
 * The absolute path of the file, since the driver takes some relative ones for addresses. A file that is there is
 * not touched: closing it would end the locks of every other connection that this process has to it.
 */
async function makeFile(path: string): Promise<string> {
  const known = resolve(path)
  await mkdir(dirname(known), { recursive: true, mode: 0o700 })
  try {
    const file = await open(known, 'ax', 0o600)
    await file.close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return known
}

async function verify(db: Kysely<Tables>, path: string): Promise<void> {
  const { rows } = await db
    .transaction()
    .execute((transaction) =>
      sql<{ quick_check: string }>`pragma quick_check(1)`.execute(transaction),
    )
  const found = rows[0]?.quick_check
  if (found !== 'ok')
    throw storeUnavailable(`check the state store ${path}: the database is damaged`, found)
}

/** Gathers everything in the one file where nobody stands in the way; else the rest stays in the file beside it. */
async function close(db: Kysely<Tables>): Promise<void> {
  await sql`pragma wal_checkpoint(truncate)`.execute(db).catch(() => undefined)
  await db.destroy()
}
