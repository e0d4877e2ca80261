import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../../src/services/store/index.ts'
import { startFaultProxy } from '../../support/fault-proxy.ts'
import { startPostgres, type RealPostgres } from '../../support/real-postgres.ts'
import { makeCertificates, type Certificates } from '../prometheus/certificates.ts'
import { POSTGRESQL, rawly } from './places.ts'

const path = '/nowhere/state.db'
const patience = () => AbortSignal.timeout(5000)
const refusal = (detail: RegExp) =>
  expect.objectContaining({
    kind: 'store_unavailable',
    detail: expect.stringMatching(detail),
  }) as Error

it('needs an address, and does not repeat what it was given instead', async () => {
  const given = 'postgres//admin:hunter2@db/state'
  const error = await openStore({ databaseUrl: given, path }).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ detail: expect.stringMatching(/^DATABASE_URL must be an address/) })
  expect(error).toMatchObject({ cause: undefined })
})

it('says that nobody is there', async () => {
  const databaseUrl = 'postgres://admin:hunter2@127.0.0.1:1/state'
  const error = await openStore({ databaseUrl, path }).catch((reason: unknown) => reason)
  expect(error).toEqual(
    refusal(/^prepare the state store in PostgreSQL: the database server cannot be reached$/),
  )
  expect(JSON.stringify(error) + String(error)).not.toMatch(/hunter2|127\.0\.0\.1/)
})

describe.skipIf(POSTGRESQL.skip)('a store in PostgreSQL', () => {
  let server: RealPostgres
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.stop())

  it('lives in a schema of its own where the address names one', async () => {
    const databaseUrl = await server.createDatabase()
    const place = { databaseUrl: `${databaseUrl}?options=-c%20search_path%3Dmonitor`, path }
    await rawly({ databaseUrl, path }, 'create schema monitor')
    await rawly({ databaseUrl, path }, 'create table public.others (id integer)')
    const store = await openStore(place)
    expect(await store.clusters.list()).toEqual([])
    expect(await rawly(place, 'select count(*)::int as n from monitor.clusters')).toEqual([
      { n: 0 },
    ])
    await store.close()
  })

  it('names a database or a schema that does not exist', async () => {
    const missing = `postgres://lab@127.0.0.1:${server.port}/nowhere`
    const what = /there is no such database or schema$/
    await expect(openStore({ databaseUrl: missing, path })).rejects.toThrow(refusal(what))
    const databaseUrl = `${await server.createDatabase()}?options=-c%20search_path%3Dnowhere`
    await expect(openStore({ databaseUrl, path })).rejects.toThrow(refusal(what))
  })

  it('says when it may not write', async () => {
    const databaseUrl = await server.createDatabase()
    const readOnly = `${databaseUrl}?options=-c%20default_transaction_read_only%3Don`
    await expect(openStore({ databaseUrl: readOnly, path })).rejects.toThrow(
      refusal(/the database server is read-only$/),
    )
    await rawly({ databaseUrl, path }, 'create role guest login')
    await expect(
      openStore({ databaseUrl: databaseUrl.replace('lab@', 'guest@'), path }),
    ).rejects.toThrow(refusal(/the user may not do this there$/))
  })

  it('goes on when the server was restarted under it', async () => {
    const place = { databaseUrl: await server.createDatabase(), path }
    const store = await openStore(place)
    await Promise.all(Array.from({ length: 8 }, () => store.clusters.list()))
    await server.restart()
    expect(await store.clusters.list()).toEqual([])
    await store.close()
  })

  it('gives up a server that no longer answers, and comes back to it', async () => {
    const databaseUrl = await server.createDatabase()
    const proxy = await startFaultProxy(server.port)
    const store = await openStore({
      databaseUrl: databaseUrl.replace(`:${server.port}/`, `:${proxy.port}/`),
      path,
    })
    proxy.be({ mode: 'blackhole' })
    await expect(store.health(AbortSignal.timeout(200))).rejects.toThrow(
      refusal(/did not answer in time$/),
    )
    await expect(store.clusters.list()).rejects.toThrow(
      refusal(/^read the stored clusters: the database server took too long$/),
    )
    proxy.be({ mode: 'pass' })
    expect(await store.clusters.list()).toEqual([])
    proxy.be({ mode: 'refuse' })
    await expect(store.clusters.list()).rejects.toThrow(refusal(/cannot be reached$/))
    proxy.be({ mode: 'pass' })
    expect(await store.health(patience())).toMatchObject({ engine: 'postgresql' })
    await store.close()
    await proxy.close()
  })

  it('ends a statement that takes too long, and uses few connections', async () => {
    const place = { databaseUrl: await server.createDatabase(), path }
    const store = await openStore(place)
    await rawly(place, 'alter table clusters rename to real_clusters')
    await rawly(
      place,
      'create view clusters as select real_clusters.* from real_clusters, pg_sleep(60)',
    )
    const asked = Array.from({ length: 4 }, () => store.clusters.list())
    const answers = Promise.allSettled(asked)
    const used = await rawly(
      place,
      `select count(*)::int as n from pg_stat_activity where application_name = 'kcloud-monitor'`,
    )
    expect(used[0]!['n']).toBeLessThanOrEqual(4)
    for (const answer of await answers)
      expect(answer).toMatchObject({
        reason: { detail: 'read the stored clusters: the database server took too long' },
      })
    await store.close()
  })
})

describe.skipIf(POSTGRESQL.skip)('a store in a PostgreSQL with TLS', () => {
  let server: RealPostgres
  let certificates: Certificates
  beforeAll(async () => {
    certificates = makeCertificates()
    server = await startPostgres({ tls: certificates.good })
  })
  afterAll(async () => {
    certificates.remove()
    await server.stop()
  })
  const encrypted = (databaseUrl: string) =>
    rawly(
      { databaseUrl, path },
      `select ssl from pg_stat_ssl natural join pg_stat_activity where application_name = 'kcloud-monitor'`,
    )

  it('trusts a certificate of the authority that the address names', async () => {
    const plain = await server.createDatabase()
    const databaseUrl = `${plain}?sslmode=verify-full&sslrootcert=${certificates.caFile}`
    const store = await openStore({ databaseUrl, path })
    expect(await encrypted(plain)).toEqual([{ ssl: true }])
    await store.close()
  })

  it('does not trust a certificate of an unknown authority', async () => {
    const databaseUrl = `${await server.createDatabase()}?sslmode=verify-full`
    await expect(openStore({ databaseUrl, path })).rejects.toThrow(
      refusal(/the TLS certificate of the database server is not trusted$/),
    )
  })

  it('encrypts without asking for a certificate when told so', async () => {
    const plain = await server.createDatabase()
    const store = await openStore({ databaseUrl: `${plain}?sslmode=no-verify`, path })
    expect(await encrypted(plain)).toEqual([{ ssl: true }])
    await store.close()
  })

  it('says when a file of its address is missing, or the server has no TLS', async () => {
    const databaseUrl = `${await server.createDatabase()}?sslmode=verify-full&sslrootcert=/nowhere.pem`
    await expect(openStore({ databaseUrl, path })).rejects.toThrow(
      refusal(/a file or directory that it needs is not there$/),
    )
    const without = await startPostgres()
    try {
      const secure = `${await without.createDatabase()}?sslmode=verify-full`
      await expect(openStore({ databaseUrl: secure, path })).rejects.toThrow(
        refusal(/the database server has no TLS$/),
      )
    } finally {
      await without.stop()
    }
  })
})
