import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { openStore } from '../../../src/services/store/index.ts'
import { openSqlite } from '../../../src/services/store/sqlite.ts'
import { rawly, SQLITE } from './places.ts'

const cluster = (name: string, text = '') => ({
  name,
  spec: { text },
  secrets: null,
  added_by: 'admin',
  added_at: new Date('2026-11-20T05:00:00Z'),
})
const refusal = (detail: RegExp) =>
  expect.objectContaining({
    kind: 'store_unavailable',
    detail: expect.stringMatching(detail),
  }) as Error

describe('the file of a store', () => {
  const fresh = SQLITE.use()

  it('is made with its directory, and only its owner may read it', async () => {
    const { path } = await fresh()
    const store = await openStore({ path })
    await store.clusters.save(cluster('seoul'))
    for (const name of await readdir(dirname(path)))
      expect([name, (await stat(join(dirname(path), name))).mode & 0o777]).toEqual([name, 0o600])
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700)
    await store.close()
  })

  it('writes ahead, so that readers and a writer do not wait for one another', async () => {
    const { path } = await fresh()
    const store = await openStore({ path })
    expect(await rawly({ path }, 'pragma journal_mode')).toEqual([{ journal_mode: 'wal' }])
    await store.close()
  })

  it('is whole by itself once the store is closed', async () => {
    const { path } = await fresh()
    const store = await openStore({ path })
    await store.clusters.save(cluster('seoul', 'marker'))
    await store.close()
    expect((await readFile(path)).includes('marker')).toBe(true)
  })

  it('is not opened when it is no database', async () => {
    const { path } = await fresh()
    await mkdir(dirname(path))
    await writeFile(path, 'a shopping list, not a database\n'.repeat(100))
    await expect(openStore({ path })).rejects.toThrow(
      refusal(/^check the state store .*state\.db: the file is not an SQLite database$/),
    )
    expect(await readFile(path, 'utf8')).toMatch(/^a shopping list/)
  })

  it('is not opened when a part of it was overwritten or lost', async () => {
    const { path } = await fresh()
    const store = await openStore({ path })
    for (let i = 0; i < 20; i += 1)
      await store.clusters.save(cluster(`cluster-${i}`, 'x'.repeat(9000)))
    await store.close()
    const whole = await readFile(path)
    const overwritten = Buffer.from(whole)
    overwritten.fill(0xa5, 8192, 24_576)
    await writeFile(path, overwritten)
    await expect(openStore({ path })).rejects.toThrow(refusal(/the database is damaged$/))
    await writeFile(path, whole)
    await truncate(path, 40_000)
    await expect(openStore({ path })).rejects.toThrow(refusal(/the database is damaged$/))
  })

  it('of another program stays as it was', async () => {
    const { path } = await fresh()
    await mkdir(dirname(path))
    await rawly({ path }, 'create table notes (text text)')
    const before = await readFile(path)
    await expect(openStore({ path })).rejects.toThrow(refusal(/belongs to another program/))
    expect((await readFile(path)).equals(before)).toBe(true)
  })

  it('that cannot be made is named', async () => {
    const { path } = await fresh()
    await mkdir(dirname(path))
    await writeFile(path, '')
    const below = join(path, 'state.db')
    await expect(openStore({ path: below })).rejects.toThrow(
      refusal(
        /^open the state store .*state\.db\/state\.db: a file or directory that it needs is not there$/,
      ),
    )
    await expect(openStore({ path: dirname(path) })).rejects.toThrow(refusal(/^open the state/))
  })

  it('may have a name that looks like an address', async () => {
    const { path } = await fresh()
    await mkdir(dirname(path))
    const before = process.cwd()
    process.chdir(dirname(path))
    try {
      const store = await openStore({ path: 'libsql://127.0.0.1:1/state.db' })
      await store.close()
    } finally {
      process.chdir(before)
    }
    expect(await readdir(dirname(path))).toContain('libsql:')
  })

  it.skipIf(process.getuid?.() === 0)('that may not be written is named', async () => {
    const { path } = await fresh()
    const store = await openStore({ path })
    await store.close()
    await chmod(path, 0o400)
    await expect(openStore({ path })).rejects.toThrow(refusal(/may not be read or written$/))
  })
})

describe('a store whose file another process is writing', () => {
  const fresh = SQLITE.use()
  const HOLD = `
    const db = new (require('libsql'))(process.argv[1])
    db.exec('begin immediate')
    console.log('held')
    setTimeout(() => { db.exec('commit'); console.log('released') }, Number(process.argv[2]))`

  it('waits for it without stopping the event loop', async () => {
    const { path } = await fresh()
    const store = await openStore({ path })
    const other = spawn(process.execPath, ['-e', HOLD, path, '1000'])
    await once(other.stdout, 'data')
    let turns = 0
    const timer = setInterval(() => (turns += 1), 10)
    await store.clusters.save(cluster('seoul'))
    clearInterval(timer)
    // Half of the wait belongs to the driver, the other half to everybody else.
    expect(turns).toBeGreaterThan(5)
    expect(await store.clusters.list()).toHaveLength(1)
    await store.close()
  })

  it('reads what was there before', async () => {
    const { path } = await fresh()
    const store = await openStore({ path })
    await store.clusters.save(cluster('seoul'))
    const other = spawn(process.execPath, ['-e', HOLD, path, '60000'])
    await once(other.stdout, 'data')
    expect(await store.clusters.list()).toHaveLength(1)
    await expect(store.clusters.save(cluster('busan'))).rejects.toThrow(
      refusal(/^store a cluster: another process has held it for too long$/),
    )
    other.kill('SIGKILL')
    await once(other, 'exit')
    // The driver keeps what follows a failure to itself unless it is handled with care.
    await store.clusters.save(cluster('busan'))
    expect(await rawly({ path }, 'select name from clusters order by name')).toEqual([
      { name: 'busan' },
      { name: 'seoul' },
    ])
    await store.close()
  })

  it('writes nothing outside of a transaction', async () => {
    const engine = await openSqlite(':memory:')
    const create = sql`create table t (a integer)`
    await expect(create.execute(engine.db)).rejects.toThrow(/^written outside of a transaction/)
    await engine.close()
  })
})
