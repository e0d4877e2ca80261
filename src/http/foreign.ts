import type { z } from 'zod'
import type { Answer } from '../kernel/answer.ts'
import type { Principal } from '../kernel/principal.ts'
import type { Reach } from '../kernel/sight.ts'
import type { DeepReadonly } from './deep-readonly.ts'
import type { Language } from './problem-details.ts'
import type { AnswerShelf } from './shelf.ts'

export interface ForeignRequest<Query, Body> {
  readonly query: Query
  readonly params: Readonly<Record<string, unknown>>
  readonly body: Body
  readonly user: string | null
  /** Who asks. Of it, only the scope may change an answer on a shelf. */
  readonly principal: Principal
  /** The evaluation time of answers on a shelf: the one that the resources of this server answer for. */
  readonly at: (shelf: AnswerShelf) => Date
  /** Ends when the client goes away. */
  readonly signal: AbortSignal
}

/** What is answered, and what is missing from it; the data says so itself, in the words of the other system. */
export interface ForeignAnswer<Data> extends Pick<Answer<unknown>, 'clusters'> {
  readonly data: DeepReadonly<Data>
}

/**
 * A route that speaks the language of another system, so that its clients need not learn ours: no envelope, errors
 * in its own words, and unknown parameters and fields are left alone, as it does itself.
 */
export interface Foreign<
  Query extends z.ZodObject,
  Body extends z.ZodType | null,
  Data extends z.ZodType,
> {
  readonly method: 'GET' | 'POST'
  /** Below the domain's path, as that of a resource. */
  readonly url: string
  readonly reach: Reach
  readonly summary: string
  readonly description?: string
  readonly language: Language
  readonly query: Query
  /** What stands in the path. */
  readonly params?: z.ZodObject
  /** What the request says, as JSON or as a form; null for nothing. */
  readonly body: Body
  readonly form?: boolean
  readonly bodyExample?: object
  readonly data: Data
  /** An example of the answer, as it stands on the wire. */
  readonly example?: unknown
  /** How long a complete answer may be served again, byte for byte. */
  readonly shelf: AnswerShelf
  answer(
    request: ForeignRequest<
      z.output<Query>,
      Body extends z.ZodType ? z.output<Body> : Readonly<Record<string, never>>
    >,
  ): Promise<ForeignAnswer<z.output<Data>>> | ForeignAnswer<z.output<Data>>
}
