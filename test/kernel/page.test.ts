import { describe, expect, it } from 'vitest'
import { paginate } from '../../src/kernel/page.ts'

const ROWS = [
  { node: 'b', power_watts: 10 },
  { node: 'a', power_watts: null },
  { node: 'c', power_watts: 30 },
]
const page = (sort?: string) => ({ limit: 10, offset: 0, sort })
const nodes = (sort?: string) =>
  paginate(ROWS, page(sort), ['node', 'power_watts']).rows.map(({ node }) => node)

describe('paginate', () => {
  it('gives the asked part and the total', () => {
    const { rows, page: info } = paginate(ROWS, { limit: 1, offset: 1 }, [])
    expect(rows).toEqual([{ node: 'a', power_watts: null }])
    expect(info).toEqual({ total: 3, limit: 1, offset: 1 })
  })

  it('sorts either way, rows without the value last', () => {
    expect(nodes('node')).toEqual(['a', 'b', 'c'])
    expect(nodes('-node')).toEqual(['c', 'b', 'a'])
    expect(nodes('power_watts')).toEqual(['b', 'c', 'a'])
    expect(nodes('-power_watts')).toEqual(['c', 'b', 'a'])
  })

  it('refuses a field that the rows lack, and names those they have', () => {
    expect(() => nodes('-watts')).toThrow(/must be one of node, power_watts/)
  })
})
