import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import pg from 'pg'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { openStore, type Store, type StoreOptions } from '../../../src/services/store/index.ts'
import { requireReal } from '../../support/real-prometheus.ts'
import { POSTGRES, startPostgres, type RealPostgres } from '../../support/real-postgres.ts'

type Place = Pick<StoreOptions, 'databaseUrl' | 'path'>
type Row = Readonly<Record<string, unknown>>

/** A kind of database to test on, and how to come by new, empty ones. */
export interface Kind {
  readonly name: string
  readonly engine: 'sqlite' | 'postgresql'
  readonly skip: boolean
  /** For the top of a `describe`: what makes an empty database in the tests below. */
  readonly use: () => () => Promise<Place>
}

export const SQLITE: Kind = { name: 'SQLite', engine: 'sqlite', skip: false, use: useFiles }
export const MEMORY: Kind = {
  name: 'SQLite in memory',
  engine: 'sqlite',
  skip: false,
  use: () => () => Promise.resolve({ path: ':memory:' }),
}
export const POSTGRESQL: Kind = {
  name: 'PostgreSQL',
  engine: 'postgresql',
  skip: !requireReal(POSTGRES, 'postgresql-15'),
  use: usePostgres,
}

/** Opens stores; whatever a test has opened is closed after it. */
export function useStores(): (options: StoreOptions) => Promise<Store> {
  const opened: Store[] = []
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()))
  })
  return async (options) => {
    const store = await openStore(options)
    opened.push(store)
    return store
  }
}

function useFiles(): () => Promise<Place> {
  let dir: string
  let files = 0
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'store-'))
  })
  afterAll(() => rm(dir, { recursive: true, force: true }))
  return () => {
    files += 1
    return Promise.resolve({ path: join(dir, String(files), 'state.db') })
  }
}

function usePostgres(): () => Promise<Place> {
  let server: RealPostgres
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.stop())
  return async () => ({ databaseUrl: await server.createDatabase(), path: '/nowhere/state.db' })
}

/** What a statement gives, past the store. */
export async function rawly({ databaseUrl, path }: Place, text: string): Promise<readonly Row[]> {
  if (databaseUrl === undefined) return rawlyInFile(path, text)
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    const { rows } = await client.query(text)
    return rows
  } finally {
    await client.end()
  }
}

function rawlyInFile(path: string, text: string): readonly Row[] {
  const file = new Database(path, { timeout: 5000 })
  try {
    const statement = file.prepare(text)
    if (statement.reader) return statement.all() as Row[]
    statement.run()
    return []
  } finally {
    file.close()
  }
}
