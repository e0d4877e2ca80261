import type { ErrorKind } from '../kernel/errors.ts'

/** Ways in which HTTP itself fails, before any domain is asked. */
type ProtocolKind =
  | 'malformed_request'
  | 'method_not_allowed'
  | 'body_too_large'
  | 'uri_too_long'
  | 'unsupported_media_type'
  | 'headers_too_large'
  | 'upgrade_required'
  | 'request_timeout'

export type ProblemKind = ErrorKind | ProtocolKind

interface ProblemClass {
  readonly status: number
  readonly title: string
  /** What it means and what helps, for the page that the problem's `type` leads to. */
  readonly meaning: string
}

/** The only place that knows statuses: a new kind does not compile until it has its line here. */
export const PROBLEMS: Readonly<Record<ProblemKind, ProblemClass>> = {
  invalid_request: {
    status: 400,
    title: 'The request is not valid',
    meaning:
      'A parameter or the body is unknown, malformed or out of range; `errors` says which one and what is allowed.',
  },
  malformed_request: {
    status: 400,
    title: 'The request is not HTTP as it should be',
    meaning: 'The request line, the address or a header could not be read.',
  },
  unauthorized: {
    status: 401,
    title: 'Credentials are needed',
    meaning:
      'No credentials came with the request, or wrong ones. Send a user name and a password with HTTP Basic authentication, or a key.',
  },
  forbidden: {
    status: 403,
    title: 'This is not allowed',
    meaning:
      'The credentials are right, but they do not allow this; `detail` names the role that does.',
  },
  not_found: {
    status: 404,
    title: 'There is no such thing',
    meaning:
      'No resource has this address, or every asked cluster answered and none knows the thing that was named.',
  },
  method_not_allowed: {
    status: 405,
    title: 'The resource does not have this method',
    meaning:
      'The address exists, but not for this method; the `Allow` header lists those that it has.',
  },
  request_timeout: {
    status: 408,
    title: 'The request took too long to arrive',
    meaning: 'The server did not receive the whole request in time and closed the connection.',
  },
  ambiguous: {
    status: 409,
    title: 'More than one thing fits',
    meaning: 'The name fits several things, or is taken; `candidates` lists what to choose from.',
  },
  precondition_failed: {
    status: 412,
    title: 'It was changed meanwhile',
    meaning:
      'The thing is not at the version that `If-Match` names: somebody else changed it. Read it again.',
  },
  too_large: {
    status: 413,
    title: 'Too much was asked for',
    meaning:
      'The answer would be larger than allowed; `estimate` says how large, what is allowed and what to narrow.',
  },
  body_too_large: {
    status: 413,
    title: 'The request body is too large',
    meaning: 'The body is larger than the server accepts.',
  },
  uri_too_long: {
    status: 414,
    title: 'The address is too long',
    meaning: 'A part of the address is longer than any name that exists here.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The media type is not supported',
    meaning: 'The body has another media type than `application/json`.',
  },
  range_not_satisfiable: {
    status: 416,
    title: 'There is no such part',
    meaning:
      'The part of the file that was asked for lies behind its end; `Content-Range` says how long it is.',
  },
  unprocessable: {
    status: 422,
    title: 'The request cannot be carried out',
    meaning: 'Each part of the request is valid, but together they ask for what cannot be done.',
  },
  upgrade_required: {
    status: 426,
    title: 'This speaks another protocol',
    meaning:
      'The address is that of a WebSocket; the same events come by HTTP below `/monitoring/events`.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    meaning:
      'Wait as many seconds as the `Retry-After` header says. Wrong credentials are slowed down in the same way.',
  },
  headers_too_large: {
    status: 431,
    title: 'The request headers are too large',
    meaning: 'The headers together are larger than the server accepts.',
  },
  internal: {
    status: 500,
    title: 'The server made a mistake',
    meaning: 'This is a bug. The log has the details under the `request_id` of the answer.',
  },
  backend_unreachable: {
    status: 502,
    title: 'The data source cannot be reached',
    meaning: 'No asked cluster could be connected to.',
  },
  backend_unauthorized: {
    status: 502,
    title: 'The data source refused the server',
    meaning: 'The credentials which the server has for the cluster were not accepted there.',
  },
  backend_rejected: {
    status: 502,
    title: 'The data source rejected the question',
    meaning: 'The cluster understood the question and would not answer it.',
  },
  backend_invalid: {
    status: 502,
    title: 'The data source gave no usable answer',
    meaning: 'The cluster answered with something that is no answer, or only half of one.',
  },
  backend_too_large: {
    status: 502,
    title: 'The data source answered with too much',
    meaning:
      'The answer of the cluster was larger than the server accepts. Ask for less: fewer clusters, a shorter window, a larger step.',
  },
  backend_overloaded: {
    status: 502,
    title: 'The data source has too much to do',
    meaning:
      'The cluster answers too slowly or too rarely, so that the server holds questions back. It asks again by itself.',
  },
  partial_refused: {
    status: 503,
    title: 'The answer would be incomplete',
    meaning:
      'A cluster did not answer in full and the request, or the default of the resource, says `partial=deny`. `partial=allow` gives what there is.',
  },
  stopping: {
    status: 503,
    title: 'The server is stopping',
    meaning:
      'The server finishes what it has begun and takes nothing new. Ask another one, or again in a moment.',
  },
  store_unavailable: {
    status: 503,
    title: 'The state store cannot be used',
    meaning:
      'The database in which the server keeps what was set at run time does not answer, or not as it should; `detail` has the reason. Figures do not depend on it.',
  },
  identity_unavailable: {
    status: 503,
    title: 'The credentials cannot be checked',
    meaning:
      'The OpenID Connect issuer whose tokens are taken does not answer, so that nobody can say whether a token is good. Ask again in a moment.',
  },
  backend_timeout: {
    status: 504,
    title: 'The data source took too long',
    meaning: 'Every asked cluster took longer than its deadline.',
  },
}

/** Where a kind of problem is explained: its `type`, which the server also answers. */
export function problemType(kind: ProblemKind): string {
  return `/problems/${kind}`
}
