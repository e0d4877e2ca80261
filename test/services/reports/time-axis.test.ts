import { describe, expect, it } from 'vitest'
import { localDay } from '../../../src/analysis/power/local-days.ts'
import { marksOf } from '../../../src/services/reports/pdf/axis.ts'
import { wordingOf } from '../../../src/services/reports/wording.ts'

function marks(zone: string, first: string, last: string) {
  const scale = {
    from: localDay(first, zone).start.getTime() / 1000,
    until: localDay(last, zone).end.getTime() / 1000,
  }
  return marksOf(scale, zone, wordingOf('en', zone))
}

const texts = (...args: Parameters<typeof marks>) => marks(...args).map(({ text }) => text)

describe('the axis of time', () => {
  it('names each day of some days once', () => {
    expect(texts('UTC', '2026-11-20', '2026-11-23')).toEqual([
      '11-20',
      '11-21',
      '11-22',
      '11-23',
      '11-24',
    ])
  })

  it.each([
    ['Europe/Berlin', '2026-10-23', '2026-10-27'],
    ['Europe/Berlin', '2026-03-27', '2026-03-31'],
    ['America/New_York', '2026-10-30', '2026-11-03'],
    ['Asia/Seoul', '2026-11-01', '2026-11-06'],
  ])('stands at the midnights of %s from %s to %s', (zone, first, last) => {
    const words = wordingOf('en', zone)
    const all = marks(zone, first, last)
    expect(new Set(all.map(({ text }) => text)).size).toBe(all.length)
    for (const { time, text } of all)
      expect(words.time(new Date(time * 1000)).slice(5)).toBe(`${text} 00:00`)
  })

  it('has hours on a day, the one that comes twice included', () => {
    expect(texts('Europe/Berlin', '2026-10-25', '2026-10-25')).toEqual([
      '00:00',
      '02:00',
      '05:00',
      '08:00',
      '11:00',
      '14:00',
      '17:00',
      '20:00',
      '23:00',
    ])
  })

  it('has at most twelve marks on a year', () => {
    expect(texts('UTC', '2026-01-01', '2026-12-31').length).toBeLessThanOrEqual(12)
  })
})
