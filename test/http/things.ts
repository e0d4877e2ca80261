import { z } from 'zod'
import type { Domain } from '../../src/domains/domain.ts'
import type { Outcome, ResourceRequest } from '../../src/http/app.ts'
import { clusterParameter, exactFilter, pageParameters } from '../../src/http/parameters.ts'

export const thingSchema = z.object({ id: z.string(), power_watts: z.number().nullable() })
type Thing = z.output<typeof thingSchema>

const query = z.object({
  ...clusterParameter,
  ...pageParameters,
  node: exactFilter('The node.'),
})
type Asked = ResourceRequest<z.output<typeof query>, Record<string, never>>
type Answer = (request: Asked) => Outcome<Thing[]> | Promise<Outcome<Thing[]>>

/** An outcome over one cluster that answered. */
export function outcome(
  data: readonly Thing[],
  rest: Partial<Outcome<Thing[]>> = {},
): Outcome<Thing[]> {
  return {
    data,
    observedAt: new Date('2026-11-20T00:00:00Z'),
    clusters: [{ name: 'seoul', status: 'ok' }],
    warnings: [],
    page: { total: data.length, limit: 100, offset: 0 },
    ...rest,
  }
}

/** A domain with one list at `/api/v1/things`, which answers as told, and how often it was asked. */
export function things(answer: Answer, shelf: 'realtime' | 'none' = 'realtime') {
  const asked: Asked[] = []
  const domain: Domain = {
    name: 'things',
    routes: (app) =>
      app.resource({
        url: '',
        reach: 'cluster',
        summary: 'Things',
        query,
        params: z.object({}),
        data: z.array(thingSchema),
        paged: true,
        shelf,
        answer: (request) => {
          asked.push(request)
          return answer(request)
        },
      }),
  }
  return { domain, asked }
}

/** So many things, each a little different. */
export function many(count: number): readonly Thing[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `thing-${index}`,
    power_watts: index / 2,
  }))
}
