import { PROBLEMS, type ProblemKind } from './problem-kinds.ts'

type Json = Record<string, unknown>

/** An operation of the document, as far as it is worked on here. */
interface Operation extends Json {
  tags?: readonly string[]
  operationId?: string
  security?: readonly unknown[]
  parameters?: readonly unknown[]
  requestBody?: Json
  responses: Record<string, Json>
}

export interface OpenApiDocument extends Json {
  paths: Record<string, Record<string, Operation>>
  components: Json & { schemas: Record<string, unknown> }
  tags?: readonly { readonly name: string }[]
}

/** Makes the document of the routes a whole one: names, tags, problems, examples, aliases, and nothing unused. */
export function finishDocument(
  document: OpenApiDocument,
  aliases: ReadonlyMap<string, string>,
): OpenApiDocument {
  const known = Object.entries(document.paths)
  const also = [...aliases].flatMap(([alias, path]) => {
    const methods = document.paths[path]
    // The same with a slash at its end is no address of its own.
    return methods === undefined || alias.endsWith('/')
      ? []
      : [[alias, finishPath(alias, path, methods)] as const]
  })
  const whole = {
    ...document,
    paths: withOperationIds(
      Object.fromEntries([
        ...known.map(([path, methods]) => [path, finishPath(path, path, methods)] as const),
        ...also,
      ]),
    ),
    tags: [...new Set(Object.keys(document.paths).map(tagOf))].sort().map((name) => ({ name })),
    components: { ...document.components, responses: problemResponses() },
  }
  return withoutUnused(whole)
}

function finishPath(
  path: string,
  documented: string,
  methods: Record<string, Operation>,
): Record<string, Operation> {
  const tags = [tagOf(documented)]
  return Object.fromEntries(
    Object.entries(methods).map(([method, operation]) => [
      method,
      { ...withExamples(operation, method), tags },
    ]),
  )
}

type Paths = OpenApiDocument['paths']

/** Gives every operation a name of its own, which does not depend on the order of the paths. */
function withOperationIds(paths: Paths): Paths {
  const ids = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => operationId(method, path, '')),
  )
  const taken = new Set(ids.filter((id, at) => ids.indexOf(id) !== at))
  const nameOf = (method: string, path: string): string => {
    const id = operationId(method, path, '')
    return taken.has(id) ? operationId(method, path, '_') : id
  }
  return Object.fromEntries(
    Object.entries(paths).map(([path, methods]) => [
      path,
      Object.fromEntries(
        Object.entries(methods).map(([method, operation]) => [
          method,
          { ...operation, operationId: nameOf(method, path) },
        ]),
      ),
    ]),
  )
}

/** The domain: the segment after `/api/v1`, or the first of those that lie at the root. */
function tagOf(path: string): string {
  const [, first = '', , third] = path.split('/')
  return first === 'api' ? (third ?? 'system') : first
}

/**
 * `get /api/v1/accelerators/gpus/{id}` is `getAcceleratorsGpusById`. What stands between segments tells `predict/cost`
 * from `predict-cost`.
 */
function operationId(method: string, path: string, between: '' | '_'): string {
  const segments = path
    .replace(/^\/api\/v1/, '')
    .replace(/\{([^}]+)\}/g, 'by-$1')
    .split('/')
    .map(capitalised)
    .filter((segment) => segment !== '')
  return method + segments.join(between)
}

/** `tag-keys` is `TagKeys`. */
const capitalised = (segment: string): string =>
  segment
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

function withExamples(
  {
    'x-example': example,
    'x-body-example': bodyExample,
    'x-may-be-too-large': mayBeTooLarge,
    'x-foreign': foreign,
    ...operation
  }: Operation,
  method: string,
): Operation {
  // What speaks another language documents its own failures.
  const problems = foreign !== true && {
    ...(method === 'get' ? problemsOf(operation) : problemsOfChange(operation)),
    ...(mayBeTooLarge === true && { 413: refersTo('too_large') }),
  }
  const { requestBody } = operation
  const answers = Object.entries(operation.responses).map(([status, answer]) => [
    status,
    status === '200' || status === '201' ? exampleIn(answer, example) : answer,
  ])
  return {
    ...operation,
    ...(requestBody !== undefined && { requestBody: exampleIn(requestBody, bodyExample) }),
    responses: { ...(Object.fromEntries(answers) as Operation['responses']), ...problems },
  }
}

