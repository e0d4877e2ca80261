import { groupBy, keyOf } from '../../analysis/power/group.ts'
import { localDate, localDay } from '../../analysis/power/local-days.ts'
import { KCloudError, invalidRequest } from '../../kernel/errors.ts'
import { paginate, type Page, type PageRequest } from '../../kernel/page.ts'
import { boundsOf, type WindowRequest } from '../../kernel/time-range.ts'
import type { RollupStore } from '../../services/store/index.ts'

export type RollupReader = Pick<RollupStore, 'list'>

export const RESOLUTIONS = ['hour', 'day', 'month'] as const

/** What is asked of the roll-ups. */
export interface RollupQuestion {
  readonly window: WindowRequest
  readonly resolution: (typeof RESOLUTIONS)[number]
  /** The IANA zone of days and months. */
  readonly zone: string
  readonly kind: 'workload' | 'node'
  readonly clusters: readonly string[] | undefined
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly page: PageRequest
}

type Stored = Awaited<ReturnType<RollupReader['list']>>[number]

/** One thing in one hour, day or month. */
interface RollupRow {
  readonly start: Date
  readonly end: Date
  readonly cluster: string
  readonly namespace: string | null
  readonly name: string
  readonly covered_seconds: number
  readonly energy_joules: number
  readonly energy_kwh: number
  /** Over the time that is covered. */
  readonly power_watts: number | null
  readonly cost: number | null
  readonly currency: string | null
}

export interface Rollups {
  readonly start: Date
  readonly end: Date
  readonly rows: readonly RollupRow[]
  readonly page: Page
}

const HOUR_MS = 3_600_000
const LONGEST_DAYS = 400
/** Hours of things that are added up for one answer. */
const MOST_ROWS = 200_000
const SORTABLE = ['start', 'cluster', 'namespace', 'name', 'energy_joules', 'cost'] as const

/**
 * What the collector has stored, by hour, day or month, the oldest first. Rejects with `invalid_request` for a window that
 * is too long and a zone whose days do not begin with an hour of UTC, and with `too_large`.
 */
export async function readRollups(
  store: RollupReader,
  { window, page, ...question }: RollupQuestion,
  at: Date,
): Promise<Rollups> {
  const { start, end } = hoursOf(window, at)
  if (end.getTime() - start.getTime() > LONGEST_DAYS * 24 * HOUR_MS)
    throw invalidRequest('/query/start', `must be at most ${LONGEST_DAYS} days before end`)
  const { kind, clusters, namespace, name } = question
  const where = { kind, clusters, namespace, name }
  const stored = await store.list({ from: start, until: end, where, most: MOST_ROWS + 1 })
  if (stored.length > MOST_ROWS)
    throw new KCloudError('too_large', {
      detail: `more than ${MOST_ROWS} hours would be added up: a shorter window, one namespace or one name gives fewer`,
    })
  const periodOf = periodReader(question)
  const groups = groupBy(stored, (row) => {
    const { start: begin } = periodOf(row.hour)
    return keyOf(begin.toISOString(), row.cluster, row.namespace, row.name, row.currency)
  })
  const rows = [...groups.values()].map((own) => rowOf(own, periodOf(own[0].hour)))
  return { start, end, ...paginate(rows, page, SORTABLE) }
}

/** The whole hours that a window touches; by default the last day. */
function hoursOf(window: WindowRequest, at: Date) {
  const isOpen = window.period === undefined && window.start === undefined
  const { start, end } = boundsOf(isOpen ? { ...window, period: '1d' } : window, at)
  return {
    start: new Date(Math.floor(start.getTime() / HOUR_MS) * HOUR_MS),
    end: new Date(Math.ceil(end.getTime() / HOUR_MS) * HOUR_MS),
  }
}

interface Period {
  readonly start: Date
  readonly end: Date
}

/** Finds the period that an hour belongs to. */
function periodReader({
  resolution,
  zone,
}: Pick<RollupQuestion, 'resolution' | 'zone'>): (hour: Date) => Period {
  if (resolution === 'hour') return (start) => ({ start, end: new Date(start.getTime() + HOUR_MS) })
  const known = new Map<number, Period>()
  return (hour) => {
    const found = known.get(hour.getTime()) ?? wholeHours(periodAt(hour, resolution, zone))
    known.set(hour.getTime(), found)
    return found
  }
}

function periodAt(hour: Date, resolution: 'day' | 'month', zone: string): Period {
  const date = localDate(hour, zone)
  if (resolution === 'day') return localDay(date, zone)
  const [year = 0, month = 1] = date.split('-').map(Number)
  const first = (more: number): string =>
    new Date(Date.UTC(year, month - 1 + more, 1)).toISOString().slice(0, 10)
  return { start: localDay(first(0), zone).start, end: localDay(first(1), zone).start }
}

function wholeHours(period: Period): Period {
  if (period.start.getTime() % HOUR_MS === 0 && period.end.getTime() % HOUR_MS === 0) return period
  throw invalidRequest(
    '/query/time_zone',
    'must be a zone whose days begin with an hour of UTC: roll-ups are of whole hours',
  )
}

function rowOf(own: readonly [Stored, ...Stored[]], period: Period): RollupRow {
  const [{ cluster, namespace, name, currency }] = own
  const sum = (read: (row: Stored) => number): number =>
    own.reduce((total, row) => total + read(row), 0)
  const seconds = sum((row) => row.covered_seconds)
  const joules = sum((row) => row.energy_joules)
  return {
    ...period,
    cluster,
    namespace: namespace === '' ? null : namespace,
    name,
    covered_seconds: seconds,
    energy_joules: joules,
    energy_kwh: joules / 3_600_000,
    power_watts: seconds === 0 ? null : joules / seconds,
    cost: currency === '' ? null : Math.round(sum((row) => row.cost) * 1e6) / 1e6,
    currency: currency === '' ? null : currency,
  }
}
