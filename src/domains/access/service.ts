import type { z } from 'zod'
import type { ActionRequest, Changed, Outcome, ResourceRequest } from '../../http/app.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { Identity } from '../../kernel/identity.ts'
import type { ApiKey, ApiKeys } from '../../services/access/index.ts'
import type { apiKeySchema, newKeySchema, wantedKeySchema, whoamiSchema } from './schemas.ts'

type Asked<Params = unknown> = Pick<ResourceRequest<unknown, Params>, 'at' | 'identity' | 'params'>

/** Who asks. */
export function whoami({ at, identity }: Asked): Outcome<z.output<typeof whoamiSchema>> {
  const { principal, way, expiresAt } = known(identity)
  return own({ ...principal, way, expires_at: expiresAt }, at)
}

export async function listKeys(
  keys: ApiKeys,
  { at, identity }: Asked,
): Promise<Outcome<z.output<typeof apiKeySchema>[]>> {
  return own(
    (await keys.list(known(identity))).map((key) => rowOf(key, at)),
    at,
  )
}

export async function readKey(
  keys: ApiKeys,
  { at, identity, params }: Asked<{ readonly id: string }>,
): Promise<Outcome<z.output<typeof apiKeySchema>>> {
  return own(rowOf(await keys.find(params.id, known(identity)), at), at)
}

/** Makes a key; its scope is that of its maker where none is asked for. */
export async function createKey(
  keys: ApiKeys,
  {
    at,
    identity,
    body: { name, role, scope, expires_in: seconds },
  }: ActionRequest<z.output<typeof wantedKeySchema>, unknown>,
): Promise<Changed<z.output<typeof newKeySchema>>> {
  const wanted = { name, role, scope: scope === undefined ? identity.principal.scope : scope }
  const { key, secret } = await keys.create({ ...wanted, seconds }, identity)
  return { ...own({ ...rowOf(key, at), secret }, at), location: `/api-keys/${key.id}` }
}

export async function revokeKey(keys: ApiKeys, id: string, by: Identity): Promise<void> {
  await keys.revoke(id, by)
}

function own<Data>(data: Outcome<Data>['data'], at: Date): Outcome<Data> {
  return { data, observedAt: at, clusters: [], warnings: [] }
}

/** Only routes that are open are asked by nobody. */
function known(identity: Identity | null): Identity {
  if (identity === null) throw new KCloudError('unauthorized', { detail: 'this needs credentials' })
  return identity
}

function rowOf(key: ApiKey, at: Date): z.output<typeof apiKeySchema> {
  const grants = key.scope?.map(({ cluster, namespaces }) => ({
    cluster,
    namespaces: namespaces === null ? null : [...namespaces],
  }))
  return { ...key, scope: grants ?? null, status: statusOf(key, at) }
}

function statusOf({ expires_at: end, revoked_at: revoked }: ApiKey, at: Date) {
  if (revoked !== null) return 'revoked'
  return end.getTime() <= at.getTime() ? 'expired' : 'active'
}
