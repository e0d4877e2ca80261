import { afterEach, describe, expect, it } from 'vitest'
import { createGuesses } from '../../src/http/guesses.ts'
import { createTestApp, fakeClock, type TestApp } from '../support/test-app.ts'
import { outcome, things } from './things.ts'

let app: TestApp
afterEach(() => app.close())

const LIST = '/api/v1/things'
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
const start = async (options = {}): Promise<TestApp> =>
  (app = await createTestApp([things(() => outcome([])).domain], options))

describe('credentials', () => {
  it('are asked for, with the way to send them', async () => {
    await start()
    const response = await app.get(LIST, { auth: false })
    expect(response.statusCode).toBe(401)
    expect(response.headers['www-authenticate']).toBe(
      'Basic realm="kcloud-monitor", charset="UTF-8"',
    )
    expect(response.json()).toMatchObject({ type: '/problems/unauthorized', instance: LIST })
  })

  it.each([
    ['a wrong password', basic('tester:wrong horse')],
    ['a wrong name', basic('toaster:correct horse')],
    ['the name and password swapped', basic('correct horse:tester')],
    ['another split of the same text', basic('tester:correct: horse')],
    ['a longer password', basic('tester:correct horse ')],
    ['no password', basic('tester:')],
    ['no colon', basic('tester')],
    ['nothing after the scheme', 'Basic '],
    ['no base64', 'Basic §§§'],
    ['another scheme', `Bearer ${Buffer.from('tester:correct horse').toString('base64')}`],
  ])('are refused with %s', async (_name, authorization) => {
    await start()
    const response = await app.get(LIST, { auth: authorization })
    expect(response.statusCode).toBe(401)
    expect(response.headers['www-authenticate']).toContain('Basic')
  })

  it('are taken as clients write them', async () => {
    await start({ credentials: { username: 'tester', password: 'pässword: 漢字' } })
    for (const scheme of ['Basic', 'basic', 'BASIC']) {
      const right = basic('tester:pässword: 漢字').replace('Basic', scheme)
      expect((await app.get(LIST, { auth: right })).statusCode).toBe(200)
    }
  })

  it('are not needed for what is open', async () => {
    await start()
    for (const url of ['/', '/docs', '/docs/', '/redoc', '/openapi.json', '/favicon.ico'])
      expect((await app.get(url, { auth: false })).statusCode).toBeLessThan(300)
  })
})

describe('guessing', () => {
  const guess = (remoteAddress: string, text = 'tester:guess') =>
    app.fastify.inject({ url: LIST, remoteAddress, headers: { authorization: basic(text) } })

  it('is slowed down more with each try, for the one who guesses only', async () => {
    await start()
    for (let count = 0; count < 5; count += 1)
      expect((await guess('203.0.113.7')).statusCode).toBe(401)
    expect((await guess('203.0.113.7')).statusCode).toBe(401)

    const refused = await guess('203.0.113.7', 'tester:correct horse')
    expect(refused.statusCode).toBe(429)
    expect(refused.headers['retry-after']).toBe('1')
    expect(refused.json()).toMatchObject({ type: '/problems/rate_limited' })
    expect((await guess('203.0.113.8', 'tester:correct horse')).statusCode).toBe(200)

    app.clock.advance(1)
    expect((await guess('203.0.113.7')).statusCode).toBe(401)
    expect((await guess('203.0.113.7')).headers['retry-after']).toBe('2')
    app.clock.advance(2)
    expect((await guess('203.0.113.7', 'tester:correct horse')).statusCode).toBe(200)
  })

  it('is counted for a whole IPv6 network of one customer', async () => {
    await start()
    for (let count = 1; count <= 6; count += 1) await guess(`2001:db8:1:2::${count}`)
    expect((await guess('2001:db8:1:2:ffff::1')).statusCode).toBe(429)
    expect((await guess('2001:db8:1:3::1')).statusCode).toBe(401)
  })

  it('is not what a request without credentials does', async () => {
    await start()
    for (let count = 0; count < 20; count += 1) await app.get(LIST, { auth: false })
    expect((await app.get(LIST)).statusCode).toBe(200)
  })

  it('does not close what is open', async () => {
    await start()
    for (let count = 0; count < 20; count += 1) await guess('127.0.0.1')
    expect((await app.get('/openapi.json', { auth: false })).statusCode).toBe(200)
  })

  it('waits at most five minutes, is forgotten after a quarter of an hour, and fills no memory', async () => {
    await start()
    const clock = fakeClock()
    const guesses = createGuesses(clock.now)
    for (let count = 0; count < 40; count += 1) guesses.failed('a')
    expect(guesses.waitSeconds('a')).toBe(300)
    clock.advance(900)
    guesses.failed('a')
    expect(guesses.waitSeconds('a')).toBe(0)
    for (let count = 0; count < 8; count += 1) guesses.failed('old')
    for (let count = 0; count < 10_000; count += 1) guesses.failed(`address-${count}`)
    expect(guesses.waitSeconds('old')).toBe(0)
  })
})
