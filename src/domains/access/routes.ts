import { z } from 'zod'
import type { App } from '../../http/app.ts'
import type { ApiKeys } from '../../services/access/index.ts'
import { EXAMPLES } from './examples.ts'
import { apiKeySchema, keyParams, newKeySchema, wantedKeySchema, whoamiSchema } from './schemas.ts'
import { createKey, listKeys, readKey, revokeKey, whoami } from './service.ts'

const NOTHING = z.object({})

/** Who asks, and the keys that programs sign in with. */
export function accessRoutes(app: App, keys: ApiKeys): void {
  app.resource({
    url: '/whoami',
    reach: 'everybody',
    summary: 'Who you are here: role, scope, and how you signed in',
    query: NOTHING,
    params: NOTHING,
    data: whoamiSchema,
    example: EXAMPLES.whoami,
    shelf: 'none',
    answer: whoami,
  })
  app.resource({
    url: '/api-keys',
    reach: 'everybody',
    summary: 'Your API keys; for an admin those of everybody',
    query: NOTHING,
    params: NOTHING,
    data: z.array(apiKeySchema),
    example: [EXAMPLES.key],
    shelf: 'none',
    answer: (request) => listKeys(keys, request),
  })
  app.resource({
    url: '/api-keys/:id',
    reach: 'everybody',
    summary: 'One API key',
    query: NOTHING,
    params: keyParams,
    data: apiKeySchema,
    example: EXAMPLES.key,
    shelf: 'none',
    answer: (request) => readKey(keys, request),
  })
  changes(app, keys)
}

function changes(app: App, keys: ApiKeys): void {
  app.action({
    method: 'POST',
    url: '/api-keys',
    role: 'viewer',
    audited: true,
    reach: 'everybody',
    summary: 'Make an API key',
    description:
      'A key has a role and a scope of its own, at most those of its maker, and ends after `expires_in`. It is good as long as its maker may sign in and sees as much. The secret is shown once. Keys make no keys.',
    params: NOTHING,
    body: wantedKeySchema,
    bodyExample: EXAMPLES.wanted,
    data: newKeySchema,
    example: EXAMPLES.made,
    creates: true,
    carryOut: (request) => createKey(keys, request),
  })
  app.action({
    method: 'DELETE',
    url: '/api-keys/:id',
    role: 'viewer',
    audited: true,
    reach: 'everybody',
    summary: 'Revoke an API key',
    description:
      'For the owner, and admins. It is refused here at once and by other servers within seconds; streams that it opened are closed.',
    params: keyParams,
    body: null,
    data: null,
    carryOut: async ({ params, identity }) => {
      await revokeKey(keys, params.id, identity)
      return undefined
    },
  })
}
