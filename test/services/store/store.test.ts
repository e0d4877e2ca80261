import { createSecretKey, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openStore, type NewCluster } from '../../../src/services/store/index.ts'
import { MIGRATIONS } from '../../../src/services/store/migrations.ts'
import { MEMORY, POSTGRESQL, rawly, SQLITE, useStores } from './places.ts'

const newKey = () => createSecretKey(randomBytes(32))
const PASSWORD = 'correct horse battery staple'

const cluster = (name: string, more: Partial<NewCluster> = {}): NewCluster => ({
  name,
  spec: { url: 'https://prometheus:9090', labels: { cluster: '서울' }, timeout: 10.5 },
  secrets: null,
  added_by: 'admin',
  added_at: new Date('2026-11-20T05:00:00.123Z'),
  ...more,
})

const open = useStores()
const failure = (kind: string, detail: RegExp | string) =>
  expect.objectContaining({ kind, detail: expect.stringMatching(detail) }) as Error
const patience = () => AbortSignal.timeout(5000)

describe.each([SQLITE, MEMORY, POSTGRESQL])('a store in $name', ({ engine, skip, use }) => {
  describe.skipIf(skip)('while it is open', () => {
    const fresh = use()

    it('is empty at first, and says how it is', async () => {
      const store = await open(await fresh())
      expect(await store.clusters.list()).toEqual([])
      expect(await store.health(patience())).toEqual({
        engine,
        schema_version: MIGRATIONS.length,
      })
    })

    it('gives back clusters as they were saved, in the order of their time', async () => {
      const { clusters } = await open(await fresh())
      const seoul = cluster('seoul', { added_at: new Date('2026-11-20T05:00:01Z') })
      const busan = cluster('busan')
      await clusters.save(seoul)
      await clusters.save(busan)
      expect(await clusters.list()).toEqual([
        { ...busan, problem: null },
        { ...seoul, problem: null },
      ])
    })

    it('keeps any text as it is', async () => {
      const { clusters } = await open({ ...(await fresh()), key: newKey() })
      const text = `'; drop table clusters; -- " \\ \u0000 \ud83d\ude00 \ud800 ${'한'.repeat(10_000)}`
      const saved = cluster('odd', { spec: { text }, secrets: { text }, added_by: `o'"\\👩` })
      await clusters.save(saved)
      expect(await clusters.list()).toEqual([{ ...saved, problem: null }])
    })

    it('refuses a name that is taken, and leaves the first as it was', async () => {
      const { clusters } = await open(await fresh())
      await clusters.save(cluster('seoul'))
      await expect(clusters.save(cluster('seoul', { added_by: 'other' }))).rejects.toThrow(
        failure('ambiguous', 'a cluster called seoul is stored already'),
      )
      expect(await clusters.list()).toMatchObject([{ name: 'seoul', added_by: 'admin' }])
    })

    it('says whether there was one to remove', async () => {
      const { clusters } = await open(await fresh())
      await clusters.save(cluster('seoul'))
      expect(await clusters.remove('busan')).toBe(false)
      expect(await clusters.remove('seoul')).toBe(true)
      expect(await clusters.remove('seoul')).toBe(false)
      expect(await clusters.list()).toEqual([])
    })

    it('lets one of many win who take the same name at once', async () => {
      const { clusters } = await open(await fresh())
      const attempts = Array.from({ length: 20 }, (_, i) =>
        clusters.save(cluster('seoul', { added_by: `user ${i}` })),
      )
      const results = await Promise.allSettled(attempts)
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect(await clusters.list()).toHaveLength(1)
    })

    it('stores no secret without a key, nor anything of its cluster', async () => {
      const { clusters } = await open(await fresh())
      await expect(
        clusters.save(cluster('seoul', { secrets: { password: PASSWORD } })),
      ).rejects.toThrow(failure('unprocessable', 'set STATE_KEY'))
      expect(await clusters.list()).toEqual([])
    })

    it('gives no sign of health when nobody waits any more, or when it is closed', async () => {
      const store = await open(await fresh())
      await expect(store.health(AbortSignal.abort())).rejects.toThrow(
        failure('store_unavailable', 'did not answer in time'),
      )
      await store.close()
      await expect(store.health(patience())).rejects.toThrow(
        failure('store_unavailable', 'ask the state store: it is closed'),
      )
      await expect(store.clusters.list()).rejects.toThrow(
        failure('store_unavailable', 'read the stored clusters: it is closed'),
      )
    })
  })
})

