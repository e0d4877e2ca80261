import type { z } from 'zod'
import { versionIn } from '../../http/if-match.ts'
import { invalidRequest } from '../../kernel/errors.ts'
import type { PageRequest } from '../../kernel/page.ts'
import type { Rule } from '../../services/alerts/index.ts'
import { told, type Needs } from './needs.ts'
import type { changedRuleSchema, newRuleSchema, ruleSchema } from './rule-schemas.ts'

interface Asked {
  readonly at: Date
  readonly user: string | null
}

/** All rules, a page of them. */
export async function listRules(needs: Needs, at: Date, { limit, offset }: PageRequest) {
  const rules = await needs.alerts.rules.list()
  const rows = rules.slice(offset, offset + limit).map((rule) => ruleRow(needs, rule, at))
  return { ...told(at, rows), page: { total: rules.length, limit, offset } }
}

/** One rule. Rejects with `not_found`. */
export async function readRule(needs: Needs, at: Date, id: string) {
  return tagged(needs, at, await needs.alerts.rules.one(id))
}

/** Makes a rule. Rejects with `invalid_request`, `ambiguous` and `unprocessable`. */
export async function addRule(
  needs: Needs,
  { at, user }: Asked,
  body: z.output<typeof newRuleSchema>,
) {
  const rule = await needs.alerts.rules.add(body, { user: user ?? '', at })
  return { ...tagged(needs, at, rule), location: `/rules/${rule.id}` }
}

interface Change {
  readonly id: string
  readonly ifMatch: string | null
  readonly body: z.output<typeof changedRuleSchema>
}

/** Replaces a rule. Rejects with `not_found`, `forbidden`, and with `precondition_failed` at another version. */
export async function changeRule(needs: Needs, at: Date, { id, ifMatch, body }: Change) {
  if (body.name !== undefined && body.name !== id)
    throw invalidRequest('/body/name', `cannot be changed: this rule is called ${id}`)
  const which = { id, version: versionIn(ifMatch) }
  return tagged(needs, at, await needs.alerts.rules.change(which, { ...body, name: id }, at))
}

/** Removes a rule; its events stay. Rejects likewise. */
export async function removeRule(
  { alerts }: Needs,
  at: Date,
  { id, ifMatch }: { readonly id: string; readonly ifMatch: string | null },
): Promise<undefined> {
  await alerts.rules.remove({ id, version: versionIn(ifMatch) }, at)
  return undefined
}

const tagged = (needs: Needs, at: Date, rule: Rule) => ({
  ...told(at, ruleRow(needs, rule, at)),
  etag: `"${rule.version}"`,
})

function ruleRow(needs: Needs, rule: Rule, at: Date): z.output<typeof ruleSchema> {
  const { id, version, spec, origin } = rule
  // What was stored is what the schema read.
  const stored = spec as Rule['spec'] & z.output<typeof newRuleSchema>
  const counts = { ok: 0, pending: 0, firing: 0, no_data: 0 }
  for (const { state } of rule.state.groups.values()) counts[state] += 1
  return {
    id,
    version,
    ...stored,
    origin,
    counts,
    last_evaluation: evaluationOf(needs, rule, at),
    created_by: rule.created_by,
    created_at: rule.created_at,
    updated_at: rule.updated_at,
  }
}

const LATE_INTERVALS = 3

function evaluationOf({ intervalSeconds }: Needs, { spec, state }: Rule, now: Date) {
  const { evaluation, groups } = state
  if (evaluation === null) return null
  const { at, outcome, detail, seconds, cut } = evaluation
  const isLate = now.getTime() - at > intervalSeconds * LATE_INTERVALS * 1000
  return {
    at: new Date(at),
    outcome: spec.enabled && isLate ? ('late' as const) : outcome,
    detail,
    seconds,
    groups: groups.size,
    cut_groups: cut,
  }
}
