import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decimalOf,
  nearestMicros,
  ofMicros,
  ONE,
  readDecimal,
  times,
  total,
} from '../../../src/analysis/cost/decimal.ts'
import { roundParts, roundTable } from '../../../src/analysis/cost/rounding.ts'

const amount = fc.oneof(
  fc.constant(0n),
  fc.bigInt({ min: 0n, max: 10n ** 15n }),
  fc.bigInt({ min: 0n, max: 10n ** 24n }),
)
const add = (values: readonly bigint[]) => values.reduce((a, b) => a + b, 0n)

describe('a decimal', () => {
  it.each([
    ['0.12', 120000000000000000n],
    ['121.5', 121500000000000000000n],
    ['6490', 6490n * ONE],
    ['0.000000000001', 1000000n],
  ])('reads %s exactly', (text, units) => {
    expect(readDecimal(text)).toBe(units)
  })

  it.each(['', '-1', '+1', '1e3', '1,5', '.5', '1.', 'NaN', '0x10', '1.2345678901234'])(
    'does not read %j',
    (text) => {
      expect(readDecimal(text)).toBeUndefined()
    },
  )

  it('multiplies without the errors of binary numbers', () => {
    expect(times(readDecimal('0.1') ?? 0n, readDecimal('0.2') ?? 0n)).toBe(readDecimal('0.02'))
  })

  it.each([0, 1.3, 1e-9, 123456.789, 0.4173])('takes the measured number %f', (value) => {
    expect(Number(decimalOf(value)) / 1e18).toBeCloseTo(value, 9)
  })

  it('loses nothing over a million half-cents of five decimals', () => {
    const one = readDecimal('0.000005') ?? 0n
    let sum = 0n
    for (let index = 0; index < 1_000_000; index += 1) sum += one
    expect(ofMicros(nearestMicros(sum))).toBe(5)
  })
})

describe('rounded parts', () => {
  it('add up to the rounded sum, each within one millionth', () => {
    fc.assert(
      fc.property(fc.array(amount, { maxLength: 40 }), (exact) => {
        const parts = roundParts(exact)
        expect(add(parts)).toBe(nearestMicros(total(exact)))
        for (const [index, part] of parts.entries()) {
          const difference = part * 10n ** 12n - (exact[index] ?? 0n)
          expect(difference < 10n ** 12n && difference > -(10n ** 12n)).toBe(true)
          if (exact[index] === 0n) expect(part).toBe(0n)
        }
      }),
    )
  })
})

describe('a rounded table', () => {
  it('adds up along rows and columns, in whole, with no negative cell', () => {
    const table = fc
      .integer({ min: 1, max: 5 })
      .chain((width) =>
        fc.array(fc.array(amount, { minLength: width, maxLength: width }), { maxLength: 30 }),
      )
    fc.assert(
      fc.property(table, (exact) => {
        const { cells, rows, columns, sum } = roundTable(exact)
        expect(sum).toBe(nearestMicros(total(exact.map(total))))
        expect(add(rows)).toBe(sum)
        expect(add(columns)).toBe(exact.length === 0 ? 0n : sum)
        for (const [index, row] of cells.entries()) expect(add(row)).toBe(rows[index])
        for (const [column, micros] of columns.entries()) {
          expect(add(cells.map((row) => row[column] ?? 0n))).toBe(micros)
          const off = micros * 10n ** 12n - total(exact.map((row) => row[column] ?? 0n))
          expect(off <= 3n * 10n ** 12n && off >= -3n * 10n ** 12n).toBe(true)
        }
        for (const cell of cells.flat()) expect(cell >= 0n).toBe(true)
        for (const [index, row] of rows.entries()) {
          const difference = row * 10n ** 12n - total(exact[index] ?? [])
          expect(difference < 10n ** 12n && difference > -(10n ** 12n)).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })
})