describe.each([SQLITE, POSTGRESQL])('a store in $name', ({ skip, use }) => {
  describe.skipIf(skip)('that is opened again', () => {
    const fresh = use()

    it('has what was saved', async () => {
      const options = { ...(await fresh()), key: newKey() }
      const first = await open(options)
      await first.clusters.save(cluster('seoul', { secrets: { password: PASSWORD } }))
      await first.close()
      const { clusters } = await open(options)
      expect(await clusters.list()).toEqual([
        { ...cluster('seoul', { secrets: { password: PASSWORD } }), problem: null },
      ])
    })

    it('serves several who open it at once, and each sees what the others save', async () => {
      const options = await fresh()
      const stores = await Promise.all(Array.from({ length: 8 }, () => open(options)))
      await Promise.all(stores.map(({ clusters }, i) => clusters.save(cluster(`cluster-${i}`))))
      for (const { clusters } of stores) expect(await clusters.list()).toHaveLength(8)
      expect(await rawly(options, 'select version from kcloud_monitor_schema')).toHaveLength(
        MIGRATIONS.length,
      )
    })

    it('shows no secret to those who can read the database', async () => {
      const options = { ...(await fresh()), key: newKey() }
      const { clusters } = await open(options)
      await clusters.save(cluster('seoul', { secrets: { password: PASSWORD } }))
      await clusters.save(cluster('busan', { secrets: { password: PASSWORD } }))
      const rows = await rawly(options, 'select * from clusters')
      const text = JSON.stringify(rows)
      expect(text).not.toContain(PASSWORD)
      expect(text).not.toContain(Buffer.from(PASSWORD).toString('base64url').slice(0, 20))
      expect(rows[0]!['secrets']).toMatch(/^v1(\.[\w-]+){4}$/)
      // Equal secrets do not look alike.
      const lastParts = rows.map((row) => String(row['secrets']).split('.').at(-1))
      expect(new Set(lastParts).size).toBe(2)
    })

    it.each([
      ['another key', newKey(), 'its secrets are sealed with another STATE_KEY'],
      ['no key', undefined, 'its secrets are sealed, and STATE_KEY is not set'],
    ])('reads no secret with %s, and everything else', async (_, key, problem) => {
      const place = await fresh()
      const first = await open({ ...place, key: newKey() })
      await first.clusters.save(cluster('seoul', { secrets: { password: PASSWORD } }))
      await first.clusters.save(cluster('busan'))
      const { clusters } = await open({ ...place, key })
      const stored = await clusters.list()
      expect(stored).toMatchObject([
        { name: 'busan', problem: null },
        { name: 'seoul', added_by: 'admin', problem },
      ])
      expect(stored[1]).not.toHaveProperty('spec')
      expect(await clusters.remove('seoul')).toBe(true)
    })

    it.each([
      ['sent elsewhere', `update clusters set spec = '{"url":"https://elsewhere"}'`],
      ['given to another', `update clusters set name = 'busan'`],
      ['shortened', `update clusters set secrets = substr(secrets, 1, length(secrets) - 4)`],
    ])('reads no secret that was %s in the database', async (_, statement) => {
      const options = { ...(await fresh()), key: newKey() }
      const { clusters } = await open(options)
      await clusters.save(cluster('seoul', { secrets: { password: PASSWORD } }))
      await rawly(options, statement)
      expect(await clusters.list()).toMatchObject([
        { problem: 'it was changed in the database after its secrets were sealed' },
      ])
    })

    it('reads the others when one is not readable', async () => {
      const options = await fresh()
      const { clusters } = await open(options)
      await clusters.save(cluster('busan'))
      await clusters.save(cluster('seoul'))
      await rawly(options, `update clusters set spec = '{' where name = 'busan'`)
      expect(await clusters.list()).toMatchObject([
        { name: 'busan', problem: 'its description is not JSON' },
        { name: 'seoul', problem: null },
      ])
    })

    it('is refused when it is newer than the program, and left as it was', async () => {
      const options = await fresh()
      await (await open(options)).close()
      const later = MIGRATIONS.length + 1
      await rawly(
        options,
        `insert into kcloud_monitor_schema (version, name) values (${later}, 'later')`,
      )
      await expect(openStore(options)).rejects.toThrow(
        failure(
          'store_unavailable',
          `is of version ${later}, and this program knows versions up to ${MIGRATIONS.length}`,
        ),
      )
      const versions = await rawly(options, 'select version from kcloud_monitor_schema')
      expect(versions.map(({ version }) => version)).toEqual([
        ...MIGRATIONS.map((step) => step.version),
        later,
      ])
    })
  })
})
