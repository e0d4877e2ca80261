import { z } from 'zod'
import { problemSchema, type Language, type Problem } from '../../http/problem-details.ts'

/** A problem, with the two places where Grafana and its data sources look for something to show. */
const failureSchema = z.object({
  ...problemSchema.shape,
  message: z.string().describe('What Grafana shows in the corner of a panel.'),
  error: z
    .object({ code: z.string(), message: z.string() })
    .describe('What the test of a data source shows.'),
})

/** How Grafana is told that something went wrong. */
export const GRAFANA: Language = {
  say: (problem) => ({
    status: problem.status,
    body: {
      ...problem,
      message: sentenceOf(problem),
      error: { code: codeOf(problem), message: sentenceOf(problem) },
    },
  }),
  mediaType: 'application/json; charset=utf-8',
  schema: failureSchema,
  statuses: {
    400: 'The question is wrong; the message names what.',
    401: 'The user name or the password is wrong.',
    404: 'There is no such cluster or thing.',
    409: 'A name fits more than one thing.',
    413: 'More was asked for than is answered at once.',
    415: 'The body is no JSON.',
    422: 'Nothing is known that could be answered from.',
    429: 'Too many requests.',
    500: 'A mistake of the server.',
    502: 'No cluster answered.',
    503: 'The server is stopping.',
    504: 'No cluster answered in time.',
  },
}

const codeOf = ({ type }: Problem): string => type.slice(type.lastIndexOf('/') + 1)

const sentenceOf = ({ title, detail, request_id: id }: Problem): string =>
  `${title}: ${detail} (request ${id})`
