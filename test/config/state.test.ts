import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../../src/config.ts'

const NEEDED = {
  PROMETHEUS_URL: 'http://prometheus:9090',
  API_AUTH_USERNAME: 'monitor',
  API_AUTH_PASSWORD: 'correct horse',
}
const stateOf = (more: Readonly<Record<string, string>>) =>
  readConfig({ ...NEEDED, ...more }, { demo: false }).state
const mistakesOf = (more: Readonly<Record<string, string>>) => {
  try {
    stateOf(more)
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes
    throw error
  }
  return []
}

describe('the settings of the state store', () => {
  it('are a file here, without a key', () => {
    expect(stateOf({})).toEqual({
      databaseUrl: undefined,
      path: './data/state.db',
      key: undefined,
    })
  })

  it('can name a PostgreSQL and a key, which does not show', () => {
    const bytes = randomBytes(32)
    const databaseUrl = 'postgresql://monitor:hunter2@db/monitor?sslmode=verify-full'
    const state = stateOf({ DATABASE_URL: databaseUrl, STATE_KEY: bytes.toString('base64') })
    expect(state.databaseUrl).toBe(databaseUrl)
    expect(state.key?.export()).toEqual(bytes)
    expect(inspect(state.key) + JSON.stringify(state.key)).not.toContain(bytes.toString('base64'))
  })

  it('keep nothing of a simulation', () => {
    const given = { STATE_PATH: '/var/lib/monitor/state.db', DATABASE_URL: 'postgres://db/monitor' }
    expect(readConfig(given, { demo: true }).state).toMatchObject({
      databaseUrl: undefined,
      path: ':memory:',
    })
  })

  it.each([
    ['STATE_KEY', 'too-short'],
    ['STATE_KEY', Buffer.alloc(31, 7).toString('base64')],
    ['STATE_KEY', Buffer.alloc(33, 7).toString('base64')],
    ['STATE_KEY', Buffer.alloc(32, 7).toString('hex')],
    ['DATABASE_URL', 'mysql://root:hunter2@db/monitor'],
    ['DATABASE_URL', 'hunter2'],
  ])('refuse %s %s, and do not repeat it', (variable, value) => {
    const mistakes = mistakesOf({ [variable]: value })
    expect(mistakes).toMatchObject([{ variable, detail: expect.stringMatching(/^must be /) }])
    expect(JSON.stringify(mistakes)).not.toContain(value)
  })
})
