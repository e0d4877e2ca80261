import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type StoreOptions } from '../../../src/services/store/index.ts'
import { startPostgres, type RealPostgres } from '../../support/real-postgres.ts'
import { POSTGRESQL, SQLITE } from './places.ts'
import { MIGRATIONS } from '../../../src/services/store/migrations.ts'

const PROGRAM = fileURLToPath(new URL('write-until-killed.ts', import.meta.url))

interface Writer {
  /** The names that it was told are saved. */
  readonly saved: readonly string[]
  wrote(some: number): Promise<void>
  kill(): Promise<void>
}

/** A process of its own that saves one cluster after another. */
function startWriter({ path, databaseUrl }: StoreOptions): Writer {
  const place = databaseUrl === undefined ? [path] : [path, databaseUrl]
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, ...place], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const saved: string[] = []
  let rest = ''
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop()!
    saved.push(...lines)
  })
  return {
    saved,
    async wrote(some) {
      while (saved.length < some && child.exitCode === null) await setTimeout(5)
    },
    async kill() {
      if (child.exitCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'close')
    },
  }
}

const namesIn = async (place: StoreOptions): Promise<ReadonlySet<string>> => {
  const store = await openStore(place)
  const names = (await store.clusters.list()).map(({ name }) => name)
  await store.close()
  return new Set(names)
}
const lost = (saved: readonly string[], kept: ReadonlySet<string>) =>
  saved.filter((name) => !kept.has(name))

describe.each([SQLITE, POSTGRESQL])('a program that is killed while it writes to $name', (kind) => {
  describe.skipIf(kind.skip)('again and again', () => {
    const fresh = kind.use()

    it('has lost nothing that it said was saved', async () => {
      const place = await fresh()
      const saved: string[] = []
      for (const some of [1, 15, 40]) {
        const writers = [startWriter(place), startWriter(place)]
        await Promise.all(writers.map((writer) => writer.wrote(some)))
        await Promise.all(writers.map((writer) => writer.kill()))
        saved.push(...writers.flatMap((writer) => writer.saved))
        const kept = await namesIn(place)
        expect(lost(saved, kept)).toEqual([])
        // What was under way when it was killed may be there or not.
        expect(kept.size).toBeLessThanOrEqual(saved.length + 2 * 3)
      }
      expect(saved.length).toBeGreaterThanOrEqual(2 * 56)
    })
  })
})

describe.skipIf(POSTGRESQL.skip)('a PostgreSQL that is killed while it is written to', () => {
  let server: RealPostgres
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.stop())

  it('has lost nothing that the store said was saved, and the store finds it again', async () => {
    const place = { databaseUrl: await server.createDatabase(), path: '' }
    const store = await openStore(place)
    const saved: string[] = []
    let failure: unknown
    const writing = (async () => {
      for (let i = 0; failure === undefined; i += 1) {
        const cluster = {
          name: `${i}`,
          spec: {},
          secrets: null,
          added_by: '',
          added_at: new Date(),
        }
        await store.clusters.save(cluster).then(
          () => saved.push(cluster.name),
          (error: unknown) => (failure = error),
        )
      }
    })()
    while (saved.length < 50) await setTimeout(5)
    await server.kill()
    await writing
    expect(failure).toMatchObject({
      kind: 'store_unavailable',
      detail: 'store a cluster: the database server cannot be reached',
    })
    await expect(store.clusters.list()).rejects.toMatchObject({ kind: 'store_unavailable' })
    await server.restart()
    const kept = new Set((await store.clusters.list()).map(({ name }) => name))
    expect(lost(saved, kept)).toEqual([])
    expect(await store.health(AbortSignal.timeout(5000))).toMatchObject({
      schema_version: MIGRATIONS.length,
    })
    await store.close()
  })
})
