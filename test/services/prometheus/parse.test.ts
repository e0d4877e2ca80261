import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isBackendError } from '../../../src/kernel/errors.ts'
import {
  matrixParser,
  vectorParser,
  type BodyParser,
  type Parsed,
} from '../../../src/services/prometheus/parse.ts'
import { matrixBody, vectorBody, type FakeRow } from '../../support/fake-prometheus.ts'

function parse<Row>(parser: BodyParser<Row>, chunks: readonly Uint8Array[]): Parsed<Row> {
  for (const chunk of chunks) parser.push(chunk)
  return parser.end()
}

const whole = <Row>(parser: BodyParser<Row>, text: string): Parsed<Row> =>
  parse(parser, [Buffer.from(text)])

/** Cuts a body where the sizes say, again and again. */
function chop(body: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  let at = 0
  for (let i = 0; at < body.length; i += 1) {
    const size = sizes[i % sizes.length]!
    chunks.push(body.subarray(at, at + size))
    at += size
  }
  return chunks
}

const kindOf = (run: () => unknown): string => {
  try {
    run()
    return 'no error'
  } catch (error) {
    return isBackendError(error) ? error.kind : `not ours: ${String(error)}`
  }
}

/** Label values that look like the boundary, like JSON, and like anything else. */
const labelValue = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.toWellFormed()),
  fc.constantFrom('},{"metric":', '"},{"metric":{', '\\', '"', '{"metric":', '한국어 노드', '😀'),
)
const labels = fc.dictionary(
  fc.constantFrom('a', 'metric', 'value', '__name__', 'node'),
  labelValue,
)
const value = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0),
)
const vector: fc.Arbitrary<readonly FakeRow[]> = fc.array(fc.record({ labels, value }), {
  maxLength: 8,
})
const point = fc.tuple(fc.integer({ min: 0, max: 2 ** 31 }), value)
const matrix: fc.Arbitrary<readonly FakeRow[]> = fc.array(
  fc.record({ labels, points: fc.array(point, { maxLength: 5 }) }),
  { maxLength: 6 },
)
/** Repeats rows until the body is longer than several batches. */
const many = (rows: readonly FakeRow[]): readonly FakeRow[] =>
  Array.from({ length: 2500 }, (_, i) => rows[i % rows.length]).filter((row) => row !== undefined)

const plus = (number: number): number => (Object.is(number, -0) ? 0 : number)

