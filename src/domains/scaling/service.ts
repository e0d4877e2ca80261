import type { z } from 'zod'
import { versionIn } from '../../http/if-match.ts'
import { invalidRequest } from '../../kernel/errors.ts'
import type { PageRequest } from '../../kernel/page.ts'
import type { Policy, PolicySpec, Scaling } from '../../services/scaling/index.ts'
import type { changedPolicySchema, newPolicySchema, policySchema } from './policy-schemas.ts'

export interface Needs {
  readonly scaling: Scaling
  readonly now: () => Date
}

interface Asked {
  readonly at: Date
  readonly user: string | null
}

export const told = <Data>(at: Date, data: Data) => ({
  data,
  observedAt: at,
  clusters: [],
  warnings: [],
})

/** All policies, a page of them. */
export async function listPolicies({ scaling }: Needs, at: Date, page: PageRequest) {
  const all = (await scaling.policies.list()).map(policyRow)
  const { limit, offset } = page
  return {
    ...told(at, all.slice(offset, offset + limit)),
    page: { total: all.length, limit, offset },
  }
}

/** One policy. Rejects with `not_found`. */
export async function readPolicy({ scaling }: Needs, at: Date, id: string) {
  return tagged(at, await scaling.policies.one(id))
}

/** Makes a policy. Rejects with `ambiguous`, `forbidden` and `unprocessable`. */
export async function addPolicy(
  { scaling }: Needs,
  { at, user }: Asked,
  body: z.output<typeof newPolicySchema>,
) {
  const policy = await scaling.policies.add(specOf(body.name, body), { user: user ?? '', at })
  return { ...tagged(at, policy), location: `/policies/${policy.id}` }
}

interface Change {
  readonly id: string
  readonly ifMatch: string | null
  readonly body: z.output<typeof changedPolicySchema>
}

/** Replaces a policy. Rejects with `not_found`, and with `precondition_failed` when it is at another version. */
export async function changePolicy({ scaling }: Needs, at: Date, { id, ifMatch, body }: Change) {
  if (body.name !== undefined && body.name !== id)
    throw invalidRequest('/body/name', `cannot be changed: this policy is called ${id}`)
  const which = { id, version: versionIn(ifMatch) }
  return tagged(at, await scaling.policies.change(which, specOf(id, body), at))
}

/** Removes a policy; its events stay. Rejects likewise. */
export async function removePolicy(
  { scaling }: Needs,
  at: Date,
  { id, ifMatch }: { readonly id: string; readonly ifMatch: string | null },
): Promise<undefined> {
  await scaling.policies.remove({ id, version: versionIn(ifMatch) }, at)
  return undefined
}

const tagged = (at: Date, policy: Policy) => ({
  ...told(at, policyRow(policy)),
  etag: `"${policy.version}"`,
})

/** The document's own switch and ours are one. */
function specOf(name: string, body: z.output<typeof changedPolicySchema>): PolicySpec {
  return { ...body, name, enabled: body.enabled && body.power_based.enabled }
}

function policyRow(policy: Policy): z.output<typeof policySchema> {
  const { id, version, spec, created_by: user, created_at: created, updated_at: updated } = policy
  // What was stored is what the schema read.
  const stored = spec as PolicySpec & z.output<typeof newPolicySchema>
  return { id, version, ...stored, created_by: user, created_at: created, updated_at: updated }
}
