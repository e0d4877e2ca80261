import { describe, expect, it } from 'vitest'
import type { Series } from '../../../src/promql/samples.ts'
import { matrixRowReader } from '../../../src/services/prometheus/matrix-rows.ts'
import { plainNumber } from '../../../src/services/prometheus/plain-number.ts'

function read(batch: string) {
  const rows: Series[] = []
  return { place: matrixRowReader().read(batch, rows), rows }
}

const row = (metric: object, values: readonly unknown[]) => JSON.stringify({ metric, values })
const points = ({ seconds, values }: Series) => [...seconds].map((time, at) => [time, values[at]])

describe('the rows of a matrix', () => {
  it('are read as JSON reads them', () => {
    const a = row({ __name__: 'up', job: 'a}],"b' }, [
      [1_700_000_000.5, '1.5'],
      [1_700_000_015, '-0.1'],
    ])
    const b = row({}, [[1_700_000_000, '1e-7']])
    const { place, rows } = read(`${a},${b}`)
    expect(place).toBe(a.length + 1 + b.length)
    expect(rows.map(({ labels }) => labels)).toEqual([{ __name__: 'up', job: 'a}],"b' }, {}])
    expect(rows.map(points)).toEqual([
      [
        [1_700_000_000.5, 1.5],
        [1_700_000_015, -0.1],
      ],
      [[1_700_000_000, 1e-7]],
    ])
  })

  it('have the values that no number in JSON can say', () => {
    const { rows } = read(
      row({}, [
        [1, 'NaN'],
        [2, '+Inf'],
        [3, '-Inf'],
        [4, '9007199254740993'],
        [5, '0.30000000000000004'],
        [6, '-0'],
      ]),
    )
    expect(points(rows[0]!)).toEqual([
      [1, Number.NaN],
      [2, Infinity],
      [3, -Infinity],
      [4, 9007199254740992],
      [5, 0.30000000000000004],
      [6, -0],
    ])
  })

  it('may be thousands of points long', () => {
    const values = Array.from({ length: 5000 }, (_, at) => [at, String(at / 7)])
    expect(points(read(row({}, values)).rows[0]!)).toEqual(
      values.map(([time, value]) => [time, Number(value)]),
    )
  })

  it.each([
    ['spaces', '{"metric":{}, "values":[[1,"1"]]}'],
    ['histograms', '{"metric":{},"histograms":[[1,{"count":"3"}]]}'],
    ['histograms behind values', '{"metric":{},"values":[[1,"1"]],"histograms":[[2,{}]]}'],
    ['a value without quotes', '{"metric":{},"values":[[1,1]]}'],
    ['a value that is none', '{"metric":{},"values":[[1,"one"]]}'],
    ['no value', '{"metric":{},"values":[[1,""]]}'],
    ['a time with an exponent', '{"metric":{},"values":[[1e9,"1"]]}'],
    ['nothing', '{"metric":{},"values":[]}'],
    ['an end too early', '{"metric":{},"values":[[1,"1"],[2,"'],
    ['labels that end like a row', row({ a: '},' }, [[1, '1']])],
  ])('are left to JSON, from the first one on, with %s', (_, odd) => {
    const good = row({ a: 'b' }, [[1, '1']])
    const { place, rows } = read(`${good},${odd},${good}`)
    expect(place).toBe(good.length + 1)
    expect(rows).toHaveLength(1)
  })
})

describe('a plain number', () => {
  const parse = (text: string) => plainNumber({ text, at: 0 })

  it('is what Number makes of it, to the last bit', () => {
    let seed = 1
    const next = (most: number) => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed % most
    }
    for (let count = 0; count < 20_000; count += 1) {
      const whole = String(next(10 ** (1 + next(7))))
      const decimals = next(8)
      const text = `${next(2) === 0 ? '-' : ''}${whole}${decimals === 0 ? '' : `.${String(next(10 ** decimals)).padStart(decimals, '0')}`}`
      expect([text, parse(text)]).toEqual([text, Number(text)])
    }
  })

  it.each(['', '-', '.5', '5.', '1234567890.123456', 'x', '1234567890123456'])(
    'is not %o',
    (text) => {
      expect(parse(text)).toBeUndefined()
    },
  )
})
