import { get, post } from './api.ts'
import type {
  Accelerator,
  Answer,
  Breakdown,
  Cluster,
  Forecast,
  HourlyCost,
  Meta,
  Policy,
  PowerSeries,
  UnmatchedName,
} from './wire.ts'

export const readClusters = () => get<Answer<readonly Cluster[]>>('clusters?limit=1000')
export const readPods = () => get<Answer<Breakdown>>('monitoring/power/breakdown?by=pod')
export const readPolicies = () => get<Answer<readonly Policy[]>>('scaling/policies?limit=1000')
export const readUnmatched = () =>
  get<Answer<readonly UnmatchedName[]>>('monitoring/unmatched-names')

/** From midnight, where the reader is. In the first minutes of a day there is nothing yet: then of the last hour. */
export function readCost(): Promise<Answer<HourlyCost>> {
  const now = Date.now()
  const midnight = new Date(now).setHours(0, 0, 0, 0)
  const start = now - midnight < 5 * 60_000 ? now - 3_600_000 : midnight
  return get(`cost/hourly?partial=allow&start=${new Date(start).toISOString()}`)
}

export const readSeries = (period: string) =>
  get<Answer<PowerSeries>>(`monitoring/timeseries/power?period=${period}`)

export const readForecast = (horizon: string) =>
  post<Answer<Forecast>>('predict/power', { prediction_horizon: horizon })

const PAGE = 2_000
const MOST_PAGES = 10

/** All accelerators, in pieces that keep the page from being busy with one for long. */
export async function readAccelerators(): Promise<Answer<readonly Accelerator[]>> {
  const found = new Map<string, Accelerator>()
  let meta: Meta | null = null
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = `limit=${PAGE}&offset=${page * PAGE}`
    const answer = await get<Answer<readonly Accelerator[]>>(`accelerators?${query}`)
    meta = answer.meta
    for (const device of answer.data)
      found.set(`${device.cluster} ${device.accelerator_id}`, device)
    if ((page + 1) * PAGE >= (meta.page?.total ?? 0)) break
  }
  if (meta === null) throw new Error('there is no page of accelerators')
  return { data: [...found.values()], meta }
}
