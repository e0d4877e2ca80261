import { request } from 'undici'
import type { Attempted } from './delivering.ts'

export interface PostOptions {
  /** Whether an address may be sent to. */
  readonly allows: (url: string) => boolean
  readonly timeoutSeconds: number
}

interface Post {
  readonly url: string
  /** JSON. */
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** Posts JSON to an address that is allowed. Redirects are not followed. Rejects only when the signal ends it. */
export async function postJson(
  { url, body, headers }: Post,
  { allows, timeoutSeconds }: PostOptions,
  signal: AbortSignal,
): Promise<Attempted> {
  if (!allows(url)) return { outcome: 'failed', problem: 'its host is not allowed any more' }
  try {
    const { statusCode, body: answer } = await request(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'user-agent': 'kcloud-monitor', ...headers },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]),
    })
    // What it says is nobody's business; a connection that is not read to its end cannot be used again.
    await answer.dump({ limit: MOST_ANSWER_BYTES }).catch(() => undefined)
    return attemptedBy(statusCode)
  } catch (error) {
    signal.throwIfAborted()
    return { outcome: 'later', problem: problemOf(error) }
  }
}

const MOST_ANSWER_BYTES = 65_536
const GONE = 410

function attemptedBy(status: number): Attempted {
  if (status >= 200 && status < 300) return { outcome: 'done' }
  if (status >= 300 && status < 400)
    return { outcome: 'later', problem: `it answered ${status}, and redirects are not followed` }
  const problem = `it answered ${status}`
  return status === GONE ? { outcome: 'failed', problem } : { outcome: 'later', problem }
}

/** What a network says has addresses in it, which are not for those who read events. */
function problemOf(error: unknown): string {
  const isLate = error instanceof Error && /Timeout|Abort/.test(error.name)
  return isLate ? 'it did not answer in time' : 'it could not be reached'
}
