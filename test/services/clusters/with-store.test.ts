import { createSecretKey, randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import {
  createRegistry,
  withStore,
  type ClusterSpec,
  type Connection,
} from '../../../src/services/clusters/index.ts'
import { clusterSpec } from '../../../src/services/prometheus/index.ts'
import { openStore, type Store } from '../../../src/services/store/index.ts'

const NOW = new Date('2026-11-20T05:00:00Z')
const PASSWORD = 'correct horse battery staple'

const spec = (fields: Readonly<Record<string, unknown>>): ClusterSpec =>
  clusterSpec(10).parse({ url: 'http://prometheus:9090', ...fields })
const SEOUL = spec({ name: 'seoul', region: 'kr' })
/** A cluster in which every field is set. */
const FULL = spec({
  name: 'busan',
  url: 'https://prometheus.busan:9090/prefix',
  region: 'kr',
  description: '부산 AI 데이터센터',
  flavour: 'mimir',
  timeout: '90s',
  username: 'monitor',
  password: PASSWORD,
  headers: { 'X-Scope-OrgID': 'tenant-7' },
  ca_file: '/etc/ca.pem',
  cert_file: '/etc/cert.pem',
  key_file: '/etc/key.pem',
  labels: { cluster: 'busan' },
  params: { dedup: 'true' },
  compression: true,
})
const TOKEN = spec({ name: 'jeju', url: 'https://jeju:9090', bearer_token: 'secret-token' })

const unable = new KCloudError('invalid_request', { detail: 'ca_file cannot be read' })

/** A registry that remembers what it was asked to connect to, and cannot connect to clusters called `broken`. */
function newRegistry(clusters: readonly ClusterSpec[] = []) {
  const connected: ClusterSpec[] = []
  const closed: string[] = []
  const connect = (given: ClusterSpec): Connection => {
    if (given.name === 'broken') throw unable
    connected.push(given)
    return {
      client: { instant: () => Promise.reject(unable), range: () => Promise.reject(unable) },
      probe: () => Promise.resolve({ version: null }),
      close: () => Promise.resolve(void closed.push(given.name)),
    }
  }
  const registry = createRegistry({
    clusters,
    connect,
    healthIntervalSeconds: 0,
    healthTimeoutSeconds: 5,
    now: () => NOW,
  })
  return { registry, connected, closed }
}

const key = createSecretKey(randomBytes(32))
const stores: Store[] = []
async function newStore({ keyed = true } = {}) {
  const store = await openStore({ path: ':memory:', key: keyed ? key : undefined })
  stores.push(store)
  return store.clusters
}

/** A server that starts on what is in the store. */
async function start(store: Store['clusters'], configured: readonly ClusterSpec[] = []) {
  const { registry, connected, closed } = newRegistry(configured)
  return { registry: await withStore(registry, { store, now: () => NOW }), connected, closed }
}
const names = ({ all }: { all: () => readonly { name: string }[] }) => all().map(({ name }) => name)
const failure = (kind: string, detail: RegExp | string) =>
  expect.objectContaining({ kind, detail: expect.stringMatching(detail) }) as Error

afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()))
})

