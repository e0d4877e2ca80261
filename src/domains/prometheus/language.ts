import { z } from 'zod'
import type { Language, Problem } from '../../http/problem-details.ts'

/** The error of Prometheus' HTTP API. */
const errorSchema = z.object({
  status: z.literal('error'),
  errorType: z.string(),
  error: z.string(),
})

/** What a client is told by the kind of a problem, where its status does not say it. */
const OF_KINDS: Readonly<Record<string, readonly [status: number, errorType: string]>> = {
  unprocessable: [422, 'execution'],
  too_large: [422, 'execution'],
  backend_timeout: [503, 'timeout'],
  internal: [500, 'internal'],
  unauthorized: [401, 'unauthorized'],
  rate_limited: [429, 'unavailable'],
  not_found: [404, 'not_found'],
}

/** How clients of Prometheus are told that something went wrong (`web/api/v1/api.go`, respondError). */
export const PROMETHEUS: Language = {
  say(problem) {
    const [status, errorType] = OF_KINDS[kindOf(problem)] ?? byStatus(problem)
    const error = `${problem.detail} (request ${problem.request_id})`
    return { status, body: { status: 'error', errorType, error } }
  },
  mediaType: 'application/json; charset=utf-8',
  schema: errorSchema,
  statuses: {
    400: '`bad_data`: the query is wrong, or not answered here; the error names what.',
    401: 'The user name or the password is wrong.',
    404: '`not_found`.',
    422: '`execution`: the query cannot be carried out.',
    429: 'Too many requests.',
    500: '`internal`: a mistake of the server.',
    503: '`timeout` or `unavailable`: nobody answered, or not everybody and nothing was found.',
  },
}

const kindOf = ({ type }: Problem): string => type.slice(type.lastIndexOf('/') + 1)

const byStatus = ({ status }: Problem): readonly [number, string] =>
  status >= 500 ? [503, 'unavailable'] : [400, 'bad_data']
