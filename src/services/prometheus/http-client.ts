import { unixSeconds } from '../../kernel/clock.ts'
import { isBackendError } from '../../kernel/errors.ts'
import type { Kind } from '../../kernel/kind.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import { equals, type Vector } from '../../promql/expression.ts'
import { render } from '../../promql/render.ts'
import { versionReader, type BuildInfo } from './build-info.ts'
import type { PrometheusClient, Reply } from './client.ts'
import { connectTo, type Connection, type Question, type Reader } from './connection.ts'
import { withinDeadline } from './deadline.ts'
import type { Endpoint } from './endpoint.ts'
import { FLAVOURS } from './flavours.ts'
import { matrixParser, vectorParser, type BodyParser } from './parse.ts'
import { createVectorParsers } from './vector-parsers.ts'

/** A client on the network, and what it can tell about its backend. */
export interface HttpClient extends PrometheusClient {
  /** What the backend says it is; rejects as a query does. */
  buildInfo(signal?: AbortSignal): Promise<BuildInfo>
  /** Lets the questions that are under way finish, and ends the connections. */
  close(): Promise<void>
}

export interface HttpClientOptions {
  /** The largest answer that is read, unpacked; a larger one is `backend_too_large`. Default 256 MiB. */
  readonly maxAnswerBytes?: number
}

const MOST_BYTES = 256 * 2 ** 20

/** The client of one cluster's Prometheus. Throws `invalid_request` when a certificate file cannot be used. */
export function createHttpClient(
  endpoint: Endpoint,
  { maxAnswerBytes: maxBytes = MOST_BYTES }: HttpClientOptions = {},
): HttpClient {
  const connection = connectTo(endpoint)
  const { timeoutSeconds, flavour, labels } = endpoint
  const where = Object.entries(labels).map(([label, value]) => equals(label, value))
  const common = {
    ...FLAVOURS[flavour].params,
    ...endpoint.params,
    // The backend stops as well, instead of computing what nobody waits for.
    timeout: String(timeoutSeconds),
  }
  const textOf = (query: Vector<Kind>): string => render(query, { where })
  const parserOf = createVectorParsers()
  const ask = async <Row>(
    { path, query, times, signal }: Ask,
    reader: Reader<Reply<Row>>,
  ): Promise<Reply<Row>> => {
    const params = { ...common, ...times, query }
    return connection.read({ path, params, signal, maxBytes }, reader)
  }

  return {
    instant: async (vector, at, { signal }) => {
      const query = textOf(vector)
      const question = { path: '/api/v1/query', query, times: { time: secondsOf(at) }, signal }
      return ask(question, replyReader(parserOf(query), at))
    },
    range: async (vector, range, { signal }) =>
      ask(
        { path: '/api/v1/query_range', query: textOf(vector), times: timesOf(range), signal },
        replyReader(matrixParser(), range.end),
      ),
    buildInfo: (caller) =>
      withinDeadline({ seconds: timeoutSeconds, signal: caller }, (signal) =>
        readBuildInfo(connection, common, signal),
      ),
    close: () => connection.close(),
  }
}

interface Ask {
  readonly path: string
  readonly query: string
  readonly times: Question['params']
  readonly signal: AbortSignal | undefined
}

const secondsOf = (time: Date): string => String(unixSeconds(time))

const timesOf = ({ start, end, stepSeconds }: TimeRange): Question['params'] => ({
  start: secondsOf(start),
  end: secondsOf(end),
  step: String(stepSeconds),
})

const MOST_BYTES_OF_BUILD_INFO = 2 ** 20

async function readBuildInfo(
  connection: Connection,
  params: Question['params'],
  signal: AbortSignal,
): Promise<BuildInfo> {
  const question = { params, signal, maxBytes: MOST_BYTES_OF_BUILD_INFO }
  const about = { ...question, path: '/api/v1/status/buildinfo', params: {} }
  try {
    return await connection.read(about, versionReader())
  } catch (error) {
    if (!isHidden(error)) throw error
    // A proxy may let nothing but queries through: that one can be answered says that it lives.
    const least = { ...question, path: '/api/v1/query', params: { ...params, query: 'vector(1)' } }
    await connection.read(least, vectorParser())
    return { version: null }
  }
}

/** Whether a backend has no such page, or does not show it to us. */
function isHidden(error: unknown): boolean {
  return (
    isBackendError(error) &&
    ['backend_invalid', 'backend_rejected', 'backend_unauthorized'].includes(error.kind)
  )
}

function replyReader<Row>(parser: BodyParser<Row>, evaluatedAt: Date): Reader<Reply<Row>> {
  let bytes = 0
  return {
    push(chunk) {
      bytes += chunk.length
      parser.push(chunk)
    },
    end: () => ({ ...parser.end(), bytes, evaluatedAt }),
  }
}
