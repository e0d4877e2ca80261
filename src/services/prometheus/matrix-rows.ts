import type { Series } from '../../promql/samples.ts'
import type { KnownRowReader } from './known-rows.ts'
import { plainNumber, skip, type Cursor } from './plain-number.ts'
import { labelsOf, numberOf } from './rows.ts'

const START = '{"metric":'
/** What ends the labels of every row. A quote within a text is always escaped, so no label has it in its value. */
const LABELS_END = '},"'
const MIDDLE = '},"values":[['

const QUOTE = 34
const COMMA = 44
const OPEN = 91
const CLOSE = 93
const BRACE = 125

/**
 * Reads the rows of a matrix without an array and a text for each of its points, of which an answer has millions. What
 * is written in another way than Prometheus writes it is left to be parsed as JSON.
 */
export function matrixRowReader(): Pick<KnownRowReader<Series>, 'read' | 'add'> {
  const points = createPoints()
  return {
    read(text, into) {
      const cursor: Cursor = { text, at: 0 }
      for (let start = 0; ; start = cursor.at) {
        const row = readRow(cursor, points)
        const isLast = cursor.at === text.length
        if (row === undefined || (!isLast && !skip(cursor, COMMA))) return start
        into.push(row)
        if (isLast) return text.length
      }
    },
    add: () => undefined,
  }
}

type PointList = ReturnType<typeof createPoints>

/** The row that is next; undefined, and the cursor anywhere, when it is written in another way. */
function readRow(cursor: Cursor, points: PointList): Series | undefined {
  const { text, at } = cursor
  const middle = text.indexOf(LABELS_END, at)
  if (!text.startsWith(START, at) || !text.startsWith(MIDDLE, middle)) return undefined
  cursor.at = middle + MIDDLE.length
  if (!readPoints(cursor, points)) return undefined
  const labels = parsed(text.slice(at + START.length, middle + 1))
  return labels === undefined ? undefined : { labels: labelsOf(labels), ...points.columns() }
}

/** All points of a row and its end. Whether they were there. */
function readPoints(cursor: Cursor, points: PointList): boolean {
  points.clear()
  while (readPoint(cursor, points)) {
    if (skip(cursor, COMMA) && skip(cursor, OPEN)) continue
    return skip(cursor, CLOSE) && skip(cursor, BRACE)
  }
  return false
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What is wrong with it is told by whoever reads all of it.
    return undefined
  }
}

/** One `1700000000.5,"1.5"]`. Whether there was one. */
function readPoint(cursor: Cursor, points: PointList): boolean {
  const time = plainNumber(cursor)
  if (time === undefined || !skip(cursor, COMMA) || !skip(cursor, QUOTE)) return false
  const value = readValue(cursor)
  if (value === undefined || !skip(cursor, QUOTE) || !skip(cursor, CLOSE)) return false
  points.add(time, value)
  return true
}

function readValue(cursor: Cursor): number | undefined {
  const { text, at: start } = cursor
  const plain = plainNumber(cursor)
  if (plain !== undefined && text.charCodeAt(cursor.at) === QUOTE) return plain
  cursor.at = text.indexOf('"', start)
  return cursor.at < 0 ? undefined : numberOf(text.slice(start, cursor.at))
}

/** Points as they come, in memory that is used again for every row. */
function createPoints() {
  let pairs = new Float64Array(1024)
  let length = 0
  return {
    clear: () => {
      length = 0
    },
    add: (time: number, value: number) => {
      if (length === pairs.length) pairs = enlarged(pairs)
      pairs[length] = time
      pairs[length + 1] = value
      length += 2
    },
    /** Times and values apart. One allocation for both: an answer has tens of thousands of series. */
    columns: (): Pick<Series, 'seconds' | 'values'> => {
      const count = length / 2
      const both = new Float64Array(length)
      for (let index = 0; index < count; index += 1) {
        both[index] = pairs[index * 2] ?? Number.NaN
        both[count + index] = pairs[index * 2 + 1] ?? Number.NaN
      }
      return { seconds: both.subarray(0, count), values: both.subarray(count) }
    },
  }
}

function enlarged(pairs: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(pairs.length * 2)
  larger.set(pairs)
  return larger
}
