import { describe, expect, it } from 'vitest'
import type { Identity } from '../../../src/kernel/identity.ts'
import {
  createPasswords,
  createUsers,
  hashPassword,
  readHash,
  type PasswordHash,
  type User,
} from '../../../src/services/access/index.ts'
import { fakeClock } from '../../support/test-app.ts'
import { userOf } from '../../support/users.ts'

const refused = { refused: 'the user name or the password is wrong', isGuess: true }

/** Users whose hashes are counted; time and the waits of names are the test's. */
function counted(users: readonly User[]) {
  const clock = fakeClock()
  const passwords = createPasswords()
  const made: PasswordHash[] = []
  const failed: string[] = []
  let wait = 0
  const directory = createUsers({
    users,
    passwords: {
      verify(password, hash) {
        made.push(hash)
        return passwords.verify(password, hash)
      },
    },
    limits: { waitSeconds: () => wait, failed: (name) => failed.push(name) },
    now: clock.now,
  })
  return { directory, made, failed, clock, setWait: (seconds: number) => (wait = seconds) }
}

describe('a hash of a password', () => {
  it('is another one each time, and says what it costs', async () => {
    const [one, other] = await Promise.all([
      hashPassword('correct horse'),
      hashPassword('correct horse'),
    ])
    expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[\w+/]{22}\$[\w+/]{43}$/)
    expect(one).not.toBe(other)
    const hash = readHash(one)
    expect(hash && (await createPasswords().verify('correct horse', hash))).toBe(true)
    expect(hash && (await createPasswords().verify('correct horse ', hash))).toBe(false)
  })

  it('is that of RFC 7914, section 12', async () => {
    const key = Buffer.from(
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
      'hex',
    )
    const hash = { ln: 14, r: 8, p: 1, salt: Buffer.from('SodiumChloride'), key }
    expect(await createPasswords().verify('pleaseletmein', hash)).toBe(true)
  })

  it('is the same however the letters are composed', async () => {
    const { hash } = userOf({ password: '비밀번호'.normalize('NFD') })
    expect(await createPasswords().verify('비밀번호'.normalize('NFC'), hash)).toBe(true)
  })

  it.each([
    ['a plain password', 'correct horse'],
    ['another algorithm', '$2b$12$C6UzMDM.H6dfI/f/IKcEeO7ZbJ0dGmZ6R1w6kq7y8Z0c9fXyqkX3S'],
    ['too cheap', '$scrypt$ln=10,r=8,p=1$c29kaXVtY2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046w'],
    ['too dear', '$scrypt$ln=20,r=8,p=1$c29kaXVtY2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046w'],
    ['too short a key', '$scrypt$ln=15,r=8,p=1$c29kaXVtY2hsb3JpZGU$cCO9yzr9'],
  ])('is not read when it is %s', (_name, text) => {
    expect(readHash(text)).toBeUndefined()
  })
})

describe('a user of the file', () => {
  it('signs in with the password, as who the file says', async () => {
    const scope = [{ cluster: 'seoul', namespaces: ['shop'] }]
    const alice = userOf({ name: 'alice', role: 'operator', scope, password: 'correct horse' })
    const { directory } = counted([alice])
    expect(await directory.identify('alice', 'correct horse')).toMatchObject({
      principal: { name: 'alice', role: 'operator', scope },
      way: 'user',
      expiresAt: null,
    })
    expect(await directory.identify('alice', 'wrong horse')).toEqual(refused)
  })

  it('costs a hash once in a while, not at each request', async () => {
    const { directory, made, clock } = counted([userOf({ password: 'correct horse' })])
    const ask = () => directory.identify('alice', 'correct horse')
    await Promise.all([ask(), ask(), ask()])
    await ask()
    expect(made).toHaveLength(1)
    clock.advance(301)
    await ask()
    expect(made).toHaveLength(2)
  })

  it('is told of nobody: an unknown name costs what a known one does', async () => {
    const alice = userOf({ name: 'alice' })
    const { directory, made, failed } = counted([alice])
    expect(await directory.identify('nobody', 'guess')).toEqual(refused)
    expect(await directory.identify('alice', 'guess')).toEqual(refused)
    expect(made).toEqual([alice.hash, alice.hash])
    expect(failed).toEqual(['nobody', 'alice'])
  })

  it('who is disabled is refused like a wrong password, at the same cost', async () => {
    const { directory, made } = counted([userOf({ password: 'correct horse', disabled: true })])
    expect(await directory.identify('alice', 'correct horse')).toEqual(refused)
    expect(made).toHaveLength(1)
  })

  it('waits while others guess the name, unless the password was right a moment ago', async () => {
    const { directory, setWait } = counted([userOf({ password: 'correct horse' })])
    await directory.identify('alice', 'correct horse')
    setWait(8)
    expect(await directory.identify('alice', 'correct horse')).toMatchObject({ way: 'user' })
    await expect(directory.identify('alice', 'guess')).rejects.toMatchObject({
      kind: 'rate_limited',
      retryAfterSeconds: 8,
    })
  })

  it('stands until the file says otherwise', async () => {
    const alice = userOf({ password: 'correct horse' })
    const { directory } = counted([alice])
    const identity = (await directory.identify('alice', 'correct horse')) as Identity
    const stands = (users: readonly User[]): boolean => {
      directory.replace(users)
      return directory.stands(identity)
    }
    expect(stands([{ ...alice }])).toBe(true)
    expect(stands([{ ...alice, role: 'operator' }])).toBe(false)
    expect(stands([{ ...alice, scope: [] }])).toBe(false)
    expect(stands([{ ...alice, disabled: true }])).toBe(false)
    expect(stands([{ ...alice, hash: { ...alice.hash, salt: Buffer.from('another salt') } }])).toBe(
      false,
    )
    expect(stands([])).toBe(false)
    expect(await directory.identify('alice', 'correct horse')).toEqual(refused)
  })

  it('is not kept waiting without end: of very many at once the last are sent away', async () => {
    const passwords = createPasswords()
    const { hash } = userOf({})
    const all = await Promise.allSettled(
      Array.from({ length: 38 }, (_, index) => passwords.verify(`guess ${index}`, hash)),
    )
    const away = all.filter(({ status }) => status === 'rejected')
    expect(away).toHaveLength(4)
    expect(away[0]).toMatchObject({ reason: { kind: 'rate_limited' } })
    expect(await passwords.verify('guess', hash)).toBe(false)
  }, 20_000)
})
