import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compose, type Composed } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { ROLES } from '../../src/kernel/principal.ts'
import { cheapHash } from '../support/users.ts'

const PASSWORD = 'correct horse'

let folder: string
let composed: Composed
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'))
  const file = join(folder, 'users.json')
  const hash = cheapHash(PASSWORD)
  writeFileSync(file, JSON.stringify(ROLES.map((role) => ({ name: role, role, hash }))))
  composed = await compose(readConfig({ USERS_FILE: file, LOG_LEVEL: 'silent' }, { demo: true }))
}, 60_000)
afterAll(async () => {
  await composed.close()
  rmSync(folder, { recursive: true })
})

async function ask(as: string, method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object) {
  const { server } = composed
  const authorization = `Basic ${Buffer.from(`${as}:${PASSWORD}`).toString('base64')}`
  const headers = { authorization, 'x-request-id': `of-${as}` }
  const url = `/api/v1${path}`
  const reply = await server.inject({ method, url, headers, ...(payload && { payload }) })
  return { status: reply.statusCode, body: reply.body === '' ? null : reply.json() }
}

describe('the audit log', () => {
  it('has what was done, tried and refused, by whom and from where, and no secret', async () => {
    const made = await ask('operator', 'POST', '/system/api-keys', { name: 'grafana' })
    const { id, secret } = made.body.data
    await ask('operator', 'DELETE', `/system/api-keys/${id}`)
    await ask('admin', 'DELETE', '/clusters/nowhere')
    await ask('viewer', 'POST', '/models/retrain', { cluster: 'seoul' })
    await ask('viewer', 'POST', '/models/retrain', { cluster: 'seoul' })
    await ask('viewer', 'GET', '/clusters')

    const { status, body } = await ask('admin', 'GET', '/system/audit')
    expect(status).toBe(200)
    const rows = body.data as Record<string, unknown>[]
    const told = rows.map(({ who, action, result, status: code }) => [who, action, result, code])
    expect(told).toEqual([
      ['viewer', 'POST /api/v1/models/retrain', 'refused', 403],
      ['admin', 'DELETE /api/v1/clusters/{name}', 'failed', 404],
      ['operator', 'DELETE /api/v1/system/api-keys/{id}', 'done', null],
      ['operator', 'POST /api/v1/system/api-keys', 'done', null],
    ])
    expect(rows[3]).toMatchObject({
      way: 'user',
      address: '127.0.0.1',
      request_id: 'of-operator',
      target: { name: 'grafana', made: `/api-keys/${id}` },
    })
    expect(rows[1]).toMatchObject({ target: { name: 'nowhere' } })
    expect(JSON.stringify(body)).not.toContain(secret)
  })

  it('is for admins only, whose refused tries it has too', async () => {
    for (const path of ['/system/audit', '/system/audit/integrity'])
      expect((await ask('operator', 'GET', path)).body.detail).toContain('the role admin')
    const { body } = await ask('admin', 'GET', '/system/audit?who=operator&result=refused')
    expect(body.data).toHaveLength(2)
  })

  it('is read in pages, and filters are checked', async () => {
    const { body } = await ask('admin', 'GET', '/system/audit?limit=1&offset=1')
    expect(body.data).toHaveLength(1)
    expect(body.meta.page).toMatchObject({ limit: 1, offset: 1 })
    const wrong = await ask('admin', 'GET', '/system/audit?start=yesterday')
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([400, '/query/start'])
    const later = await ask('admin', 'GET', '/system/audit?start=2999-01-01T00:00:00Z')
    expect(later.body.data).toEqual([])
  })

  it('says that it is whole', async () => {
    const { body } = await ask('admin', 'GET', '/system/audit/integrity')
    expect(body.data).toMatchObject({ intact: true, first_seq: 1, problem: null })
  })
})
