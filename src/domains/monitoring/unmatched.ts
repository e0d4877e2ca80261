import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { clusterParameter, pageParameters } from '../../http/parameters.ts'
import { timestamp } from '../../http/wire.ts'
import { paginate, type PageRequest } from '../../kernel/page.ts'
import type { Asked, Needs } from './asked.ts'
import { askedBy } from './routes.ts'

const unmatchedSchema = z.object({
  cluster: z.string(),
  source: z.string().describe('Who uses the name.'),
  name: z.string(),
  reason: z
    .enum(['unknown', 'ambiguous', 'empty'])
    .describe('`ambiguous`: several nodes could be meant; `empty`: it names nothing.'),
  candidates: z
    .array(z.string())
    .describe('The nodes it could be, or the unknown node that BMC_NODES names.'),
  rows: z.int().positive().describe('How many rows of the source carry it.'),
  observed_at: timestamp,
})

const SORTABLE = [
  'cluster',
  'source',
  'name',
  'reason',
  'rows',
] as const satisfies readonly (keyof z.output<typeof unmatchedSchema>)[]

/** What could not be brought to a node. */
export function unmatchedRoute(app: App, needs: Needs): void {
  app.resource({
    url: '/unmatched-names',
    reach: 'cluster',
    summary: "Names that sources use for nodes and that are no node's",
    description:
      'What they measure is in no total. BMC_NODES and NODE_REWRITES say which nodes they are. The names of BMCs are those that the last request below `/hardware` found.',
    query: z.object({ ...clusterParameter, ...pageParameters }),
    params: z.object({}),
    data: z.array(unmatchedSchema),
    paged: true,
    shelf: 'realtime',
    answer: (request) => {
      const { limit, offset, sort } = request.query
      return listUnmatched(needs, askedBy(request), { limit, offset, sort })
    },
  })
}

/** The names as they are now. Rejects as all questions about power do. */
async function listUnmatched(needs: Needs, asked: Asked, page: PageRequest) {
  const { heard, clusters, warnings } = await needs.fleet.now({ ...asked, workloads: false })
  const rows = needs.fleet.unmatched
    .of(heard)
    .flatMap(({ names, observed_at: at }) =>
      names.map(({ count, ...name }) => ({ ...name, rows: count, observed_at: at ?? asked.at })),
    )
  const part = paginate(rows, page, SORTABLE)
  return { data: part.rows, page: part.page, observedAt: asked.at, clusters, warnings }
}
