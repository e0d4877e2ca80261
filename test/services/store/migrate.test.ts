import { sql } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../../src/services/store/engine.ts'
import { migrate } from '../../../src/services/store/migrate.ts'
import { MIGRATIONS, type Migration } from '../../../src/services/store/migrations.ts'
import { openPostgres } from '../../../src/services/store/postgres.ts'
import { openSqlite } from '../../../src/services/store/sqlite.ts'
import type { StoreOptions } from '../../../src/services/store/index.ts'
import { POSTGRESQL, rawly, SQLITE } from './places.ts'

const FIRST = MIGRATIONS.filter(({ version }) => version === 1)
const LATER: readonly Migration[] = [
  ...FIRST,
  {
    version: 2,
    name: 'jobs',
    statements: [
      'create table jobs (id text not null primary key, cluster text references clusters (name))',
      'create index jobs_cluster on jobs (cluster)',
    ],
  },
  {
    version: 3,
    name: 'clusters have an order',
    statements: [
      'alter table clusters add column place integer not null default 0',
      `update clusters set place = 7 where name = 'seoul'`,
    ],
  },
]
const SEOUL = `insert into clusters (name, spec, secrets, added_by, added_at)
  values ('seoul', '{}', null, 'admin', '2026-11-20T05:00:00.000Z')`

const engines: Engine[] = []
const open = async ({ databaseUrl, path }: StoreOptions): Promise<Engine> => {
  const engine = databaseUrl === undefined ? await openSqlite(path) : openPostgres(databaseUrl)
  engines.push(engine)
  return engine
}
const versions = async (place: StoreOptions) => {
  const rows = await rawly(
    place,
    'select version, name from kcloud_monitor_schema order by version',
  )
  return rows.map(({ version, name }) => `${String(version)} ${String(name)}`)
}

afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()))
})

it('has its steps in order, from 1 without a gap', () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, i) => i + 1))
})

describe.each([SQLITE, POSTGRESQL])('a database in $name', ({ skip, use }) => {
  describe.skipIf(skip)('that is brought up to date', () => {
    const fresh = use()

    it('keeps what an older program wrote', async () => {
      const place = await fresh()
      const engine = await open(place)
      await migrate(engine, FIRST)
      await rawly(place, SEOUL)
      await migrate(engine, LATER)
      expect(await versions(place)).toEqual(['1 clusters', '2 jobs', '3 clusters have an order'])
      expect(await rawly(place, 'select name, place from clusters')).toEqual([
        { name: 'seoul', place: 7 },
      ])
    })

    it('stays as it is when there is nothing to do', async () => {
      const place = await fresh()
      await migrate(await open(place), LATER)
      await migrate(await open(place), LATER)
      expect(await versions(place)).toHaveLength(3)
    })

    it('takes each step once when many begin at the same time', async () => {
      const place = await fresh()
      const many = await Promise.all(Array.from({ length: 6 }, () => open(place)))
      await Promise.all(many.map((engine) => migrate(engine, LATER)))
      expect(await versions(place)).toEqual(['1 clusters', '2 jobs', '3 clusters have an order'])
    })

    it('keeps the steps before one that fails, and nothing of that one', async () => {
      const place = await fresh()
      const engine = await open(place)
      const broken: Migration = {
        version: 4,
        name: 'broken',
        statements: ['create table half (a text)', 'create table nonsense ('],
      }
      await expect(migrate(engine, [...LATER, broken])).rejects.toThrow(/syntax|incomplete/)
      expect(await versions(place)).toHaveLength(3)
      const tables = await engine.db.transaction().execute((transaction) => engine.tableNames(transaction)) // prettier-ignore
      expect([...tables].sort()).toEqual(['clusters', 'jobs', 'kcloud_monitor_schema'])
    })

    it('is refused when it has another program in it, and left as it was', async () => {
      const place = await fresh()
      const engine = await open(place)
      await rawly(place, 'create table experiments (id integer)')
      await expect(migrate(engine)).rejects.toThrow(
        /belongs to another program \(it has the tables experiments\)/,
      )
      expect(
        await engine.db.transaction().execute((transaction) => engine.tableNames(transaction)),
      ).toEqual(['experiments'])
    })

    it('holds its foreign keys', async () => {
      const engine = await open(await fresh())
      await migrate(engine, LATER)
      await engine.settle()
      const insert = sql`insert into jobs (id, cluster) values ('1', 'nowhere')`
      await expect(
        engine.db.transaction().execute((transaction) => insert.execute(transaction)),
      ).rejects.toThrow(/foreign key/i)
    })
  })
})
