import { describe, expect, it } from 'vitest'
import { bucketsOf, evenStep } from '../../../src/analysis/report/buckets.ts'
import { addMonths, isDate, mondayOf } from '../../../src/analysis/report/dates.ts'
import { periodsOf, type PeriodRequest } from '../../../src/analysis/report/period.ts'
import { KCloudError } from '../../../src/kernel/errors.ts'

const NOW = new Date('2026-11-28T16:00:00Z')

const told = (request: Partial<PeriodRequest>, now = NOW) => {
  const { period, previous } = periodsOf({ template: 'daily', timezone: 'UTC', ...request }, now)
  return [period, previous].map(
    ({ first, last, start, end }) =>
      `${first} ${last} ${start.toISOString().slice(0, 16)} ${end.toISOString().slice(0, 16)}`,
  )
}

const refusal = (request: Partial<PeriodRequest>) => {
  try {
    told(request)
  } catch (error) {
    if (error instanceof KCloudError)
      return [error.kind, ...error.errors.map(({ pointer }) => pointer)]
    throw error
  }
  throw new Error('it was not refused')
}

describe('the period of a report', () => {
  it.each([
    [
      {},
      [
        '2026-11-27 2026-11-27 2026-11-27T00:00 2026-11-28T00:00',
        '2026-11-26 2026-11-26 2026-11-26T00:00 2026-11-27T00:00',
      ],
    ],
    [
      { timezone: 'Asia/Seoul' },
      [
        '2026-11-28 2026-11-28 2026-11-27T15:00 2026-11-28T15:00',
        '2026-11-27 2026-11-27 2026-11-26T15:00 2026-11-27T15:00',
      ],
    ],
    [
      { template: 'weekly' },
      [
        '2026-11-16 2026-11-22 2026-11-16T00:00 2026-11-23T00:00',
        '2026-11-09 2026-11-15 2026-11-09T00:00 2026-11-16T00:00',
      ],
    ],
    [
      { template: 'monthly' },
      [
        '2026-10-01 2026-10-31 2026-10-01T00:00 2026-11-01T00:00',
        '2026-09-01 2026-09-30 2026-09-01T00:00 2026-10-01T00:00',
      ],
    ],
    [
      { template: 'weekly', start_date: '2026-11-04' },
      [
        '2026-11-04 2026-11-10 2026-11-04T00:00 2026-11-11T00:00',
        '2026-10-28 2026-11-03 2026-10-28T00:00 2026-11-04T00:00',
      ],
    ],
    [
      { template: 'custom', start_date: '2026-11-01', end_date: '2026-11-03' },
      [
        '2026-11-01 2026-11-03 2026-11-01T00:00 2026-11-04T00:00',
        '2026-10-29 2026-10-31 2026-10-29T00:00 2026-11-01T00:00',
      ],
    ],
    [
      { template: 'monthly', end_date: '2026-02-28' },
      [
        '2026-02-01 2026-02-28 2026-02-01T00:00 2026-03-01T00:00',
        '2026-01-01 2026-01-31 2026-01-01T00:00 2026-02-01T00:00',
      ],
    ],
  ] as const)('is whole days of the zone: %j', (request, expected) => {
    expect(told(request)).toEqual(expected)
  })

  it('ends with the last quarter of an hour that is over, and is compared with as much time', () => {
    expect(told({ start_date: '2026-11-28' }, new Date('2026-11-28T16:07:00Z'))).toEqual([
      '2026-11-28 2026-11-28 2026-11-28T00:00 2026-11-28T16:00',
      '2026-11-27 2026-11-27 2026-11-27T00:00 2026-11-27T16:00',
    ])
  })

  it.each([
    ['2026-03-29', 'Europe/Berlin', 23, 92],
    ['2026-10-25', 'Europe/Berlin', 25, 100],
    ['2026-10-25', 'Asia/Seoul', 24, 96],
    ['2026-10-04', 'Australia/Lord_Howe', 23.5, 94],
  ])('has %s in %s with %d hours, filled by its steps', (date, timezone, hours, steps) => {
    const { period } = periodsOf({ template: 'daily', start_date: date, timezone }, NOW)
    const [bucket] = bucketsOf(period)
    const seconds = (period.end.getTime() - period.start.getTime()) / 1000
    expect(seconds / 3600).toBe(hours)
    expect(seconds / (bucket?.stepSeconds ?? 1)).toBe(steps)
    expect(seconds % (bucket?.coarseSeconds ?? 1)).toBe(0)
  })

  it('has buckets that follow one another without a gap', () => {
    const request = {
      template: 'custom',
      start_date: '2026-02-01',
      end_date: '2026-10-31',
    } as const
    const { period } = periodsOf({ ...request, timezone: 'Europe/Berlin' }, NOW)
    const buckets = bucketsOf(period)
    expect(buckets[0]?.start).toEqual(period.start)
    expect(buckets.at(-1)?.end).toEqual(period.end)
    for (const [index, { end }] of buckets.slice(0, -1).entries())
      expect(buckets[index + 1]?.start).toEqual(end)
  })

  it.each([
    [{ template: 'custom' }, ['/query/start_date', '/query/end_date']],
    [{ template: 'custom', start_date: '2026-11-01' }, ['/query/end_date']],
    [{ template: 'custom', start_date: '2026-11-03', end_date: '2026-11-01' }, ['/query/end_date']],
    [{ template: 'custom', start_date: '2025-01-01', end_date: '2026-11-01' }, ['/query/end_date']],
    [{ start_date: '2026-02-30' }, ['/query/start_date']],
    [{ start_date: '2026-11-29' }, ['/query/start_date']],
    [{ template: 'weekly', start_date: '2026-11-02', end_date: '2026-11-09' }, ['/query/end_date']],
    [{ timezone: 'Mars/Olympus' }, ['/query/timezone']],
    [{ timezone: '+09:00' }, ['/query/timezone']],
    [{ timezone: 'Pacific/Apia', start_date: '2011-12-30' }, ['/query/start_date']],
  ] as const)('refuses %j and names what is wrong', (request, pointers) => {
    expect(refusal(request)).toEqual(['invalid_request', ...pointers])
  })
})

describe('dates', () => {
  it('know the calendar', () => {
    expect(isDate('2028-02-29')).toBe(true)
    expect(isDate('2026-02-29')).toBe(false)
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28')
    expect(addMonths('2026-03-31', -1)).toBe('2026-02-28')
    expect(mondayOf('2026-11-29')).toBe('2026-11-23')
    expect(mondayOf('2026-11-23')).toBe('2026-11-23')
  })

  it('fill a time with even steps', () => {
    expect(evenStep(82_800, 21_600)).toBe(20_700)
    expect(evenStep(1, 900)).toBe(1)
    expect(evenStep(900, 21_600)).toBe(900)
  })
})
