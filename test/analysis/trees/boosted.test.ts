import { describe, expect, it } from 'vitest'
import { boostedValue, fitBoosted } from '../../../src/analysis/trees/boosted.ts'
import { createRandom, shuffled } from '../../../src/analysis/trees/random.ts'
import { haveSeries, tableOf } from '../../support/time-series.ts'

describe('boosted trees', () => {
  it('find a step, and go left with what is not known', () => {
    const rows = Array.from({ length: 200 }, (_, at) => [at < 20 ? Number.NaN : at])
    const model = fitBoosted(
      rows,
      rows.map(([x]) => (x! >= 100 ? 10 : 1)),
    )
    expect(boostedValue(model, [150])).toBeCloseTo(10, 2)
    expect(boostedValue(model, [50])).toBeCloseTo(1, 2)
    expect(boostedValue(model, [Number.NaN])).toBeCloseTo(1, 2)
  })

  it('give the mean where nothing can be told apart', () => {
    const model = fitBoosted([[1], [1], [1], [1]], [1, 2, 3, 6])
    expect(boostedValue(model, [1])).toBeCloseTo(3, 9)
  })

  it('are the same after a journey as JSON', () => {
    const rows = Array.from({ length: 60 }, (_, at) => [at, at % 7])
    const model = fitBoosted(
      rows,
      rows.map(([a, b]) => a! * b!),
    )
    const read = JSON.parse(JSON.stringify(model)) as typeof model
    for (const row of rows) expect(boostedValue(read, row)).toBe(boostedValue(model, row))
  })
})

describe.skipIf(!haveSeries)('boosted trees on the power of real trainings', () => {
  const table = haveSeries ? tableOf('training-power-energy-zeus.csv') : []
  const codes = new Map<string, number>()
  const code = (text = ''): number => {
    const known = codes.get(text) ?? codes.size
    codes.set(text, known)
    return known
  }
  const rows = table.map(([dataset, network, batch, optimizer, limit, , , , memory, tdp]) => [
    code(dataset),
    code(network),
    Math.log2(Number(batch)),
    code(optimizer),
    Number(limit),
    Number(memory),
    Number(tdp),
  ])
  const watts = table.map((row) => Number(row[6]))

  /** The mean error in percent where each fold is told from the others. */
  function errorOf(folds: readonly number[]): number {
    let sum = 0
    for (const fold of new Set(folds)) {
      const kept = rows.map((_, at) => at).filter((at) => folds[at] !== fold)
      const model = fitBoosted(
        kept.map((at) => rows[at]!),
        kept.map((at) => watts[at]!),
      )
      for (const [at, row] of rows.entries())
        if (folds[at] === fold) sum += Math.abs(boostedValue(model, row) - watts[at]!) / watts[at]!
    }
    return (100 * sum) / rows.length
  }

  it('are off by at most 3.5 % of the watts, five-fold, and by much more on a GPU never seen', () => {
    const order = shuffled(
      rows.map((_, at) => at),
      createRandom(1),
    )
    const folds = rows.map((_, at) => order.indexOf(at) % 5)
    const unseen = errorOf(table.map((row) => code(row[7])))
    const fiveFold = errorOf(folds)
    console.log(
      `zeus: five-fold MAPE ${fiveFold.toFixed(2)} %, a GPU left out ${unseen.toFixed(1)} %`,
    )
    expect(fiveFold).toBeLessThanOrEqual(3.5)
    expect(unseen).toBeGreaterThan(10)
  })
})
