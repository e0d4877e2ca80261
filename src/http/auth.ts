import { hash, timingSafeEqual } from 'node:crypto'
import basicAuth from '@fastify/basic-auth'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { KCloudError } from '../kernel/errors.ts'
import { addressOf } from './address.ts'
import type { Guesses } from './guesses.ts'
import { pathOf } from './request-path.ts'

export interface Credentials {
  readonly username: string
  readonly password: string
}

/**
 * Asks for Basic credentials on every route that is not `open`, also below `/api` on those that do not exist:
 * without credentials nobody learns what there is. Wrong ones are slowed down before they are looked at.
 */
export async function requireCredentials(
  fastify: FastifyInstance,
  credentials: Credentials,
  guesses: Guesses,
): Promise<void> {
  const { username, password } = credentials
  const usual = usualHeader(`Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`)
  const expected = digest(`${username}:${password}`)
  fastify.decorateRequest('user', null)
  await fastify.register(basicAuth, {
    authenticate: { realm: 'kcloud-monitor' },
    validate: (...[name, word, request, , done]) => {
      const right = timingSafeEqual(digest(`${name}:${word}`), expected)
      if (right) request.user = name
      done(right ? undefined : new Error('wrong credentials'))
    },
  })
  const readAndCheck = fastify.basicAuth as BasicAuthCheck
  fastify.addHook('onRequest', (request, reply, done) => {
    const open = request.routeOptions.config.open === true || isNowhere(request)
    const wait = open || !guesses.any() ? 0 : guesses.waitSeconds(addressOf(request))
    if (open) done()
    else if (wait > 0) done(tooManyGuesses(wait))
    else if (usual(request.headers.authorization)) {
      request.user = username
      done()
    } else readAndCheck(request, reply, (error) => done(error && refuse(request, guesses)))
  })
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

function refuse(request: FastifyRequest, guesses: Guesses): KCloudError {
  if (request.headers.authorization === undefined)
    return new KCloudError('unauthorized', {
      detail: 'this needs a user name and a password, by HTTP Basic authentication',
    })
  guesses.failed(addressOf(request))
  return new KCloudError('unauthorized', { detail: 'the user name or the password is wrong' })
}

function tooManyGuesses(seconds: number): KCloudError {
  return new KCloudError('rate_limited', {
    detail: `too many wrong credentials came from this address; try again in ${Math.ceil(seconds)} s`,
    retryAfterSeconds: seconds,
  })
}
