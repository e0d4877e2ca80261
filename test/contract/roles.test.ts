import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compose, type Composed } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { isAtLeast, ROLES, type Role } from '../../src/kernel/principal.ts'
import { cheapHash } from '../support/users.ts'

// Who may do what, over every route of the whole server.

const PASSWORD = 'correct horse'
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

/** Everything that a viewer may not do. */
const NOT_FOR_ALL: Readonly<Record<string, Role>> = {
  'POST /api/v1/alerts/rules': 'operator',
  'PUT /api/v1/alerts/rules/{id}': 'operator',
  'DELETE /api/v1/alerts/rules/{id}': 'operator',
  'POST /api/v1/alerts/rules/preview': 'operator',
  'POST /api/v1/alerts/rules/{id}/preview': 'operator',
  'POST /api/v1/alerts/receivers/{name}/test': 'operator',
  'POST /api/v1/alerts/deliveries/{id}/retry': 'operator',
  'GET /api/v1/system/audit': 'admin',
  'GET /api/v1/system/audit/integrity': 'admin',
  'POST /api/v1/clusters': 'admin',
  'DELETE /api/v1/clusters/{name}': 'admin',
  'POST /api/v1/models/retrain': 'operator',
  'DELETE /api/v1/models/retrain/{job_id}': 'operator',
  'POST /api/v1/models/{id}/activate': 'operator',
  'POST /api/v1/models/{id}/rollback': 'operator',
  'POST /api/v1/power/collector/start': 'operator',
  'POST /api/v1/power/collector/stop': 'operator',
  'POST /api/v1/predict/batch': 'operator',
  'DELETE /api/v1/predict/batch/{batch_id}': 'operator',
  'POST /api/v1/profile/classify': 'operator',
  'POST /api/v1/profile/train': 'operator',
  'POST /api/v1/scaling/policies': 'operator',
  'PUT /api/v1/scaling/policies/{id}': 'operator',
  'DELETE /api/v1/scaling/policies/{id}': 'operator',
  'POST /api/v1/scaling/policies/{id}/simulate': 'operator',
}

interface Operation {
  readonly security?: readonly unknown[]
  readonly responses: Readonly<Record<string, unknown>>
  readonly 'x-required-role'?: Role
}
interface Route extends Operation {
  readonly method: (typeof METHODS)[number]
  readonly path: string
}

let folder: string
let composed: Composed
let routes: readonly Route[]
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'roles-'))
  const file = join(folder, 'users.json')
  const users = ROLES.map((role) => ({ name: role, role, hash: cheapHash(PASSWORD) }))
  writeFileSync(file, JSON.stringify(users))
  const environment = { USERS_FILE: file, LOG_LEVEL: 'silent', RATE_LIMIT_ENABLED: 'false' }
  composed = await compose(readConfig(environment, { demo: true }))
  await composed.server.ready()
  const document = composed.server.swagger() as unknown as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  }
  routes = Object.entries(document.paths).flatMap(([path, operations]) =>
    METHODS.flatMap((method) => {
      const operation = operations[method]
      return operation === undefined ? [] : [{ ...operation, method, path }]
    }),
  )
}, 60_000)
afterAll(async () => {
  await composed.close()
  rmSync(folder, { recursive: true })
})

const isOpen = ({ security }: Route): boolean => security?.length === 0
const nameOf = ({ method, path }: Route): string => `${method.toUpperCase()} ${path}`

/** A request that is let in by nobody but the roles: whoever is let in is told that it makes no sense. */
async function ask({ method, path }: Route, role: Role | null) {
  const text = Buffer.from(`${role}:${PASSWORD}`).toString('base64')
  const reply = await composed.server.inject({
    method: method.toUpperCase() as 'GET',
    url: `${path.replace(/\{[^}]+\}/g, 'nobody')}?nonsense=1`,
    headers: role === null ? {} : { authorization: `Basic ${text}` },
    ...(method !== 'get' && { payload: { nonsense: 1 } }),
  })
  return { status: reply.statusCode, detail: reply.json<{ detail?: string }>().detail }
}

describe('every route', () => {
  it('says in the document who may, and which refusals there are', () => {
    const said = routes
      .filter((route) => !isOpen(route) && route['x-required-role'] !== 'viewer')
      .map((route) => [nameOf(route), route['x-required-role']])
    expect(Object.fromEntries(said)).toEqual(NOT_FOR_ALL)
    for (const route of routes.filter((each) => nameOf(each) in NOT_FOR_ALL))
      expect([nameOf(route), '403' in route.responses]).toEqual([nameOf(route), true])
  })

  it('lets nobody in without credentials, but where it is open', async () => {
    const closed = routes.filter((route) => !isOpen(route))
    expect(closed.length).toBeGreaterThan(100)
    for (const route of closed)
      expect([nameOf(route), (await ask(route, null)).status]).toEqual([nameOf(route), 401])
  })

  it.each(ROLES)(
    'lets in a %s exactly where that is enough, and else names what is needed',
    async (role) => {
      for (const route of routes.filter((each) => !isOpen(each))) {
        const least = NOT_FOR_ALL[nameOf(route)] ?? 'viewer'
        const { status, detail } = await ask(route, role)
        if (isAtLeast(role, least))
          expect([nameOf(route), status]).not.toEqual([nameOf(route), 403])
        else
          expect([nameOf(route), status, detail]).toEqual([
            nameOf(route),
            403,
            `this needs the role ${least}, and ${role} has the role ${role}`,
          ])
      }
    },
    60_000,
  )
})
