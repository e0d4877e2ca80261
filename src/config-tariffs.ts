import { z } from 'zod'
import type { Decimal } from './analysis/cost/decimal.ts'
import {
  DAY_KINDS,
  type Band,
  type DayKind,
  type DemandRule,
  type Season,
  type Tariff,
} from './analysis/cost/tariff.ts'
import {
  amount,
  clusterNames,
  currencyCode,
  localDate,
  rateName,
  sourceUrl,
  zoneName,
} from './config-rates.ts'

const CLOCK = 'must be a time at a quarter of an hour, such as 08:00 or 24:00'
const DAY_MINUTES = 24 * 60

const clockTime = z.string(CLOCK).transform((text, context) => {
  const [, hours = '', minutes = ''] = /^(\d{2}):(\d{2})$/.exec(text) ?? []
  const time = Number(hours) * 60 + Number(minutes)
  if (hours !== '' && time <= DAY_MINUTES && Number(minutes) < 60 && time % 15 === 0) return time
  context.addIssue({ code: 'custom', message: CLOCK })
  return z.NEVER
})

const band = z.strictObject({ from: clockTime, until: clockTime, band: rateName })

/** Bands in order, those across midnight as two. */
const bands = z
  .array(band, 'must be a list of bands')
  .transform((list): readonly Band[] =>
    list
      .flatMap((each) =>
        each.from < each.until
          ? [each]
          : [
              { ...each, until: DAY_MINUTES },
              { ...each, from: 0 },
            ],
      )
      .filter(({ from, until }) => from < until)
      .sort((a, b) => a.from - b.from),
  )
  .superRefine((list, context) => {
    const gap = list.findIndex(({ from }, index) => from !== (list[index - 1]?.until ?? 0))
    if (gap >= 0 || list.at(-1)?.until !== DAY_MINUTES)
      context.addIssue({
        code: 'custom',
        message: 'must fill the day from 00:00 to 24:00, without gap or overlap',
      })
  })

const days = z
  .strictObject({
    weekday: bands,
    weekend: bands.optional(),
    saturday: bands.optional(),
    sunday: bands.optional(),
    holiday: bands.optional(),
  })
  .transform(
    ({ weekday, weekend = weekday, saturday = weekend, sunday = weekend, holiday = sunday }) => ({
      weekday,
      saturday,
      sunday,
      holiday,
    }),
  )

const discount = z
  .strictObject({
    days: z.array(z.enum(DAY_KINDS, `must be one of ${DAY_KINDS.join(', ')}`)).min(1),
    from: clockTime,
    until: clockTime,
    percent: amount,
    ends: localDate.optional(),
  })
  .refine(({ from, until }) => from < until, 'must end after it begins, on the same day')
  .refine(({ percent }) => percent <= 100n * 10n ** 18n, 'must take off at most 100 percent')
  .transform(({ percent, ends = null, ...rest }) => ({ ...rest, ends, share: percent / 100n }))

const season: z.ZodType<Season> = z
  .strictObject({
    name: rateName,
    months: z.array(z.int().min(1).max(12), 'must be a list of months, 1 to 12').min(1),
    days,
    prices: z.record(z.string(), amount),
    discounts: z.array(discount).default([]),
  })
  .superRefine(({ days: kinds, prices }, context) => {
    const used = new Set(Object.values(kinds).flatMap((list) => list.map((each) => each.band)))
    for (const name of [...used].filter((each) => !Object.hasOwn(prices, each)))
      context.addIssue({ code: 'custom', path: ['prices'], message: `lacks the band ${name}` })
  })

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/

const demand = z
  .strictObject({
    price_per_kw: amount,
    ratchet_months: z.int().min(0).max(36).default(0),
    ratchet_of: z.array(z.int().min(1).max(12)).default([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    known_peaks: z
      .record(z.string().regex(MONTH, 'must be months such as 2026-07'), z.number().min(0))
      .default({}),
  })
  .transform((read): DemandRule => ({
    price: read.price_per_kw,
    ratchetMonths: read.ratchet_months,
    ratchetOf: read.ratchet_of,
    knownPeaks: read.known_peaks,
  }))

const schedule = z
  .strictObject({
    from: localDate,
    until: localDate.optional(),
    source_url: sourceUrl,
    verified: z.boolean('must be true or false: was every figure compared with its source?'),
    note: z.string().optional(),
    seasons: z.array(season).min(1),
    demand: demand.optional(),
  })
  .refine(({ from, until }) => until === undefined || from < until, 'must end after it begins')
  .superRefine(({ seasons }, context) => {
    const months = seasons.flatMap((each) => each.months)
    const wrong = Array.from({ length: 12 }, (_, index) => index + 1).filter(
      (month) => months.filter((each) => each === month).length !== 1,
    )
    if (wrong.length > 0)
      context.addIssue({
        code: 'custom',
        path: ['seasons'],
        message: `must have each month once; not so: ${wrong.join(', ')}`,
      })
  })
  .transform(({ source_url: url = null, until = null, note = null, ...rest }) => ({
    ...rest,
    until,
    note,
    sourceUrl: url,
    demand: rest.demand ?? null,
  }))

const tariff = z
  .strictObject({
    name: rateName,
    about: z.string().optional(),
    currency: currencyCode,
    time_zone: zoneName,
    clusters: clusterNames,
    holidays: z.array(localDate).default([]),
    schedules: z.array(schedule).min(1, 'must have a schedule'),
  })
  .superRefine(({ schedules }, context) => {
    const ordered = schedules
      .map(({ from, until }) => ({ from, until }))
      .sort((a, b) => (a.from < b.from ? -1 : 1))
    const overlaps = ordered.some(({ from }, index) => {
      const before = ordered[index - 1]
      return before !== undefined && (before.until === null || before.until > from)
    })
    if (overlaps)
      context.addIssue({ code: 'custom', path: ['schedules'], message: 'must not overlap in time' })
  })
  .transform((read): Tariff => ({
    name: read.name,
    currency: read.currency,
    zone: read.time_zone,
    clusters: read.clusters ?? null,
    holidays: new Set(read.holidays),
    schedules: read.schedules,
  }))

/** The tariffs of a file. */
export const tariffList: z.ZodType<readonly Tariff[]> = z
  .array(tariff, 'must be a list of tariffs')
  .min(1, 'must have a tariff')

/** One price at all times, of all clusters. */
export function flatTariff(price: Decimal, currency: string): Tariff {
  const all = [{ from: 0, until: DAY_MINUTES, band: 'all' }]
  const everyDay: Readonly<Record<DayKind, readonly Band[]>> = {
    weekday: all,
    saturday: all,
    sunday: all,
    holiday: all,
  }
  return {
    name: 'flat',
    currency,
    zone: 'UTC',
    clusters: null,
    holidays: new Set(),
    schedules: [
      {
        from: '0000-01-01',
        until: null,
        sourceUrl: null,
        verified: true,
        note: null,
        seasons: [
          {
            name: 'all',
            months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
            days: everyDay,
            prices: { all: price },
            discounts: [],
          },
        ],
        demand: null,
      },
    ],
  }
}
