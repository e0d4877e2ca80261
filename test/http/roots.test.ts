import { afterEach, describe, expect, it } from 'vitest'
import { outcome, things } from './things.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

let app: TestApp | undefined
afterEach(async () => app?.close())

const THING = { id: 'a', power_watts: 1 }

describe('a domain that also answers at the root', () => {
  it('gives the same answer with and without /api/v1', async () => {
    const { domain } = things(() => outcome([THING]))
    app = await createTestApp([{ ...domain, atRoot: ['things'] }])
    const below = await app.get('/api/v1/things?limit=5')
    const atRoot = await app.get('/things?limit=5')
    expect(atRoot.statusCode).toBe(200)
    expect(JSON.parse(atRoot.body).data).toEqual(JSON.parse(below.body).data)
  })

  it('wants credentials there too', async () => {
    const { domain } = things(() => outcome([THING]))
    app = await createTestApp([{ ...domain, atRoot: ['things'] }])
    expect((await app.get('/things', { auth: false })).statusCode).toBe(401)
  })

  it('refuses other methods there, and does not take what only begins like its name', async () => {
    const { domain } = things(() => outcome([THING]))
    app = await createTestApp([{ ...domain, atRoot: ['things'] }])
    expect((await app.send('DELETE', '/things')).statusCode).toBe(405)
    expect((await app.get('/thingsandmore')).statusCode).toBe(404)
  })

  it('does not answer at the root unless it says so', async () => {
    const { domain } = things(() => outcome([THING]))
    app = await createTestApp([domain])
    expect((await app.get('/things')).statusCode).toBe(404)
  })
})

describe('the path of a domain', () => {
  it('may be the base itself, for routes that name their own segment', async () => {
    const { domain } = things(() => outcome([THING]))
    app = await createTestApp([
      {
        name: 'things',
        path: '',
        routes: (scope) =>
          scope.fastify.get('/loose', { config: { reach: 'everybody' } }, () => 'loose'),
      },
      domain,
    ])
    expect((await app.get('/api/v1/loose')).body).toBe('loose')
    expect((await app.get('/api/v1/things')).statusCode).toBe(200)
  })
})
