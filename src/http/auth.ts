import type { FastifyInstance, FastifyRequest } from 'fastify'
import { KCloudError } from '../kernel/errors.ts'
import type { Identity } from '../kernel/identity.ts'
import { addressOf } from './address.ts'
import { hasSeveral, sentBy, type Credentials } from './credentials.ts'
import { identifier, ticketOf, type AuthNeeds } from './identify.ts'
import { pathOf } from './request-path.ts'
import { usualHeader } from './usual-header.ts'

/**
 * Asks for credentials on every route that is not `open`, also below `/api` on those that do not exist: without
 * credentials nobody learns what there is. Wrong ones are slowed down before they are looked at. A ticket will do
 * where the route takes tickets.
 */
export function requireCredentials(fastify: FastifyInstance, needs: AuthNeeds): void {
  const { credentials, guesses } = needs
  const owner = ownerOf(credentials)
  const usual = usualHeader(credentials)
  const identify = identifier(needs, owner)
  fastify.decorateRequest('principal', null)
  fastify.decorateRequest('identity', null)
  const waitOf = (request: FastifyRequest): number =>
    guesses.any() ? guesses.waitSeconds(addressOf(request)) : 0
  fastify.addHook('onRequest', (request, reply, done) => {
    const admit = (identity: Identity): void => {
      request.identity = identity
      request.principal = identity.principal
      done()
    }
    // Whoever is not known to an open route is nobody, which is enough there.
    if (isOpen(request) && (!tellsWho(request) || waitOf(request) > 0)) done()
    else if (isOpen(request)) identify({ request, reply }).then(admit, () => done())
    else if (waitOf(request) > 0) done(tooManyGuesses(waitOf(request)))
    else if (usual(request.headers.authorization) && isAlone(request)) admit(owner)
    else identify({ request, reply }).then(admit, done)
  })
}

const isOpen = (request: FastifyRequest): boolean =>
  request.routeOptions.config.open === true || isNowhere(request)

/** Whether an open route shows more to some, and somebody says who they are. */
const tellsWho = (request: FastifyRequest): boolean =>
  request.routeOptions.config.showsMore === true && sentBy(request).kind !== 'nothing'

/** Whoever has the credentials of the configuration may do everything. */
const ownerOf = ({ username }: Credentials): Identity => ({
  principal: { name: username, role: 'admin', scope: null },
  way: 'configured',
  expiresAt: null,
  basis: 'configured',
})

/** Outside the API, nothing at all is no secret: a page may look for its icon without being asked who it is. */
function isNowhere(request: FastifyRequest): boolean {
  return request.is404 && !pathOf(request.raw.url).startsWith('/api/')
}

/** Whether nothing else says who asks. */
function isAlone(request: FastifyRequest): boolean {
  return ticketOf(request) === undefined && !hasSeveral(request.raw.rawHeaders)
}

function tooManyGuesses(seconds: number): KCloudError {
  return new KCloudError('rate_limited', {
    detail: `too many wrong credentials came from this address; try again in ${Math.ceil(seconds)} s`,
    retryAfterSeconds: seconds,
  })
}
