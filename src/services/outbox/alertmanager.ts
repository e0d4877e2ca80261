import { request } from 'undici'

/** An alert as Alertmanager takes it: its labels are what it is known by, figures that change stand beside. */
export interface AlertmanagerAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
}

export interface AlertmanagerOptions {
  /** Of Alertmanagers, each of which is told; their clusters do not tell one another of what they received. */
  readonly addresses: readonly string[]
  readonly timeoutSeconds: number
  readonly onSent: (outcome: 'done' | 'failed', problem: string | null) => void
}

/** Tells of alerts, as they are now. Gives what went wrong last. Rejects only when the signal ends it. */
export type TellAlertmanagers = (
  alerts: readonly AlertmanagerAlert[],
  signal: AbortSignal,
) => Promise<string | null>

/** A firing alert ends by itself when nobody refreshes it for so many turns. */
const FIRING_INTERVALS = 3
/** So long an alert that has ended is told again, in case that it was not heard. */
export const RESOLVED_SECONDS = 900
const AT_ONCE = 500

/**
 * Sends alerts to `POST /api/v2/alerts`. They are to be sent again at each turn while they last, and for a while after
 * their end: what is not heard now is heard then, so that nothing has to be kept of it.
 */
export function alertmanagers(options: AlertmanagerOptions): TellAlertmanagers {
  return async (alerts, signal) => {
    let problem: string | null = null
    for (let from = 0; from < alerts.length; from += AT_ONCE) {
      const body = JSON.stringify(alerts.slice(from, from + AT_ONCE))
      const told = await Promise.all(
        options.addresses.map(async (address) => {
          const wrong = await send(options, address, { body, signal })
          options.onSent(wrong === null ? 'done' : 'failed', wrong)
          return wrong
        }),
      )
      problem = told.find((each) => each !== null) ?? problem
    }
    return problem
  }
}

/** Until when a firing alert is to last; null for one whose end nobody needs to be told any more. */
export function endsAtOf(
  endedAt: Date | null,
  { now, intervalSeconds }: { readonly now: Date; readonly intervalSeconds: number },
): Date | null {
  if (endedAt === null) return later(now, intervalSeconds * FIRING_INTERVALS)
  return later(endedAt, RESOLVED_SECONDS) < now ? null : endedAt
}

const later = (time: Date, seconds: number): Date => new Date(time.getTime() + seconds * 1000)

async function send(
  { timeoutSeconds }: AlertmanagerOptions,
  address: string,
  { body, signal }: { readonly body: string; readonly signal: AbortSignal },
): Promise<string | null> {
  const { url, authorization } = placeOf(address)
  try {
    const answer = await request(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...authorization },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]),
    })
    await answer.body.dump().catch(() => undefined)
    return answer.statusCode === 200 ? null : `Alertmanager answered ${answer.statusCode}`
  } catch {
    signal.throwIfAborted()
    return 'Alertmanager could not be reached'
  }
}

function placeOf(address: string) {
  const url = new URL('api/v2/alerts', address.endsWith('/') ? address : `${address}/`)
  const { username, password } = url
  url.username = ''
  url.password = ''
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const authorization =
    username === '' ? {} : { authorization: `Basic ${Buffer.from(text).toString('base64')}` }
  return { url, authorization }
}
