import { localDay } from '../power/local-days.ts'
import { addDays, daysBetween, type CalendarDate } from './dates.ts'
import type { Period } from './period.ts'

/** A part of a period that is read at once: a day, or a week of a long period. */
export interface Bucket {
  readonly first: CalendarDate
  readonly last: CalendarDate
  readonly start: Date
  readonly end: Date
  /** Of the steps that energy and demand are made of; they fill the bucket. */
  readonly stepSeconds: number
  /** Of the steps that it is read in who uses the watts; they fill the bucket too. */
  readonly coarseSeconds: number
}

/** How finely periods are read, by their days: the first that a period fits into. */
const GRAINS = [
  { days: 8, bucketDays: 1, stepSeconds: 900, coarseSeconds: 3600 },
  { days: 32, bucketDays: 1, stepSeconds: 900, coarseSeconds: 21_600 },
  { days: 93, bucketDays: 1, stepSeconds: 900, coarseSeconds: 43_200 },
] as const
const LONG = { bucketDays: 7, stepSeconds: 3600, coarseSeconds: 86_400 } as const

/** The days of a period in the zone's own time, or its weeks. None of them is empty. */
export function bucketsOf(period: Period): readonly Bucket[] {
  const days = daysBetween(period.first, period.last)
  const grain = GRAINS.find((one) => days <= one.days) ?? LONG
  const buckets = Math.ceil(days / grain.bucketDays)
  return Array.from({ length: buckets }, (_, index) =>
    bucketFrom(addDays(period.first, index * grain.bucketDays), period, grain),
  ).filter(({ start, end }) => start < end)
}

type Grain = Pick<
  (typeof GRAINS)[number] | typeof LONG,
  'bucketDays' | 'stepSeconds' | 'coarseSeconds'
>

function bucketFrom(first: CalendarDate, period: Period, grain: Grain): Bucket {
  const whole = addDays(first, grain.bucketDays - 1)
  const last = whole < period.last ? whole : period.last
  const { start } = localDay(first, period.zone)
  const end = new Date(Math.min(localDay(last, period.zone).end.getTime(), period.end.getTime()))
  const seconds = (end.getTime() - start.getTime()) / 1000
  return {
    first,
    last,
    start,
    end,
    stepSeconds: evenStep(seconds, grain.stepSeconds),
    coarseSeconds: evenStep(seconds, grain.coarseSeconds),
  }
}

/** The length of steps of whole seconds that fill a time, the longest that is at most as wanted. */
export function evenStep(seconds: number, wanted: number): number {
  let steps = Math.max(1, Math.ceil(seconds / wanted))
  while (seconds % steps !== 0 && steps < seconds) steps += 1
  return seconds / steps
}

/** The steps of a bucket as a range of Prometheus: each point stands for the step that ends there. */
export function stepsOf({ start, end }: Pick<Bucket, 'start' | 'end'>, stepSeconds: number) {
  return { start: new Date(start.getTime() + stepSeconds * 1000), end, stepSeconds }
}
