import { chargedTogether, printCosts } from '../../analysis/cost/printed.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import { present, type Family, type FamilyAsked, type FamilyRead, type Needs } from './family.ts'

const MINUTE = 60
const HOUR = 3600

const money = { type: 'gauge', baseSeconds: MINUTE, mostSamples: 1500 } as const

/** Costs, carbon and what is forecast. */
export const OTHER_FAMILIES: readonly Family[] = [
  {
    ...money,
    name: 'kcloud_cost_per_hour',
    help: 'What an hour costs, by the cost model of the deployment: the mean since the sample before.',
    unit: 'currency',
    labels: ['cluster', 'currency'],
    read: (needs, asked) => readCosts(needs, asked, 'cost'),
  },
  {
    ...money,
    name: 'kcloud_carbon_kg_per_hour',
    help: 'CO2 equivalents of an hour: the mean since the sample before.',
    unit: 'kilograms',
    labels: ['cluster'],
    read: (needs, asked) => readCosts(needs, asked, 'carbon_kg'),
  },
  {
    type: 'gauge',
    name: 'kcloud_power_forecast_watts',
    help: 'Power of the whole fleet to come, as it is forecast now, with its bands: band is forecast, lower_80, upper_80, lower_95 or upper_95. Ask ahead of now: offset -15m.',
    unit: 'watts',
    labels: ['band'],
    baseSeconds: MINUTE,
    mostSamples: 1500,
    isAhead: true,
    read: readForecast,
  },
]

const timesOf = ({ start, end, stepSeconds }: TimeRange): readonly number[] => {
  const first = unixSeconds(start)
  const count = Math.round((unixSeconds(end) - first) / stepSeconds) + 1
  return Array.from({ length: count }, (_, index) => first + index * stepSeconds)
}

async function readCosts(
  { costs }: Needs,
  { range, ...asked }: FamilyAsked,
  figure: 'cost' | 'carbon_kg',
): Promise<FamilyRead> {
  const times = timesOf(range)
  const step = range.stepSeconds
  const edges = times.map((time) => new Date((time - step) * 1000))
  const [start = range.start] = edges
  const window = await costs.of({
    ...asked,
    start,
    end: range.end,
    stepSeconds: step,
    edges,
    idle: 'separate',
    workloads: false,
  })
  const series = window.costings.map(({ cluster }) => {
    const own = window.entries.filter((entry) => entry.cluster === cluster)
    const buckets = edges.map((_, bucket) => own.filter((entry) => entry.bucket === bucket))
    const { rows } = printCosts(buckets.map(chargedTogether))
    const labels = present({ cluster, currency: figure === 'cost' ? window.currency : null })
    const values = rows.map((row, bucket) => {
      const value = row[figure]
      return buckets[bucket]?.length === 0 || value === null ? null : (value / step) * HOUR
    })
    return { labels, values }
  })
  return { series, clusters: window.clusters, warnings: window.warnings }
}

const BANDS = {
  forecast: 'predicted_power',
  lower_80: 'lower_80',
  upper_80: 'upper_80',
  lower_95: 'lower_95',
  upper_95: 'upper_95',
} as const

const LONGEST_HOURS = 24

async function readForecast(
  { forecasts }: Needs,
  { range, at, signal }: FamilyAsked,
): Promise<FamilyRead> {
  const ahead = unixSeconds(range.end) - unixSeconds(at)
  const hours = Math.min(LONGEST_HOURS, Math.ceil(ahead / HOUR))
  // What was forecast of a time that has come is not kept.
  if (hours < 1) return { series: [], clusters: [], warnings: [] }
  const question = { prediction_horizon: `${hours}h` }
  const { answer, clusters, warnings } = await forecasts.power(question, { at, signal })
  const { predictions, step_seconds: step } = answer
  const series = Object.entries(BANDS).map(([band, field]) => ({
    labels: { band },
    values: timesOf(range).map((time) => {
      const found = predictions.find(({ timestamp }) => {
        const until = unixSeconds(timestamp)
        return time <= until && time > until - step && time >= unixSeconds(at)
      })
      return found?.[field] ?? null
    }),
  }))
  return { series, clusters, warnings }
}
