import { afterEach, describe, expect, it } from 'vitest'
import { rollupsInSight } from '../../../src/compose-scopes.ts'
import type { Grant } from '../../../src/kernel/principal.ts'
import { sightOf } from '../../../src/kernel/sight.ts'
import { withScopes } from '../../../src/services/clusters/index.ts'
import { openStore, type Store } from '../../../src/services/store/index.ts'
import { power } from '../../../src/domains/power/index.ts'
import { createFleet } from '../../support/fleet.ts'
import { createTestApp, fakeClock, type TestApp } from '../../support/test-app.ts'

let app: TestApp | undefined
let store: Store | undefined
afterEach(async () => {
  await app?.close()
  await store?.close()
})

const HOUR = 3_600_000

interface Stored {
  readonly name?: string
  readonly cluster?: string
  readonly namespace?: string
  readonly kind?: string
  readonly cost?: number
  readonly currency?: string
}

interface Answered {
  readonly status: number
  readonly data: any
  readonly meta: any
  readonly errors: any
}

/** A store with an hour of 3.6 MJ and 100 won, of which 30 minutes were collected, at each of these times. */
async function serve(
  hours: readonly string[],
  things: readonly Stored[] = [{}],
  scope: readonly Grant[] | null = null,
) {
  const clock = fakeClock('2026-11-20T00:00:00.000Z')
  store = await openStore({ path: ':memory:' })
  for (const hour of hours)
    await store.rollups.add({
      cluster: 'seoul',
      end: new Date(Date.parse(hour) + HOUR),
      rows: things.map((thing) => ({
        hour: new Date(hour),
        kind: 'workload',
        cluster: 'seoul',
        namespace: 'ml',
        name: 'job-0',
        covered_seconds: 1800,
        energy_joules: 3_600_000,
        cost: 100,
        currency: 'KRW',
        ...thing,
      })),
    })
  // Of the other routes nothing is asked here.
  const others = {} as Parameters<typeof power>[0]
  const current = () => sightOf(scope, 'namespace')
  const { registry: every } = createFleet({ seoul: '', busan: '' }, clock.now)
  const registry = withScopes(every, { current })
  const rollups = rollupsInSight(store.rollups, { current, registry })
  const needs = { ...others, collector: null, rollups, now: clock.now }
  app = await createTestApp([power(needs)], { clock })
  const served = app
  return async (query: string, options = {}): Promise<Answered> => {
    const reply = await served.get(`/api/v1/power/rollups?${query}`, options)
    return { status: reply.statusCode, ...(JSON.parse(reply.body) as Omit<Answered, 'status'>) }
  }
}

