import { describe, expect, it } from 'vitest'
import { binned } from '../../../src/analysis/trees/binning.ts'
import { FOREST_OPTIONS, growForest, likelihoods } from '../../../src/analysis/trees/forest.ts'
import { createRandom } from '../../../src/analysis/trees/random.ts'
import { likeliest } from '../../../src/analysis/workloads/cross-validation.ts'

const SMALL = { ...FOREST_OPTIONS, trees: 20, featuresTried: 2 }

/** Points of a square, in the quarter by which they are classed; every tenth lacks its second value. */
function quarters(count: number, seed: number) {
  const random = createRandom(seed)
  const rows = Array.from({ length: count }, (_, index) => [
    random(),
    index % 10 === 0 ? Number.NaN : random(),
    random(),
  ])
  const classes = rows.map(([x = 0, y = 0]) => (Number.isNaN(y) ? 2 : x > 0.5 === y > 0.5 ? 1 : 0))
  return { rows, classes, classCount: 3 }
}

describe('a random forest', () => {
  it('learns what no single split tells, and what is not known as a value of its own', () => {
    const forest = growForest(quarters(2000, 1), SMALL)
    const fresh = quarters(500, 2)
    const right = fresh.rows.filter(
      (row, index) => likeliest(likelihoods(forest, row)) === fresh.classes[index],
    )
    expect(right.length / fresh.rows.length).toBeGreaterThan(0.95)
  })

  it('is the same for the same seed, and another for another', () => {
    const data = quarters(300, 1)
    expect(growForest(data, SMALL)).toEqual(growForest(data, SMALL))
    expect(growForest(data, { ...SMALL, seed: 2 })).not.toEqual(growForest(data, SMALL))
  })

  it('gives shares that add up to 1', () => {
    const forest = growForest(quarters(300, 1), SMALL)
    for (const row of quarters(50, 3).rows)
      expect(likelihoods(forest, row).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9)
  })

  it('survives being written as JSON', () => {
    const forest = growForest(quarters(300, 1), SMALL)
    const read = JSON.parse(JSON.stringify(forest)) as typeof forest
    for (const row of quarters(50, 3).rows)
      expect(likelihoods(read, row)).toEqual(likelihoods(forest, row))
  })

  it('lets rare classes count as much as common ones', () => {
    // One feature that does not tell anything: the forest must not just name the common class.
    const random = createRandom(5)
    const classes = Array.from({ length: 1000 }, (_, index) => (index % 20 === 0 ? 1 : 0))
    const rows = classes.map(() => [random()])
    const forest = growForest({ rows, classes, classCount: 2 }, { ...SMALL, leastInLeaf: 200 })
    const [common = 0] = likelihoods(forest, [0.5])
    expect(common).toBeGreaterThan(0.2)
    expect(common).toBeLessThan(0.8)
  })
})

describe('binned', () => {
  it('keeps apart every value of a feature that has few', () => {
    const { thresholds, columns } = binned([[1], [1], [1], [2], [Number.NaN]])
    expect(thresholds).toEqual([[1.5]])
    expect([...(columns[0] ?? [])]).toEqual([1, 1, 1, 2, 0])
  })
})
