import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SOURCES } from '../../src/catalogue/sources/index.ts'
import type { ConnectionEnd } from '../../src/connect.ts'
import { KCloudError } from '../../src/kernel/errors.ts'
import { clusterSpec } from '../../src/services/prometheus/index.ts'
import { everyDomain, simulatedEnd, type EveryDomain } from '../support/every-domain.ts'
import { quietWorld } from '../support/quiet-world.ts'
import { filledIn, namesIn, READS, type Names } from '../support/reads.ts'

// What every route that reads clusters does with wrong questions, and with clusters that do not answer.

const NOW = '2026-11-20T02:00:00.000Z'
const world = quietWorld()

const late = (): Promise<never> =>
  Promise.reject(new KCloudError('backend_timeout', { detail: 'no answer in time' }))
const silentEnd = (): ConnectionEnd => ({
  client: { instant: late, range: late },
  probe: () => Promise.resolve({ version: 'simulator' }),
  close: () => Promise.resolve(),
})

function serve(names: readonly ('site' | 'late')[]): Promise<EveryDomain> {
  return everyDomain({
    now: NOW,
    sources: SOURCES,
    clusters: names.map((name) => clusterSpec(10).parse({ name, url: 'http://simulator.invalid' })),
    open: ({ name }) => (name === 'late' ? silentEnd() : simulatedEnd(world, 'site', NOW)),
  })
}

let site: EveryDomain
let both: EveryDomain
let down: EveryDomain
let names: Names
beforeAll(async () => {
  site = await serve(['site'])
  both = await serve(['site', 'late'])
  down = await serve(['late'])
  names = await namesIn(site)
})
afterAll(async () => {
  await Promise.all([site.close(), both.close(), down.close()])
})

const also = (path: string, parameter: string): string =>
  `${path}${path.includes('?') ? '&' : '?'}${parameter}`

/** The same question about a cluster that there is not. */
const aboutNobody = (path: string): string =>
  path.startsWith('/clusters/site')
    ? path.replace('/site', '/nowhere')
    : also(filledIn(path, names), 'cluster=nowhere')

describe.each(READS)('GET %s', (path) => {
  it('wants credentials', async () => {
    expect((await site.get(filledIn(path, names), { auth: false })).status).toBe(401)
  })

  it('refuses a parameter that it does not know, and names it', async () => {
    const { status, body } = await site.get(also(filledIn(path, names), 'nonsense=1'))
    expect([status, body.errors]).toEqual([
      400,
      [expect.objectContaining({ pointer: '/query/nonsense' })],
    ])
  })

  it('does not find what is not there', async () => {
    const { status, body } = await site.get(aboutNobody(path))
    expect([status, body.type], JSON.stringify(body)).toEqual([404, '/problems/not_found'])
  })

  it.skipIf(path.startsWith('/clusters/site'))(
    'says which cluster did not answer, or refuses',
    async () => {
      const url = filledIn(path, names)
      const { status, body } = await both.get(url)
      expect([status, body.meta?.status], JSON.stringify(body)).toEqual([200, 'partial'])
      expect(body.meta.clusters).toEqual([
        { name: 'site', status: 'ok' },
        { name: 'late', status: 'timeout' },
      ])
      expect((await both.get(also(url, 'partial=deny'))).status).toBe(503)
    },
  )

  it('fails where no cluster answers', async () => {
    const url = filledIn(path, names).replace('/clusters/site', '/clusters/late')
    expect((await down.get(url)).status).toBe(504)
  })
})
