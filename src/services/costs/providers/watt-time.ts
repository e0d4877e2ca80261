import { z } from 'zod'
import { decimalOf } from '../../../analysis/cost/decimal.ts'
import { fromPoundsPerMegawattHour, type IntensityValue } from '../../../analysis/cost/intensity.ts'
import { jsonClient, NotAllowed, type JsonClient } from './json-client.ts'
import type { IntensityProvider } from './provider.ts'

export interface WattTimeOptions {
  readonly url: string
  readonly username: string
  readonly password: string
  readonly timeoutSeconds: number
}

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text) / 1000)

const answer = z.object({
  data: z.array(
    z.object({
      point_time: time,
      value: z.number().nonnegative().nullable(),
      last_updated: time.nullish(),
      imputed_data_used: z.boolean().nullish(),
    }),
  ),
  meta: z.object({
    units: z.literal('lbs_co2_per_mwh'),
    data_point_period_seconds: z.number().positive().default(300),
    generated_at: time.nullish(),
  }),
})

type Ask = (
  path: string,
  params: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<z.output<typeof answer>>

/** WattTime, API version 3: marginal emissions (co2_moer), in lb CO₂ for a MWh. https://docs.watttime.org */
export function wattTime(options: WattTimeOptions): IntensityProvider {
  const client = jsonClient(options)
  const ask = withToken(client, options)
  return {
    name: 'WattTime',
    kind: 'marginal',
    sourceUrl: 'https://watttime.org',
    async history(region, { from, until }, signal) {
      const span = { start: iso(from), end: iso(until) }
      const told = await ask('/v3/historical', { region, ...span, signal_type: SIGNAL }, signal)
      return valuesOf(told, false)
    },
    async forecast(region, signal) {
      const params = { region, signal_type: SIGNAL, horizon_hours: '24' }
      return valuesOf(await ask('/v3/forecast', params, signal), true)
    },
  }
}

const SIGNAL = 'co2_moer'
const iso = (seconds: number): string => new Date(seconds * 1000).toISOString()

function valuesOf(
  { data, meta }: z.output<typeof answer>,
  isForecast: boolean,
): readonly IntensityValue[] {
  return data.flatMap((each) =>
    each.value === null
      ? []
      : [
          {
            from: each.point_time,
            until: each.point_time + meta.data_point_period_seconds,
            kgPerKwh: decimalOf(fromPoundsPerMegawattHour(each.value)),
            estimated: isForecast || each.imputed_data_used === true,
            publishedAt: each.last_updated ?? meta.generated_at ?? null,
          },
        ],
  )
}

const loggedIn = z.object({ token: z.string().min(1) })

/** Logs in once for all that ask, and again when the token has ended, which it does after half an hour. */
function withToken(client: JsonClient, { username, password }: WattTimeOptions): Ask {
  let token: Promise<string> | null = null
  const basic = Buffer.from(`${username}:${password}`).toString('base64')
  const logIn = async (signal: AbortSignal): Promise<string> => {
    const headers = { authorization: `Basic ${basic}` }
    return (await client.get({ path: '/login', headers, schema: loggedIn, signal })).token
  }
  const tokenNow = (signal: AbortSignal): Promise<string> => {
    token ??= logIn(signal).catch((error: unknown) => {
      token = null
      throw error
    })
    return token
  }
  const askBy = async (given: string, ...[path, params, signal]: Parameters<Ask>) =>
    await client.get({
      path,
      params,
      headers: { authorization: `Bearer ${given}` },
      schema: answer,
      signal,
    })
  return async (...question) => {
    const [, , signal] = question
    const first = tokenNow(signal)
    try {
      return await askBy(await first, ...question)
    } catch (error) {
      if (!(error instanceof NotAllowed) || (await isRefused(first))) throw error
      if (token === first) token = null
      return await askBy(await tokenNow(signal), ...question)
    }
  }
}

/** Whether there is no token at all: another log-in would not help. */
const isRefused = (token: Promise<string>): Promise<boolean> =>
  token.then(
    () => false,
    () => true,
  )
