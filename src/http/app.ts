import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import type { Answer } from '../kernel/answer.ts'
import type { Page } from '../kernel/page.ts'
import type { Identity } from '../kernel/identity.ts'
import type { Principal, Role } from '../kernel/principal.ts'
import type { Reach } from '../kernel/sight.ts'
import type { DeepReadonly } from './deep-readonly.ts'
import type { Foreign } from './foreign.ts'
import type { ClosingCode, Transport } from './live-connections.ts'
import type { AnswerShelf } from './shelf.ts'

/** What a route gives: the data, when they were so, and what is missing from them. */
export interface Outcome<Data> extends Pick<Answer<unknown>, 'clusters' | 'warnings'> {
  readonly data: DeepReadonly<Data>
  /** The evaluation time of the data, not the time of the reply. */
  readonly observedAt: Date
  readonly page?: Page
  /** What tells this version of a thing from others; by default of the bytes of the answer. */
  readonly etag?: string
  /** 503 for an answer that reports being unwell; needs `mayBeUnavailable` in the resource. Default 200. */
  readonly status?: 200 | 503
}

export interface ResourceRequest<Query, Params> {
  readonly query: Query
  readonly params: Params
  /** The name of who asks, for answers on no shelf; those on a shelf are the same for all of a scope, and it is null. */
  readonly user: string | null
  /** Who asks. Of it, only the scope may change an answer on a shelf. */
  readonly principal: Principal
  /** How whoever asks signed in; null on open routes and for answers on a shelf. */
  readonly identity: Identity | null
  /** The evaluation time: that of the first question within the life of the answers on this shelf. */
  readonly at: Date
  /** Ends when the client goes away. */
  readonly signal: AbortSignal
}

/** A `GET` route that answers with an envelope: schemas, documentation and one call. */
export interface Resource<
  Query extends z.ZodObject,
  Params extends z.ZodObject,
  Data extends z.ZodType,
> {
  /** Below the domain's path, in Fastify's spelling: `/gpus/:id`; empty for the domain's own path. */
  readonly url: string
  readonly reach: Reach
  readonly summary: string
  readonly description?: string
  /** Without `partial`, which every resource has. Unknown parameters are refused. */
  readonly query: Query
  readonly params: Params
  readonly data: Data
  /** An example of `data` for the documentation, as it stands on the wire. */
  readonly example?: z.input<Data>
  /** Whether the answer has `meta.page`. */
  readonly paged?: boolean
  /** How long a complete answer may be served again, byte for byte: by kind of data; `none` never. */
  readonly shelf: AnswerShelf
  /** Served without credentials. */
  readonly open?: boolean
  /** An open route that shows more to those who say who they are. */
  readonly showsMore?: boolean
  /** The least role that is answered. Default `viewer`. */
  readonly role?: Role
  /** Not counted against the limit of requests, for probes. */
  readonly unlimited?: boolean
  /** What happens to a partial answer when the request does not say. Default `allow`. */
  readonly partial?: 'allow' | 'deny'
  /** Whether the answer itself may come with status 503. */
  readonly mayBeUnavailable?: boolean
  /** Whether more can be asked for than is allowed. */
  readonly mayBeTooLarge?: boolean
  answer(
    request: ResourceRequest<z.output<Query>, z.output<Params>>,
  ): Promise<Outcome<z.output<Data>>> | Outcome<z.output<Data>>
}

export interface ActionRequest<Body, Params> {
  readonly body: Body
  readonly params: Params
  /** The name of who asks. */
  readonly user: string | null
  readonly principal: Principal
  readonly identity: Identity
  readonly at: Date
  /** Which version of the thing is to be changed, as the header says; null where it does not. */
  readonly ifMatch: string | null
  /** Ends when the client goes away. */
  readonly signal: AbortSignal
}

/** What has become of a change. */
export interface Changed<Data> extends Omit<Outcome<Data>, 'page' | 'status'> {
  /** Where a thing that was made is, below the domain's path: `/seoul`. */
  readonly location?: string
}

/** A route that changes something: schemas, documentation and one call. It takes no query parameters. */
export interface Action<
  Params extends z.ZodObject,
  Body extends z.ZodType | null,
  Data extends z.ZodType | null,
> {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the domain's path, as that of a resource. */
  readonly url: string
  readonly reach: Reach
  readonly summary: string
  readonly description?: string
  readonly params: Params
  /** What the request says, as JSON; null for nothing. Unknown fields of an object are refused. */
  readonly body: Body
  /** An example of the body for the documentation. */
  readonly bodyExample?: Body extends z.ZodType ? z.input<Body> : never
  /** What is answered; null for 204 and nothing. */
  readonly data: Data
  /** An example of `data` for the documentation, as it stands on the wire. */
  readonly example?: Data extends z.ZodType ? z.input<Data> : never
  /** Whether it makes a thing that was not there: 201 with its `Location`. */
  readonly creates?: boolean
  /** Whether it heeds `If-Match`. */
  readonly conditional?: boolean
  /** The least role that may. Default `operator`. */
  readonly role?: Role
  /** Whether it is written into the audit log. By default what takes more than a viewer is. */
  readonly audited?: boolean
  /** Whether the work is only begun: 202 with the `Location` that tells how far it is. */
  readonly accepts?: boolean
  carryOut(
    request: ActionRequest<Body extends z.ZodType ? z.output<Body> : unknown, z.output<Params>>,
  ): Promise<Data extends z.ZodType ? Changed<z.output<Data>> : undefined>
}

