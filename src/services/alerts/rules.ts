import { watchesTheSame, type RuleSpec } from '../../analysis/alerts/rule.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { AlertEventStore, AlertRuleStore, JsonObject } from '../store/index.ts'
import { admitRule, type AdmissionNeeds } from './admission.ts'
import { closing } from './evaluate.ts'
import { deliveriesFor, type Receivers } from './receivers.ts'
import { ruleOf, storedState, type Rule } from './rule.ts'

export interface RulesNeeds extends AdmissionNeeds {
  readonly rules: AlertRuleStore
  readonly events: Pick<AlertEventStore, 'note'>
  readonly mostRules: number
  readonly receivers: Receivers
}

/** A rule, at this version or, with null, at any. */
export interface Which {
  readonly id: string
  readonly version: number | null
}

export interface Rules {
  list(): Promise<readonly Rule[]>
  /** Rejects with `not_found`. */
  one(id: string): Promise<Rule>
  /** Rejects with `invalid_request`, `ambiguous`, and `unprocessable` when there are too many. */
  add(spec: RuleSpec, by: { readonly user: string; readonly at: Date }): Promise<Rule>
  /** Rejects with `invalid_request`, `not_found`, `precondition_failed`, and `forbidden` for a rule of a file. */
  change(which: Which, spec: RuleSpec, at: Date): Promise<Rule>
  remove(which: Which, at: Date): Promise<void>
  /** Makes the rules of the file what it says: those that it has no more are removed. */
  follow(specs: readonly RuleSpec[], at: Date): Promise<void>
}

const FILE = 'the rule file'

/** The rules of a store. What fires ends when its rule does. */
export function createRules(needs: RulesNeeds): Rules {
  const { rules: store } = needs
  const one = async (id: string): Promise<Rule> => {
    const found = await store.find(id)
    if (found === null) throw isUnknown(id)
    return ruleOf(found)
  }
  const writable = async ({ id, version }: Which): Promise<Rule> => {
    const rule = await one(id)
    if (rule.origin === 'file') throw isOfFile(id)
    if (version !== null && version !== rule.version) throw isChanged(id, rule.version)
    return rule
  }
  return {
    list: async () => (await store.list()).map(ruleOf),
    one,
    async add(spec, { user, at }) {
      admitRule(needs, spec)
      const rule = {
        id: spec.name,
        spec: jsonOf(spec),
        origin: 'api',
        created_by: user,
        at,
      } as const
      return ruleOf(await store.add(rule, needs.mostRules))
    },
    async change(which, spec, at) {
      admitRule(needs, spec)
      return await changed(needs, await writable(which), { spec, origin: 'api', at })
    },
    async remove(which, at) {
      await removed(needs, await writable(which), at)
    },
    follow: (specs, at) => followed(needs, specs, at),
  }
}

const jsonOf = (spec: RuleSpec): JsonObject => ({ ...spec })

interface Change {
  readonly spec: RuleSpec
  readonly origin: Rule['origin']
  readonly at: Date
}

async function changed(needs: RulesNeeds, rule: Rule, change: Change): Promise<Rule> {
  const { rules: store } = needs
  const { id, version } = rule
  const { spec, at } = change
  if (!(await store.change({ id, version }, { ...change, spec: jsonOf(spec) })))
    throw isChanged(id, version + 1)
  const stored = await store.find(id)
  if (stored === null) throw isUnknown(id)
  if (spec.enabled && watchesTheSame(rule.spec, spec)) return ruleOf(stored)
  // What was seen by the old rule says nothing of the new one.
  const reason = spec.enabled ? 'the rule was changed' : 'the rule was switched off'
  const { ended, ...told } = endOf(needs, rule, { reason, at })
  const next = storedState({ groups: new Map(), evaluation: null, ended, toldAt: {} })
  await needs.events.note({
    ...told,
    ruleId: id,
    at,
    state: { version: stored.state_version, next },
  })
  return ruleOf((await store.find(id)) ?? stored)
}

async function removed(needs: RulesNeeds, rule: Rule, at: Date): Promise<void> {
  const { id, version } = rule
  if (!(await needs.rules.remove({ id, version }))) throw isChanged(id, version + 1)
  const { events, deliveries } = endOf(needs, rule, { reason: 'the rule was removed', at })
  await needs.events.note({ ruleId: id, at, state: null, events, deliveries })
}

/** The end of all that fires, and who is to hear of it. */
function endOf(
  { receivers }: RulesNeeds,
  rule: Rule,
  { reason, at }: { readonly reason: string; readonly at: Date },
) {
  const { about, changes, events, ended } = closing(rule, reason, at)
  const turn = { about, changes, groups: new Map(), toldAt: rule.state.toldAt }
  const { deliveries } = deliveriesFor(receivers, turn, { at, waiting: new Map() })
  return { events, deliveries, ended }
}

async function followed(needs: RulesNeeds, specs: readonly RuleSpec[], at: Date): Promise<void> {
  const { rules: store, mostRules } = needs
  const known = new Map((await store.list()).map((stored) => [stored.id, ruleOf(stored)]))
  const names = new Set(specs.map(({ name }) => name))
  for (const rule of known.values())
    if (rule.origin === 'file' && !names.has(rule.id)) await removed(needs, rule, at)
  for (const spec of specs) {
    const rule = known.get(spec.name)
    const made = {
      id: spec.name,
      spec: jsonOf(spec),
      origin: 'file',
      created_by: FILE,
      at,
    } as const
    if (rule === undefined) await store.add(made, mostRules)
    else if (rule.origin !== 'file' || JSON.stringify(rule.spec) !== JSON.stringify(spec))
      await changed(needs, rule, { spec, origin: 'file', at })
  }
}

const isUnknown = (id: string): KCloudError =>
  new KCloudError('not_found', { detail: `there is no alert rule ${JSON.stringify(id)}` })

const isOfFile = (id: string): KCloudError =>
  new KCloudError('forbidden', {
    detail: `the alert rule ${id} comes from ${FILE}: it is changed there`,
  })

const isChanged = (id: string, version: number): KCloudError =>
  new KCloudError('precondition_failed', {
    detail: `the alert rule ${id} was changed meanwhile: it is at version ${version}`,
  })
