import { z } from 'zod'
import { DURATION_FORMAT, parseDuration } from '../../kernel/time-range.ts'
import { FLAVOUR_NAMES } from './flavours.ts'

/** The longest that one query may take. */
const MOST_SECONDS = 3600
const TIMEOUT_FORMAT = `must be seconds or ${DURATION_FORMAT}, up to ${MOST_SECONDS} s`
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/
/** What stands below `/clusters` beside the names of clusters. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(['compare'])
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/
/** What a header may hold: visible Latin-1 and blanks, so that no value can begin another header. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
/** Headers that the connection itself needs. */
const OWN_HEADERS =
  /^(connection|content-length|content-type|expect|keep-alive|transfer-encoding|upgrade)$/i
/** Headers by which servers and proxies choose where a request goes. */
const LEADS_ELSEWHERE = /^(host|forwarded|x-forwarded-.*|x-original-.*|x-rewrite-url)$/i
/** Parameters that are the query itself. */
const OWN_PARAMS = /^(query|time|start|end|step|timeout)$/

const text = z.string().trim().min(1)

const url = text.superRefine((value, context) => {
  const problem = problemOfUrl(value)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
})

const timeout = z
  .union([z.number(), z.string()], { error: TIMEOUT_FORMAT })
  .transform((value) => (typeof value === 'number' ? value : (secondsOf(value) ?? Number.NaN)))
  .refine((seconds) => seconds > 0 && seconds <= MOST_SECONDS, { error: TIMEOUT_FORMAT })

const headers = named(
  (name) => {
    if (!HEADER_NAME.test(name)) return 'is not the name of a header'
    return OWN_HEADERS.test(name) ? 'is set by the connection itself' : undefined
  },
  z.string().regex(HEADER_VALUE, 'must be text without line breaks'),
)
const params = named(
  (name) => (OWN_PARAMS.test(name) ? 'is part of every query' : undefined),
  z.string(),
)
const labels = named(
  (name) => (LABEL_NAME.test(name) ? undefined : 'is not the name of a label'),
  z.string(),
)

/** A cluster as the configuration writes it: one entry of `PROMETHEUS_CLUSTERS`, or the body of a request. */
const entry = z.strictObject({
  name: text
    .regex(
      NAME,
      'must be 1 to 63 letters, digits, dots, dashes or underscores, and begin with a letter or digit',
    )
    .refine((name) => !RESERVED_NAMES.has(name), 'is taken by a route of the API'),
  url,
  region: text.max(100).nullable().default(null),
  description: text.max(500).nullable().default(null),
  flavour: z
    .enum(FLAVOUR_NAMES, { error: `must be one of ${FLAVOUR_NAMES.join(', ')}` })
    .default('prometheus'),
  timeout: timeout.optional(),
  username: text.optional(),
  password: z.string().min(1).optional(),
  bearer_token: text.regex(HEADER_VALUE, 'must be text without line breaks').optional(),
  headers: headers.default({}),
  ca_file: text.optional(),
  cert_file: text.optional(),
  key_file: text.optional(),
  labels: labels.default({}),
  params: params.default({}),
  compression: z.boolean().default(false),
})
type Entry = z.output<typeof entry>

/** Everything that is needed to ask one cluster's Prometheus. Files are paths; they are read when connecting. */
export interface Endpoint {
  readonly name: string
  readonly url: string
  readonly flavour: Entry['flavour']
  /** The most that one question may take, everything included. */
  readonly timeoutSeconds: number
  readonly basicAuth: { readonly username: string; readonly password: string } | null
  readonly bearerToken: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly caFile: string | null
  readonly certFile: string | null
  readonly keyFile: string | null
  /** Conditions that hold for every series we may see, for a backend that many clusters share. */
  readonly labels: Readonly<Record<string, string>>
  readonly params: Readonly<Record<string, string>>
  /** Whether to ask for gzip: on a LAN it costs more than it saves. */
  readonly compression: boolean
}

/** A cluster to know about: how to ask it, and what people should know of it. */
export interface ClusterSpec extends Endpoint {
  readonly region: string | null
  readonly description: string | null
}

/** Reads a cluster; one without `timeout` gets the default. Every complaint names its field. */
export function clusterSpec(defaultTimeoutSeconds: number): z.ZodType<ClusterSpec> {
  return entry
    .superRefine(checkTogether)
    .transform((fields) => specOf(fields, defaultTimeoutSeconds))
}

