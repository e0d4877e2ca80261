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
      ...environment,
    },
    { demo: false },
  )
  const composed = await compose(config)
  const { server } = composed
  const authorization = `Basic ${Buffer.from(Object.values(CREDENTIALS).join(':')).toString('base64')}`
  return {
    async get(path) {
      const reply = await server.inject({ url: `/api/v1${path}`, headers: { authorization } })
      return { status: reply.statusCode, headers: reply.headers, body: JSON.parse(reply.body) }
    },
    listen: () => server.listen({ host: '127.0.0.1', port: 0 }),
    close: () => composed.close(),
  }
}
