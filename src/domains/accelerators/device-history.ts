import type { Device } from '../../analysis/devices/device.ts'
import { weighedEnergy, type Energy, type EnergyDoubt } from '../../analysis/power/energy.ts'
import { MEASURES, type Gauge } from '../../catalogue/measures.ts'
import { combine, type Answer, type Warning } from '../../kernel/answer.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import { baseUnitOf } from '../../kernel/units.ts'
import type { Question, Reading, ReadingSeries, Telemetry } from '../../services/telemetry/index.ts'
import type { DeviceKind } from '../../services/devices/index.ts'
import type { TimeSeries } from './window-schemas.ts'

/** One board over one window. */
export interface BoardQuestion {
  readonly kind: DeviceKind
  readonly device: Device
  /** The grid of the series. */
  readonly range: TimeRange
  /** The whole window in fine steps, for figures of all of it. */
  readonly whole: TimeRange
  readonly signal: AbortSignal
}

type Account = Pick<Answer<unknown>, 'clusters' | 'warnings'>
type Points = readonly (number | null)[]

/** Lowest, mean and highest sample of a window, and its points. */
export interface BoardSeries {
  readonly lowest: number | null
  readonly mean: number | null
  readonly highest: number | null
  readonly points: Points
  readonly source: string | null
  readonly account: Account
}

/** A gauge of one board over a window. */
export async function boardSeries(
  telemetry: Telemetry,
  measure: Gauge,
  question: BoardQuestion,
): Promise<BoardSeries> {
  const asked = { ...boardOf(question), measure, range: question.whole }
  const [series, lowest, mean, highest] = await Promise.all([
    telemetry.history({ ...asked, range: question.range, summary: 'avg' }),
    telemetry.overWindow({ ...asked, summary: 'min' }),
    telemetry.overWindow({ ...asked, summary: 'avg' }),
    telemetry.overWindow({ ...asked, summary: 'max' }),
  ])
  const { device } = question
  const own = ownOf(series.rows, device)
  const valueIn = ({ rows }: Answer<Reading>): number | null =>
    ownOf(rows, device)?.values[measure] ?? null
  return {
    lowest: valueIn(lowest),
    mean: valueIn(mean),
    highest: valueIn(highest),
    points: pointsOf(own, question.range),
    source: own?.source ?? null,
    account: combine([series, lowest, mean, highest]),
  }
}

/** The energy of one board over the whole window: by its own counter, else by its watts. */
export async function boardEnergy(
  telemetry: Telemetry,
  question: BoardQuestion,
): Promise<{ readonly energy: Energy; readonly account: Account }> {
  const { whole, device } = question
  const asked = { ...boardOf(question), range: whole }
  const [counter, power] = await Promise.all([
    telemetry.history({ ...asked, measure: 'energy_joules', summary: 'last' }),
    telemetry.history({ ...asked, measure: 'power_watts', summary: 'avg' }),
  ])
  const pointsIn = ({ rows }: Answer<ReadingSeries>): Points => pointsOf(ownOf(rows, device), whole)
  const points = { joules: pointsIn(counter), watts: pointsIn(power) }
  const { energy, doubt } = weighedEnergy(points, whole.stepSeconds)
  const account = combine([counter, power])
  if (doubt === null) return { energy, account }
  const warnings = [...account.warnings, doubtWarning(device, doubt)]
  return { energy, account: { ...account, warnings } }
}

function doubtWarning({ cluster, uuid, node }: Device, { kind, ratio }: EnergyDoubt): Warning {
  const factor = ratio >= 1 ? `${ratio.toPrecision(3)} times` : `1/${(1 / ratio).toPrecision(3)} of`
  const counts =
    kind === 'other_unit' ? 'which is another unit: the watts count' : 'the counter counts'
  return {
    code: 'inconsistent_sources',
    cluster,
    detail: `the energy counter of ${uuid ?? node ?? 'the board'} adds ${factor} what its watts come to, ${counts}`,
  }
}

function boardOf({ kind, device, signal }: BoardQuestion): Question {
  const asked = { entity: kind.entity, clusters: [device.cluster], signal }
  if (device.uuid !== null) return { ...asked, labels: ['uuid'], where: { uuid: [device.uuid] } }
  const [first = '', ...others] = device.index_labels
  return { ...asked, labels: ['node', 'device_index'], where: { device_index: [first, ...others] } }
}

/** The first of some rows that is the board's: without a UUID they are of its index on all nodes. */
function ownOf<Row extends Pick<Reading, 'labels' | 'vendor'>>(
  rows: readonly Row[],
  { uuid, node, vendor }: Device,
): Row | undefined {
  if (uuid !== null) return rows[0]
  return rows.find((row) => (row.labels.node ?? null) === node && row.vendor === vendor)
}

function pointsOf(
  series: ReadingSeries | undefined,
  { start, end, stepSeconds }: TimeRange,
): Points {
  const length = Math.round((unixSeconds(end) - unixSeconds(start)) / stepSeconds) + 1
  return series?.values ?? new Array<null>(length).fill(null)
}

/** Points on their grid, as the API gives every series. */
export function timeSeries(
  measure: Gauge,
  range: TimeRange,
  { key, points }: { readonly key: Readonly<Record<string, string>>; readonly points: Points },
): TimeSeries {
  const first = unixSeconds(range.start)
  return {
    metric: measure,
    unit: baseUnitOf(MEASURES[measure].dimension),
    start: range.start,
    end: range.end,
    step_seconds: range.stepSeconds,
    series: [
      { key, points: points.map((value, index) => [first + index * range.stepSeconds, value]) },
    ],
  }
}
