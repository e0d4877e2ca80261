import { describe, expect, it } from 'vitest'
import { barText } from '../../src/cli/progress.ts'
import { cut, table, widthOf } from '../../src/cli/table.ts'
import type { Snapshot } from '../../src/cli/top-read.ts'
import { screenText, wattsOf } from '../../src/cli/top-screen.ts'

const parts = { cpu_watts: 100, gpu_watts: null }
const nodes = { known: 4, measured: 2, estimated: 1 }
const shot: Snapshot = {
  by: 'node',
  power: {
    total_power_watts: 12_345.6,
    coverage: 0.5,
    parts,
    nodes,
    by_cluster: [{ cluster: 'seoul', total_power_watts: 12_345.6, coverage: 0.5, parts, nodes }],
  },
  rows: [
    {
      key: { cluster: 'seoul', node: '노드-1' },
      power_watts: 900,
      percentage: 90,
      method: 'measured',
    },
    { key: { cluster: 'seoul', node: 'b' }, power_watts: null, percentage: null, method: null },
  ],
  meta: {
    observed_at: '2026-11-20T05:00:00Z',
    status: 'partial',
    clusters: [
      { name: 'seoul', status: 'ok' },
      { name: 'busan', status: 'timeout' },
    ],
    warnings: [{ code: 'cluster_unavailable', cluster: 'busan', detail: 'busan did not answer' }],
  },
}

describe('the live view', () => {
  it('shows totals, silent clusters, rows and warnings', () => {
    const lines = screenText(shot, { columns: 120, rows: 30 }).split('\n')
    expect(lines[0]).toBe(
      '12.35 kW  coverage 50.0 %  nodes 4: 2 measured, 1 estimated  partial  2026-11-20T05:00:00Z',
    )
    expect(lines[1]).toBe('cpu 100.0 W  gpu -')
    expect(lines).toContain('busan    timeout             -')
    expect(lines).toContain('seoul/노드-1       900.0 W    90.0 %  measured')
    expect(lines.at(-1)).toBe('! busan cluster_unavailable: busan did not answer')
  })

  it('is never larger than the terminal', () => {
    const many = { ...shot, rows: Array.from({ length: 200 }, () => shot.rows[0]!) }
    const lines = screenText(many, { columns: 40, rows: 20 }).split('\n')
    expect(lines.length).toBeLessThanOrEqual(20)
    expect(Math.max(...lines.map((line) => widthOf(line)))).toBeLessThanOrEqual(40)
  })

  it('says so when it is not newer', () => {
    const [first] = screenText(shot, { columns: 120, rows: 30 }, 'nothing answers').split('\n')
    expect(first).toBe('NOT NEWER THAN 2026-11-20T05:00:00Z: nothing answers')
  })

  it('prints watts in a unit that reads well, and - for what nobody reports', () => {
    expect([0, 900, 12_345, 2_500_000, null].map((watts) => wattsOf(watts))).toEqual([
      '0.0 W',
      '900.0 W',
      '12.35 kW',
      '2.50 MW',
      '-',
    ])
  })
})

describe('text of a width', () => {
  it('counts Hangul as two columns', () => {
    expect(widthOf('전력 W')).toBe(6)
    expect(
      table([
        ['전력', '1'],
        ['ab', '2'],
      ]),
    ).toBe('전력  1\nab    2')
  })

  it('is cut with a mark', () => {
    expect(cut('gpu-worker-1', 6)).toBe('gpu-w…')
    expect(cut('전력량', 5)).toBe('전력…')
  })
})

describe('progress', () => {
  it('is a bar where the end is known, else a count', () => {
    expect(barText('Rows', 15, 30)).toBe(`Rows [${'#'.repeat(15)}${' '.repeat(15)}] 50 %`)
    expect(barText('Rows', 15, null)).toBe('Rows 15')
    expect(barText('Rows', 0, 0)).toContain('100 %')
  })
})
