import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { nameText } from '../../http/parameters.ts'
import { signalOf } from '../../http/resource.ts'
import { writeJson } from '../../http/wire.ts'
import { metricSchema } from './event-schemas.ts'
import { EXAMPLES } from './examples.ts'
import type { Needs } from './service.ts'

const params = z.object({ id: nameText.describe('The name of the policy.') })

/** The number of a policy for an autoscaler, without an envelope: as KEDA's metrics-api scaler reads it. */
export function metricRoute({ fastify }: App, { scaling }: Needs): void {
  fastify.route({
    method: 'GET',
    url: '/policies/:id/metric',
    config: { reach: 'admin' },
    schema: {
      summary: 'How many replicas there should be, for an autoscaler',
      description:
        'Not in an envelope: `valueLocation: value`. Without a reading that may be acted on it is a 503, and never a number, so that the fallback of the autoscaler decides.',
      params,
      'x-example': EXAMPLES.metric,
      response: {
        200: {
          description: 'The number.',
          content: { 'application/json': { schema: metricSchema } },
        },
      },
    },
    handler: async (request: FastifyRequest, reply: FastifyReply) => {
      // The route's schema has made it so.
      const { id } = request.params as z.output<typeof params>
      const metric = await scaling.metric(id, signalOf(reply))
      return await reply
        .header('cache-control', 'no-store')
        .type('application/json; charset=utf-8')
        .serializer(String)
        .send(writeJson(metricSchema, metric, true))
    },
  })
}
