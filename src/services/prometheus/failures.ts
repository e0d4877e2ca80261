import { errors } from 'undici'
import { z } from 'zod'
import { KCloudError, type BackendErrorKind } from '../../kernel/errors.ts'

/** What a backend answered in place of a result. */
export interface Refusal {
  readonly status: number
  /** The beginning of the body. */
  readonly text: string
  readonly retryAfter?: string | undefined
}

type Failure = readonly [kind: BackendErrorKind, detail: string]

const NOT_TRUSTED: Failure = ['backend_unreachable', 'its certificate is not trusted']
const NO_TLS: Failure = ['backend_unreachable', 'no TLS there: its address may need http']
/**
 * A connection that breaks within an answer is `backend_unreachable`: a second try may succeed. An answer that
 * ends too early by its own account (the parser finds that) is `backend_invalid`.
 */
const BROKEN: Failure = [
  'backend_unreachable',
  'the connection broke before its answer was complete',
]
const NO_ROUTE: Failure = ['backend_unreachable', 'no route to it']
const GONE: Failure = ['backend_unreachable', 'the cluster was removed']
const NOT_HTTP: Failure = ['backend_invalid', 'its answer is not HTTP']
const BAD_ENCODING: Failure = ['backend_invalid', 'its answer cannot be unpacked']

const NOT_HTTP_CODE = 'UND_ERR_HTTP_PARSER'
const NETWORK: ReadonlyMap<string, Failure> = new Map([
  ['ECONNREFUSED', ['backend_unreachable', 'connection refused']],
  ['ECONNRESET', ['backend_unreachable', 'connection reset']],
  ['EPIPE', ['backend_unreachable', 'connection reset']],
  ['UND_ERR_SOCKET', BROKEN],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', BROKEN],
  ['ENOTFOUND', ['backend_unreachable', 'its name is not known']],
  ['EAI_AGAIN', ['backend_unreachable', 'its name cannot be looked up now']],
  ['EHOSTUNREACH', NO_ROUTE],
  ['ENETUNREACH', NO_ROUTE],
  ['ETIMEDOUT', ['backend_timeout', 'no connection in time']],
  ['UND_ERR_CONNECT_TIMEOUT', ['backend_timeout', 'no connection in time']],
  ['CERT_HAS_EXPIRED', ['backend_unreachable', 'its certificate has expired']],
  ['CERT_NOT_YET_VALID', ['backend_unreachable', 'its certificate is not valid yet']],
  ['ERR_TLS_CERT_ALTNAME_INVALID', ['backend_unreachable', 'its certificate is for another name']],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', NOT_TRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT', NOT_TRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', NOT_TRUSTED],
  ['SELF_SIGNED_CERT_IN_CHAIN', NOT_TRUSTED],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', NOT_TRUSTED],
  ['CERT_UNTRUSTED', NOT_TRUSTED],
  ['ERR_SSL_WRONG_VERSION_NUMBER', NO_TLS],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', NO_TLS],
  ['EPROTO', NO_TLS],
  ['UND_ERR_DESTROYED', GONE],
  ['UND_ERR_CLOSED', GONE],
  [NOT_HTTP_CODE, NOT_HTTP],
  ['UND_ERR_HEADERS_OVERFLOW', NOT_HTTP],
])
/** Families of codes, looked at when the code itself is not in the table. */
const FAMILIES: readonly (readonly [RegExp, Failure])[] = [
  [/ALERT/, ['backend_unreachable', 'it does not accept our client certificate']],
  [/^ERR_(SSL|TLS|OSSL)|CERT/, ['backend_unreachable', 'no agreement on TLS']],
  [/^Z_|^ERR_.*BROTLI|^ERR__ERROR_FORMAT|^ERR_PADDING/, BAD_ENCODING],
  [/./, ['backend_unreachable', 'no connection']],
]

/** What went wrong on the way, in words that name no address. An error that is not the network's is rethrown. */
export function networkFailure(error: unknown): KCloudError {
  if (error instanceof KCloudError) return error
  const code = codeOf(error)
  if (code === undefined) throw error
  const known = NETWORK.get(code) ?? FAMILIES.find(([family]) => family.test(code))?.[1]
  const [kind, detail] = known ?? NO_ROUTE
  return new KCloudError(kind, { detail, cause: error })
}

function codeOf(error: unknown): string | undefined {
  // Its own code is lost in undici 7.
  if (error instanceof errors.HTTPParserError) return NOT_HTTP_CODE
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

const refusal = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() })

const TOOK_TOO_LONG = /timed out|deadline exceeded|timeout exceeded/i
/** What Go's and nginx' servers say to plain HTTP where TLS is spoken. */
const WANTS_TLS = /HTTP request (was sent )?to (an )?HTTPS (server|port)/i

/** What a status other than 200 means. The text of the backend goes to the log alone: it may quote the query. */
export function statusFailure({ status, text, retryAfter }: Refusal): KCloudError {
  const said = refusal.safeParse(jsonOrNothing(text)).data
  const [kind, detail] = meaningOf(status, said?.errorType ?? '', text)
  return new KCloudError(kind, {
    detail,
    cause: new Error(`status ${status}: ${said?.error ?? text.slice(0, 500)}`),
    ...retryAfterOf(retryAfter),
  })
}

function meaningOf(status: number, errorType: string, text: string): Failure {
  if (status >= 300 && status < 400)
    return ['backend_invalid', 'answered with a redirect: give its final address']
  if (tookTooLong(status, errorType, text)) return ['backend_timeout', 'the query took it too long']
  if (status === 400 && WANTS_TLS.test(text))
    return ['backend_unreachable', 'TLS is spoken there: its address needs https']
  return (
    STATUSES.get(status) ?? [
      'backend_invalid',
      `answered with status ${status} in place of a result`,
    ]
  )
}

const OVERLOADED = (status: number): Failure => [
  'backend_overloaded',
  `is not able to answer now (status ${status})`,
]
const STATUSES: ReadonlyMap<number, Failure> = new Map([
  [400, ['backend_rejected', 'refused the query']],
  [401, ['backend_unauthorized', 'does not accept our credentials']],
  [403, ['backend_unauthorized', 'does not allow us to ask']],
  [422, ['backend_rejected', 'cannot execute the query']],
  [429, ['backend_overloaded', 'asks for fewer questions (status 429)']],
  [502, OVERLOADED(502)],
  [503, OVERLOADED(503)],
  [504, OVERLOADED(504)],
])

/** Prometheus says 503 `timeout` or 422 "expanding series: context deadline exceeded", VictoriaMetrics 422. */
function tookTooLong(status: number, errorType: string, text: string): boolean {
  if (status !== 422 && status !== 503) return false
  return errorType === 'timeout' || (errorType !== '' && TOOK_TOO_LONG.test(text))
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function retryAfterOf(text: string | undefined): { retryAfterSeconds?: number } {
  const seconds = Number(text ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfterSeconds: seconds } : {}
}
