import { z } from 'zod'
import type { App } from '../../http/app.ts'
import {
  exactFilter,
  keptParameters,
  nameText,
  pageParameters,
  wordList,
} from '../../http/parameters.ts'
import { eventSchema, RULE_NAMES } from './event-schemas.ts'
import { listEvents } from './events.ts'
import { EXAMPLES } from './examples.ts'
import { metricRoute } from './metric-route.ts'
import { changedPolicySchema, newPolicySchema, policySchema } from './policy-schemas.ts'
import {
  addPolicy,
  changePolicy,
  listPolicies,
  readPolicy,
  removePolicy,
  type Needs,
} from './service.ts'
import { simulatePolicy } from './simulate.ts'
import { simulateSchema, simulationSchema } from './simulation-schemas.ts'

const params = z.object({ id: nameText.describe('The name of the policy.') })
const noParams = z.object({})
const { limit, offset } = pageParameters

/** The routes of scaling by power. */
export function scalingRoutes(app: App, needs: Needs): void {
  policyRoutes(app, needs)
  changeRoutes(app, needs)
  eventRoute(app, needs)
  simulateRoute(app, needs)
  metricRoute(app, needs)
}

function policyRoutes(app: App, needs: Needs): void {
  app.resource({
    url: '/policies',
    reach: 'admin',
    summary: 'The scaling policies',
    query: z.object({ limit, offset }),
    params: noParams,
    data: z.array(policySchema),
    example: [EXAMPLES.policy],
    paged: true,
    shelf: 'none',
    answer: ({ at, query }) => listPolicies(needs, at, query),
  })
  app.resource({
    url: '/policies/:id',
    reach: 'admin',
    summary: 'One scaling policy',
    description: 'Its `ETag` is its version, for `If-Match`.',
    query: z.object({}),
    params,
    data: policySchema,
    example: EXAMPLES.policy,
    shelf: 'none',
    answer: (request) => readPolicy(needs, request.at, request.params.id),
  })
}

function changeRoutes(app: App, needs: Needs): void {
  app.action({
    method: 'POST',
    url: '/policies',
    reach: 'admin',
    summary: 'Make a scaling policy',
    description:
      'It decides from the next turn on. Above the upper threshold of its budget it never adds replicas, and without a whole reading it changes nothing.',
    params: noParams,
    body: newPolicySchema,
    bodyExample: EXAMPLES.newPolicy,
    data: policySchema,
    example: EXAMPLES.policy,
    creates: true,
    carryOut: (request) => addPolicy(needs, request, request.body),
  })
  app.action({
    method: 'PUT',
    url: '/policies/:id',
    reach: 'admin',
    summary: 'Replace a scaling policy',
    params,
    conditional: true,
    body: changedPolicySchema,
    bodyExample: EXAMPLES.newPolicy,
    data: policySchema,
    example: { ...EXAMPLES.policy, version: 2 },
    carryOut: ({ at, params: { id }, ifMatch, body }) =>
      changePolicy(needs, at, { id, ifMatch, body }),
  })
  removeRoute(app, needs)
}

function removeRoute(app: App, needs: Needs): void {
  app.action({
    method: 'DELETE',
    url: '/policies/:id',
    reach: 'admin',
    summary: 'Remove a scaling policy',
    description: 'Its events stay. What it has not delivered is given up.',
    params,
    conditional: true,
    body: null,
    data: null,
    carryOut: ({ at, params: { id }, ifMatch }) => removePolicy(needs, at, { id, ifMatch }),
  })
}

function eventRoute(app: App, needs: Needs): void {
  app.resource({
    url: '/events',
    reach: 'admin',
    summary: 'What the policies decided, with everything that it rests on',
    query: z.object({
      policy: exactFilter('Only of this policy.'),
      action: wordList(['scale_out', 'scale_in', 'hold'], {
        most: 3,
        description: 'Only these: `scale_out,scale_in` leaves out what changed nothing.',
      }).optional(),
      rule: wordList(RULE_NAMES, {
        most: RULE_NAMES.length,
        description: 'Only by these rules.',
      }).optional(),
      ...keptParameters,
    }),
    params: noParams,
    data: z.array(eventSchema),
    example: [EXAMPLES.event],
    paged: true,
    shelf: 'none',
    answer: ({ at, query }) => listEvents(needs, at, query),
  })
}

function simulateRoute(app: App, needs: Needs): void {
  app.action({
    method: 'POST',
    url: '/policies/:id/simulate',
    audited: false,
    reach: 'admin',
    summary: 'Try a scaling policy in the past',
    description:
      'What it would have decided at each step of the recorded past, or of one that comes along, with the energy, the cost and the time above the budget, beside what was. Nothing is kept and nothing is done.',
    params,
    body: simulateSchema,
    bodyExample: EXAMPLES.simulate,
    data: simulationSchema,
    example: EXAMPLES.simulation,
    carryOut: (request) =>
      simulatePolicy(needs, request, { id: request.params.id, body: request.body }),
  })
}