describe('the parser of a vector', () => {
  it('gives labels, time and value of each sample', () => {
    const body =
      '{"status":"success","data":{"resultType":"vector","result":[' +
      '{"metric":{"__name__":"up","node":"a\\"b"},"value":[1700000000.123,"1.5"]},' +
      '{"metric":{},"value":[1700000001,"1e+09"]}]}}'
    expect(whole(vectorParser(), body)).toEqual({
      rows: [
        { labels: { __name__: 'up', node: 'a"b' }, seconds: 1700000000.123, value: 1.5 },
        { labels: {}, seconds: 1700000001, value: 1e9 },
      ],
      warnings: [],
      infos: [],
    })
  })

  it.each([
    ['NaN', Number.NaN],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['Inf', Number.POSITIVE_INFINITY],
    ['-Inf', Number.NEGATIVE_INFINITY],
    ['0', 0],
    ['-0', -0],
    ['0.000', 0],
    ['4.9e-324', 5e-324],
    ['1.7976931348623157e+308', Number.MAX_VALUE],
  ])('reads the value %s', (text, expected) => {
    const body = `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"${text}"]}]}}`
    expect(whole(vectorParser(), body).rows[0]?.value).toBe(expected)
  })

  it('gives the same rows in the same order, wherever the body is cut', () => {
    fc.assert(
      fc.property(
        vector,
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 8 }),
        (rows, long, sizes) => {
          const asked = long ? many(rows) : rows
          const { rows: read } = parse(
            vectorParser(),
            chop(Buffer.from(vectorBody(asked, 7)), sizes),
          )
          expect(read).toEqual(
            asked.map((row) => ({ labels: row.labels, seconds: 7, value: plus(row.value!) })),
          )
        },
      ),
      { numRuns: 150 },
    )
  })

  it('gives the same rows when each byte comes alone', () => {
    const body = Buffer.from(vectorBody([{ labels: { node: '한국어 😀' }, value: 3 }], 7))
    expect(parse(vectorParser(), chop(body, [1])).rows).toEqual([
      { labels: { node: '한국어 😀' }, seconds: 7, value: 3 },
    ])
  })

  it('calls every truncation invalid, however long the body was', () => {
    const body = Buffer.from(vectorBody(many([{ labels: { node: 'n,"}]1' }, value: 1 }]), 7))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: body.length - 1 }), (length) => {
        const cut = chop(body.subarray(0, length), [65_536])
        expect(kindOf(() => parse(vectorParser(), cut))).toBe('backend_invalid')
      }),
      { numRuns: 60 },
    )
  })

  it('calls a body invalid that lacks any of its bytes', () => {
    const body = vectorBody([{ labels: { a: 'x' }, value: 1 }], 7, { warnings: ['w'] })
    for (let length = 0; length < body.length; length += 1)
      expect(kindOf(() => whole(vectorParser(), body.slice(0, length)))).toBe('backend_invalid')
  })

  it('takes what is the same in JSON: spaces, order of keys, unknown keys', () => {
    const one = { value: [7, '1'], metric: { a: 'x' }, group: 3 }
    const rows = Array.from({ length: 2000 }, () => one)
    const answer = { data: { result: rows, resultType: 'vector' }, stats: {}, status: 'success' }
    const body = Buffer.from(JSON.stringify(answer, null, 2))
    const read = parse(vectorParser(), chop(body, [65_536]))
    expect(read.rows).toHaveLength(2000)
    expect(read.rows.at(-1)).toEqual({ labels: { a: 'x' }, seconds: 7, value: 1 })
  })

  it('takes rows that are ordered in different ways', () => {
    const odd = '{"value":[7,"2"],"metric":{"a":"odd"}}'
    const usual = '{"metric":{"a":"usual"},"value":[7,"1"]}'
    const rows = Array.from({ length: 4000 }, (_, i) => (i % 3 === 0 ? odd : usual))
    const body = `{"status":"success","data":{"resultType":"vector","result":[${rows.join(',')}]}}`
    const read = parse(vectorParser(), chop(Buffer.from(body), [65_536]))
    expect(read.rows.map((row) => row.value)).toEqual(rows.map((row) => (row === odd ? 2 : 1)))
  })

  it('reads a scalar as one sample without labels', () => {
    const body = '{"status":"success","data":{"resultType":"scalar","result":[7,"42"]}}'
    expect(whole(vectorParser(), body).rows).toEqual([{ labels: {}, seconds: 7, value: 42 }])
  })

  it('leaves native histograms out and says so', () => {
    const histogram = '{"metric":{"a":"h"},"histogram":[7,{"count":"1","sum":"2"}]}'
    const body = `{"status":"success","data":{"resultType":"vector","result":[${histogram},{"metric":{},"value":[7,"1"]}]}}`
    const { rows, warnings } = whole(vectorParser(), body)
    expect(rows).toEqual([{ labels: {}, seconds: 7, value: 1 }])
    expect(warnings).toEqual(['native histograms left out of 1 series'])
  })

  it('carries warnings and infos up, and takes isPartial for a warning', () => {
    const extra = { isPartial: true, warnings: ['store gone'], infos: ['might not be a counter'] }
    const { warnings, infos } = whole(vectorParser(), vectorBody([], 7, extra))
    expect(warnings).toEqual(['store gone', 'isPartial: a part of the storage did not answer'])
    expect(infos).toEqual(['might not be a counter'])
  })

  it('finds no warning where the backend says that nothing is missing', () => {
    const { warnings } = whole(
      vectorParser(),
      vectorBody([], 7, { isPartial: false, warnings: null }),
    )
    expect(warnings).toEqual([])
  })

  const vectorOf = (row: string): string =>
    `{"status":"success","data":{"resultType":"vector","result":[${row}]}}`
  it.each([
    ['nothing', ''],
    ['HTML', '<html><body>hello</body></html>'],
    ['another JSON document', '{"hello":"world"}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['an error with status 200', '{"status":"error","errorType":"x","error":"y"}'],
    ['a matrix', matrixBody([])],
    ['text', '{"status":"success","data":{"resultType":"string","result":[7,"x"]}}'],
    ['two documents', vectorBody([], 7) + vectorBody([], 7)],
    ['a result that is no list', '{"status":"success","data":{"resultType":"vector","result":{}}}'],
    ['a row that is no object', vectorOf('7')],
    ['a row that is null', vectorOf('null')],
    ['a row without labels', vectorOf('{"value":[7,"1"]}')],
    ['labels that are a list', vectorOf('{"metric":["a"],"value":[7,"1"]}')],
    ['a label that is a number', vectorOf('{"metric":{"a":1},"value":[7,"1"]}')],
    ['a row without value', vectorOf('{"metric":{}}')],
    ['a value that is a number', vectorOf('{"metric":{},"value":[7,1]}')],
    ['a value that is a word', vectorOf('{"metric":{},"value":[7,"many"]}')],
    ['a value that is empty', vectorOf('{"metric":{},"value":[7,""]}')],
    ['a value that is blank', vectorOf('{"metric":{},"value":[7," "]}')],
    ['a time that is text', vectorOf('{"metric":{},"value":["7","1"]}')],
    ['a sample of three', vectorOf('{"metric":{},"value":[7,"1","2"]}')],
    ['warnings that are no text', vectorBody([], 7, { warnings: [1] })],
  ])('calls %s invalid', (_, body) => {
    expect(kindOf(() => whole(vectorParser(), body))).toBe('backend_invalid')
  })

  it('calls broken characters invalid, since two series could become one', () => {
    const body = Buffer.from(vectorBody([{ labels: { a: 'xyz' }, value: 1 }], 7))
    body[body.indexOf('xyz') + 1] = 0xff
    expect(kindOf(() => parse(vectorParser(), [body]))).toBe('backend_invalid')
  })

  it('calls a bad row invalid in the middle of a long body too', () => {
    const rows = many([{ labels: { node: 'a' }, value: 1 }])
    const body = vectorBody(rows, 7).replace(/(.{80000})"value":\[7,"1"\]/, '$1"value":[7,1]')
    expect(body).toContain('"value":[7,1]')
    const cut = chop(Buffer.from(body), [65_536])
    expect(kindOf(() => parse(vectorParser(), cut))).toBe('backend_invalid')
  })
})

