import type { Labels, Sample } from '../../promql/samples.ts'
import { numberOf } from './rows.ts'

/** A row of an earlier answer: its labels, and how a row that has them begins. */
export interface KnownRow {
  readonly labels: Labels
  /** Made when it is first compared with. */
  beginning: string | undefined
}

/** Reads the rows of a vector that are known from the last answer to the same query. */
export interface KnownRowReader<Row = Sample> {
  /**
   * Reads from the start of a batch as long as rows come as they came before. Gives the place of the first that
   * does not, or the length of the batch.
   */
  read(batch: string, into: Row[]): number
  /** Rows of the answer that were read in another way. */
  add(rows: readonly Row[]): void
  /** The rows of this answer, for the next. */
  rows(): readonly KnownRow[]
}

/** How far from its place a row is looked for. When a node has gone, as many rows are missing as it had cards. */
const REACH = 16
/** The codes of `]}`, with which a row ends, and of the comma between two. */
const BRACKET = 93
const BRACE = 125
const COMMA = 44

/**
 * From one answer to the next only the values change: the rows have the same labels and come in the same order. To
 * compare a piece of text takes a twentieth of the time of parsing it, and labels that are the same objects again
 * need no new memory. `before` are the rows of the last answer.
 */
export function knownRowReader(before: readonly KnownRow[]): KnownRowReader {
  const rows: KnownRow[] = []
  let next = 0
  let clock = NO_CLOCK

  /** Reads one row and gives where it ends; undefined, and nothing read, when it is not the expected one. */
  const readRow = (batch: string, start: number, into: Sample[]): number | undefined => {
    const row = before[next]
    if (row === undefined || !isAt(batch, start, beginningOf(row))) return undefined
    const from = start + beginningOf(row).length
    if (!batch.startsWith(clock.text, from)) clock = clockAt(batch, from)
    const valueStart = from + clock.text.length
    const end = batch.indexOf('"', valueStart)
    const value = numberOf(batch.slice(valueStart, end))
    if (value === undefined || end < 0 || clock === NO_CLOCK || !isEnd(batch, end)) return undefined
    into.push({ labels: row.labels, seconds: clock.seconds, value })
    rows.push(row)
    next += 1
    return end + 3
  }

  return {
    read(batch, into) {
      next = placeOf(batch, before, next)
      let start = 0
      while (start < batch.length) {
        const end = readRow(batch, start, into)
        if (end === undefined) return start
        start = end + 1
      }
      return batch.length
    },
    add(others) {
      for (const { labels } of others) rows.push({ labels, beginning: undefined })
      next += others.length
    },
    rows: () => rows,
  }
}

/** The place of the row with which a batch begins; the expected one when it is not near it. */
function placeOf(batch: string, before: readonly KnownRow[], expected: number): number {
  const isHere = (place: number): boolean => {
    const row = before[place]
    return row !== undefined && isAt(batch, 0, beginningOf(row))
  }
  for (let distance = 0; distance <= REACH; distance += 1) {
    const place = [expected + distance, expected - distance].find(isHere)
    if (place !== undefined) return place
  }
  return expected
}

const isAt = (batch: string, start: number, text: string): boolean =>
  batch.slice(start, start + text.length) === text

function beginningOf(row: KnownRow): string {
  return (row.beginning ??= `{"metric":${JSON.stringify(row.labels)},"value":[`)
}

/** Whether a row ends with the quote here, and another follows or nothing. Without a piece of text for each row. */
function isEnd(batch: string, at: number): boolean {
  if (batch.charCodeAt(at + 1) !== BRACKET || batch.charCodeAt(at + 2) !== BRACE) return false
  return at + 3 === batch.length || batch.charCodeAt(at + 3) === COMMA
}

interface Clock {
  /** The time as it stands in each row, with the beginning of the value behind it. */
  readonly text: string
  readonly seconds: number
}

const NO_CLOCK: Clock = { text: 'no time yet', seconds: Number.NaN }
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** All samples of an instant have one time, so it is read once and then compared with. */
function clockAt(batch: string, start: number): Clock {
  const comma = batch.indexOf(',', start)
  const time = batch.slice(start, comma)
  const isTime = batch.startsWith(',"', comma) && NUMBER.test(time)
  return isTime ? { text: `${time},"`, seconds: Number(time) } : NO_CLOCK
}
