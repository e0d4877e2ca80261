import cors from '@fastify/cors'
import rateLimit from '@fastify/rate-limit'
import websocket from '@fastify/websocket'
import { fastify, type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { Now } from '../kernel/clock.ts'
import { KCloudError } from '../kernel/errors.ts'
import type { NoteAudit } from '../kernel/audit.ts'
import type { SignIn } from '../kernel/identity.ts'
import type { Sight, Sighted } from '../kernel/sight.ts'
import { mountAction, type ActionContext } from './action.ts'
import { addressOf } from './address.ts'
import { createAnswers } from './answers.ts'
import type { App } from './app.ts'
import { auditRefusals } from './audit.ts'
import { requireCredentials } from './auth.ts'
import { answerBadAddress, answerBrokenRequest } from './broken-requests.ts'
import type { Credentials } from './credentials.ts'
import { mountDashboard } from './dashboard.ts'
import { mountDownload } from './download.ts'
import type { Answered } from './envelope.ts'
import { mountForeign } from './foreign-route.ts'
import { createGuesses } from './guesses.ts'
import type { Lifecycle } from './lifecycle.ts'
import { bufferedOutput, type LogStream } from './log-stream.ts'
import type { LiveConnections } from './live-connections.ts'
import { createLiveGuard } from './live-guard.ts'
import { mountLive, type LiveContext } from './live-route.ts'
import { loggerOptions, quietLogController } from './logging.ts'
import { refuseOtherMethods } from './methods.ts'
import { registerOpenApi } from './openapi.ts'
import { answerError } from './problem-details.ts'
import { mountPublicPages } from './public-pages.ts'
import { declareReach, heedReaches } from './reach.ts'
import { accountForRequests, refuseWhenStopping, setCommonHeaders } from './request-hooks.ts'
import { requestId } from './request-id.ts'
import { pathOf } from './request-path.ts'
import { mountResource, type ResourceContext } from './resource.ts'
import { requireRoles } from './roles.ts'
import { securityHeaders } from './security-headers.ts'
import type { SelfMetrics } from './self-metrics.ts'
import type { Tickets } from './tickets.ts'
import { createTicks, type Ticks } from './ticks.ts'
import { compileValidator } from './validation.ts'
import { MOST_MESSAGE_BYTES } from './websocket.ts'

export interface AppOptions extends Pick<
  ResourceContext,
  'strict' | 'simulated' | 'ttlSeconds' | 'revision'
> {
  readonly version: string
  readonly now: Now
  readonly credentials: Credentials
  /** Whoever else may sign in. */
  readonly signIn?: SignIn | undefined
  /** Where changes and refusals are written down. */
  readonly audit?: NoteAudit | undefined
  readonly log: {
    readonly level: string
    /** Where lines go; standard output without it. */
    readonly stream?: LogStream
  }
  readonly metrics: SelfMetrics
  readonly lifecycle: Lifecycle
  readonly live: LiveConnections
  readonly tickets: Pick<Tickets, 'redeem'>
  /** Keeps apart what different callers may see. */
  readonly scopes: Sighted
  /** What open routes show of clusters to anybody; everything without it. */
  readonly anonymous?: Sight | undefined
  /** Origins that browsers may call from; `*` for all, without credentials. */
  readonly corsOrigins: readonly string[]
  /** Of one user at one address; null for no limit. */
  readonly requestsPerMinute: number | null
  /** What the ready answers may take together. */
  readonly answerCacheBytes: number
  /** The evaluation times of answers; those of this server alone without it. */
  readonly ticks?: Ticks | undefined
  /** Whose word about the client's address counts, when the server stands behind a proxy. */
  readonly trustProxy: boolean | readonly string[]
  /** Paths that answer as others do: `/health` for the health of the system. */
  readonly aliases: ReadonlyMap<string, string>
  /** First segments of paths below which other paths answer: `/cost` for `/api/v1/cost`. */
  readonly roots: ReadonlyMap<string, string>
}

/** One server without its routes. */
export interface HttpApp {
  readonly fastify: FastifyInstance
  /** Mounts routes below a path. */
  mount(prefix: string, routes: (app: App) => void): void
  /** To be called after the last `mount`. */
  finish(): void
}

/** Builds everything of the server that is the same for all routes. */
export async function createApp(options: AppOptions): Promise<HttpApp> {
  const app = fastify(serverOptions(options))
  app.setValidatorCompiler(compileValidator)
  app.setSerializerCompiler(() => JSON.stringify)
  app.setErrorHandler(answerError)
  // A page of another origin can have a browser send a form as plain text, with its credentials and unasked.
  app.removeContentTypeParser('text/plain')
  const finish = refuseOtherMethods(app)
  const headers = await securityHeaders()
  setCommonHeaders(app, headers.data)
  accountForRequests(app, options.metrics)
  // Before whatever may refuse an upgrade: it ends the connection of a refused one.
  await serveSockets(app, options.live)
  await allowOrigins(app, options.corsOrigins)
  refuseWhenStopping(app, options.lifecycle)
  const guesses = createGuesses(options.now)
  requireCredentials(app, { ...options, guesses })
  auditRefusals(app, options)
  requireRoles(app)
  await limitRequests(app, options.requestsPerMinute)
  heedReaches(app, options)
  await registerOpenApi(app, options)
  mountPublicPages(app, { version: options.version, headers: headers.page })
  mountDashboard(app, headers.dashboard)
  const context = resourceContext(options)
  const guard = createLiveGuard(options.signIn, options.now)
  return {
    fastify: app,
    mount: (prefix, routes) =>
      mount(app, { prefix, routes, context: { ...options, ...context, guard } }),
    finish,
  }
}

function serverOptions(options: AppOptions): FastifyServerOptions {
  const { log, trustProxy } = options
  return {
    logger: loggerOptions({ level: log.level, stream: log.stream ?? bufferedOutput() }),
    logController: quietLogController(),
    genReqId: requestId,
    rewriteUrl: ({ url = '/' }) => {
      const path = pathOf(url)
      return pathBehind(path, options) + url.slice(path.length)
    },
    trustProxy: typeof trustProxy === 'boolean' ? trustProxy : [...trustProxy],
    bodyLimit: 1024 * 1024,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    return503OnClosing: false,
    // Kubernetes names have up to 253 characters.
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: answerBadAddress,
    clientErrorHandler: answerBrokenRequest,
  }
}

/** The path that answers for another. */
function pathBehind(
  path: string,
  { aliases, roots }: Pick<AppOptions, 'aliases' | 'roots'>,
): string {
  const [first = ''] = /^\/[^/]*/.exec(path) ?? []
  const root = roots.get(first)
  return aliases.get(path) ?? (root === undefined ? path : root + path.slice(first.length))
}

async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return
  const anyone = origins.includes('*')
  await app.register(cors, {
    origin: anyone ? '*' : [...origins],
    credentials: !anyone,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [
      'Content-Disposition',
      'ETag',
      'Link',
      'Location',
      'Preference-Applied',
      'Retry-After',
      'X-Export-ID',
      'X-Request-ID',
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
    ],
    maxAge: 600,
    strictPreflight: false,
  })
}

