import { compose } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'

export const CREDENTIALS = { username: 'tester', password: 'correct horse' }

/** An answer, read. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: any
}

/** The server as it is composed for production; it listens only when told to. */
export interface WholeServer {
  /** A request below `/api/v1`, with the right credentials. */
  readonly get: (path: string) => Promise<Reply>
  readonly send: (method: 'POST' | 'DELETE', path: string, body?: object) => Promise<Reply>
  /** Begins to listen on a free port of 127.0.0.1; gives the address. */
  listen(): Promise<string>
  close(): Promise<void>
}

interface ClusterEntry {
  readonly name: string
  readonly url: string
  readonly [setting: string]: unknown
}

/** Composes the server over real clusters; `environment` sets any other variable. */
export async function wholeServer(
  clusters: readonly ClusterEntry[],
  environment: Readonly<Record<string, string>> = {},
): Promise<WholeServer> {
  const config = readConfig(
    {
      API_AUTH_USERNAME: CREDENTIALS.username,
      API_AUTH_PASSWORD: CREDENTIALS.password,
      PROMETHEUS_CLUSTERS: JSON.stringify(clusters),
      LOG_LEVEL: 'silent',
      HEALTH_CHECK_INTERVAL: '0',
      STATE_PATH: ':memory:',
      ...environment,
    },
    { demo: false },
  )
  const composed = await compose(config)
  const { server } = composed
  const authorization = `Basic ${Buffer.from(Object.values(CREDENTIALS).join(':')).toString('base64')}`
  const request = async (method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object) => {
    const headers = { authorization }
    const reply = await server.inject({
      method,
      url: `/api/v1${path}`,
      headers,
      ...(payload && { payload }),
    })
    const body = reply.body === '' ? null : JSON.parse(reply.body)
    return { status: reply.statusCode, headers: reply.headers, body }
  }
  return {
    get: (path) => request('GET', path),
    send: request,
    listen: () => server.listen({ host: '127.0.0.1', port: 0 }),
    close: () => composed.close(),
  }
}