/** A connection that stays open. */
export interface LiveConnection {
  readonly transport: Transport
  /** Sends one event, which is there in the forms of both transports. */
  send(event: { readonly message: Buffer; readonly lines: Buffer }): void
  /** Bytes that the network has not taken yet. */
  readonly backlogBytes: number
  close(code: ClosingCode): void
}

/** What a domain does with what comes from a connection. */
export interface LiveReceiver {
  /** A text of the client; null for something that is no text. */
  message(text: string | null): void
  /** Whether there is nothing that the client would be sent. */
  idle(): boolean
  closed(): void
}

export interface LiveRequest<Query> {
  readonly query: Query
  readonly user: string
  readonly principal: Principal
  readonly lastEventId: string | null
  readonly requestId: string
}

/** Takes over a connection that has just been opened. */
export type Opening = (connection: LiveConnection) => LiveReceiver

/** A `GET` route that answers with events without an end. Browsers open it with a ticket. */
export interface LiveRoute<Query extends z.ZodObject> {
  readonly url: string
  readonly reach: Reach
  readonly transport: Transport
  readonly summary: string
  readonly description?: string
  /** Without `ticket` and `last_event_id`, which every such route has. */
  readonly query: Query
  /** What is to be done when the connection is open. What it throws is answered in its place. */
  open(request: LiveRequest<z.output<Query>>): Opening | Promise<Opening>
}

export interface DownloadRequest<Query, Params> extends ResourceRequest<Query, Params> {
  readonly partial: 'allow' | 'deny'
  readonly requestId: string
  /** Whether the client would rather come back for it: `Prefer: respond-async` (RFC 7240). */
  readonly respondAsync: boolean
}

/** A file that is written while it is sent. */
export interface StreamedFile {
  readonly kind: 'streamed'
  readonly fileName: string
  readonly mediaType: string
  readonly headers: Readonly<Record<string, string>>
  /** The bytes; not called when only the headers are wanted. What it rejects with is answered as a problem. */
  open(): Promise<AsyncIterable<Uint8Array>>
  /** What is sent behind the bytes of a whole file. */
  readonly trailers?: {
    readonly names: readonly string[]
    values(): Readonly<Record<string, string>>
  }
  /** What is added to a file that cannot be completed, before the connection is cut. */
  broken?(reason: string): string
}

/** A file that lies on a disk of this server; parts of it can be asked for. */
export interface StoredFile {
  readonly kind: 'stored'
  readonly fileName: string
  readonly mediaType: string
  readonly headers: Readonly<Record<string, string>>
  readonly path: string
  readonly bytes: number
  /** Changes with the bytes; strong. */
  readonly etag: string
}

/** What was asked for is made later: 202, with where it will be. */
export interface Accepted {
  readonly kind: 'accepted'
  /** Below the domain's path. */
  readonly location: string
  readonly outcome: Outcome<unknown>
}

/** A `GET` route that answers with a file: schemas, documentation and one call. */
export interface Download<Query extends z.ZodObject, Params extends z.ZodObject> {
  /** Below the domain's path, in Fastify's spelling. */
  readonly url: string
  readonly reach: Reach
  readonly summary: string
  readonly description?: string
  /** Without `partial`, where `partial` has a default. Unknown parameters are refused. */
  readonly query: Query
  readonly params: Params
  /** What can come, by media type without its parameters. */
  readonly content: Readonly<Record<string, z.ZodType>>
  /** An example of the JSON, where there is one. */
  readonly example?: unknown
  /** What is answered instead when it is made later. */
  readonly accepted?: z.ZodType
  /** What happens to a partial file when the request does not say; without it the route has no such parameter. */
  readonly partial?: 'allow' | 'deny'
  /** Whether more can be asked for than is allowed. */
  readonly mayBeTooLarge?: boolean
  answer(
    request: DownloadRequest<z.output<Query>, z.output<Params>>,
  ): Promise<StreamedFile | StoredFile | Accepted>
}

/** What a domain mounts its routes on: resources and actions for what fits the envelope, Fastify for what does not. */
export interface App {
  readonly fastify: FastifyInstance
  resource<Query extends z.ZodObject, Params extends z.ZodObject, Data extends z.ZodType>(
    resource: Resource<Query, Params, Data>,
  ): void
  action<Params extends z.ZodObject, Body extends z.ZodType | null, Data extends z.ZodType | null>(
    action: Action<Params, Body, Data>,
  ): void
  live<Query extends z.ZodObject>(route: LiveRoute<Query>): void
  download<Query extends z.ZodObject, Params extends z.ZodObject>(
    download: Download<Query, Params>,
  ): void
  foreign<Query extends z.ZodObject, Body extends z.ZodType | null, Data extends z.ZodType>(
    route: Foreign<Query, Body, Data>,
  ): void
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Served without credentials. */
    open?: boolean
    /** An open route that shows more to those who say who they are. */
    showsMore?: boolean
    /** A ticket is as good as credentials. */
    tickets?: boolean
    /** The least role that is let in; by default a viewer where something is read, an admin elsewhere. */
    role?: Role
    /** Whom it is for; whoever sees everything without it. */
    reach?: Reach
  }
  interface FastifyRequest {
    /** Who asks, once the credentials are checked; null on open routes. */
    principal: Principal | null
    /** How whoever asks signed in. */
    identity: Identity | null
  }
}
