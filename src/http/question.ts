import type { FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { z } from 'zod'
import { checker } from './validation.ts'

/** What a request asks of a resource, read and checked. */
export interface Question {
  readonly partial: 'allow' | 'deny'
  readonly query: Readonly<Record<string, unknown>>
  readonly params: Readonly<Record<string, unknown>>
  /** The same for equal questions, however they were written. */
  readonly key: string
}

const MOST_KNOWN = 1000
const LONGEST_KNOWN = 1024

/**
 * Reads the questions of one route; rejects with `invalid_request`. Dashboards ask in the same words again and
 * again: what an address means is remembered, since reading it takes longer than sending the answer.
 */
export function questionReader(schemas: {
  readonly query: z.ZodType
  readonly params: z.ZodType
}): (request: FastifyRequest) => Question {
  const checkQuery = checker(schemas.query, '/query')
  const checkParams = checker(schemas.params, '/path')
  const known = new LRUCache<string, Question>({ max: MOST_KNOWN })

  function read(request: FastifyRequest): Question {
    const params = checkParams(request.params) as Question['params']
    // The schema has made it so.
    const { partial, ...query } = checkQuery(request.query) as Pick<Question, 'partial'>
    const key = JSON.stringify([request.routeOptions.url, params, query])
    return Object.freeze({
      partial,
      query: Object.freeze(query),
      params: Object.freeze(params),
      key,
    })
  }
  return (request) => {
    const address = request.raw.url ?? ''
    const before = known.get(address)
    if (before !== undefined) return before
    const question = read(request)
    if (address.length <= LONGEST_KNOWN) known.set(address, question)
    return question
  }
}
