import { describe, expect, it } from 'vitest'
import {
  nearestMicros,
  numberOf,
  ofMicros,
  readDecimal,
} from '../../../src/analysis/cost/decimal.ts'
import { billedDemand, demandsOf, highestDemand } from '../../../src/analysis/cost/demand.ts'
import { rateReader, ratePeriods } from '../../../src/analysis/cost/rate.ts'
import type { Tariff } from '../../../src/analysis/cost/tariff.ts'
import { localDay } from '../../../src/analysis/power/local-days.ts'
import { tariffList } from '../../../src/config-tariffs.ts'
import { shippedTariff } from './tariff-files.ts'

const HOUR = 3_600_000
const kst = (text: string): number => Date.parse(`${text}+09:00`)

/** What a constant load of one kilowatt costs. */
function costOfKilowatt(tariff: Tariff, from: number, until: number): number {
  const sum = ratePeriods(tariff, { from, until }).reduce(
    (total, { from: begin, until: end, rate }) =>
      total + ((rate?.price ?? 0n) * BigInt(end - begin)) / BigInt(HOUR),
    0n,
  )
  return ofMicros(nearestMicros(sum))
}

describe('KEPCO, industrial (A) II', () => {
  const tariff = shippedTariff('kepco-industrial-a2')
  // Both are Wednesdays of summer months, before and after the bands changed.
  const before = '2025-06-11'
  const after = '2026-06-10'
  const on = (date: string, from: string, until: string) =>
    costOfKilowatt(tariff, kst(`${date}T${from}`), kst(`${date}T${until}`))
  const wholeDay = (date: string) => {
    const { start, end } = localDay(date, 'Asia/Seoul')
    return costOfKilowatt(tariff, start.getTime(), end.getTime())
  }

  it('costs a flat day the same under both bands', () => {
    expect(wholeDay(before)).toBe(2859)
    expect(wholeDay(after)).toBe(2859)
  })

  it('costs office hours less under the new bands, and the evening more', () => {
    expect(on(before, '09:00', '18:00')).toBe(1294.5)
    expect(on(after, '09:00', '18:00')).toBe(1194)
    expect(on(before, '18:00', '21:00')).toBe(364.5)
    expect(on(after, '18:00', '21:00')).toBe(465)
  })
})

describe('KEPCO, industrial (B)', () => {
  const tariff = shippedTariff('kepco-industrial-b')
  const rate = (time: string, of = tariff) => rateReader(of)(kst(time))

  it('changes at the local midnight of 2026-04-16', () => {
    expect(rate('2026-04-15T23:59:00')?.schedule.from).toBe('2024-10-24')
    expect(rate('2026-04-16T00:00:00')?.schedule.from).toBe('2026-04-16')
    expect(rate('2026-04-15T19:00:00')?.band).toBe('mid')
    expect(rate('2026-04-16T19:00:00')?.band).toBe('peak')
  })

  it('keeps the whole old scheme until 2026-09-30 for a deferred meter', () => {
    const deferred = shippedTariff('kepco-industrial-b-deferred')
    expect(rate('2026-09-30T23:59:00', deferred)?.schedule.from).toBe('2024-10-24')
    expect(rate('2026-09-30T19:00:00', deferred)?.band).toBe('mid')
    expect(rate('2026-10-01T00:00:00', deferred)?.schedule.from).toBe('2026-10-01')
    expect(rate('2026-10-01T19:00:00', deferred)?.band).toBe('peak')
  })

  it('halves the price of a Saturday in May from 11 to 14, and of none in June', () => {
    for (const time of ['11:00', '13:59']) {
      expect(numberOf(rate(`2026-05-09T${time}:00`)?.discount ?? 0n)).toBe(0.5)
      expect(numberOf(rate(`2026-06-13T${time}:00`)?.discount ?? 1n)).toBe(0)
    }
    for (const time of ['10:59', '14:00'])
      expect(numberOf(rate(`2026-05-09T${time}:00`)?.discount ?? 1n)).toBe(0)
    expect(rate('2026-05-09T12:00:00')?.price).toBe(readDecimal('50.25'))
  })

  it('ends the half price with the year 2030', () => {
    // Saturdays of October 2030 and of March 2031.
    expect(numberOf(rate('2030-10-05T12:00:00')?.discount ?? 0n)).toBe(0.5)
    expect(numberOf(rate('2031-03-08T12:00:00')?.discount ?? 1n)).toBe(0)
  })

  it('takes a public holiday on a weekday for a holiday', () => {
    // Children's Day, a Tuesday; the day after is an ordinary Wednesday.
    expect(rate('2026-05-05T16:00:00')?.band).toBe('off_peak')
    expect(numberOf(rate('2026-05-05T12:00:00')?.discount ?? 0n)).toBe(0.5)
    expect(rate('2026-05-06T16:00:00')?.band).toBe('peak')
  })

  it('marks what could not be verified, and names its source', () => {
    for (const schedule of tariff.schedules) {
      expect(schedule.verified).toBe(false)
      expect(schedule.note).toContain('not verified')
      expect(schedule.sourceUrl).toMatch(/^https:/)
    }
  })
})

