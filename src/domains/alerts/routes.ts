import { z } from 'zod'
import { SEVERITIES } from '../../analysis/alerts/rule.ts'
import { ALERT_EVENTS, ALERT_STATES } from '../../analysis/alerts/state.ts'
import type { App } from '../../http/app.ts'
import {
  exactFilter,
  keptParameters,
  nameList,
  nameText,
  pageParameters,
  wordList,
} from '../../http/parameters.ts'
import { alertEventSchema, alertSchema } from './alert-schemas.ts'
import { listCurrent } from './current.ts'
import { listEvents } from './events.ts'
import { EXAMPLES } from './examples.ts'
import type { Needs } from './needs.ts'
import { preview } from './preview.ts'
import { previewedSchema, previewSchema, previewWindowSchema } from './preview-schemas.ts'
import { receiverRoutes } from './receiver-routes.ts'
import { changedRuleSchema, newRuleSchema, ruleSchema } from './rule-schemas.ts'
import { addRule, changeRule, listRules, readRule, removeRule } from './rules.ts'

const params = z.object({ id: nameText.describe('The name of the rule.') })
const noParams = z.object({})
const { limit, offset, sort } = pageParameters

/** The routes of alerts. */
export function alertRoutes(app: App, needs: Needs): void {
  currentRoute(app, needs)
  eventRoute(app, needs)
  ruleRoutes(app, needs)
  changeRoutes(app, needs)
  previewRoutes(app, needs)
  receiverRoutes(app, needs)
}

const severity = wordList(SEVERITIES, { most: 3, description: 'Only of these.' }).optional()

function currentRoute(app: App, needs: Needs): void {
  app.resource({
    url: '',
    reach: 'admin',
    summary: 'What the alert rules see now',
    description:
      'One row for each group of each rule. Missing or partial data never end an alert and never begin one: they are `no_data`.',
    query: z.object({
      rule: exactFilter('Only of this rule.'),
      state: wordList(ALERT_STATES, { most: 4, description: 'Only in these states.' }).optional(),
      severity,
      cluster: nameList('Only of these clusters.'),
      limit,
      offset,
      sort: sort.describe(
        '`since`, `starts_at`, `value`, `rule_id` or `state`; descending with -.',
      ),
    }),
    params: noParams,
    data: z.array(alertSchema),
    example: [EXAMPLES.alert],
    paged: true,
    shelf: 'none',
    answer: ({ at, query }) => listCurrent(needs, at, query),
  })
}

function eventRoute(app: App, needs: Needs): void {
  app.resource({
    url: '/events',
    reach: 'admin',
    summary: 'What fired, ended, was not known, and was known again',
    query: z.object({
      rule: exactFilter('Only of this rule.'),
      alert: exactFilter('Only of this alert.'),
      kind: wordList(ALERT_EVENTS, { most: 4, description: 'Only these.' }).optional(),
      severity,
      ...keptParameters,
    }),
    params: noParams,
    data: z.array(alertEventSchema),
    example: [EXAMPLES.event],
    paged: true,
    shelf: 'none',
    answer: ({ at, query }) => listEvents(needs, at, query),
  })
}

function ruleRoutes(app: App, needs: Needs): void {
  app.resource({
    url: '/rules',
    reach: 'admin',
    summary: 'The alert rules',
    query: z.object({ limit, offset }),
    params: noParams,
    data: z.array(ruleSchema),
    example: [EXAMPLES.rule],
    paged: true,
    shelf: 'none',
    answer: ({ at, query }) => listRules(needs, at, query),
  })
  app.resource({
    url: '/rules/:id',
    reach: 'admin',
    summary: 'One alert rule',
    description: 'Its `ETag` is its version, for `If-Match`.',
    query: z.object({}),
    params,
    data: ruleSchema,
    example: EXAMPLES.rule,
    shelf: 'none',
    answer: (request) => readRule(needs, request.at, request.params.id),
  })
}

function changeRoutes(app: App, needs: Needs): void {
  app.action({
    method: 'POST',
    url: '/rules',
    reach: 'admin',
    summary: 'Make an alert rule',
    description: 'It is evaluated from the next turn on.',
    params: noParams,
    body: newRuleSchema,
    bodyExample: EXAMPLES.newRule,
    data: ruleSchema,
    example: EXAMPLES.rule,
    creates: true,
    carryOut: (request) => addRule(needs, request, request.body),
  })
  app.action({
    method: 'PUT',
    url: '/rules/:id',
    reach: 'admin',
    summary: 'Replace an alert rule',
    description: 'What fires ends when the condition changes. A rule of a file is changed there.',
    params,
    conditional: true,
    body: changedRuleSchema,
    bodyExample: EXAMPLES.newRule,
    data: ruleSchema,
    example: { ...EXAMPLES.rule, version: 2 },
    carryOut: ({ at, params: { id }, ifMatch, body }) =>
      changeRule(needs, at, { id, ifMatch, body }),
  })
  removeRoute(app, needs)
}

function removeRoute(app: App, needs: Needs): void {
  app.action({
    method: 'DELETE',
    url: '/rules/:id',
    reach: 'admin',
    summary: 'Remove an alert rule',
    description: 'What fires ends, and its receivers hear of it. Its events stay.',
    params,
    conditional: true,
    body: null,
    data: null,
    carryOut: ({ at, params: { id }, ifMatch }) => removeRule(needs, at, { id, ifMatch }),
  })
}

function previewRoutes(app: App, needs: Needs): void {
  app.action({
    method: 'POST',
    url: '/rules/preview',
    audited: false,
    reach: 'admin',
    summary: 'Try a rule that there is not yet on the past',
    description:
      'When it would have fired and ended, for how long, and the series with the levels that they are held against. Nothing is kept and nobody is told.',
    params: noParams,
    body: previewSchema,
    bodyExample: EXAMPLES.preview,
    data: previewedSchema,
    example: EXAMPLES.previewed,
    carryOut: (request) => {
      const { rule: spec, ...window } = request.body
      return preview(needs, request, { spec, window })
    },
  })
  app.action({
    method: 'POST',
    url: '/rules/:id/preview',
    audited: false,
    reach: 'admin',
    summary: 'Try an alert rule on the past',
    params,
    body: previewWindowSchema,
    bodyExample: { period: '6h' },
    data: previewedSchema,
    example: EXAMPLES.previewed,
    async carryOut(request) {
      const { spec } = await needs.alerts.rules.one(request.params.id)
      return await preview(needs, request, { spec, window: request.body })
    },
  })
}
