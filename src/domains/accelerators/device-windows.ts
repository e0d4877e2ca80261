import type { Device } from '../../analysis/devices/device.ts'
import type { Gauge } from '../../catalogue/measures.ts'
import { combine } from '../../kernel/answer.ts'
import type { NonEmpty } from '../../kernel/kind.ts'
import { fineWindow, resolveWindow, type WindowRequest } from '../../kernel/time-range.ts'
import { valueOf } from '../../services/devices/index.ts'
import { boardEnergy, boardSeries, timeSeries, type BoardSeries } from './device-history.ts'
import type { Asked } from './device-filter.ts'
import { findDevice, keyOf, outcome, type OneAsked } from './devices.ts'
import type { NamingNeeds as Needs } from '../../services/fleet/index.ts'
import type { TimeSeries } from './window-schemas.ts'

export interface WindowAsked extends Omit<OneAsked, 'measures'> {
  readonly window: WindowRequest
}

/** The power and energy of one board over a window, behind its place. Rejects as `theOne`. */
export async function devicePower<Place extends object>(
  needs: Needs,
  { window, ...asked }: WindowAsked,
  placeOf: (device: Device) => Place,
) {
  const windows = windowsOf(window, asked)
  const { answer, device, telemetry } = await findDevice(needs, asked)
  const board = { kind: asked.kind, device, ...windows, signal: asked.signal }
  const [watts, { energy, account }] = await Promise.all([
    boardSeries(telemetry, 'power_watts', board),
    boardEnergy(telemetry, board),
  ])
  const { method: energyMethod, ...measured } = energy
  return outcome(asked, combine([answer, watts.account, account]), {
    ...placeOf(device),
    power_watts: valueOf(device, 'power_watts'),
    power_limit_watts: valueOf(device, 'power_limit_watts'),
    power_watts_min: watts.lowest,
    power_watts_avg: watts.mean,
    power_watts_max: watts.highest,
    ...measured,
    energy_method: energyMethod,
    source: watts.source ?? device.sources[0] ?? null,
    method: 'measured' as const,
    timeseries: timeSeries('power_watts', windows.range, {
      key: keyOf(asked.kind, device),
      points: watts.points,
    }),
  })
}

/** One gauge of a board over a window: now, and in the window. */
export interface Sensor extends Pick<BoardSeries, 'lowest' | 'mean' | 'highest'> {
  readonly now: number | null
  readonly timeseries: TimeSeries
}

/** Some gauges of one board over a window. Rejects as `theOne`. */
export async function deviceSensors<Measure extends Gauge, Data>(
  needs: Needs,
  { window, measures, ...asked }: WindowAsked & { readonly measures: NonEmpty<Measure> },
  show: (device: Device, sensors: Readonly<Record<Measure, Sensor>>) => Data,
) {
  const windows = windowsOf(window, asked)
  const { answer, device, telemetry } = await findDevice(needs, asked)
  const board = { kind: asked.kind, device, ...windows, signal: asked.signal }
  const key = keyOf(asked.kind, device)
  const read = await Promise.all(
    measures.map(async (measure) => {
      const { points, account, ...statistics } = await boardSeries(telemetry, measure, board)
      const timeseries = timeSeries(measure, windows.range, { key, points })
      return {
        measure,
        account,
        sensor: { ...statistics, now: valueOf(device, measure), timeseries },
      }
    }),
  )
  const sensors = recordOf(read.map(({ measure, sensor }) => [measure, sensor]))
  const account = combine([answer, ...read.map((each) => each.account)])
  return outcome(asked, account, show(device, sensors))
}

/** A record of every key of a closed list. */
const recordOf = <Key extends string, Value>(entries: readonly (readonly [Key, Value])[]) =>
  // `fromEntries` forgets the names of its keys.
  Object.fromEntries(entries) as Readonly<Record<Key, Value>>

const windowsOf = (window: WindowRequest, { at }: Asked) => ({
  range: resolveWindow(window, at),
  whole: fineWindow(window, at),
})
