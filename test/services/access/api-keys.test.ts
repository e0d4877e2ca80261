import { afterEach, describe, expect, it } from 'vitest'
import type { Identity } from '../../../src/kernel/identity.ts'
import type { Grant, Principal, Role } from '../../../src/kernel/principal.ts'
import { createApiKeys, type ApiKeys } from '../../../src/services/access/index.ts'
import { openStore, type Store } from '../../../src/services/store/index.ts'
import { fakeClock, type FakeClock } from '../../support/test-app.ts'
import { POSTGRESQL, rawly, SQLITE } from '../store/places.ts'

const DAY = 86_400
const SHOP: readonly Grant[] = [{ cluster: 'seoul', namespaces: ['shop'] }]

const identity = (name: string, role: Role, scope: Principal['scope'] = null): Identity => ({
  principal: { name, role, scope },
  way: 'user',
  expiresAt: null,
  basis: name,
})
const ALICE = identity('alice', 'operator', [{ cluster: 'seoul', namespaces: null }])
const BOB = identity('bob', 'viewer')
const ADMIN = identity('root', 'admin')

const wanted = (name: string, more: object = {}) => ({
  name,
  role: 'viewer' as Role,
  scope: SHOP,
  seconds: 90 * DAY,
  ...more,
})

const open: ApiKeys[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((keys) => keys.close()))
})

/** The keys of one server; what owners may do is the test's to change. */
function serverOver(store: Store, clock: FakeClock) {
  const owners = new Map<string, Pick<Principal, 'role' | 'scope'>>(
    [ALICE, BOB, ADMIN].map(({ principal }) => [principal.name, principal]),
  )
  const keys = createApiKeys({
    store: store.apiKeys,
    now: clock.now,
    ownerOf: (name) => owners.get(name),
    longestSeconds: 365 * DAY,
    onError: () => undefined,
  })
  open.push(keys)
  return { keys, owners }
}

