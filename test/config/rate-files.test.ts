import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ConfigError, readConfig } from '../../src/config.ts'

const LEAST = {
  API_AUTH_USERNAME: 'monitor',
  API_AUTH_PASSWORD: 'long enough',
  PROMETHEUS_URL: 'http://prometheus:9090',
}

type RateFile = 'TARIFF_FILE' | 'CARBON_INTENSITY_FILE' | 'NODE_PRICE_FILE'

/** What is said of a file, without its name. */
function mistakesIn(variable: RateFile, text: string) {
  const dir = mkdtempSync(join(tmpdir(), 'rates-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  const file = join(dir, 'rates.json')
  writeFileSync(file, text)
  try {
    readConfig({ ...LEAST, COST_CURRENCY: 'KRW', [variable]: file }, { demo: false })
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.mistakes.map((mistake) => {
      expect(mistake.variable).toBe(variable)
      expect(mistake.detail).toContain(`${file}: `)
      return mistake.detail.replace(`${file}: `, '')
    })
  }
}

const season = {
  name: 'all',
  months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  prices: { low: '95.7', high: '155' },
  days: {
    weekday: [
      { from: '21:00', until: '15:00', band: 'low' },
      { from: '15:00', until: '21:00', band: 'high' },
    ],
    weekend: [{ from: '00:00', until: '24:00', band: 'low' }],
  },
}
const schedule = { from: '2026-04-16', verified: true, seasons: [season] }
const tariff = { name: 'contract', currency: 'KRW', time_zone: 'Asia/Seoul', schedules: [schedule] }
const withSeason = (changed: object) =>
  JSON.stringify([
    { ...tariff, schedules: [{ ...schedule, seasons: [{ ...season, ...changed }] }] },
  ])

describe('a file of tariffs', () => {
  it('may be right', () => {
    expect(mistakesIn('TARIFF_FILE', JSON.stringify([tariff]))).toEqual([])
  })

  it.each<readonly [what: string, text: string, place: RegExp]>([
    ['is not JSON', '[{', /^must be JSON/],
    [
      'has a price that is none',
      withSeason({ prices: { low: 'cheap', high: '1' } }),
      /^\[0\]\.schedules\[0\]\.seasons\[0\]\.prices\.low must be an amount/,
    ],
    [
      'has a band without a price',
      withSeason({ prices: { low: '1' } }),
      /^\[0\]\.schedules\[0\]\.seasons\[0\].*high/,
    ],
    [
      'leaves hours of the day open',
      withSeason({
        days: { ...season.days, weekend: [{ from: '00:00', until: '20:00', band: 'low' }] },
      }),
      /^\[0\]\.schedules\[0\]\.seasons\[0\]\.days\.weekend/,
    ],
    [
      'has a month twice',
      withSeason({ months: [1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] }),
      /^\[0\]\.schedules\[0\]\.seasons/,
    ],
    [
      'has no such zone',
      JSON.stringify([{ ...tariff, time_zone: 'Asia/Soul' }]),
      /^\[0\]\.time_zone must be the IANA name/,
    ],
    [
      'has another currency',
      JSON.stringify([{ ...tariff, currency: 'USD' }]),
      /contract is in USD, and COST_CURRENCY is KRW/,
    ],
    [
      'has a day that is none',
      JSON.stringify([{ ...tariff, schedules: [{ ...schedule, from: '2026-02-30' }] }]),
      /^\[0\]\.schedules\[0\]\.from must be a date/,
    ],
    ['has an unknown field', JSON.stringify([{ ...tariff, discount: 1 }]), /discount/],
  ])('that %s is refused with its place', (_what, text, place) => {
    const mistakes = mistakesIn('TARIFF_FILE', text)
    expect(mistakes.join('\n')).toMatch(place)
  })
})

const series = {
  name: 'grid',
  kind: 'average',
  valid_for: '1h',
  values: [{ from: '2026-11-20T00:00:00+09:00', g_per_kwh: 412 }],
}

describe('a file of intensities', () => {
  it.each<readonly [what: string, changed: object, place: RegExp]>([
    ['mixes kinds', { kind: 'both' }, /^\[0\]\.kind must be average or marginal/],
    [
      'has a time without a zone',
      { values: [{ from: '2026-11-20T00:00:00', g_per_kwh: 1 }] },
      /^\[0\]\.values\[0\]\.from must be a time/,
    ],
    [
      'has two units',
      { values: [{ from: '2026-11-20T00:00:00Z', g_per_kwh: 1, kg_per_kwh: 1 }] },
      /^\[0\]\.values\[0\] must have one of/,
    ],
    [
      'is below nothing',
      { values: [{ from: '2026-11-20T00:00:00Z', g_per_kwh: -1 }] },
      /^\[0\]\.values\[0\]\.g_per_kwh must be an amount/,
    ],
  ])('that %s is refused with its place', (_what, changed, place) => {
    const mistakes = mistakesIn(
      'CARBON_INTENSITY_FILE',
      JSON.stringify([{ ...series, ...changed }]),
    )
    expect(mistakes.join('\n')).toMatch(place)
  })
})

const price = { from: '2026-01-01', per_hour: '10', gpu_share: '0.85' }
const book = {
  name: 'lease',
  currency: 'KRW',
  time_zone: 'Asia/Seoul',
  verified: true,
  electricity: 'extra',
  classes: [{ name: 'gpu', gpu_models: ['*A100*'], prices: [price] }],
}
const withPrice = (...prices: readonly object[]) =>
  JSON.stringify([{ ...book, classes: [{ ...book.classes[0], prices }] }])

describe('a file of price books', () => {
  it('may be right', () => {
    expect(mistakesIn('NODE_PRICE_FILE', JSON.stringify([book]))).toEqual([])
  })

  it.each<readonly [what: string, text: string, place: RegExp]>([
    ['is no list', '{}', /^must be a list of price books/],
    ['has another currency', JSON.stringify([{ ...book, currency: 'USD' }]), /lease is in USD/],
    [
      'does not say whether it was compared',
      JSON.stringify([{ ...book, verified: undefined }]),
      /^\[0\]\.verified must be true or false/,
    ],
    [
      'does not say who pays for electricity',
      JSON.stringify([{ ...book, electricity: undefined }]),
      /^\[0\]\.electricity must be included/,
    ],
    ['prices nothing', JSON.stringify([{ ...book, classes: [] }]), /^\[0\] must have a price/],
    [
      'has a price below nothing',
      withPrice({ ...price, per_hour: '-1' }),
      /^\[0\]\.classes\[0\]\.prices\[0\]\.per_hour must be an amount/,
    ],
    [
      'has a price of nothing',
      withPrice({ from: '2026-01-01' }),
      /^\[0\]\.classes\[0\]\.prices\[0\] must have per_hour, spot_per_hour or both/,
    ],
    [
      'has shares of more than the whole',
      withPrice({ ...price, storage_share: '0.2' }),
      /^\[0\]\.classes\[0\]\.prices\[0\] must have shares that are at most 1/,
    ],
    [
      'has a share above 1',
      withPrice({ ...price, gpu_share: '1.5' }),
      /prices\[0\]\.gpu_share must be a share, 0 to 1/,
    ],
    [
      'has two prices at one time',
      withPrice({ ...price, until: '2026-06-02' }, { ...price, from: '2026-06-01' }),
      /^\[0\]\.classes\[0\]\.prices must not overlap in time/,
    ],
    [
      'has a price that ends before it begins',
      withPrice({ ...price, until: '2025-12-31' }),
      /prices\[0\] must end after it begins/,
    ],
    [
      'has a class twice',
      JSON.stringify([{ ...book, classes: [book.classes[0], book.classes[0]] }]),
      /^\[0\]\.classes has gpu twice/,
    ],
    [
      'has no such zone',
      JSON.stringify([{ ...book, time_zone: 'Asia/Soul' }]),
      /^\[0\]\.time_zone must be the IANA name/,
    ],
    ['has an unknown field', withPrice({ ...price, gpu_price: '1' }), /gpu_price/],
  ])('that %s is refused with its place', (_what, text, place) => {
    expect(mistakesIn('NODE_PRICE_FILE', text).join('\n')).toMatch(place)
  })
})
