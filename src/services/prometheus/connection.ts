import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { createSecureContext } from 'node:tls'
import { pipeline, type Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { Pool, type Dispatcher } from 'undici'
import { KCloudError } from '../../kernel/errors.ts'
import { withinDeadline } from './deadline.ts'
import type { Endpoint } from './endpoint.ts'
import { networkFailure, statusFailure } from './failures.ts'
import { FLAVOURS } from './flavours.ts'

export interface Question {
  /** Below the API's prefix, such as `/api/v1/query`. */
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
  /** The largest answer that is read, unpacked. */
  readonly maxBytes: number
}

/** What makes something of a body while it arrives. */
export interface Reader<Result> {
  push(chunk: Uint8Array): void
  end(): Result
}

/** The way to one backend. */
export interface Connection {
  /**
   * Reads one answer within the cluster's deadline. Rejects with the kind of `KCloudError` that says how it
   * went wrong, or with the reason of the caller's signal.
   */
  read<Result>(question: Question, reader: Reader<Result>): Promise<Result>
  /** Lets the questions that are under way finish. */
  close(): Promise<void>
}

const CONNECTIONS = 16
/** Longer than our own polling, shorter than what servers and balancers keep. */
const IDLE_MS = 30_000
/** A query string up to here goes as GET, which proxies can cache and logs can show; a longer one as POST. */
const LONGEST_GET = 2000
/**
 * After so much of an answer others get their turn. Node would otherwise hand us up to 2 MiB (32 reads of
 * libuv) before it looks at any other socket or timer: 20 to 50 ms of parsing.
 */
const TURN_BYTES = 256 * 1024
const MOST_OF_A_REFUSAL = 16 * 1024

/**
 * Opens the way to a backend: a pool of kept-alive connections, one question at a time on each, since a slow
 * one would hold up those behind it. Reads the endpoint's files, and throws
 * `invalid_request` that names the field when one cannot be used.
 */
export function connectTo(endpoint: Endpoint): Connection {
  const { origin, pathname } = new URL(endpoint.url)
  const pool = new Pool(origin, {
    connections: CONNECTIONS,
    pipelining: 1,
    keepAliveTimeout: IDLE_MS,
    // The deadline of each question does both jobs.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: endpoint.timeoutSeconds * 1000, ...tlsOf(endpoint) },
  })
  const prefix = prefixOf(pathname, FLAVOURS[endpoint.flavour].pathPrefix)
  const headers = headersOf(endpoint)

  return {
    read: ({ path, params, signal: caller, maxBytes }, reader) =>
      withinDeadline({ seconds: endpoint.timeoutSeconds, signal: caller }, async (signal) => {
        const request = requestOf(prefix + path, new URLSearchParams(params).toString(), headers)
        try {
          return await consume(await pool.request({ ...request, signal }), reader, maxBytes)
        } catch (error) {
          throw networkFailure(error)
        }
      }),
    close: () => pool.close(),
  }
}

type Headers = Readonly<Record<string, string>>
type Request = Pick<Dispatcher.RequestOptions, 'path' | 'method' | 'headers' | 'body'>

function requestOf(path: string, query: string, headers: Headers): Request {
  if (query.length <= LONGEST_GET)
    return { method: 'GET', path: query === '' ? path : `${path}?${query}`, headers }
  const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
  return { method: 'POST', path, headers: form, body: query }
}

async function consume<Result>(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  reader: Reader<Result>,
  maxBytes: number,
): Promise<Result> {
  const content = unpacked(body, headers['content-encoding'])
  if (statusCode !== 200) {
    const text = await beginningOf(content)
    throw statusFailure({ status: statusCode, text, retryAfter: textOf(headers['retry-after']) })
  }
  let bytes = 0
  let turn = 0
  for await (const chunk of content as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) throw tooLarge(maxBytes)
    reader.push(chunk)
    turn += chunk.length
    if (turn < TURN_BYTES) continue
    turn = 0
    await setImmediate()
  }
  return reader.end()
}

/** The body without its compression, which some proxies apply unasked. Leaving it early ends the transfer. */
function unpacked(body: Readable, encoding: string | string[] | undefined): Readable {
  const unpack = UNPACKERS.get((textOf(encoding) ?? 'identity').toLowerCase())
  if (unpack === undefined) {
    body.destroy()
    throw new KCloudError('backend_invalid', { detail: 'its answer is packed in an unknown way' })
  }
  // An error of either end reaches the reader, through the last stream of the pipeline.
  return unpack === 'as_it_is' ? body : pipeline(body, unpack(), () => undefined)
}

const CHUNK = { chunkSize: 64 * 1024 }
type Unpacker = 'as_it_is' | (() => Transform)
const UNPACKERS: ReadonlyMap<string, Unpacker> = new Map<string, Unpacker>([
  ['identity', 'as_it_is'],
  ['gzip', () => createGunzip(CHUNK)],
  ['x-gzip', () => createGunzip(CHUNK)],
  ['deflate', () => createInflate(CHUNK)],
  ['br', () => createBrotliDecompress(CHUNK)],
])

async function beginningOf(content: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of content as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= MOST_OF_A_REFUSAL) break
  }
  return Buffer.concat(chunks).toString('utf8', 0, MOST_OF_A_REFUSAL)
}

function tooLarge(maxBytes: number): KCloudError {
  const mebibytes = Math.round(maxBytes / 2 ** 20)
  return new KCloudError('backend_too_large', {
    detail: `its answer is larger than ${mebibytes} MiB`,
  })
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}

/** The path of the API: what the address says, and the flavour's prefix unless it is there already. */
function prefixOf(pathname: string, flavourPrefix: string): string {
  const path = pathname.replace(/\/+$/, '')
  return path.endsWith(flavourPrefix) ? path : path + flavourPrefix
}

function headersOf(endpoint: Endpoint): Headers {
  const { flavour, headers, basicAuth, bearerToken, compression } = endpoint
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  return {
    accept: 'application/json',
    ...(compression && { 'accept-encoding': 'gzip' }),
    ...FLAVOURS[flavour].headers,
    ...(basicAuth && { authorization: basic(basicAuth) }),
    ...(bearerToken !== null && { authorization: `Bearer ${bearerToken}` }),
    ...(Object.fromEntries(own) as Headers),
  }
}

function basic({ username, password }: NonNullable<Endpoint['basicAuth']>): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`
}

/** The endpoint's files, checked: a wrong one is a mistake of the configuration, not of every question. */
function tlsOf({ caFile, certFile, keyFile }: Endpoint): Tls {
  const tls = {
    ...(caFile !== null && { ca: contentOf('ca_file', caFile) }),
    ...(certFile !== null && { cert: contentOf('cert_file', certFile) }),
    ...(keyFile !== null && { key: contentOf('key_file', keyFile) }),
  }
  try {
    createSecureContext(tls)
  } catch (cause) {
    throw badFile(
      'cert_file',
      'and key_file and ca_file must be PEM files that fit together',
      cause,
    )
  }
  return tls
}

interface Tls {
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
}

function contentOf(field: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw badFile(field, 'cannot be read', cause)
  }
}

function badFile(field: string, detail: string, cause: unknown): KCloudError {
  const errors = [{ pointer: `/${field}`, detail }]
  return new KCloudError('invalid_request', { detail: `${field} ${detail}`, cause, errors })
}