describe.each([SQLITE, POSTGRESQL])('keys in $name', (kind) => {
  describe.skipIf(kind.skip)('of the API', () => {
    const fresh = kind.use()
    async function start() {
      const place = await fresh()
      const store = await openStore(place)
      const clock = fakeClock()
      return { place, store, clock, ...serverOver(store, clock) }
    }

    it('let in their holder with their own role and scope, until they end', async () => {
      const { store, clock, keys } = await start()
      const { key, secret } = await keys.create(wanted('grafana'), ALICE)
      const expiresAt = new Date('2027-02-18T00:00:00.000Z')
      expect(key).toMatchObject({ name: 'grafana', owner: 'alice', expires_at: expiresAt })
      expect(await keys.identify(secret)).toMatchObject({
        principal: { name: 'key:alice/grafana', role: 'viewer', scope: SHOP },
        way: 'api_key',
        expiresAt,
      })
      clock.advance(90 * DAY)
      expect(await keys.identify(secret)).toEqual({
        refused: 'the key has expired',
        isGuess: false,
      })
      await store.close()
    })

    it('are not kept: neither the secret nor a part that would do is in the database', async () => {
      const { place, store, keys } = await start()
      const { secret } = await keys.create(wanted('grafana'), ALICE)
      const rows = JSON.stringify(await rawly(place, 'select * from api_keys'))
      expect(rows).not.toContain(secret.slice(8))
      expect(secret).toMatch(/^kcm_[\w-]{43}$/)
      expect(
        await keys.identify(`${secret.slice(0, -1)}${secret.endsWith('A') ? 'E' : 'A'}`),
      ).toEqual({
        refused: 'the key or token is not known here',
        isGuess: true,
      })
      await store.close()
    })

    it('that are revoked are refused here at once and by other servers within seconds', async () => {
      const { place, store, clock, keys } = await start()
      const elsewhere = await openStore(place)
      const other = serverOver(elsewhere, clock)
      const { key, secret } = await keys.create(wanted('grafana'), ALICE)
      const before = (await other.keys.identify(secret)) as Identity
      expect(await keys.identify(secret)).toMatchObject({ way: 'api_key' })
      await keys.revoke(key.id, ALICE)
      expect(await keys.identify(secret)).toEqual({
        refused: 'the key was revoked',
        isGuess: false,
      })
      expect(await keys.stands(before)).toBe(false)
      clock.advance(3)
      expect(await other.keys.stands(before)).toBe(false)
      expect(await other.keys.identify(secret)).toMatchObject({ refused: 'the key was revoked' })
      await store.close()
      await elsewhere.close()
    })

    it.each<[string, object, Identity, object]>([
      ['a higher role', { role: 'admin', scope: null }, ALICE, { kind: 'forbidden' }],
      ['everything, where one sees a part', { scope: null }, ALICE, { kind: 'forbidden' }],
      [
        'all clusters',
        { scope: [{ cluster: '*', namespaces: ['shop'] }] },
        ALICE,
        { kind: 'forbidden' },
      ],
      ['too long a life', { seconds: 366 * DAY }, ALICE, { kind: 'invalid_request' }],
      ['an admin of a part', { role: 'admin' }, ADMIN, { kind: 'invalid_request' }],
      ['a key, for a key', {}, { ...ALICE, way: 'api_key' as const }, { kind: 'forbidden' }],
    ])('are not made for %s', async (_name, more, by, error) => {
      const { store, keys } = await start()
      await expect(keys.create(wanted('grafana', more), by)).rejects.toMatchObject(error)
      expect(await keys.list(ADMIN)).toEqual([])
      await store.close()
    })

    it('do no more than their owner may now', async () => {
      const { store, keys, owners } = await start()
      const { secret } = await keys.create(wanted('ci', { role: 'operator' }), ALICE)
      const before = (await keys.identify(secret)) as Identity
      owners.set('alice', { role: 'viewer', scope: ALICE.principal.scope })
      expect(await keys.identify(secret)).toMatchObject({ principal: { role: 'viewer' } })
      expect(await keys.stands(before)).toBe(false)
      owners.set('alice', { role: 'viewer', scope: [{ cluster: 'seoul', namespaces: ['lab'] }] })
      expect(await keys.identify(secret)).toMatchObject({ isGuess: false })
      owners.delete('alice')
      expect(await keys.identify(secret)).toMatchObject({
        refused: expect.stringContaining('owner') as string,
      })
      await store.close()
    })

    it('are seen and revoked by their owner and by admins only', async () => {
      const { store, keys } = await start()
      const { key } = await keys.create(wanted('grafana'), ALICE)
      await keys.create(wanted('grafana', { scope: null }), BOB)
      expect((await keys.list(ADMIN)).length).toBe(2)
      expect((await keys.list(BOB)).map(({ owner }) => owner)).toEqual(['bob'])
      await expect(keys.find(key.id, BOB)).rejects.toMatchObject({ kind: 'not_found' })
      await expect(keys.revoke(key.id, BOB)).rejects.toMatchObject({ kind: 'not_found' })
      await keys.revoke(key.id, ADMIN)
      expect(await keys.find(key.id, ALICE)).toMatchObject({ revoked_at: expect.any(Date) as Date })
      await store.close()
    })

    it('have a name once, which is free again when the key has ended', async () => {
      const { store, clock, keys } = await start()
      const { key } = await keys.create(wanted('one'), ALICE)
      await keys.create(wanted('two', { seconds: 60 }), ALICE)
      for (const name of ['one', 'two'])
        await expect(keys.create(wanted(name), ALICE)).rejects.toMatchObject({ kind: 'ambiguous' })
      await keys.revoke(key.id, ALICE)
      clock.advance(60)
      for (const name of ['one', 'two']) await keys.create(wanted(name), ALICE)
      expect(await keys.list(ALICE)).toHaveLength(4)
      await store.close()
    })

    it('tell when they were used last, also after a restart', async () => {
      const { place, store, clock, keys } = await start()
      const { key, secret } = await keys.create(wanted('grafana'), ALICE)
      expect((await keys.find(key.id, ALICE)).last_used_at).toBeNull()
      clock.advance(30)
      await keys.identify(secret)
      const used = new Date('2026-11-20T00:00:30Z')
      expect((await keys.find(key.id, ALICE)).last_used_at).toEqual(used)
      await keys.close()
      await store.close()
      const again = await openStore(place)
      expect((await again.apiKeys.find({ id: key.id }))?.last_used_at).toEqual(used)
      await again.close()
    })

    it('let nobody in while the store cannot be asked', async () => {
      const { store, clock, keys } = await start()
      const { secret } = await keys.create(wanted('grafana'), ALICE)
      await keys.identify(secret)
      await store.close()
      clock.advance(3)
      await expect(keys.identify(secret)).rejects.toMatchObject({ kind: 'store_unavailable' })
    })
  })
})
