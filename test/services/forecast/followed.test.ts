import { describe, expect, it } from 'vitest'
import { persistence } from '../../../src/analysis/forecast/members.ts'
import { createFollowedSeries, type SeriesNow } from '../../../src/services/forecast/followed.ts'

/** Forecasts some windows of one series in turn, and counts how often models were fitted. */
function forecasts() {
  const all = createFollowedSeries()
  let fits = 0
  const ask = (series: Partial<SeriesNow> & Pick<SeriesNow, 'values'>) => {
    const now = { key: 'a', start: 0, day: 24, rung: 'full', columns: new Map(), ...series }
    const { forecast } = all.assess(now, () => {
      fits += 1
      return { horizon: 2, day: 24, members: [persistence(2)], mostOrigins: 8 }
    })
    return [...forecast]
  }
  return { ask, fits: () => fits }
}

const hours = (from: number, to: number, change = (value: number) => value) =>
  Float64Array.from({ length: to - from }, (_, at) => change(100 + from + at))

describe('series that go on', () => {
  it('are forecast from what is new, without another fit', () => {
    const { ask, fits } = forecasts()
    expect(ask({ values: hours(0, 100) })).toEqual([199, 199])
    expect(ask({ values: hours(0, 100) })).toEqual([199, 199])
    // The window has moved on by three hours.
    expect(ask({ start: 3, values: hours(3, 103) })).toEqual([202, 202])
    expect(fits()).toBe(1)
  })

  it.each<[string, Partial<SeriesNow> & Pick<SeriesNow, 'values'>]>([
    ['a value is another than it was', { values: hours(0, 101, (v) => (v === 150 ? 0 : v)) }],
    ['the last value was corrected', { values: hours(0, 100, (v) => (v === 199 ? 180 : v)) }],
    ['values are gone', { values: hours(0, 99) }],
    ['there are earlier ones', { start: -1, values: hours(-1, 100) }],
    ['nothing of it is known', { start: 500, values: hours(500, 600) }],
    ['there is history enough for other models', { values: hours(0, 101), rung: 'other' }],
    ['a week has passed', { start: 169, values: hours(169, 269) }],
    ['the series is another', { key: 'b', values: hours(0, 100) }],
  ])('are fitted again when %s', (_, next) => {
    const { ask, fits } = forecasts()
    ask({ values: hours(0, 100) })
    const last = next.values.at(-1)
    expect(ask(next)).toEqual([last, last])
    expect(fits()).toBe(2)
  })

  it('are forgotten when many others were asked for', () => {
    const { ask, fits } = forecasts()
    for (let at = 0; at < 33; at += 1) ask({ key: `s${at}`, values: hours(0, 60) })
    ask({ key: 's32', values: hours(0, 61) })
    expect(fits()).toBe(33)
    ask({ key: 's0', values: hours(0, 60) })
    expect(fits()).toBe(34)
  })
})