describe('GET /power/rollups', () => {
  it('has the hours of the last day, with the mean over the time that was collected', async () => {
    const get = await serve([
      '2026-11-18T23:00:00Z',
      '2026-11-19T00:00:00Z',
      '2026-11-19T23:00:00Z',
    ])
    const { status, data, meta } = await get('')
    expect(status).toBe(200)
    expect(data).toMatchObject({
      start: '2026-11-19T00:00:00.000Z',
      end: '2026-11-20T00:00:00.000Z',
      resolution: 'hour',
    })
    expect(data.rows).toHaveLength(2)
    expect(data.rows[0]).toEqual({
      start: '2026-11-19T00:00:00.000Z',
      end: '2026-11-19T01:00:00.000Z',
      cluster: 'seoul',
      namespace: 'ml',
      name: 'job-0',
      covered_seconds: 1800,
      energy_joules: 3_600_000,
      energy_kwh: 1,
      power_watts: 2000,
      cost: 100,
      currency: 'KRW',
    })
    expect(meta.page).toEqual({ total: 2, limit: 100, offset: 0 })
  })

  it('adds hours up by the days and months of a zone', async () => {
    // The last hour of October in Seoul, and the first two of November there.
    const get = await serve([
      '2026-10-31T14:00:00Z',
      '2026-10-31T15:00:00Z',
      '2026-10-31T16:00:00Z',
    ])
    const zone = 'start=2026-10-01T00:00:00Z&time_zone=Asia/Seoul'
    const months = await get(`${zone}&resolution=month`)
    expect(months.data.rows).toMatchObject([
      { start: '2026-09-30T15:00:00.000Z', end: '2026-10-31T15:00:00.000Z', cost: 100 },
      { start: '2026-10-31T15:00:00.000Z', end: '2026-11-30T15:00:00.000Z', cost: 200 },
    ])
    const days = await get(`${zone}&resolution=day`)
    expect(days.data.rows.map((row: { start: string }) => row.start)).toEqual([
      '2026-10-30T15:00:00.000Z',
      '2026-10-31T15:00:00.000Z',
    ])
  })

  it('knows days of 25 hours', async () => {
    const hours = Array.from({ length: 26 }, (_, hour) =>
      new Date(Date.parse('2026-10-24T22:00:00Z') + hour * HOUR).toISOString(),
    )
    const get = await serve(hours)
    const { data } = await get('start=2026-10-24T22:00:00Z&resolution=day&time_zone=Europe/Berlin')
    expect(data.rows.map((row: { energy_kwh: number }) => row.energy_kwh)).toEqual([25, 1])
  })

  it('filters, sorts and pages, and keeps currencies and what costs nothing known apart', async () => {
    const get = await serve(
      ['2026-11-19T05:00:00Z'],
      [
        {},
        { name: 'job-1', cost: 300 },
        { name: 'job-1', cost: 2, currency: 'USD' },
        { name: 'site', namespace: 'web', cost: 0, currency: '' },
        { name: 'gpu-1', namespace: '', kind: 'node', cost: 900 },
      ],
    )
    const names = async (query: string) =>
      (await get(query)).data.rows.map((row: { name: string }) => row.name)
    expect(await names('sort=-cost')).toEqual(['job-1', 'job-0', 'job-1', 'site'])
    expect(await names('sort=-cost&limit=1&offset=1')).toEqual(['job-0'])
    expect(await names('namespace=web')).toEqual(['site'])
    expect(await names('name=job-1')).toEqual(['job-1', 'job-1'])
    expect(await names('kind=node')).toEqual(['gpu-1'])
    expect(await names('cluster=busan')).toEqual([])
    const { data } = await get('namespace=web')
    expect(data.rows[0]).toMatchObject({ cost: null, currency: null })
  })

  it.each([
    [[{ cluster: 'seoul', namespaces: ['ml'] }], ['seoul/ml/job-0'], []],
    [[{ cluster: 'seoul', namespaces: null }], ['seoul/ml/job-0', 'seoul/web/site'], ['gpu-1']],
    [[{ cluster: '*', namespaces: ['web'] }], ['busan/web/site', 'seoul/web/site'], []],
    [[{ cluster: 'gone', namespaces: null }], [], []],
  ] as const)('has for %j what they see, and nothing else', async (scope, workloads, nodes) => {
    const get = await serve(
      ['2026-11-19T05:00:00Z'],
      [
        {},
        { name: 'site', namespace: 'web' },
        { cluster: 'busan', name: 'site', namespace: 'web' },
        { cluster: 'gone', name: 'old' },
        { name: 'gpu-1', namespace: '', kind: 'node' },
        { cluster: 'busan', name: 'vm-1', namespace: '' },
      ],
      scope,
    )
    const named = ({ cluster, namespace, name }: Record<string, string>) =>
      `${cluster}/${namespace}/${name}`
    const { data, meta } = await get('')
    expect(data.rows.map(named).sort()).toEqual(workloads)
    expect(meta.page.total).toBe(workloads.length)
    const { data: told } = await get('kind=node')
    expect(told.rows.map(({ name }: { name: string }) => name)).toEqual(nodes)
    const hidden = await get('cluster=busan&name=vm-1')
    expect([hidden.status, hidden.data.rows]).toEqual([200, []])
  })

  it.each([
    ['resolution=week', '/query/resolution'],
    ['resolution=day&time_zone=Mars/Olympus', '/query/time_zone'],
    ['resolution=day&time_zone=Asia/Kolkata', '/query/time_zone'],
    ['start=2020-01-01T00:00:00Z', '/query/start'],
    ['sort=colour', '/query/sort'],
    ['kind=pod', '/query/kind'],
    ['step=1h', '/query/step'],
  ])('names what is wrong with %s', async (query, pointer) => {
    const get = await serve(['2026-11-19T05:00:00Z'])
    const { status, errors } = await get(query)
    expect([status, errors[0].pointer]).toEqual([400, pointer])
  })

  it('wants credentials, and is at the root too', async () => {
    const get = await serve([])
    expect((await get('', { auth: false })).status).toBe(401)
    expect((await app?.get('/power/rollups'))?.statusCode).toBe(200)
  })
})
