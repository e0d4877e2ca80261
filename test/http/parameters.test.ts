import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { outcome, things } from './things.ts'

let app: TestApp
const { domain, asked } = things(() => outcome([]), 'none')
beforeAll(async () => {
  app = await createTestApp([domain])
})
afterAll(() => app.close())

const LIST = '/api/v1/things'
const ALLOWED = 'cluster, limit, offset, sort, node, partial'

describe('a query', () => {
  it.each([
    ['colour=red', '/query/colour', `is not known here; allowed are ${ALLOWED}`],
    ['limit=0', '/query/limit', 'must be a whole number from 1 to 10000'],
    ['limit=10001', '/query/limit', 'must be a whole number from 1 to 10000'],
    ['limit=', '/query/limit', 'must be a whole number from 1 to 10000'],
    ['limit=1e3', '/query/limit', 'must be a whole number from 1 to 10000'],
    ['limit=5&limit=6', '/query/limit', 'must be a whole number from 1 to 10000'],
    ['offset=-1', '/query/offset', 'must be a whole number from 0 to 10000000'],
    ['node=', '/query/node', 'must not be empty'],
    ['node=a&node=b', '/query/node', 'must be given once'],
    [`node=${'n'.repeat(254)}`, '/query/node', 'must have at most 253 characters'],
    ['cluster=a,', '/query/cluster', 'must not be empty'],
    [
      'sort=power_watts;',
      '/query/sort',
      'must be the name of a field, with a leading - for descending',
    ],
    ['partial=maybe', '/query/partial', 'must be one of allow, deny'],
    ['__proto__=1', '/query/__proto__', `is not known here; allowed are ${ALLOWED}`],
  ])('with %s is refused by name', async (query, pointer, detail) => {
    const response = await app.get(`${LIST}?${query}`)
    expect(response.statusCode).toBe(400)
    expect(response.json()).toMatchObject({
      type: '/problems/invalid_request',
      detail: `${pointer.slice('/query/'.length)}: ${detail}`,
      errors: [{ pointer, detail }],
    })
  })

  it('hears of all its mistakes at once', async () => {
    const response = await app.get(`${LIST}?limit=x&offset=y&zoom=1`)
    const { errors } = response.json<{ errors: { pointer: string }[] }>()
    expect(errors.map(({ pointer }) => pointer)).toEqual([
      '/query/limit',
      '/query/offset',
      '/query/zoom',
    ])
  })

  it('keeps names exactly as they are', async () => {
    await app.get(`${LIST}?node=${encodeURIComponent('"} or {x=~".*')}&cluster=b&cluster=a,b`)
    expect(asked.at(-1)?.query).toEqual({
      node: '"} or {x=~".*',
      cluster: ['a', 'b'],
      limit: 100,
      offset: 0,
    })
  })
})
