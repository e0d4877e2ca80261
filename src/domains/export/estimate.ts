import { combine } from '../../kernel/answer.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { Format, Row } from '../../services/formats/index.ts'
import { assertComplete } from './account.ts'
import type { ExportLimits } from './asked.ts'
import type { Dataset } from './dataset.ts'
import { pointsIn, samplesOf } from './windows.ts'

/** About how much an export comes to, from a few points of its window. */
export interface Estimate {
  readonly rows: number
  readonly bytes: number
  readonly points: number
  /** How many points are read at a time, so that what is read takes about the same memory everywhere. */
  readonly pointsEach: number
}

/** What is read at a time, in values; two such parts are in memory at once. */
const VALUES_EACH = 300_000
const MOST_POINTS_EACH = 500
const MOST_WEIGHED = 500

interface Sampling {
  readonly format: Format
  readonly partial: 'allow' | 'deny'
  readonly signal: AbortSignal
}

/** Reads some points, and rejects as the export itself would: with what the clusters fail with. */
export async function estimate(
  dataset: Dataset,
  { format, partial, signal }: Sampling,
): Promise<Estimate> {
  const own = AbortSignal.any([signal])
  const samples = await Promise.all(
    samplesOf(dataset.range).map((sample) => dataset.read(sample, own)),
  )
  if (partial === 'deny') assertComplete(combine(samples))
  const points = pointsIn(dataset.range)
  const read = samples.map((sample) => [...sample.rows].flat())
  const rows = Math.ceil(points * meanOf(read.map(({ length }) => length)))
  const values = Math.max(1, ...samples.map((sample) => sample.values))
  const pointsEach = Math.floor(VALUES_EACH / values)
  return {
    rows,
    bytes: Math.ceil(rows * bytesOfRow(dataset, format, read.flat())),
    points,
    pointsEach: Math.min(MOST_POINTS_EACH, Math.max(1, pointsEach)),
  }
}

const meanOf = (numbers: readonly number[]): number =>
  numbers.reduce((sum, each) => sum + each, 0) / numbers.length

function bytesOfRow({ columns }: Dataset, format: Format, read: readonly Row[]): number {
  const rows = read.slice(0, MOST_WEIGHED)
  return rows.length === 0 ? 0 : format.weigh(columns, rows) / rows.length
}

/** Rejects with `too_large`, which has the estimate and what would fit, an export that is over the limits. */
export function assertFits({ rows, bytes }: Estimate, { range }: Dataset, asked: Limits): void {
  const limits = limitsOf(asked)
  const excess = Math.max(rows / limits.rows, bytes / limits.bytes)
  if (excess <= 1) return
  const step = niceStep(range.stepSeconds * excess)
  const seconds = (range.end.getTime() - range.start.getTime()) / 1000
  const window = Math.max(range.stepSeconds, roundDown(seconds / excess))
  const suggestion = `step=${durationText(step)} over this window, or a window of ${durationText(window)} at this step, or fewer clusters${limits.otherwise}`
  throw new KCloudError('too_large', {
    detail: `about ${rows} rows and ${bytes} bytes, where ${limits.rows} rows and ${limits.bytes} bytes are allowed; would fit: ${suggestion}`,
    estimate: {
      rows,
      bytes,
      limit_rows: limits.rows,
      limit_bytes: limits.bytes,
      suggestion,
    },
  })
}

interface Limits extends Pick<ExportLimits, 'rows' | 'bytes'> {
  /** Of the format; undefined where it has no limit of its own. */
  readonly mostRows: number | undefined
  /** What else can be done about it. */
  readonly otherwise: string
}

/** Where the format holds less than is allowed, another one is what can be done. */
const limitsOf = ({ mostRows = Infinity, ...limits }: Limits): Omit<Limits, 'mostRows'> =>
  mostRows < limits.rows ? { ...limits, rows: mostRows, otherwise: ', or another format' } : limits

const STEPS = [15, 30, 60, 300, 900, 3600, 21_600, 86_400]

const niceStep = (least: number): number =>
  STEPS.find((step) => step >= least) ?? Math.ceil(least / 86_400) * 86_400

/** Whole days, hours or minutes, as far as there are any. */
function roundDown(seconds: number): number {
  const unit = [86_400, 3600, 60].find((each) => seconds >= each) ?? 1
  return Math.floor(seconds / unit) * unit
}

function durationText(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
  ] as const
  const [unit, size] = units.find(([, each]) => seconds >= each && seconds % each === 0) ?? ['s', 1]
  return `${Math.floor(seconds / size)}${unit}`
}