/** A request or an answer with an example of its JSON, where there is one. */
function exampleIn(message: Json, example: unknown): Json {
  const { content = {} } = message as { readonly content?: Record<string, Json> }
  const json = content['application/json']
  if (example === undefined || json === undefined) return message
  return { ...message, content: { ...content, 'application/json': { ...json, example } } }
}

/** The kinds that stand for each status in the document. */
const DOCUMENTED = {
  400: 'invalid_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'ambiguous',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  422: 'unprocessable',
  429: 'rate_limited',
  500: 'internal',
  502: 'backend_unreachable',
  503: 'partial_refused',
  504: 'backend_timeout',
} as const satisfies Record<number, ProblemKind>
const OF_CHANGES: ProblemKind = 'store_unavailable'
const OF_DOWNLOADS: ProblemKind = 'too_large'
type DocumentedStatus = keyof typeof DOCUMENTED

function problemsOf(operation: Operation): Record<string, Json> {
  const open = operation.security?.length === 0
  const statuses: readonly DocumentedStatus[] = open
    ? [400, 500, 503]
    : [
        400,
        401,
        ...(isForAll(operation) ? [] : ([403] as const)),
        404,
        ...(hasId(operation) ? ([409] as const) : []),
        429,
        500,
        502,
        503,
        504,
      ]
  return Object.fromEntries(
    statuses
      .filter((status) => !(String(status) in operation.responses))
      .map((status) => [status, refersTo(DOCUMENTED[status])]),
  )
}

/** Whether whoever may ask at all may ask this, however little they do and see. */
function isForAll({ 'x-required-role': role, 'x-reach': reach }: Operation): boolean {
  return role === 'viewer' && reach !== 'cluster' && reach !== 'admin'
}

/** What a change can run into. It asks no cluster for figures, but it needs the state store. */
function problemsOfChange(operation: Operation): Record<string, Json> {
  const statuses: readonly DocumentedStatus[] = [
    ...([400, 401, 403] as const),
    ...(hasId(operation) ? ([404] as const) : []),
    409,
    ...(operation.requestBody === undefined ? [] : ([413, 415] as const)),
    ...([422, 429, 500] as const),
  ]
  return {
    ...Object.fromEntries(statuses.map((status) => [status, refersTo(DOCUMENTED[status])])),
    503: refersTo(OF_CHANGES),
  }
}

const refersTo = (kind: ProblemKind): Json => ({ $ref: `#/components/responses/${kind}` })

/** An id can fit more than one thing. */
function hasId({ parameters = [] }: Operation): boolean {
  return parameters.some((parameter) => (parameter as { readonly in?: unknown }).in === 'path')
}

function problemResponses(): Json {
  const schema = { $ref: '#/components/schemas/Problem' }
  return Object.fromEntries(
    [...Object.values<ProblemKind>(DOCUMENTED), OF_CHANGES, OF_DOWNLOADS].map((kind) => [
      kind,
      {
        description: `${PROBLEMS[kind].title}. ${PROBLEMS[kind].meaning}`,
        content: { 'application/problem+json': { schema } },
      },
    ]),
  )
}

/** Every schema with an id is listed for requests and for answers; what nothing refers to is left out. */
function withoutUnused(document: OpenApiDocument): OpenApiDocument {
  const { schemas, ...components } = document.components
  const wanted = new Set<string>()
  const visit = (part: unknown): void => {
    for (const [, name = ''] of JSON.stringify(part ?? null).matchAll(REFERENCE)) {
      if (wanted.has(name)) continue
      wanted.add(name)
      visit(schemas[name])
    }
  }
  visit({ ...document, components })
  const used = Object.keys(schemas)
    .filter((name) => wanted.has(name))
    .sort()
  return {
    ...document,
    components: {
      ...components,
      schemas: Object.fromEntries(used.map((name) => [name, schemas[name]])),
    },
  }
}

const REFERENCE = /"#\/components\/schemas\/([^"]+)"/g
