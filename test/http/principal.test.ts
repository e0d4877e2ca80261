import { afterEach, expect, it } from 'vitest'
import type { Principal } from '../../src/kernel/principal.ts'
import { createTickets, ticketsInMemory } from '../../src/http/tickets.ts'
import { createTestApp, fakeClock, type TestApp } from '../support/test-app.ts'
import { outcome, things } from './things.ts'

let app: TestApp | undefined
afterEach(() => app?.close())

const CLERK: Principal = {
  name: 'clerk',
  role: 'viewer',
  scope: [{ cluster: 'seoul', namespaces: ['shop'] }],
}

/** The list of things, answered with the name of the first cluster of whoever asks first. */
async function listOf(principals: Readonly<Record<string, Principal>>): Promise<TestApp> {
  const { domain } = things(({ principal: { scope } }) =>
    outcome([{ id: scope?.[0]?.cluster ?? 'all', power_watts: 1 }]),
  )
  return createTestApp([
    {
      ...domain,
      routes: (scope) => {
        scope.fastify.addHook('preHandler', (request, _reply, done) => {
          request.principal = principals[String(request.headers['x-as'])] ?? request.principal
          done()
        })
        domain.routes(scope)
      },
    },
  ])
}

it('gives whoever has the credentials of the configuration everything', async () => {
  const { domain, asked } = things(() => outcome([]))
  app = await createTestApp([domain])
  await app.get('/api/v1/things')
  expect(asked[0]?.principal).toEqual({ name: 'tester', role: 'admin', scope: null })
})

it('keeps answers apart by scope, and shares them within one', async () => {
  const busan: Principal = { ...CLERK, name: 'b', scope: [{ cluster: 'busan', namespaces: null }] }
  const other: Principal = { ...CLERK, name: 'other', scope: [...(CLERK.scope ?? [])] }
  const server = (app = await listOf({ clerk: CLERK, busan, other }))
  const seen = async (as: string) => {
    const { data } = JSON.parse(
      (await server.get('/api/v1/things', { headers: { 'x-as': as } })).body,
    ) as {
      data: { id: string }[]
    }
    return data[0]?.id
  }
  expect(await seen('tester')).toBe('all')
  expect(await seen('clerk')).toBe('seoul')
  expect(await seen('busan')).toBe('busan')
  expect(await seen('tester')).toBe('all')
  expect(await seen('other')).toBe('seoul')
  expect(await server.metrics.text()).toMatch(/cache_misses_total\{cache="answers"\} 3\n/)
})

it('makes a ticket stand for its holder with role and scope, once', async () => {
  const { now } = fakeClock()
  const tickets = createTickets(ticketsInMemory(now), { now, lifeSeconds: 30 })
  const identity = { principal: CLERK, way: 'user', expiresAt: null, basis: 'b' } as const
  const { ticket } = await tickets.issue(identity)
  expect(await tickets.redeem(ticket)).toEqual(identity)
  expect(await tickets.redeem(ticket)).toBeUndefined()
})
