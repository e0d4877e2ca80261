import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { exactFilter, nameText, pageParameters, wordList } from '../../http/parameters.ts'
import { deliverySchema, receiverSchema, testSchema } from './alert-schemas.ts'
import { listDeliveries } from './events.ts'
import { EXAMPLES } from './examples.ts'
import { told, type Needs } from './needs.ts'

const noParams = z.object({})
const { limit, offset } = pageParameters

/** The routes of who is told. */
export function receiverRoutes(app: App, needs: Needs): void {
  listRoute(app, needs)
  testRoute(app, needs)
  deliveryRoutes(app, needs)
}

function listRoute(app: App, { alerts }: Needs): void {
  app.resource({
    url: '/receivers',
    reach: 'admin',
    summary: 'Who can be told of alerts',
    description: 'They are set by the configuration: no address and no secret is answered.',
    query: z.object({}),
    params: noParams,
    data: z.array(receiverSchema),
    example: EXAMPLES.receivers,
    shelf: 'none',
    answer({ at }) {
      const rows = alerts.receivers.map(({ name, type, repeatSeconds, tellsResolved }) => ({
        name,
        type,
        repeat_seconds: repeatSeconds,
        tells_resolved: tellsResolved,
      }))
      return told(at, rows)
    },
  })
}

function testRoute(app: App, { alerts }: Needs): void {
  app.action({
    method: 'POST',
    url: '/receivers/:name/test',
    reach: 'admin',
    summary: 'Tell a receiver that this is a test',
    description: 'Once and at once, and says what became of it.',
    params: z.object({ name: nameText.describe('The name of the receiver.') }),
    body: null,
    data: testSchema,
    example: { receiver: 'operators', outcome: 'delivered', problem: null },
    async carryOut({ at, params: { name }, signal }) {
      const attempted = await alerts.test(name, signal)
      const isDone = attempted.outcome === 'done'
      return told(at, {
        receiver: name,
        outcome: isDone ? ('delivered' as const) : ('failed' as const),
        problem: isDone ? null : attempted.problem,
      })
    },
  })
}

function deliveryRoutes(app: App, needs: Needs): void {
  app.resource({
    url: '/deliveries',
    reach: 'admin',
    summary: 'What receivers are told, and what was given up',
    query: z.object({
      rule: exactFilter('Only of this rule.'),
      receiver: exactFilter('Only for this receiver.'),
      state: wordList(['waiting', 'delivered', 'failed'], {
        most: 3,
        description: '`failed`: given up after the last attempt.',
      }).optional(),
      limit,
      offset,
    }),
    params: noParams,
    data: z.array(deliverySchema),
    example: [EXAMPLES.delivery],
    paged: true,
    shelf: 'none',
    answer: ({ at, query }) => listDeliveries(needs, at, query),
  })
  app.action({
    method: 'POST',
    url: '/deliveries/:id/retry',
    reach: 'admin',
    summary: 'Try a delivery again that was given up',
    params: z.object({ id: nameText.describe('The id of the delivery.') }),
    body: null,
    data: null,
    async carryOut({ params: { id } }) {
      await needs.alerts.retry(id)
      return undefined
    },
  })
}
