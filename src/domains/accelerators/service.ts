import type { Device, DeviceRow } from '../../analysis/devices/device.ts'
import { slicesOfModel } from '../../analysis/devices/slices.ts'
import type { Gauge } from '../../catalogue/measures.ts'
import type { Outcome } from '../../http/app.ts'
import { combine, type Answer } from '../../kernel/answer.ts'
import type { NonEmpty } from '../../kernel/kind.ts'
import { paginate, type PageRequest } from '../../kernel/page.ts'
import { fineWindow, resolveWindow, type WindowRequest } from '../../kernel/time-range.ts'
import type { Telemetry } from '../../services/telemetry/index.ts'
import { boardEnergy, boardSeries, timeSeries } from './gpu-history.ts'
import { filteredGpus, type Asked, type GpuFilter } from './gpu-filter.ts'
import { matchesId, theOne } from './gpu-lookup.ts'
import {
  gpuRow,
  LIST_MEASURES,
  metricsOf,
  partitionRow,
  placeOf,
  valueOf,
  ALL_MEASURES,
} from './gpu-rows.ts'
import { summarise } from './gpu-summary.ts'
import { readDevices } from './inventory.ts'
import { kubernetesCounts } from './kubernetes.ts'
import { SORTABLE } from './schemas.ts'

/** The GPUs of the asked clusters. Rejects with `not_found` for a node or pod that nobody knows. */
export async function listGpus(
  telemetry: Telemetry,
  asked: Asked,
  { filter, page }: { readonly filter: GpuFilter; readonly page: PageRequest },
) {
  const answer = await filteredGpus(telemetry, asked, filter)
  const ordered = [...answer.rows].sort(byPlace)
  const part =
    page.sort === undefined
      ? pageOfDevices(ordered, page)
      : paginate(ordered.map(gpuRow), page, SORTABLE)
  return { ...outcome(asked, answer, part.rows), page: part.page }
}

/** The GPUs of the asked clusters in a few figures, beside what Kubernetes counts. */
export async function summariseGpus(telemetry: Telemetry, asked: Asked, filter: GpuFilter) {
  const [answer, kubernetes] = await Promise.all([
    filteredGpus(telemetry, asked, filter),
    kubernetesCounts(telemetry, asked),
  ])
  const account = combine([answer, kubernetes.account])
  // What Kubernetes counts is of whole clusters: beside a filtered set it would be read as part of it.
  const whole = Object.values(filter).every((value) => value === undefined)
  return outcome(asked, account, summarise(answer.rows, whole ? kubernetes.counts : null))
}

/** One GPU. Rejects as `theOne`; so do all reads of one GPU below. */
export async function oneGpu(telemetry: Telemetry, asked: Asked, id: string) {
  const { answer, device } = await find(telemetry, asked, { id, measures: LIST_MEASURES })
  return outcome(asked, answer, gpuRow(device))
}

/** Every measure of one GPU. */
export async function gpuMetrics(telemetry: Telemetry, asked: Asked, id: string) {
  const { answer, device } = await find(telemetry, asked, { id, measures: ALL_MEASURES })
  const data = { ...placeOf(device), metrics: metricsOf(device), sources: device.sources }
  return outcome(asked, answer, data)
}

/** The partitions of one GPU. */
export async function gpuPartitions(telemetry: Telemetry, asked: Asked, id: string) {
  const { answer, device } = await find(telemetry, asked, { id, measures: LIST_MEASURES })
  return outcome(asked, answer, {
    ...placeOf(device),
    slices_total: slicesOfModel(device.model),
    partitions: device.partitions.map(partitionRow),
  })
}

/** The power and energy of one board over a window. */
export async function gpuPower(
  telemetry: Telemetry,
  asked: Asked,
  { id, window }: { readonly id: string; readonly window: WindowRequest },
) {
  const windows = windowsOf(window, asked)
  const { answer, device } = await find(telemetry, asked, { id, measures: ['power_watts'] })
  const board = { device, ...windows, signal: asked.signal }
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
      key: keyOf(device),
      points: watts.points,
    }),
  })
}

/** The temperatures of one board over a window. */
export async function gpuTemperature(
  telemetry: Telemetry,
  asked: Asked,
  { id, window }: { readonly id: string; readonly window: WindowRequest },
) {
  const windows = windowsOf(window, asked)
  const { answer, device } = await find(telemetry, asked, { id, measures: TEMPERATURES })
  const board = { device, ...windows, signal: asked.signal }
  const [die, memory] = await Promise.all([
    boardSeries(telemetry, 'gpu_temperature_celsius', board),
    boardSeries(telemetry, 'memory_temperature_celsius', board),
  ])
  const key = keyOf(device)
  return outcome(asked, combine([answer, die.account, memory.account]), {
    ...placeOf(device),
    gpu_temperature_celsius: valueOf(device, 'gpu_temperature_celsius'),
    memory_temperature_celsius: valueOf(device, 'memory_temperature_celsius'),
    gpu_temperature_celsius_min: die.lowest,
    gpu_temperature_celsius_avg: die.mean,
    gpu_temperature_celsius_max: die.highest,
    memory_temperature_celsius_min: memory.lowest,
    memory_temperature_celsius_avg: memory.mean,
    memory_temperature_celsius_max: memory.highest,
    timeseries: [
      timeSeries('gpu_temperature_celsius', windows.range, { key, points: die.points }),
      timeSeries('memory_temperature_celsius', windows.range, { key, points: memory.points }),
    ],
  })
}

const windowsOf = (window: WindowRequest, { at }: Asked) => ({
  range: resolveWindow(window, at),
  whole: fineWindow(window, at),
})

const TEMPERATURES = ['gpu_temperature_celsius', 'memory_temperature_celsius'] as const

async function find(
  telemetry: Telemetry,
  asked: Asked,
  { id, measures }: { readonly id: string; readonly measures: NonEmpty<Gauge> },
): Promise<{ readonly answer: Answer<Device>; readonly device: Device }> {
  const pick = (row: DeviceRow): boolean => matchesId(row, id)
  const answer = await readDevices(telemetry, { ...asked, measures, pick })
  return { answer, device: theOne(answer, id) }
}

const keyOf = (device: Device): Record<string, string> => ({
  cluster: device.cluster,
  ...(device.node === null ? {} : { node: device.node }),
  gpu_id: placeOf(device).gpu_id,
})

/** Only the rows of the page are made: a list without an order of its own is cut first. */
function pageOfDevices(devices: readonly Device[], page: PageRequest) {
  const part = paginate(devices, page, [])
  return { rows: part.rows.map(gpuRow), page: part.page }
}

function byPlace(a: Device, b: Device): number {
  if (a.cluster !== b.cluster) return compareText(a.cluster, b.cluster)
  if (a.node !== b.node) return compareText(a.node ?? '', b.node ?? '')
  const difference = (a.device_index ?? 0) - (b.device_index ?? 0)
  return difference === 0 ? compareText(a.key, b.key) : difference
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function outcome<Data>(
  { at }: Asked,
  { clusters, warnings }: Pick<Answer<unknown>, 'clusters' | 'warnings'>,
  data: Data,
): Omit<Outcome<Data>, 'data'> & { readonly data: Data } {
  return { data, observedAt: at, clusters, warnings }
}
