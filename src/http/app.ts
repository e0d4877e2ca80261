import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import type { Answer } from '../kernel/answer.ts'
import type { Page } from '../kernel/page.ts'

/** What a route gives: the data, when they were so, and what is missing from them. */
export interface Outcome<Data> extends Pick<Answer<unknown>, 'clusters' | 'warnings'> {
  readonly data: Data
  /** The evaluation time of the data, not the time of the reply. */
  readonly observedAt: Date
  readonly page?: Page
}

export interface ResourceRequest<Query, Params> {
  readonly query: Query
  readonly params: Params
  /** The evaluation time: now, aligned down so that equal questions within the shelf life are equal. */
  readonly at: Date
  /** Ends when the client goes away. */
  readonly signal: AbortSignal
}

/** A `GET` route that answers with an envelope: schemas, documentation and one call. */
export interface Resource<Query extends z.ZodObject, Params extends z.ZodObject, Data extends z.ZodType> {
  /** Below the domain's path, in Fastify's spelling: `/gpus/:id`. */
  readonly url: string
  readonly summary: string
  readonly description?: string
  readonly query: Query
  readonly params: Params
  readonly data: Data
  /** Whether the answer has `meta.page`. */
  readonly paged?: boolean
  /** How long a complete answer may be served again, byte for byte: by kind of data; `none` never. */
  readonly shelf: 'realtime' | 'summary' | 'series' | 'static' | 'none'
  /** Served without credentials. */
  readonly open?: boolean
  answer(
    request: ResourceRequest<z.output<Query>, z.output<Params>>,
  ): Promise<Outcome<z.input<Data>>> | Outcome<z.input<Data>>
}

/** What a domain mounts its routes on: resources for what fits the envelope, Fastify for what does not. */
export interface App {
  readonly fastify: FastifyInstance
  resource<Query extends z.ZodObject, Params extends z.ZodObject, Data extends z.ZodType>(
    resource: Resource<Query, Params, Data>,
  ): void
}
