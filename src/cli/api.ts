import { InvalidArgumentError, type Command } from 'commander'
import { request, type Dispatcher } from 'undici'

/** Which server is asked, and as whom. */
export interface ServerOptions {
  readonly url: string
  readonly user?: string
}

/** A server that did not answer, or not with what was asked for. */
export class ApiError extends Error {}

/** Nothing answered at all: a server that is busy, or just starting again, may do so a moment later. */
export class Unreachable extends ApiError {}

const TIMEOUT_MS = 30_000

/** Gives a command what it needs to ask a server. The password is never an option: process lists show those. */
export function withServer(command: Command): Command {
  return command
    .option(
      '--url <address>',
      'the server (KCLOUD_URL)',
      addressOf,
      process.env['KCLOUD_URL'] ?? 'http://localhost:8001',
    )
    .option('--user <name>', 'the user (API_AUTH_USERNAME)')
    .addHelpText(
      'after',
      '\nThe password is read from KCLOUD_PASSWORD, or API_AUTH_PASSWORD; without --user an API key from KCLOUD_API_KEY.',
    )
}

function addressOf(text: string): string {
  try {
    const { protocol } = new URL(text)
    if (protocol === 'http:' || protocol === 'https:') return text.replace(/\/+$/, '')
  } catch {
    // What is no address at all gets the same answer as one of another protocol.
  }
  throw new InvalidArgumentError('An address begins with http:// or https://.')
}

/** The header that says who asks; none without a name or a password. */
export function authorizationOf(
  { user }: ServerOptions,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<Record<string, string>> {
  const key = environment['KCLOUD_API_KEY'] ?? ''
  if (user === undefined && key !== '') return { 'x-api-key': key }
  return basicOf(user, environment)
}

function basicOf(
  user: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const name = user ?? environment['API_AUTH_USERNAME']
  const password = environment['KCLOUD_PASSWORD'] ?? environment['API_AUTH_PASSWORD']
  if (name === undefined || password === undefined) return {}
  return { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` }
}

/** Asks for a path below `/api/v1` and gives the body. Rejects with an `ApiError` that says what was wrong. */
export async function getJson(
  server: ServerOptions,
  path: string,
  signal?: AbortSignal,
): Promise<unknown> {
  return answerOf(server, await reach(server, { method: 'GET', path }, signal))
}

/** Changes something below `/api/v1` and gives what is answered; null for nothing. Rejects as `getJson` does. */
export async function changeJson(server: ServerOptions, change: Asked): Promise<unknown> {
  return answerOf(server, await reach(server, change))
}

async function answerOf(
  server: ServerOptions,
  { statusCode, body }: Dispatcher.ResponseData,
): Promise<unknown> {
  const text = await body.text()
  if (statusCode >= 400) throw new ApiError(problemOf(statusCode, text))
  if (statusCode === 204) return null
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ApiError(`${server.url} does not answer as KCloud Monitor does`, { cause: error })
  }
}

/** What is asked of a server, below `/api/v1`. */
interface Asked {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  /** Sent as JSON. */
  readonly body?: object
}

/** Rejects with an `ApiError` when nothing answers. */
async function reach(server: ServerOptions, { method, path, body }: Asked, signal?: AbortSignal) {
  try {
    return await request(`${server.url}/api/v1${path}`, {
      method,
      headers: {
        ...authorizationOf(server),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      ...(signal !== undefined && { signal }),
    })
  } catch (error) {
    throw new Unreachable(`nothing answers at ${server.url}`, { cause: error })
  }
}

/** A file on its way. */
export interface Downloaded {
  readonly headers: Dispatcher.ResponseData['headers']
  /** Empty until the body has ended. */
  readonly trailers: Readonly<Record<string, string>>
  readonly body: Dispatcher.ResponseData['body']
}

/**
 * Asks for a file below `/api/v1`, however long it takes to make. Rejects with an `ApiError` that says why there is
 * none.
 */
export async function download(
  server: ServerOptions,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Downloaded> {
  const reply = await request(`${server.url}/api/v1${path}`, {
    headers: { ...authorizationOf(server), ...headers },
    headersTimeout: 0,
    bodyTimeout: 0,
  }).catch((error: unknown) => {
    throw new Unreachable(`nothing answers at ${server.url}`, { cause: error })
  })
  if (reply.statusCode < 400) return reply
  throw new ApiError(problemOf(reply.statusCode, await reply.body.text()))
}

/** What a problem says, in one line. */
export function problemOf(status: number, text: string): string {
  const problem = readProblem(text)
  const fields = (problem.errors ?? []).map(({ pointer, detail }) => `${pointer}: ${detail}`)
  const hint =
    status === 401
      ? ' (set API_AUTH_USERNAME or --user, and KCLOUD_PASSWORD, or KCLOUD_API_KEY)'
      : ''
  const said = problem.detail ?? `the server answered ${status}`
  return [`${said}${hint}`, ...fields].join('; ')
}

interface Problem {
  readonly detail?: string
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[]
}

function readProblem(text: string): Problem {
  try {
    return JSON.parse(text) as Problem
  } catch {
    return {}
  }
}