const HOURLY = Object.fromEntries(
  Array.from({ length: 24 }, (_, hour) => [`h${hour}`, String(hour + 1)]),
)
const two = (hour: number) => `${String(hour).padStart(2, '0')}:00`

/** A tariff whose price tells the hour on the clock. */
const clockTariff = (zone: string): Tariff => {
  const [tariff] = tariffList.parse([
    {
      name: 'clock',
      currency: 'EUR',
      time_zone: zone,
      schedules: [
        {
          from: '2020-01-01',
          verified: true,
          seasons: [
            {
              name: 'all',
              months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
              prices: HOURLY,
              days: {
                weekday: Array.from({ length: 24 }, (_, hour) => ({
                  from: two(hour),
                  until: two(hour + 1),
                  band: `h${hour}`,
                })),
              },
            },
          ],
        },
      ],
    },
  ])
  if (tariff === undefined) throw new Error('no tariff')
  return tariff
}

describe('a day on which the clock is changed', () => {
  const DAYS = [
    // Without the hour from 2 to 3, whose price is 3.
    ['Europe/Berlin', '2026-03-29', 23, 300 - 3],
    // With it twice.
    ['Europe/Berlin', '2026-10-25', 25, 300 + 3],
    ['America/Los_Angeles', '2026-03-08', 23, 300 - 3],
    ['Asia/Seoul', '2026-03-29', 24, 300],
  ] as const
  it.each(DAYS)('%s %s has %d hours, each billed as often as it is', (zone, date, hours, cost) => {
    const { start, end } = localDay(date, zone)
    expect((end.getTime() - start.getTime()) / HOUR).toBe(hours)
    expect(costOfKilowatt(clockTariff(zone), start.getTime(), end.getTime())).toBe(cost)
  })
})

describe('demand', () => {
  const rule = shippedTariff('kepco-industrial-b').schedules[0]?.demand
  if (rule === null || rule === undefined) throw new Error('no demand')

  it('of July is billed in October, when all other months were lower', () => {
    const months = Array.from({ length: 12 }, (_, index) => {
      const time = new Date(Date.UTC(2025, 10 + index, 1))
      return time.toISOString().slice(0, 7)
    })
    const peaks = new Map(months.map((month) => [month, month === '2026-07' ? 900 : 500]))
    expect(billedDemand(rule, peaks, '2026-10')).toEqual({ kilowatts: 900, setIn: '2026-07' })
    expect(numberOf(rule.price) * 900).toBe(5_841_000)
  })

  it('is forgotten after twelve months, and not remembered of months that do not count', () => {
    const peaks = new Map([
      ['2025-07', 900],
      ['2026-04', 800],
      ['2026-08', 500],
    ])
    expect(billedDemand(rule, peaks, '2026-08')).toEqual({ kilowatts: 500, setIn: '2026-08' })
    expect(billedDemand(rule, peaks, '2026-07')).toEqual({ kilowatts: 900, setIn: '2025-07' })
    expect(billedDemand(rule, new Map(), '2026-08')).toBeNull()
  })

  it('is not lower for a minute that was not measured, which is told', () => {
    const minutes = Array.from({ length: 15 }, (_, minute) => ({
      from: minute * 60,
      until: (minute + 1) * 60,
      watts: minute === 7 || minute === 8 ? null : 300_000,
    }))
    const [demand] = demandsOf(minutes)
    expect(demand?.kilowatts).toBe(300)
    expect(demand?.coverage).toBeCloseTo(13 / 15, 12)
  })

  it('is that of the highest interval on the clock', () => {
    const steps = [
      { from: 600, until: 1200, watts: 1000 },
      { from: 1200, until: 1800, watts: 4000 },
    ]
    // 00:15 to 00:30: five minutes of one kilowatt and ten of four.
    expect(highestDemand(demandsOf(steps))).toMatchObject({ from: 900, kilowatts: 3 })
  })
})
