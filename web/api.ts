// The address without what may stand in it of a user and a password: fetch takes none of those.
const BASE = new URL('api/v1/', `${location.origin}${location.pathname}`)

const TIMEOUT_MS = 60_000

/** A request that was refused, with the status, or could not be made, without one. */
export class ApiError extends Error {
  readonly status: number | null

  constructor(message: string, status: number | null) {
    super(message)
    this.status = status
  }
}

/** The answer to a GET below `/api/v1/`; the browser adds the credentials. Rejects with `ApiError`. */
export function get<Answer>(path: string): Promise<Answer> {
  return request<Answer>(path, {})
}

/** The answer to a POST of JSON. Rejects with `ApiError`. */
export function post<Answer>(path: string, body?: object): Promise<Answer> {
  const json = body && {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
  return request<Answer>(path, { method: 'POST', ...json })
}

/** The address of a WebSocket below `/api/v1/`. */
export function socketUrl(path: string): URL {
  const url = new URL(path, BASE)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url
}

async function request<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const reply = await fetch(new URL(path, BASE), { ...init, signal, cache: 'no-cache' }).catch(
    (error: unknown) => {
      throw new ApiError(String(error), null)
    },
  )
  const body = (await reply.json().catch(() => ({}))) as Answer & {
    readonly title?: string
    readonly detail?: string
  }
  if (reply.ok) return body
  throw new ApiError(body.detail ?? body.title ?? reply.statusText, reply.status)
}
