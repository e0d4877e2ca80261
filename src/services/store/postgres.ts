import { Kysely, PostgresDialect, sql, type PostgresPool, type PostgresPoolClient } from 'kysely'
import pg from 'pg'
import type { Engine } from './engine.ts'
import { storeUnavailable } from './failures.ts'
import type { Tables } from './tables.ts'

const CONNECTIONS = 4
const CONNECT_MS = 5_000
const IDLE_MS = 30_000
/** The server ends a statement after this; when even that does not come back, the connection is given up. */
const STATEMENT_MS = 5_000
const ANSWER_MS = 7_000
const LOCK_WAIT_MS = 500
/** Any number that nobody else locks in the same database. */
const MIGRATION_LOCK = 5_266_113_207

/** Prepares the way to a PostgreSQL; connects with the first statement. `sslmode` of the address decides on TLS. */
export function openPostgres(databaseUrl: string): Engine {
  // The parser's own complaint holds the address, and with it the password.
  if (!URL.canParse(databaseUrl))
    throw storeUnavailable('DATABASE_URL must be an address such as postgres://user@host/database')
  const pool = openPool(databaseUrl)
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: patientPool(pool) }) })
  return {
    kind: 'postgresql',
    place: 'in PostgreSQL',
    db,
    verify: () => Promise.resolve(),
    async lock(transaction) {
      await sql`set local lock_timeout = ${sql.lit(LOCK_WAIT_MS)}`.execute(transaction)
      await sql`select pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.execute(transaction)
    },
    async tableNames(transaction) {
      const { rows } = await sql<{ name: string }>`
        select tablename as name from pg_tables where schemaname = current_schema()`.execute(
        transaction,
      )
      return rows.map(({ name }) => name)
    },
    settle: () => Promise.resolve(),
    close: () => db.destroy(),
  }
}

function openPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
    statement_timeout: STATEMENT_MS,
    idle_in_transaction_session_timeout: 2 * STATEMENT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    fallback_application_name: 'kcloud-monitor',
  })
  // A connection that ends is replaced by the next statement; unheard, its error would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/** A pool that gives up a connection on which an answer is still owed. */
function patientPool(pool: pg.Pool): PostgresPool {
  return {
    end: () => pool.end(),
    connect: async () => watched(await pool.connect()),
  }
}

function watched(client: pg.PoolClient): PostgresPoolClient {
  let lost = false
  const query = async (text: string, values: readonly unknown[]): Promise<unknown> => {
    try {
      return await client.query(text, [...values])
    } catch (error) {
      lost ||= !(error instanceof pg.DatabaseError)
      throw error
    }
  }
  // The dialect's other way to query, by cursor, needs a package that we do not have.
  return { query, release: () => client.release(lost) } as unknown as PostgresPoolClient
}
