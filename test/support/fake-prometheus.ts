import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** An element of a result: a value for a vector, points for a matrix. Values may be `NaN` or infinite. */
export interface FakeRow {
  readonly labels: Readonly<Record<string, string>>
  readonly value?: number
  /** Pairs of unix seconds and value. */
  readonly points?: readonly (readonly [seconds: number, value: number])[]
}

/** What was asked, as it arrived. */
export interface FakeRequest {
  readonly method: string
  readonly path: string
  /** Of the query string, or of the form of a POST. */
  readonly params: URLSearchParams
  readonly headers: IncomingMessage['headers']
}

/** An answer that is told word for word. */
export interface FakeAnswer {
  /** 200 unless said otherwise. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** JSON unless `headers` say otherwise. */
  readonly body?: string | Buffer
  /** Waits so long before it answers; `Infinity` never answers. */
  readonly delayMs?: number
  /** Announces the whole body, sends so many bytes of it, then cuts the connection. */
  readonly cutAfterBytes?: number
  /** Cuts the connection in place of an answer. */
  readonly hangUp?: boolean
}

export interface FakePrometheus {
  readonly url: string
  readonly port: number
  /** Everything that was asked so far, the latest last. */
  readonly requests: readonly FakeRequest[]
  /** How many of them were given up by the other side before they had their answer. */
  readonly abandoned: number
  /** Feeds samples in the text that exporters print; they replace those fed before. */
  samples(text: string): void
  /** Answers instant queries. Without it: the fed samples of each metric that the query names. */
  onInstant(handler: (query: string, time: number) => readonly FakeRow[]): void
  /** Answers range queries. Without it: the fed samples, constant over the window. */
  onRange(handler: (query: string, window: FakeWindow) => readonly FakeRow[]): void
  /** Answers so from now on, whatever is asked; `undefined` (from the function, for one request) as usual. */
  answer(answer: FakeAnswer | ((request: FakeRequest) => FakeAnswer | undefined) | undefined): void
  close(): Promise<void>
}

export interface FakeWindow {
  readonly start: number
  readonly end: number
  readonly step: number
}

export interface FakeOptions {
  readonly samples?: string
  /** Speaks TLS with these. */
  readonly tls?: Pick<ServerOptions, 'cert' | 'key' | 'ca' | 'requestCert' | 'rejectUnauthorized'>
}

/** A server that speaks as much of Prometheus' API as a client needs, on a free port of 127.0.0.1. */
export async function startFakePrometheus(options: FakeOptions = {}): Promise<FakePrometheus> {
  const requests: FakeRequest[] = []
  let abandoned = 0
  const told: Told = {
    answer: () => undefined,
    onInstant: (query) => fed.filter(({ labels }) => names(query, labels['__name__'])),
    onRange: (query, window) =>
      fed.filter(({ labels }) => names(query, labels['__name__'])).map((row) => held(row, window)),
  }
  let fed = parseSamples(options.samples ?? '')
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void readRequest(request).then(async (asked) => {
      requests.push(asked)
      response.once('close', () => {
        if (!response.writableEnded) abandoned += 1
      })
      await send(response, told.answer(asked) ?? usualAnswer(asked, told))
    }, ignoreAborted)
  }
  const server =
    options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener)
  const port = await listen(server)
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests,
    get abandoned() {
      return abandoned
    },
    samples(text) {
      fed = parseSamples(text)
    },
    onInstant(handler) {
      told.onInstant = handler
    },
    onRange(handler) {
      told.onRange = handler
    },
    answer(answer) {
      told.answer = typeof answer === 'function' ? answer : () => answer
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Told {
  answer: (request: FakeRequest) => FakeAnswer | undefined
  onInstant: (query: string, time: number) => readonly FakeRow[]
  onRange: (query: string, window: FakeWindow) => readonly FakeRow[]
}

/** The body of a vector, with what else the top level of the answer says. */
export function vectorBody(rows: readonly FakeRow[], time: number, extra: object = {}): string {
  const result = rows.map(({ labels, value }) => ({
    metric: labels,
    value: [time, textOf(value ?? Number.NaN)],
  }))
  return JSON.stringify({ status: 'success', data: { resultType: 'vector', result }, ...extra })
}

/** The body of a matrix, with what else the top level of the answer says. */
export function matrixBody(rows: readonly FakeRow[], extra: object = {}): string {
  const result = rows.map(({ labels, points = [] }) => ({
    metric: labels,
    values: points.map(([seconds, value]) => [seconds, textOf(value)]),
  }))
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result }, ...extra })
}

/** An error as Prometheus words it. */
export function errorAnswer(status: number, errorType: string, error: string): FakeAnswer {
  return { status, body: JSON.stringify({ status: 'error', errorType, error }) }
}

/** The samples of a text as exporters print it; comments and timestamps are left out. */
export function parseSamples(text: string): readonly FakeRow[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseSample)
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)\s*(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s+(\S+)/
const LABEL = /([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"/g

function parseSample(line: string): FakeRow {
  const [, name, labels = '', value = ''] = SAMPLE.exec(line) ?? []
  if (name === undefined) throw new Error(`not a sample: ${line}`)
  const pairs = [...labels.matchAll(LABEL)].map(([, label = '', quoted = '']) => [
    label,
    quoted.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
  ])
  return {
    labels: { __name__: name, ...(Object.fromEntries(pairs) as Record<string, string>) },
    value: Number(value.replace(/Inf$/, 'Infinity')),
  }
}

function usualAnswer({ path, params }: FakeRequest, told: Told): FakeAnswer {
  const number = (name: string): number => Number(params.get(name))
  const query = params.get('query') ?? ''
  if (path.endsWith('/api/v1/query'))
    return { body: vectorBody(told.onInstant(query, number('time')), number('time')) }
  if (path.endsWith('/api/v1/query_range')) {
    const window = { start: number('start'), end: number('end'), step: number('step') }
    return { body: matrixBody(told.onRange(query, window)) }
  }
  if (path.endsWith('/api/v1/status/buildinfo'))
    return { body: '{"status":"success","data":{"version":"2.42.0-fake"}}' }
  return { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found\n' }
}

const names = (query: string, metric: string | undefined): boolean =>
  new RegExp(`(?<![\\w:])${metric ?? ''}(?![\\w:])`).test(query)

function held({ labels, value = Number.NaN }: FakeRow, { start, end, step }: FakeWindow): FakeRow {
  const count = Math.floor((end - start) / step) + 1
  return { labels, points: Array.from({ length: count }, (_, i) => [start + i * step, value]) }
}

function textOf(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value)
  return value > 0 ? '+Inf' : '-Inf'
}

async function readRequest(request: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fake')
  const params =
    request.method === 'POST' ? new URLSearchParams(Buffer.concat(chunks).toString()) : searchParams
  return { method: request.method ?? 'GET', path: pathname, params, headers: request.headers }
}

async function send(response: ServerResponse, answer: FakeAnswer): Promise<void> {
  const { status = 200, headers, body = '', delayMs = 0, cutAfterBytes, hangUp = false } = answer
  if (delayMs === Number.POSITIVE_INFINITY) return
  // Unref'd, so that a test that ends earlier does not wait for it.
  if (delayMs > 0) await sleep(delayMs, undefined, { ref: false })
  if (hangUp) {
    response.destroy()
    return
  }
  const bytes = Buffer.from(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...headers,
  })
  if (cutAfterBytes === undefined) response.end(bytes)
  else response.write(bytes.subarray(0, cutAfterBytes), () => response.destroy())
}

function ignoreAborted(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ECONNRESET')) throw error
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
