import { unixSeconds } from '../../kernel/clock.ts'
import type { Method } from '../power/figures.ts'
import { highestKnown } from '../power/sum.ts'
import type { Bucket } from './buckets.ts'
import { meanOf } from './condition-tally.ts'
import type { PeriodEvidence } from './evidence.ts'
import { compared, energyFigures, joulesOf, peakOf, wattsOf } from './figures.ts'
import type { Period } from './period.ts'
import { addEnergy, type EnergyTally, type StepTotal } from './power-tally.ts'
import type { BucketRow, DemandRow, PartName, PartRow, PeriodRow, ReportFigures } from './report.ts'

/** A period as it is told. */
export function periodRow({ first, last, start, end, isOver }: Period): PeriodRow {
  const hours = (end.getTime() - start.getTime()) / 3_600_000
  return { start_date: first, end_date: last, start, end, hours, is_over: isOver }
}

/** The energy of some steps. */
export function energyOfSteps(
  steps: readonly StepTotal[],
  pick: (step: StepTotal) => number | null = ({ watts }) => watts,
): EnergyTally {
  const tally = { joules: 0, seconds: 0, peakWatts: null, peakUntil: 0, peakSeconds: 0 }
  for (const step of steps) addEnergy(tally, pick(step), step)
  return tally
}

const JOULES_PER_KWH = 3_600_000
const kwhOf = (joules: number | null): number | null =>
  joules === null ? null : joules / JOULES_PER_KWH

/** The key figures, each beside that of the period before. */
export function summaryOf(
  current: PeriodEvidence,
  previous: PeriodEvidence,
): ReportFigures['summary'] {
  const now = energyOfSteps(current.power.steps)
  const before = energyOfSteps(previous.power.steps)
  const load = (kind: 'gpu' | 'npu') =>
    compared(meanOf(current.loads[kind].all), meanOf(previous.loads[kind].all))
  return {
    energy_joules: compared(joulesOf(now), joulesOf(before)),
    energy_kwh: compared(kwhOf(joulesOf(now)), kwhOf(joulesOf(before))),
    mean_power_watts: compared(wattsOf(now), wattsOf(before)),
    peak_power_watts: compared(now.peakWatts, before.peakWatts),
    gpu_utilization_percent: load('gpu'),
    npu_utilization_percent: load('npu'),
    method: methodOf(current.power.steps),
  }
}

function methodOf(steps: readonly StepTotal[]): Method | null {
  const told = steps.filter(({ watts }) => watts !== null)
  if (told.length === 0) return null
  return told.some(({ isEstimated }) => isEstimated) ? 'estimated' : 'measured'
}

/** Peak demand: the highest mean of one step. */
export function demandOf(current: PeriodEvidence, previous: PeriodEvidence): DemandRow {
  const now = energyOfSteps(current.power.steps)
  const before = energyOfSteps(previous.power.steps)
  const known = current.power.steps.flatMap(({ watts }) => (watts === null ? [] : [watts]))
  const mean = wattsOf(now)
  return {
    interval_seconds: current.buckets[0]?.stepSeconds ?? 0,
    ...peakOf(now),
    lowest_power_watts: known.length === 0 ? null : known.reduce((a, b) => Math.min(a, b)),
    load_factor: mean === null ? null : quotient(mean, now.peakWatts),
    previous_peak_power_watts: highestKnown([before.peakWatts]),
  }
}

const quotient = (part: number, whole: number | null): number | null =>
  whole === null || whole === 0 ? null : part / whole

/** A row for each day, or week. */
export function bucketRows({ buckets, power }: PeriodEvidence): readonly BucketRow[] {
  return buckets.map((bucket) => {
    const energy = energyOfSteps(power.steps.filter((step) => isWithin(step, bucket)))
    return {
      start_date: bucket.first,
      end_date: bucket.last,
      hours: (bucket.end.getTime() - bucket.start.getTime()) / 3_600_000,
      energy_joules: joulesOf(energy),
      mean_power_watts: wattsOf(energy),
      ...peakOf(energy),
      covered_seconds: energy.seconds,
    }
  })
}

const isWithin = ({ until }: StepTotal, { start, end }: Bucket): boolean =>
  until > unixSeconds(start) && until <= unixSeconds(end)

const PARTS = ['gpu', 'npu', 'cpu', 'dram', 'other'] as const satisfies readonly PartName[]

/** The components that the energy went to; they add up to it. */
export function partRows({ power: { steps } }: PeriodEvidence): readonly PartRow[] {
  const whole = joulesOf(energyOfSteps(steps))
  return PARTS.map((part) => ({
    part,
    ...energyFigures(
      energyOfSteps(steps, ({ parts }) => parts[part]),
      whole,
    ),
  }))
}