/**
 * Reads a cluster as a request writes it: without files, which are the server's and not the caller's, and without
 * a `Host`, by which an address would lead elsewhere than it says.
 */
export function addedClusterSpec(defaultTimeoutSeconds: number) {
  return entry
    .omit({ ca_file: true, cert_file: true, key_file: true })
    .superRefine(checkTogether)
    .superRefine(checkNoHost)
    .transform((fields) => specOf(fields, defaultTimeoutSeconds))
}

function specOf(fields: Entry, defaultTimeoutSeconds: number): ClusterSpec {
  return {
    name: fields.name,
    url: fields.url,
    region: fields.region,
    description: fields.description,
    flavour: fields.flavour,
    timeoutSeconds: fields.timeout ?? defaultTimeoutSeconds,
    basicAuth: basicAuthOf(fields),
    bearerToken: fields.bearer_token ?? null,
    headers: fields.headers,
    caFile: fields.ca_file ?? null,
    certFile: fields.cert_file ?? null,
    keyFile: fields.key_file ?? null,
    labels: fields.labels,
    params: fields.params,
    compression: fields.compression,
  }
}

/** Reads the list of `PROMETHEUS_CLUSTERS`: at least one cluster, each with a name of its own. */
export function clusterSpecs(defaultTimeoutSeconds: number): z.ZodType<readonly ClusterSpec[]> {
  return z
    .array(clusterSpec(defaultTimeoutSeconds))
    .min(1, 'must name at least one cluster')
    .superRefine((specs, context) => {
      for (const [index, { name }] of specs.entries()) {
        if (specs.findIndex((other) => other.name === name) < index)
          context.addIssue({ code: 'custom', message: 'is used twice', path: [index, 'name'] })
      }
    })
}

/** Text by name. A complaint about a name stands at that name; zod's own says no more than "invalid key". */
function named(
  problemOf: (name: string) => string | undefined,
  value: z.ZodString,
): z.ZodRecord<z.ZodString, z.ZodString> {
  return z.record(z.string(), value).superRefine((fields, context) => {
    for (const name of Object.keys(fields)) {
      const message = problemOf(name)
      if (message !== undefined) context.addIssue({ code: 'custom', message, path: [name] })
    }
  })
}

function basicAuthOf({ username, password }: Entry): Endpoint['basicAuth'] {
  return username === undefined || password === undefined ? null : { username, password }
}

/** The complaint about an address, never with the address in it: it may hold a password. */
function problemOfUrl(value: string): string | undefined {
  if (!URL.canParse(value)) return 'must be an http or https address'
  const { protocol, username, password, search, hash } = new URL(value)
  if (protocol !== 'http:' && protocol !== 'https:') return 'must be an http or https address'
  if (username !== '' || password !== '')
    return 'must not hold credentials: give them as username and password'
  if (search !== '' || hash !== '')
    return 'must not hold a query or fragment: give parameters as params'
  return undefined
}

function secondsOf(value: string): number | undefined {
  return /^\d+(\.\d+)?$/.test(value) ? Number(value) : parseDuration(value)
}

function checkTogether(fields: Entry, context: z.core.$RefinementCtx<Entry>): void {
  const complain = (field: keyof Entry, message: string): void =>
    context.addIssue({ code: 'custom', message, path: [field] })
  if ((fields.username === undefined) !== (fields.password === undefined))
    complain('username', 'needs password beside it, and the other way round')
  if (fields.username !== undefined && fields.bearer_token !== undefined)
    complain('bearer_token', 'cannot stand beside username: give one or the other')
  if (fields.username?.includes(':') === true) complain('username', 'must not hold a colon')
  checkTls(fields, complain)
}

function checkNoHost({ headers }: Entry, context: z.core.$RefinementCtx<Entry>): void {
  for (const name of Object.keys(headers)) {
    if (!LEADS_ELSEWHERE.test(name)) continue
    const message = 'is taken from url'
    context.addIssue({ code: 'custom', message, path: ['headers', name] })
  }
}

function checkTls(fields: Entry, complain: (field: keyof Entry, message: string) => void): void {
  if ((fields.cert_file === undefined) !== (fields.key_file === undefined))
    complain('cert_file', 'needs key_file beside it, and the other way round')
  if (fields.url.startsWith('https:')) return
  for (const field of ['ca_file', 'cert_file'] as const) {
    if (fields[field] !== undefined) complain(field, 'needs an https address')
  }
}
