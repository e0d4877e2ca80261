import { hash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { KCloudError } from '../kernel/errors.ts'
import type { Credential, Identity, Refusal, SignIn } from '../kernel/identity.ts'
import { addressOf } from './address.ts'
import { sentBy, type Credentials, type Sent } from './credentials.ts'
import type { Guesses } from './guesses.ts'
import type { Tickets } from './tickets.ts'

export interface AuthNeeds {
  readonly credentials: Credentials
  /** Whoever else may sign in; nobody without it. */
  readonly signIn?: SignIn | undefined
  readonly guesses: Guesses
  readonly tickets: Pick<Tickets, 'redeem'>
}

interface Call {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

const REALM = 'realm="kcloud-monitor"'
const BASIC = `Basic ${REALM}, charset="UTF-8"`
const BEARER = `Bearer ${REALM}`
const TICKET = `Ticket ${REALM}`

/** Who sends a request. Rejects with `unauthorized` and a challenge when nobody does who is known. */
export function identifier(
  { credentials, signIn, guesses, tickets }: AuthNeeds,
  owner: Identity,
): (call: Call) => Promise<Identity> {
  const isOwner = ownerCheck(credentials)

  async function ofCredential(credential: Credential): Promise<Identity | Refusal> {
    if (isOwner(credential)) return owner
    return (await signIn?.identify(credential)) ?? WRONG[credential.kind]
  }
  async function redeem({ reply }: Call, ticket: string): Promise<Identity> {
    const identity = await tickets.redeem(ticket)
    if (identity !== undefined && (await stands(identity))) return identity
    // Nobody can guess one, and browsers that come back with a used one are no guessers. A challenge for Basic would have browsers ask their user for a password.
    void reply.header('www-authenticate', TICKET)
    throw unauthorized('the ticket is unknown, used or expired')
  }
  const stands = async (identity: Identity): Promise<boolean> =>
    identity.way === 'configured' ? true : ((await signIn?.stands(identity)) ?? false)

  async function byHeaders(call: Call, sent: Sent): Promise<Identity> {
    if (sent.kind === 'nothing') throw challenge(call, [BASIC], NEEDED)
    const found = isCredential(sent) ? await ofCredential(sent) : UNREADABLE
    if (!('refused' in found)) return found
    if (found.isGuess) guesses.failed(addressOf(call.request))
    throw challenge(call, sent.kind === 'token' ? [BASIC, INVALID] : [BASIC], found.refused)
  }
  return async (call) => {
    const sent = sentBy(call.request)
    const ticket = ticketOf(call.request)
    if (sent.kind === 'several') throw twice()
    // It counts alone: browsers add to the connections of a page what they remember, and proxies a token.
    return ticket === undefined ? byHeaders(call, sent) : redeem(call, ticket)
  }
}

const isCredential = (sent: Sent): sent is Credential =>
  sent.kind === 'password' || sent.kind === 'token'

const NEEDED = 'this needs credentials: a user name and a password by HTTP Basic, or an API key'
const UNREADABLE: Refusal = {
  refused: 'the Authorization header is neither HTTP Basic with a name and a password nor a token',
  isGuess: true,
}
const WRONG: Readonly<Record<Credential['kind'], Refusal>> = {
  password: { refused: 'the user name or the password is wrong', isGuess: true },
  token: { refused: 'the key or token is not known here', isGuess: true },
}
const INVALID = `${BEARER}, error="invalid_token"`

/** The ticket of a request to a route that takes tickets. */
export function ticketOf({ routeOptions, query }: FastifyRequest): string | undefined {
  if (routeOptions.config.tickets !== true) return undefined
  const { ticket } = query as { readonly ticket?: unknown }
  return typeof ticket === 'string' ? ticket : undefined
}

function ownerCheck({ username, password }: Credentials): (credential: Credential) => boolean {
  const expected = digest(`${username}:${password}`)
  return (credential) =>
    credential.kind === 'password' &&
    timingSafeEqual(digest(`${credential.name}:${credential.password}`), expected)
}

/** Digests have one length, so comparing them tells nothing about what was digested. */
function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}

function challenge(
  { request, reply }: Call,
  challenges: readonly string[],
  detail: string,
): KCloudError {
  const all = isStreamOfPage(request) ? [TICKET] : challenges
  void reply.header('www-authenticate', all.join(', '))
  return unauthorized(detail)
}

const unauthorized = (detail: string): KCloudError => new KCloudError('unauthorized', { detail })

/** A page that opens a stream without a ticket made a mistake, of which its user should not be asked. */
function isStreamOfPage({ routeOptions, headers }: FastifyRequest): boolean {
  const ofPage = headers.origin !== undefined || headers['sec-fetch-mode'] !== undefined
  return routeOptions.config.tickets === true && ofPage
}

function twice(): KCloudError {
  const detail = 'send credentials once: an Authorization header, or X-API-Key, not both'
  return new KCloudError('invalid_request', {
    detail,
    errors: [{ pointer: '/header/authorization', detail }],
  })
}