describe('the parser of a matrix', () => {
  it('gives the same series, wherever the body is cut', () => {
    fc.assert(
      fc.property(
        matrix,
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 8 }),
        (rows, long, sizes) => {
          const asked = long ? many(rows) : rows
          const read = parse(matrixParser(), chop(Buffer.from(matrixBody(asked)), sizes))
          expect(
            read.rows.map((series) => ({
              labels: series.labels,
              seconds: [...series.seconds],
              values: [...series.values],
            })),
          ).toEqual(
            asked.map(({ labels: of, points = [] }) => ({
              labels: of,
              seconds: points.map(([seconds]) => seconds),
              values: points.map(([, number]) => plus(number)),
            })),
          )
        },
      ),
      { numRuns: 60 },
    )
  })

  it('reads a series that is longer than several batches', () => {
    const points = Array.from({ length: 11_000 }, (_, i) => [i * 15, i / 7] as const)
    const rows = [0, 1, 2].map((i) => ({ labels: { a: String(i) }, points }))
    const read = parse(matrixParser(), chop(Buffer.from(matrixBody(rows)), [16_384]))
    expect(read.rows.map((series) => series.values.length)).toEqual([11_000, 11_000, 11_000])
    expect(read.rows[1]?.values[10_999]).toBe(10_999 / 7)
  })

  it('keeps the values of a series that has histograms beside them, and says so', () => {
    const both =
      '{"metric":{},"values":[[7,"1"]],"histograms":[[8,{}]]},{"metric":{"a":"h"},"histograms":[[8,{}]]}'
    const body = `{"status":"success","data":{"resultType":"matrix","result":[${both}]}}`
    const { rows, warnings } = whole(matrixParser(), body)
    expect(rows).toHaveLength(1)
    expect(warnings).toEqual(['native histograms left out of 2 series'])
  })

  it.each([
    ['a vector', vectorBody([], 7)],
    ['a scalar', '{"status":"success","data":{"resultType":"scalar","result":[7,"1"]}}'],
    [
      'a series without values',
      '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{}}]}}',
    ],
    [
      'a point that is none',
      '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[7]}]}}',
    ],
  ])('calls %s invalid', (_, body) => {
    expect(kindOf(() => whole(matrixParser(), body))).toBe('backend_invalid')
  })
})
