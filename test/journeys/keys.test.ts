import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compose, type Composed } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { composeAccess } from '../../src/compose-access.ts'
import { openStore } from '../../src/services/store/index.ts'
import { openEvents, openSocket } from '../support/stream-clients.ts'
import { cheapHash } from '../support/users.ts'

// Users and keys on the whole server: signing in, streams, and what becomes of them when credentials go.

const PASSWORD = 'correct horse'
const hash = cheapHash(PASSWORD)
const ALICE = { name: 'alice', role: 'operator', hash }
const BOB = { name: 'bob', role: 'viewer', hash, scope: [{ cluster: 'seoul' }] }

let folder: string
let composed: Composed
let url: string
const write = (users: readonly object[]) =>
  writeFileSync(join(folder, 'users.json'), JSON.stringify(users))
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'))
  write([ALICE, BOB])
  const environment = { USERS_FILE: join(folder, 'users.json'), LOG_LEVEL: 'silent' }
  composed = await compose(readConfig(environment, { demo: true }))
  url = `${await composed.server.listen({ host: '127.0.0.1', port: 0 })}/api/v1`
}, 60_000)
afterAll(async () => {
  await composed.close()
  rmSync(folder, { recursive: true })
})

const basic = (name: string, password = PASSWORD) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
})

async function ask(headers: Record<string, string>, path: string, init: RequestInit = {}) {
  const json = init.body === undefined ? {} : { 'content-type': 'application/json' }
  const reply = await fetch(url + path, { ...init, headers: { ...headers, ...json } })
  const text = await reply.text()
  return { status: reply.status, body: text === '' ? null : JSON.parse(text) }
}
const makeKey = async (headers: Record<string, string>, body: object) => {
  const made = await ask(headers, '/system/api-keys', {
    method: 'POST',
    body: JSON.stringify(body),
  })
  expect([made.status, made.body]).toEqual([201, expect.anything()])
  return made.body.data as { id: string; secret: string }
}

describe('whoever signs in', () => {
  it('is told who that is, by password or by key', async () => {
    expect((await ask(basic('bob'), '/system/whoami')).body.data).toEqual({
      name: 'bob',
      role: 'viewer',
      scope: [{ cluster: 'seoul', namespaces: null }],
      way: 'user',
      expires_at: null,
    })
    const { secret } = await makeKey(basic('bob'), { name: 'laptop' })
    const ways = [
      { 'x-api-key': secret },
      { authorization: `Bearer ${secret}` },
      basic('api-key', secret),
    ]
    for (const headers of ways)
      expect((await ask(headers, '/system/whoami')).body.data).toEqual({
        name: 'key:bob/laptop',
        role: 'viewer',
        scope: [{ cluster: 'seoul', namespaces: null }],
        way: 'api_key',
        expires_at: expect.stringMatching(/Z$/) as string,
      })
    expect((await ask({ 'x-api-key': secret }, '/clusters/seoul')).status).toBe(200)
    expect((await ask({ 'x-api-key': secret }, '/clusters/busan')).status).toBe(404)
  })

  it('makes no key that may more, and is told what is wrong with one', async () => {
    const post = (body: object) =>
      ask(basic('bob'), '/system/api-keys', { method: 'POST', body: JSON.stringify(body) })
    expect(await post({ name: 'x', role: 'operator' })).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('the role operator') as string },
    })
    expect((await post({ name: 'x', scope: null })).status).toBe(403)
    expect(await post({ name: 'a/b' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/body/name' }] },
    })
    expect(await post({ name: 'x', expires_in: '10y' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/body/expires_in' }] },
    })
    expect(await post({ name: 'x', expires_in: 'soon' })).toMatchObject({ status: 400 })
  })

  it('does not see the keys of others', async () => {
    const { id } = await makeKey(basic('alice'), { name: 'hers' })
    expect((await ask(basic('bob'), `/system/api-keys/${id}`)).status).toBe(404)
    expect((await ask(basic('bob'), `/system/api-keys/${id}`, { method: 'DELETE' })).status).toBe(
      404,
    )
    const listed = (await ask(basic('alice'), '/system/api-keys')).body.data as { id: string }[]
    expect(listed.map((key) => key.id)).toEqual([id])
    expect(JSON.stringify(listed)).not.toContain('secret')
  })
})

describe('a stream', () => {
  it('of a key that is revoked ends with its code within seconds, by WebSocket and as events', async () => {
    const { id, secret } = await makeKey(basic('alice'), { name: 'wall' })
    const key = { 'x-api-key': secret }
    const { body } = await ask(key, '/monitoring/stream/tickets', { method: 'POST' })
    const socket = await openSocket(`${url}/monitoring/stream/power?ticket=${body.data.ticket}`)
    const events = await openEvents(`${url}/monitoring/events/power`, key)
    const waiting = await ask(key, '/monitoring/stream/tickets', { method: 'POST' })

    expect((await ask(basic('alice'), `/system/api-keys/${id}`, { method: 'DELETE' })).status).toBe(
      204,
    )
    expect((await ask(key, '/system/whoami')).status).toBe(401)
    const late = `/monitoring/events/power?ticket=${waiting.body.data.ticket}`
    expect((await ask({}, late)).status).toBe(401)
    expect(await socket.ended).toEqual({ code: 4003, reason: 'revoked' })
    expect(await events.next(isGoodbye)).toMatchObject({ code: 'revoked' })
  }, 30_000)

  it('of a user who is taken out of the file ends likewise', async () => {
    const events = await openEvents(`${url}/monitoring/events/power`, basic('bob'))
    write([ALICE])
    expect(await events.next(isGoodbye)).toMatchObject({ code: 'revoked' })
    expect((await ask(basic('bob'), '/system/whoami')).status).toBe(401)
    expect((await ask(basic('alice'), '/system/whoami')).status).toBe(200)
  }, 30_000)
})

const isGoodbye = ({ type }: Readonly<Record<string, unknown>>): boolean => type === 'closing'

describe('a file of users with mistakes', () => {
  it('changes nobody and is told of, and one without is taken up', async () => {
    const file = join(folder, 'others.json')
    writeFileSync(file, JSON.stringify([ALICE]))
    const config = readConfig({ USERS_FILE: file }, { demo: true })
    const store = await openStore({ path: ':memory:' })
    const told: object[] = []
    const quiet = () => undefined
    const journal = { users: (read: object) => told.push(read), keysFailed: quiet, audit: quiet }
    const made = composeAccess(config, { now: () => new Date(), journal, store })
    const who = (name: string) =>
      made.signIn.identify({ kind: 'password', name, password: PASSWORD })
    writeFileSync(file, '[{"name":"bob"}]')
    await expect
      .poll(() => told, { timeout: 10_000 })
      .toContainEqual({
        count: undefined,
        mistakes: expect.arrayContaining([expect.stringContaining('[0].hash')]) as object,
      })
    expect(await who('alice')).toMatchObject({ way: 'user' })
    writeFileSync(file, JSON.stringify([BOB]))
    await expect.poll(() => told.at(-1), { timeout: 10_000 }).toMatchObject({ count: 1 })
    expect(await who('alice')).toMatchObject({ refused: expect.anything() as string })
    expect(await who('bob')).toMatchObject({ principal: { name: 'bob' } })
    await made.close()
    await store.close()
  }, 30_000)
})