async function limitRequests(app: FastifyInstance, perMinute: number | null): Promise<void> {
  if (perMinute !== null)
    await app.register(rateLimit, {
      max: perMinute,
      timeWindow: 60_000,
      keyGenerator: (request) => `${request.principal?.name ?? ''}@${addressOf(request)}`,
      errorResponseBuilder: (_request, { ttl }) =>
        new KCloudError('rate_limited', {
          detail: `more than ${perMinute} requests in a minute`,
          retryAfterSeconds: ttl / 1000,
        }),
    })
  app.setNotFoundHandler(perMinute === null ? {} : { preHandler: app.rateLimit() }, () => {
    throw new KCloudError('not_found', { detail: 'there is nothing at this address' })
  })
}

async function serveSockets(app: FastifyInstance, live: LiveConnections): Promise<void> {
  await app.register(websocket, {
    options: { perMessageDeflate: false, maxPayload: MOST_MESSAGE_BYTES },
    errorHandler: (error, socket, { log }) => {
      log.info({ err: error }, 'websocket')
      socket.terminate()
    },
    preClose: (done) => {
      app.websocketServer.close()
      done()
    },
  })
  app.addHook('preClose', (done) => {
    live.closeAll()
    done()
  })
}

function resourceContext(options: AppOptions): ResourceContext {
  const { strict, simulated, ttlSeconds, revision, now, metrics } = options
  const answers = createAnswers<Answered>(options.answerCacheBytes, {
    hit: () => metrics.cacheHit('answers'),
    miss: () => metrics.cacheMiss('answers'),
  })
  const { ticks = createTicks(now) } = options
  return { strict, simulated, ttlSeconds, revision, ticks, answers }
}

interface Mounting {
  readonly prefix: string
  readonly routes: (app: App) => void
  readonly context: ActionContext & LiveContext
}

function mount(app: FastifyInstance, { prefix, routes, context }: Mounting): void {
  void app.register(
    (scope, _options, done) => {
      scope.addHook('onRoute', declareReach)
      const own: App = {
        fastify: scope,
        resource: (resource) => mountResource(scope, resource, context),
        action: (action) => mountAction(scope, action, context),
        live: (route) => mountLive(scope, route, context),
        download: (download) => mountDownload(scope, download, context),
        foreign: (route) => mountForeign(scope, route, context),
      }
      done(mistakeIn(() => routes(own)))
    },
    { prefix },
  )
}

/** What is wrong with some routes ends the start, and not the process. */
function mistakeIn(mounting: () => void): Error | undefined {
  try {
    mounting()
    return undefined
  } catch (error) {
    return error as Error
  }
}
