import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server of 127.0.0.1 that answers as a provider of carbon intensities does. */
export interface CarbonServer {
  readonly url: string
  /** Every request so far, as `path?query`. */
  readonly asked: readonly string[]
  /** Answers so from now on; null as its contract says. */
  fail(status: number | null): void
  stop(): Promise<void>
}

type Answer = (asked: URL, request: IncomingMessage) => readonly [status: number, body: unknown]

async function serve(answer: Answer): Promise<CarbonServer> {
  const asked: string[] = []
  let failure: number | null = null
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://localhost')
    asked.push(`${url.pathname}${url.search}`)
    const [status, body] = failure === null ? answer(url, request) : [failure, { error: 'no' }]
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    fail(status) {
      failure = status
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

const HOUR_MS = 3_600_000

/** Hours from one time until before another. */
function hours(from: number, until: number): readonly number[] {
  const first = Math.ceil(from / HOUR_MS) * HOUR_MS
  return Array.from(
    { length: Math.max(0, Math.ceil((until - first) / HOUR_MS)) },
    (_, index) => first + index * HOUR_MS,
  )
}

export interface MapsOptions {
  readonly key: string
  readonly now: () => Date
  /** g for a kWh of the hour that begins at a time in milliseconds; null where there is none. */
  readonly grams: (time: number) => number | null
  readonly estimated?: (time: number) => boolean
  /** Whether the contract of the key includes forecasts. */
  readonly forecasts?: boolean
}

/** As `api.electricitymaps.com` of version 3. What is not over is not in a range. */
export function electricityMapsServer(options: MapsOptions): Promise<CarbonServer> {
  const { key, now, grams, estimated = () => false, forecasts = true } = options
  const point = (zone: string) => (time: number) => ({
    zone,
    carbonIntensity: grams(time),
    datetime: new Date(time).toISOString(),
    updatedAt: now().toISOString(),
    createdAt: new Date(time).toISOString(),
    emissionFactorType: 'lifecycle',
    isEstimated: estimated(time),
    estimationMethod: estimated(time) ? 'TIME_SLICER_AVERAGE' : null,
  })
  return serve((url, { headers }) => {
    if (headers['auth-token'] !== key) return [401, { message: 'invalid auth-token' }]
    const zone = url.searchParams.get('zone') ?? ''
    const make = point(zone)
    const time = now().getTime()
    const [, , , what] = url.pathname.split('/')
    if (what === 'latest') return [200, make(Math.floor(time / HOUR_MS) * HOUR_MS)]
    if (what === 'forecast')
      return forecasts
        ? [200, { zone, forecast: hours(time - HOUR_MS, time + 24 * HOUR_MS).map(make) }]
        : [403, { message: 'not in your plan' }]
    const [start = 0, end = 0] = ['start', 'end'].map((name) =>
      Date.parse(url.searchParams.get(name) ?? ''),
    )
    return [200, { zone, data: hours(start, Math.min(end, time - HOUR_MS)).map(make) }]
  })
}

export interface WattOptions {
  readonly username: string
  readonly password: string
  /** lb for a MWh at a time in milliseconds. */
  readonly pounds: (time: number) => number | null
  readonly units?: string
}

/** As `api.watttime.org` of version 3; a token holds for so many questions. */
export async function wattTimeServer(
  { username, password, pounds, units = 'lbs_co2_per_mwh' }: WattOptions,
  questionsOfToken = 1000,
): Promise<CarbonServer> {
  const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  let token = 0
  let left = 0
  return await serve((url, { headers }) => {
    if (url.pathname === '/login') {
      if (headers.authorization !== basic) return [403, { detail: 'wrong' }]
      token += 1
      left = questionsOfToken
      return [200, { token: `token-${token}` }]
    }
    if (headers.authorization !== `Bearer token-${token}` || left === 0) return [401, {}]
    left -= 1
    const [start = 0, end = 0] = ['start', 'end'].map((name) =>
      Date.parse(url.searchParams.get(name) ?? ''),
    )
    const times = Array.from(
      { length: Math.max(0, (end - start) / 300_000) },
      (_, index) => start + index * 300_000,
    )
    return [
      200,
      {
        data: times.map((time) => ({ point_time: new Date(time), value: pounds(time) })),
        meta: {
          region: url.searchParams.get('region'),
          signal_type: 'co2_moer',
          units,
          data_point_period_seconds: 300,
        },
      },
    ]
  })
}
