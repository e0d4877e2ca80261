import { meanKnown } from '../power/sum.ts'
import type { LoadTally, TemperatureTally } from './condition-tally.ts'
import type { PeriodEvidence, WholeEvidence } from './evidence.ts'
import { bucketRows } from './totals.ts'
import type { StepTotal } from './power-tally.ts'
import type { PartName, Point, ReportFigures, SeriesRow } from './report.ts'

/** Finer is not told, and would not show. */
const MOST_POINTS = 500

/** The curves of the period. Power is in steps that are joined until there are at most 500 of them. */
export function trendOf(current: WholeEvidence, previous: PeriodEvidence): ReportFigures['trend'] {
  const { steps } = current.power
  const factor = Math.max(1, Math.ceil(steps.length / MOST_POINTS))
  return {
    step_seconds: (steps[0]?.seconds ?? 0) * factor,
    buckets: bucketRows(current),
    power: powerSeries(steps, factor),
    previous_power: {
      name: 'previous',
      unit: 'watts',
      points: joined(previous.power.steps, factor, ({ watts }) => watts),
    },
    utilization: [...loadSeries('gpu', current.loads.gpu), ...loadSeries('npu', current.loads.npu)],
    temperature: current.temperatures.flatMap((tally) => temperatureSeries(tally)),
  }
}

const PARTS = ['gpu', 'npu', 'cpu', 'dram', 'other'] as const satisfies readonly PartName[]

function powerSeries(steps: readonly StepTotal[], factor: number): readonly SeriesRow[] {
  const total: SeriesRow = {
    name: 'total',
    unit: 'watts',
    points: joined(steps, factor, ({ watts }) => watts),
  }
  const parts = PARTS.map((part): SeriesRow => ({
    name: part,
    unit: 'watts',
    points: joined(steps, factor, ({ parts: each }) => each[part]),
  }))
  return [total, ...parts.filter(hasValues)]
}

const hasValues = ({ points }: SeriesRow): boolean => points.some(([, value]) => value !== null)

function joined(
  steps: readonly StepTotal[],
  factor: number,
  pick: (step: StepTotal) => number | null,
): readonly Point[] {
  return Array.from({ length: Math.ceil(steps.length / factor) }, (_, index): Point => {
    const own = steps.slice(index * factor, (index + 1) * factor)
    return [own[own.length - 1]?.until ?? 0, meanKnown(own.map(pick))]
  })
}

function loadSeries(name: string, { steps }: LoadTally): readonly SeriesRow[] {
  const points = steps.map(({ until, mean }): Point => [until, mean])
  return [{ name, unit: 'percent' as const, points }].filter(hasValues)
}

function temperatureSeries({ metric, steps }: TemperatureTally): readonly SeriesRow[] {
  const highest = steps.map(({ until, highest: value }): Point => [until, value])
  const mean = steps.map(({ until, mean: value }): Point => [until, value])
  return [
    { name: `${metric}_max`, unit: 'celsius' as const, points: highest },
    { name: metric, unit: 'celsius' as const, points: mean },
  ].filter(hasValues)
}