describe('a cluster that is added at run time', () => {
  it('is known at once, and after the next start just as it was', async () => {
    const store = await newStore()
    const first = await start(store, [SEOUL])
    const { revision } = first.registry
    expect(await first.registry.add(FULL, 'admin')).toMatchObject({ name: 'busan', region: 'kr' })
    await first.registry.add(TOKEN, 'admin')
    expect(names(first.registry)).toEqual(['seoul', 'busan', 'jeju'])
    expect(first.registry.revision).toBe(revision + 2)

    const second = await start(store, [SEOUL])
    expect(names(second.registry)).toEqual(['seoul', 'busan', 'jeju'])
    expect(second.connected).toEqual([SEOUL, FULL, TOKEN])
    expect(second.registry.skipped).toEqual([])
  })

  it('is stored with who added it when, and its secrets apart', async () => {
    const store = await newStore()
    const { registry } = await start(store)
    await registry.add(FULL, 'admin')
    const [stored] = await store.list()
    expect(stored).toEqual({
      name: 'busan',
      added_by: 'admin',
      added_at: NOW,
      spec: {
        url: 'https://prometheus.busan:9090/prefix',
        region: 'kr',
        description: '부산 AI 데이터센터',
        flavour: 'mimir',
        timeout: 90,
        username: 'monitor',
        ca_file: '/etc/ca.pem',
        cert_file: '/etc/cert.pem',
        key_file: '/etc/key.pem',
        labels: { cluster: 'busan' },
        params: { dedup: 'true' },
        compression: true,
      },
      secrets: { password: PASSWORD, headers: { 'X-Scope-OrgID': 'tenant-7' } },
      problem: null,
    })
  })

  it('is refused when the name is taken, by the configuration, at run time or by another server', async () => {
    const store = await newStore()
    const { registry } = await start(store, [SEOUL])
    const other = await start(store)
    await registry.add(TOKEN, 'admin')
    for (const taken of [SEOUL, TOKEN])
      await expect(registry.add(taken, 'admin')).rejects.toThrow(failure('ambiguous', taken.name))
    await expect(other.registry.add(TOKEN, 'admin')).rejects.toThrow(failure('ambiguous', 'jeju'))
    expect(names(other.registry)).toEqual([])
    expect(await store.list()).toHaveLength(1)
  })

  it('is refused with secrets but without a key, and is not known then', async () => {
    const store = await newStore({ keyed: false })
    const { registry } = await start(store)
    await expect(registry.add(TOKEN, 'admin')).rejects.toThrow(
      failure('unprocessable', 'STATE_KEY'),
    )
    await registry.add(SEOUL, 'admin')
    expect(names(registry)).toEqual(['seoul'])
  })

  it('is not stored when it cannot be connected to', async () => {
    const store = await newStore()
    const { registry } = await start(store)
    await expect(registry.add(spec({ name: 'broken' }), 'admin')).rejects.toThrow(unable)
    expect(await store.list()).toEqual([])
  })

  it('is not known when it cannot be stored', async () => {
    const store = await newStore()
    const { registry } = await start(store)
    await stores.pop()!.close()
    await expect(registry.add(SEOUL, 'admin')).rejects.toThrow(failure('store_unavailable', /./))
    expect(names(registry)).toEqual([])
  })

  it('can be removed, for good', async () => {
    const store = await newStore()
    const { registry, closed } = await start(store, [SEOUL])
    await registry.add(TOKEN, 'admin')
    await registry.remove('jeju')
    await registry.close()
    expect(closed).toEqual(['jeju', 'seoul'])
    expect(names((await start(store)).registry)).toEqual([])
    await expect(registry.remove('jeju')).rejects.toThrow(failure('not_found', 'jeju'))
  })

  it('is either there or not when it is added and removed at once', async () => {
    const store = await newStore()
    const { registry } = await start(store)
    await Promise.allSettled([
      registry.add(TOKEN, 'admin'),
      registry.remove('jeju'),
      registry.add(TOKEN, 'admin'),
      registry.add(TOKEN, 'admin'),
      registry.remove('jeju'),
      registry.add(TOKEN, 'admin'),
    ])
    expect(names(registry)).toEqual(['jeju'])
    expect(await store.list()).toHaveLength(1)
  })
})

describe('a cluster of the configuration', () => {
  it('is not removed at run time', async () => {
    const { registry } = await start(await newStore(), [SEOUL])
    await expect(registry.remove('seoul')).rejects.toThrow(
      failure('unprocessable', /^seoul is part/),
    )
    expect(names(registry)).toEqual(['seoul'])
  })

  it('wins over a stored one of the same name, which is reported and kept', async () => {
    const store = await newStore()
    await (
      await start(store)
    ).registry.add(spec({ name: 'seoul', url: 'http://old:9090' }), 'admin')
    const { registry, connected } = await start(store, [SEOUL])
    expect(connected).toEqual([SEOUL])
    expect(registry.skipped).toEqual([
      { name: 'seoul', reason: 'the configuration has a cluster of the same name' },
    ])
    expect(await store.list()).toHaveLength(1)
  })
})

describe('a stored cluster that cannot be taken up', () => {
  const stored = (name: string, fields: object) => ({
    name,
    spec: { url: 'http://prometheus:9090', ...fields },
    secrets: null,
    added_by: 'admin',
    added_at: NOW,
  })

  it('is reported with the reason, and the others are known', async () => {
    const store = await newStore()
    await store.save(stored('broken', {}))
    await store.save(stored('odd', { url: 'ftp://x', surprise: 1 }))
    await store.save(stored('well', {}))
    await store.save({ ...stored('sealed', {}), secrets: { password: 7 } })
    const { registry } = await start(store)
    expect(names(registry)).toEqual(['well'])
    expect(registry.skipped).toEqual([
      { name: 'broken', reason: 'ca_file cannot be read' },
      {
        name: 'odd',
        reason: 'url must be an http or https address; Unrecognized key: "surprise"',
      },
      { name: 'sealed', reason: expect.stringMatching(/^password /) },
    ])
  })

  it('can be removed all the same', async () => {
    const store = await newStore()
    await store.save(stored('broken', {}))
    const { registry } = await start(store)
    await registry.remove('broken')
    expect(registry.skipped).toEqual([])
    expect(await store.list()).toEqual([])
  })
})
