import { describe, expect, it } from 'vitest'
import { calibrated, calibrationOf } from '../../../src/analysis/workloads/calibration.ts'
import { groupedFolds, scoresOf } from '../../../src/analysis/workloads/scores.ts'

describe('scoresOf', () => {
  it('gives each class that is there the same weight', () => {
    const outcomes = [
      { actual: 0, predicted: 0 },
      { actual: 0, predicted: 0 },
      { actual: 0, predicted: 1 },
      { actual: 1, predicted: 1 },
    ]
    const { accuracy, macro_f1: f1, by_class: classes } = scoresOf(outcomes, ['a', 'b', 'absent'])
    expect(accuracy).toBe(0.75)
    expect(classes).toEqual([
      { class: 'a', rows: 3, precision: 1, recall: 2 / 3, f1: 0.8 },
      { class: 'b', rows: 1, precision: 0.5, recall: 1, f1: 2 / 3 },
    ])
    expect(f1).toBeCloseTo((0.8 + 2 / 3) / 2, 12)
  })
})

describe('groupedFolds', () => {
  it('keeps a group on one side and spreads each class over all folds', () => {
    const groups = Array.from({ length: 300 }, (_, row) => `g${row % 30}`)
    const classes = groups.map((group) => (Number(group.slice(1)) < 10 ? 1 : 0))
    const folds = groupedFolds(groups, classes, { folds: 5, seed: 1 })
    const byGroup = new Map<string, Set<number>>()
    for (const [row, group] of groups.entries())
      byGroup.set(group, (byGroup.get(group) ?? new Set()).add(folds[row] ?? -1))
    expect([...byGroup.values()].every((own) => own.size === 1)).toBe(true)
    for (const own of [0, 1]) {
      const used = new Set(folds.filter((_, row) => classes[row] === own))
      expect(used.size).toBe(5)
    }
  })
})

describe('calibration', () => {
  it('makes of what a classifier says how often it is right, and never less for more', () => {
    const judged = Array.from({ length: 1000 }, (_, index) => ({
      said: index / 1000,
      // Overconfident: it is right half as often as it says.
      right: index % 1000 < 500 ? index % 4 === 0 : index % 2 === 0,
    }))
    const line = calibrationOf(judged)
    expect(calibrated(line, 0.3)).toBeCloseTo(0.25, 1)
    expect(calibrated(line, 0.9)).toBeCloseTo(0.5, 1)
    const points = Array.from({ length: 50 }, (_, index) => calibrated(line, index / 50))
    expect(points).toEqual([...points].sort((a, b) => a - b))
  })

  it('takes a few cases for no proof', () => {
    expect(calibrated(calibrationOf([{ said: 0.9, right: true }]), 0.9)).toBeCloseTo(2 / 3, 12)
  })
})
