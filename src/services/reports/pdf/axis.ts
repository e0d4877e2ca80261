import { addDays, daysBetween } from '../../../analysis/report/dates.ts'
import { dateOf } from '../../../analysis/report/figures.ts'
import { localDate, localDay } from '../../../analysis/power/local-days.ts'
import type { Wording } from '../wording.ts'
import { COLOURS } from './colours.ts'
import { line, type Sheet } from './page.ts'

/** A rectangle of the page that values are drawn in. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** How values and times lie in a box. */
export interface Scale {
  readonly box: Box
  readonly most: number
  readonly least: number
  readonly from: number
  readonly until: number
}

export const yOf = ({ box, most, least }: Scale, value: number): number =>
  box.y + box.height - ((value - least) / (most - least)) * box.height

export const xOf = ({ box, from, until }: Scale, seconds: number): number =>
  box.x + ((seconds - from) / Math.max(1, until - from)) * box.width

/** Round numbers from 0, or from a round number below the least, to one above the most. */
export function ticksOf(least: number, most: number, count = 4): readonly number[] {
  const rough = Math.max(most - least, 1e-9) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10)
  const first = Math.floor(least / step) * step
  const steps = Math.max(1, Math.ceil((most - first) / step - 1e-9))
  return Array.from({ length: steps + 1 }, (_, index) => first + index * step)
}

/** Lines at round values with their labels to the left, and what they are in. */
export function valueAxis(
  sheet: Sheet,
  scale: Scale,
  { ticks, unit }: { readonly ticks: readonly number[]; readonly unit: string },
): void {
  const { box } = scale
  const small = ticks.some((tick) => !Number.isInteger(tick))
  for (const tick of ticks) {
    const y = yOf(scale, tick)
    sheet.doc
      .moveTo(box.x, y)
      .lineTo(box.x + box.width, y)
      .lineWidth(0.5)
      .strokeColor(COLOURS.rule)
      .stroke()
    const text = sheet.words.number(tick, small ? 1 : 0)
    line(sheet, text, { x: box.x - 44, y: y - 4, width: 39, ...LABEL, align: 'right' })
  }
  line(sheet, unit, { x: box.x - 44, y: box.y - 15, width: 60, ...LABEL })
}

const LABEL = { size: 7, colour: COLOURS.soft } as const

const HOUR = 3600
/** Beyond two days and a change of the clocks, a mark is a date. */
const LONGEST_IN_HOURS = 49 * HOUR
const HOURS = [1, 2, 3, 4, 6]
const DAYS = [1, 2, 4, 7, 14, 28, 56]
const MOST_MARKS = 12

/** Times below a box: hours of a short time, dates of a long one, as the clocks of the zone show them. */
export function timeAxis(sheet: Sheet, scale: Scale): void {
  const { box } = scale
  for (const { time, text } of marksOf(scale, sheet.report.timezone, sheet.words)) {
    const x = xOf(scale, time)
    sheet.doc
      .moveTo(x, box.y + box.height)
      .lineTo(x, box.y + box.height + 3)
      .lineWidth(0.5)
      .strokeColor(COLOURS.faint)
      .stroke()
    line(sheet, text, {
      x: x - 25,
      y: box.y + box.height + 6,
      width: 50,
      ...LABEL,
      align: 'center',
    })
  }
}

interface Mark {
  readonly time: number
  readonly text: string
}

/**
 * The marks of a time: whole hours of a short one; of a longer one the days as the zone has them, each named once, be
 * they 23 or 25 hours long.
 */
export function marksOf(
  { from, until }: Pick<Scale, 'from' | 'until'>,
  zone: string,
  words: Pick<Wording, 'time'>,
): readonly Mark[] {
  const length = until - from
  if (length <= LONGEST_IN_HOURS) {
    const step = HOUR * (HOURS.find((hours) => length / hours / HOUR <= MOST_MARKS) ?? 6)
    return Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => {
      const time = from + index * step
      return { time, text: words.time(dateOf(time)).slice(11) }
    })
  }
  const first = localDate(dateOf(from), zone)
  const days = daysBetween(first, localDate(dateOf(until), zone))
  const step = DAYS.find((each) => days / each <= MOST_MARKS) ?? 112
  return Array.from({ length: Math.floor(days / step) + 1 }, (_, index) => {
    const date = addDays(first, index * step)
    return { time: localDay(date, zone).start.getTime() / 1000, text: date.slice(5) }
  }).filter(({ time }) => time >= from && time <= until)
}

/** What the colours mean, to the right above a box. */
export function legend(
  sheet: Sheet,
  box: Pick<Box, 'x' | 'y' | 'width'>,
  entries: readonly (readonly [colour: string, text: string])[],
): void {
  sheet.doc.font('regular').fontSize(7.5)
  let x = box.x + box.width
  for (const [colour, text] of [...entries].reverse()) {
    const width = sheet.doc.font('regular').fontSize(7.5).widthOfString(text)
    x -= width
    line(sheet, text, { x, y: box.y, width: width + 1, size: 7.5, colour: COLOURS.soft })
    x -= 10
    sheet.doc.rect(x, box.y + 1, 6.5, 6.5).fill(colour)
    x -= 9
  }
}
