import { Agent, request } from 'undici'
import type { z } from 'zod'
import { ProviderError } from './provider.ts'

export interface JsonClientOptions {
  /** `https://api.example.org`, with a path where there is one. */
  readonly url: string
  readonly timeoutSeconds: number
}

export interface JsonQuestion<Value> {
  readonly path: string
  readonly params?: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly schema: z.ZodType<Value>
  readonly signal: AbortSignal
}

/** Asks a provider for JSON. What goes wrong is told without address, headers or body: they may hold secrets. */
export interface JsonClient {
  get<Value>(question: JsonQuestion<Value>): Promise<Value>
}

const MOST_BYTES = 8 * 2 ** 20
const CONNECTIONS = 4

/** A status that says that whoever asks is not allowed to. */
export class NotAllowed extends ProviderError {}

/** A client with a few connections of its own. */
export function jsonClient({ url, timeoutSeconds }: JsonClientOptions): JsonClient {
  const timeout = timeoutSeconds * 1000
  const dispatcher = new Agent({
    connections: CONNECTIONS,
    connect: { timeout },
    headersTimeout: timeout,
    bodyTimeout: timeout,
    maxResponseSize: MOST_BYTES,
  })
  const base = url.replace(/\/+$/, '')
  return {
    async get({ path, params = {}, headers, schema, signal }) {
      const address = `${base}${path}?${new URLSearchParams(params).toString()}`
      const { status, json } = await ask(address, { dispatcher, headers, signal })
      if (status === 401 || status === 403)
        throw new NotAllowed(`refuses the credentials (${status})`)
      if (status !== 200) throw new ProviderError(`answered with status ${status}`)
      const read = schema.safeParse(json)
      if (read.success) return read.data
      throw new ProviderError('answered something that is not its contract', { cause: read.error })
    },
  }
}

interface Asking {
  readonly dispatcher: Agent
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

async function ask(address: string, { dispatcher, headers, signal }: Asking) {
  try {
    const { statusCode: status, body } = await request(address, {
      dispatcher,
      headers: { accept: 'application/json', ...headers },
      signal,
    })
    if (status === 200) return { status, json: await body.json() }
    await body.dump()
    return { status, json: null }
  } catch (error) {
    if (signal.aborted) throw error
    throw new ProviderError(
      error instanceof SyntaxError ? 'answered something that is not JSON' : 'does not answer',
      { cause: codeOf(error) },
    )
  }
}

/** Errors of the network may show addresses, and those of undici its options: only their code is kept. */
function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return error instanceof Error ? error.name : 'unknown'
}
