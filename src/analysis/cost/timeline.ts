import type { Decimal } from './decimal.ts'
import { intensityPeriods, type IntensitySeries, type IntensityValue } from './intensity.ts'
import { localDay } from '../power/local-days.ts'
import { datesOf, type PriceBook } from './price-book.ts'
import { ratePeriods, type Rate } from './rate.ts'
import type { Schedule, Tariff } from './tariff.ts'

/** Time in which a kWh costs and emits the same, and which belongs to one period of the answer. */
export interface Slot {
  /** Null where no tariff has a price. */
  readonly rate: Rate | null
  /** kg CO₂ for a kWh; null where nobody knows it. */
  readonly kgPerKwh: Decimal | null
  readonly estimated: boolean
  /** The last local date before it on which a price of the book changed; empty before the first. */
  readonly bookDate: string
  /** Which period of the answer it belongs to. */
  readonly bucket: number
}

/** How many seconds of a step belong to a slot. */
export interface Share {
  readonly slot: number
  readonly seconds: number
}

/** The prices of a window, step by step. */
export interface Timeline {
  readonly slots: readonly Slot[]
  /** For each step, the slots that it lies in. They add up to the step. */
  readonly steps: readonly (readonly Share[])[]
}

/** Equal steps in time, in unix seconds: the first begins at `from`. */
export interface Steps {
  readonly from: number
  readonly stepSeconds: number
  readonly count: number
}

/** What holds for the energy of a cluster. */
export interface Rates {
  readonly tariff: Tariff | null
  readonly intensity: IntensitySeries | null
  readonly book?: PriceBook | null
  /** Where the periods of the answer begin, in order, in unix seconds; the first one at or before the window. */
  readonly edges: readonly number[]
}

interface Piece {
  readonly from: number
  readonly until: number
  readonly slot: number
}

/** The steps of a window with their prices and intensities: a step across an edge is divided by time. */
export function timelineOf(steps: Steps, rates: Rates): Timeline {
  const { pieces, slots } = piecesOf(steps, rates)
  const shares: (readonly Share[])[] = []
  let piece = 0
  for (let step = 0; step < steps.count; step += 1) {
    const from = steps.from + step * steps.stepSeconds
    const until = from + steps.stepSeconds
    while ((pieces[piece]?.until ?? Infinity) <= from) piece += 1
    shares.push(sharesOf(pieces, { first: piece, from, until }))
  }
  return { slots, steps: shares }
}

function sharesOf(
  pieces: readonly Piece[],
  { first, from, until }: { readonly first: number; readonly from: number; readonly until: number },
): readonly Share[] {
  const shares: Share[] = []
  for (let index = first; (pieces[index]?.from ?? Infinity) < until; index += 1) {
    const piece = pieces[index]
    if (piece === undefined) break
    const seconds = Math.min(until, piece.until) - Math.max(from, piece.from)
    if (seconds > 0) shares.push({ slot: piece.slot, seconds })
  }
  return shares
}

interface Pieces {
  readonly pieces: readonly Piece[]
  readonly slots: readonly Slot[]
}

function piecesOf(steps: Steps, { tariff, intensity, book = null, edges }: Rates): Pieces {
  const span = { from: steps.from, until: steps.from + steps.count * steps.stepSeconds }
  const prices = tariff === null ? [{ ...span, rate: null }] : pricesOf(tariff, span)
  const values = intensity === null ? [{ ...span, value: null }] : intensityPeriods(intensity, span)
  const dates = bookPeriods(book, span)
  const starts = [...prices, ...values, ...dates].map(({ from }) => from)
  const cuts = [...new Set([...starts, ...edges.filter((edge) => edge > span.from)])]
    .filter((cut) => cut < span.until)
    .sort((a, b) => a - b)
  const slots = slotList()
  const price = walker(prices)
  const value = walker(values)
  const dated = walker(dates)
  const pieces = cuts.map((from, index) => {
    const slot = slots.placeOf({
      rate: price(from)?.rate ?? null,
      ...emissionOf(value(from)?.value),
      bookDate: dated(from)?.date ?? '',
      bucket: bucketOf(edges, from),
    })
    return { from, until: cuts[index + 1] ?? span.until, slot }
  })
  return { pieces, slots: slots.all }
}

function emissionOf(
  value: IntensityValue | null | undefined,
): Pick<Slot, 'kgPerKwh' | 'estimated'> {
  if (value === null || value === undefined) return { kgPerKwh: null, estimated: false }
  return { kgPerKwh: value.kgPerKwh, estimated: value.estimated }
}

function pricesOf(tariff: Tariff, { from, until }: { from: number; until: number }) {
  return ratePeriods(tariff, { from: from * 1000, until: until * 1000 }).map((period) => ({
    from: period.from / 1000,
    until: period.until / 1000,
    rate: period.rate,
  }))
}

/** The stretches of a window in which no price of a book changes. */
function bookPeriods(book: PriceBook | null, span: { from: number; until: number }) {
  if (book === null) return [{ ...span, date: '' }]
  const changes = datesOf(book)
    .map((date) => ({ date, from: localDay(date, book.zone).start.getTime() / 1000 }))
    .filter(({ from }) => from < span.until)
  const before = changes.filter(({ from }) => from <= span.from).at(-1)
  const periods = [
    { from: span.from, date: before?.date ?? '' },
    ...changes.filter(({ from }) => from > span.from),
  ]
  return periods.map((period, index) => ({
    ...period,
    until: periods[index + 1]?.from ?? span.until,
  }))
}

/** Finds the period of times that come in order. */
function walker<Period extends { readonly until: number }>(periods: readonly Period[]) {
  let index = 0
  return (time: number): Period | undefined => {
    while ((periods[index]?.until ?? Infinity) <= time) index += 1
    return periods[index]
  }
}

function bucketOf(edges: readonly number[], time: number): number {
  const after = edges.findIndex((edge) => edge > time)
  return Math.max(0, after === -1 ? edges.length - 1 : after - 1)
}

/** Every slot once: those that cost and emit the same in one period are one. */
function slotList() {
  const all: Slot[] = []
  const places = new Map<string, number>()
  const rates = rateNumbers()
  return {
    all,
    placeOf(slot: Slot): number {
      const { kgPerKwh, estimated, bookDate, bucket } = slot
      const key = [rates(slot.rate), String(kgPerKwh), estimated, bookDate, bucket].join(' ')
      const place = places.get(key) ?? all.push(slot) - 1
      places.set(key, place)
      return place
    },
  }
}

/** A number for each rate, equal for equal ones. */
function rateNumbers() {
  const schedules = new Map<Schedule, number>()
  return (rate: Rate | null): string => {
    if (rate === null) return ''
    const schedule = schedules.get(rate.schedule) ?? schedules.size
    schedules.set(rate.schedule, schedule)
    return [schedule, rate.season, rate.band, rate.price].join('/')
  }
}
