import { hash, timingSafeEqual } from 'node:crypto'
import basicAuth from '@fastify/basic-auth'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { KCloudError } from '../kernel/errors.ts'
import type { Principal } from '../kernel/principal.ts'
import { addressOf } from './address.ts'
import type { Guesses } from './guesses.ts'
import { pathOf } from './request-path.ts'
import type { Tickets } from './tickets.ts'

export interface Credentials {
  readonly username: string
  readonly password: string
}

interface AuthNeeds {
  readonly credentials: Credentials
  readonly guesses: Guesses
  readonly tickets: Pick<Tickets, 'redeem'>
}

/**
 * Asks for Basic credentials on every route that is not `open`, also below `/api` on those that do not exist:
 * without credentials nobody learns what there is. Wrong ones are slowed down before they are looked at. A ticket
 * will do where the route takes tickets.
 */
export async function requireCredentials(
  fastify: FastifyInstance,
  { credentials, guesses, tickets }: AuthNeeds,
): Promise<void> {
  const usual = usualHeader(`Basic ${Buffer.from(textOf(credentials)).toString('base64')}`)
  fastify.decorateRequest('principal', null)
  const owner = ownerOf(credentials)
  await registerBasic(fastify, credentials)
  const readAndCheck = fastify.basicAuth as BasicAuthCheck
  fastify.addHook('onRequest', (request, reply, done) => {
    const open = request.routeOptions.config.open === true || isNowhere(request)
    const wait = open || !guesses.any() ? 0 : guesses.waitSeconds(addressOf(request))
    const ticket = ticketOf(request)
    if (open) done()
    else if (wait > 0) done(tooManyGuesses(wait))
    else if (ticket !== undefined)
      redeem({ request, reply, ticket, tickets }).then(done, done) // prettier-ignore
    else if (usual(request.headers.authorization)) {
      request.principal = owner
      done()
    } else
      readAndCheck(request, reply, (error) => done(error && refuse({ request, reply, guesses })))
  })
}

/** Whoever has the credentials of the configuration may do everything. */
const ownerOf = ({ username }: Credentials): Principal => ({
  name: username,
  role: 'admin',
  scope: null,
})

const textOf = ({ username, password }: Credentials): string => `${username}:${password}`

async function registerBasic(fastify: FastifyInstance, credentials: Credentials): Promise<void> {
  const expected = digest(textOf(credentials))
  const owner = ownerOf(credentials)
  await fastify.register(basicAuth, {
    authenticate: { realm: 'kcloud-monitor' },
    validate: (...[name, word, request, , done]) => {
      const right = timingSafeEqual(digest(`${name}:${word}`), expected)
      if (right) request.principal = owner
      done(right ? undefined : new Error('wrong credentials'))
    },
  })
}

function ticketOf({ routeOptions, query }: FastifyRequest): string | undefined {
  if (routeOptions.config.tickets !== true) return undefined
  const { ticket } = query as { readonly ticket?: unknown }
  return typeof ticket === 'string' ? ticket : undefined
}

const TICKET_CHALLENGE = 'Ticket realm="kcloud-monitor"'

interface Redeeming extends Pick<AuthNeeds, 'tickets'> {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly ticket: string
}

/** Gives the error of a ticket that is none. */
async function redeem(call: Redeeming): Promise<KCloudError | undefined> {
  const { request, reply, ticket, tickets } = call
  const holder = await tickets.redeem(ticket)
  request.principal = holder ?? null
  if (holder !== undefined) return undefined
  // Nobody can guess one, and browsers that come back with a used one are no guessers. A challenge for Basic would have browsers ask their user for a password.
  void reply.header('www-authenticate', TICKET_CHALLENGE)
  return new KCloudError('unauthorized', { detail: 'the ticket is unknown, used or expired' })
}

const LONGEST_USUAL = 512

/**
 * Whether a header is the right one as nearly every client writes it: then nothing has to be read from it. Both
 * are compared at one length, filled up with zeros, so that neither content nor length shows in the time.
 */
function usualHeader(right: string): (header: string | undefined) => boolean {
  if (right.length > LONGEST_USUAL) return () => false
  const [expected, given] = [Buffer.alloc(LONGEST_USUAL), Buffer.alloc(LONGEST_USUAL)]
  expected.write(right, 'latin1')
  return (header) => {
    if (header === undefined || header.length > LONGEST_USUAL) return false
    given.fill(0)
    given.write(header, 'latin1')
    return timingSafeEqual(given, expected)
  }
}

/** Outside the API, nothing at all is no secret: a page may look for its icon without being asked who it is. */
function isNowhere(request: FastifyRequest): boolean {
  return request.is404 && !pathOf(request.raw.url).startsWith('/api/')
}

/** The plugin's hook as it is called by hand. */
type BasicAuthCheck = (
  request: FastifyRequest,
  reply: unknown,
  done: (error?: Error) => void,
) => void

/** Digests have one length, so comparing them tells nothing about what was digested. */
function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}

interface Refusing extends Pick<AuthNeeds, 'guesses'> {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

function refuse({ request, reply, guesses }: Refusing): KCloudError {
  if (isStreamOfPage(request)) void reply.header('www-authenticate', TICKET_CHALLENGE)
  if (request.headers.authorization === undefined)
    return new KCloudError('unauthorized', {
      detail: 'this needs a user name and a password, by HTTP Basic authentication',
    })
  guesses.failed(addressOf(request))
  return new KCloudError('unauthorized', { detail: 'the user name or the password is wrong' })
}

/** A page that opens a stream without a ticket made a mistake, of which its user should not be asked. */
function isStreamOfPage({ routeOptions, headers }: FastifyRequest): boolean {
  const ofPage = headers.origin !== undefined || headers['sec-fetch-mode'] !== undefined
  return routeOptions.config.tickets === true && ofPage
}

function tooManyGuesses(seconds: number): KCloudError {
  return new KCloudError('rate_limited', {
    detail: `too many wrong credentials came from this address; try again in ${Math.ceil(seconds)} s`,
    retryAfterSeconds: seconds,
  })
}
