/** The closed list of ways in which a request can end without an answer. */
export type ErrorKind =
  | 'invalid_request'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'ambiguous'
  | 'precondition_failed'
  | 'too_large'
  | 'range_not_satisfiable'
  | 'unprocessable'
  | 'rate_limited'
  | 'internal'
  | 'partial_refused'
  | 'stopping'
  | 'store_unavailable'
  | 'identity_unavailable'
  | BackendErrorKind

/** The ways in which one backend (a cluster's Prometheus) can fail to answer. */
export type BackendErrorKind =
  | 'backend_unreachable'
  | 'backend_timeout'
  | 'backend_unauthorized'
  | 'backend_rejected'
  | 'backend_invalid'
  | 'backend_too_large'
  | 'backend_overloaded'

/** One wrong part of a request: where it is, as a JSON pointer such as `/query/step`, and what is allowed. */
export interface FieldError {
  readonly pointer: string
  readonly detail: string
}

/** How much an answer would come to, what is allowed, and what would fit. */
export interface SizeEstimate {
  readonly rows: number
  readonly bytes: number
  readonly limit_rows: number
  readonly limit_bytes: number
  /** What to ask for instead, for people. */
  readonly suggestion: string
}

interface ErrorOptionsOf {
  /** For the caller: what was wrong and what is allowed. No URL, credential, PromQL or stack. */
  readonly detail: string
  /** For the log only. */
  readonly cause?: unknown
  readonly errors?: readonly FieldError[]
  /** What the caller can choose between, for `ambiguous`. */
  readonly candidates?: readonly string[]
  readonly retryAfterSeconds?: number
  /** For `too_large`. */
  readonly estimate?: SizeEstimate
}

/** The only error that is thrown on purpose. It ends a request, or one backend's part in an answer. */
export class KCloudError extends Error {
  readonly kind: ErrorKind
  readonly detail: string
  readonly errors: readonly FieldError[]
  readonly candidates: readonly string[]
  readonly retryAfterSeconds: number | undefined
  readonly estimate: SizeEstimate | undefined

  constructor(kind: ErrorKind, options: ErrorOptionsOf) {
    super(`${kind}: ${options.detail}`, { cause: options.cause })
    this.name = 'KCloudError'
    this.kind = kind
    this.detail = options.detail
    this.errors = options.errors ?? []
    this.candidates = options.candidates ?? []
    this.retryAfterSeconds = options.retryAfterSeconds
    this.estimate = options.estimate
  }
}

/** A record, so that a kind that is forgotten does not compile. */
const BACKEND_KINDS: Readonly<Record<BackendErrorKind, true>> = {
  backend_unreachable: true,
  backend_timeout: true,
  backend_unauthorized: true,
  backend_rejected: true,
  backend_invalid: true,
  backend_too_large: true,
  backend_overloaded: true,
}

/** Whether an error says that one backend did not answer, which others may make up for. */
export function isBackendError(
  error: unknown,
): error is KCloudError & { readonly kind: BackendErrorKind } {
  return error instanceof KCloudError && Object.hasOwn(BACKEND_KINDS, error.kind)
}

/** An `invalid_request` about one part of the request. */
export function invalidRequest(pointer: string, detail: string): KCloudError {
  return new KCloudError('invalid_request', {
    detail: `${pointer.slice(pointer.lastIndexOf('/') + 1)}: ${detail}`,
    errors: [{ pointer, detail }],
  })
}
