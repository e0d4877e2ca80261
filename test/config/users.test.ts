import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { cheapHash } from '../support/users.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'users-'))
  file = join(folder, 'users.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

const hash = cheapHash('correct horse')
const read = (users: unknown) => {
  writeFileSync(file, typeof users === 'string' ? users : JSON.stringify(users))
  const environment = {
    USERS_FILE: file,
    API_AUTH_USERNAME: 'monitor',
    API_AUTH_PASSWORD: 'correct horse',
  }
  return readConfig(environment, { demo: true }).access.users
}

describe('USERS_FILE', () => {
  it('gives users with a role and a scope, of everything where none is given', () => {
    const scope = [{ cluster: 'seoul', namespaces: ['shop'] }, { cluster: '*' }]
    const users = read([
      { name: '박지민', hash, role: 'viewer', scope },
      { name: 'ops', hash, role: 'operator', disabled: true },
    ])
    expect(users).toMatchObject([
      {
        name: '박지민',
        role: 'viewer',
        scope: [
          { cluster: 'seoul', namespaces: ['shop'] },
          { cluster: '*', namespaces: null },
        ],
        disabled: false,
      },
      { name: 'ops', role: 'operator', scope: null, disabled: true },
    ])
  })

  const alice = { name: 'alice', hash, role: 'viewer' }
  it.each<[string, unknown, string]>([
    ['no JSON', '[', 'must be JSON'],
    ['no list', { alice }, 'must be a list of users'],
    ['a password for a hash', [{ ...alice, hash: 'secret' }], '[0].hash must be a hash of'],
    [
      'an unknown role',
      [{ ...alice, role: 'root' }],
      '[0].role must be one of viewer, operator, admin',
    ],
    ['a colon in a name', [{ ...alice, name: 'a:b' }], '[0].name must have no colon'],
    ['the name of keys', [{ ...alice, name: 'api-key' }], '[0].name must not be api-key'],
    ['the same name twice', [alice, alice], '[1].name alice stands in this file already'],
    [
      'the name of the configuration',
      [{ ...alice, name: 'monitor' }],
      '[0].name monitor is that of',
    ],
    ['a field that is not known', [{ ...alice, passwd: 'x' }], '[0] Unrecognized key: "passwd"'],
    ['an empty scope', [{ ...alice, scope: [] }], '[0].scope must name a cluster'],
    [
      'an admin of a part',
      [{ ...alice, role: 'admin', scope: [{ cluster: 'seoul' }] }],
      '[0].scope must be left out for an admin',
    ],
    [
      'no namespace',
      [{ ...alice, scope: [{ cluster: 'seoul', namespaces: [] }] }],
      '[0].scope[0].namespaces must name a namespace',
    ],
  ])(
    'has a mistake with %s, which is named and does not show the hash',
    (_name, users, mistake) => {
      expect(() => read(users)).toThrow(`USERS_FILE: ${file}: ${mistake}`)
      expect(() => read(users)).not.toThrow(hash)
    },
  )

  it('must be there', () => {
    const environment = { USERS_FILE: join(folder, 'none.json') }
    expect(() => readConfig(environment, { demo: true })).toThrow(/USERS_FILE: .*cannot be read/)
  })
})
