import type { Device, Node, Seat } from '../datacentre.ts'
import { coresIn } from '../devices.ts'
import { without } from '../exclusions.ts'
import { shortest } from '../numbers.ts'
import type { ClusterPlan } from '../plan.ts'
import { podsWithin, type LabelPair, type Pod } from '../pods.ts'
import type { Line, Metric, Source } from '../series.ts'
import type { Span } from '../spans.ts'
import {
  boardWatts,
  coreClockMhz,
  deviceMemoryMb,
  deviceState,
  dieCelsius,
  loadedAt,
  seatBusy,
} from '../truth.ts'
import { busySeconds } from '../lane.ts'

interface FuriosaMetric extends Metric {
  /** `card`: one line a card and one for each pod on a part of it. `core`: one line a core. */
  readonly rows: 'card' | 'core'
  /** The kind of sensor, where the metric has several. */
  readonly sensor?: string
  readonly newer?: boolean
  at(row: FuriosaRow, seconds: number): number
}

/** Whom a line speaks of: a card or a core, and the pod that holds it. */
interface FuriosaRow extends Span {
  readonly device: Device
  readonly seat: Seat | undefined
  readonly cores: string
  readonly pod: Pod | undefined
}

const card = (name: string, help: string, at: FuriosaMetric['at']): FuriosaMetric => ({
  name,
  help,
  type: 'gauge',
  form: shortest(3),
  rows: 'card',
  at,
})
const core = (name: string, help: string, at: FuriosaMetric['at']): FuriosaMetric => ({
  ...card(name, help, at),
  rows: 'core',
})

const MHZ = 1e6
const MIB = 2 ** 20

const METRICS: readonly FuriosaMetric[] = [
  card('furiosa_npu_alive', 'The liveness of NPU device', ({ device }, t) =>
    deviceState(device, t) === 'working' ? 1 : 0,
  ),
  {
    ...card(
      'furiosa_npu_hw_temperature',
      'The current temperature of NPU device',
      ({ device }, t) => 26 + (dieCelsius(device, t) - 26) * 0.4,
    ),
    sensor: 'ambient',
  },
  {
    ...card(
      'furiosa_npu_hw_temperature',
      'The current temperature of NPU device',
      ({ device }, t) => dieCelsius(device, t),
    ),
    sensor: 'peak',
  },
  {
    ...card('furiosa_npu_hw_power', 'The current power of NPU device', ({ device }, t) =>
      boardWatts(device, t),
    ),
    sensor: 'rms',
  },
  core(
    'furiosa_npu_core_utilization',
    'The current core utilization of NPU device',
    ({ device, seat }, t) => (seat === undefined ? 0 : 100 * seatBusy(device, seat, t)),
  ),
  core('furiosa_npu_core_frequency', 'The current core frequency of NPU device', ({ device }, t) =>
    Math.round(coreClockMhz(device, t)),
  ),
  {
    ...core(
      'furiosa_npu_total_cycle_count',
      'The total cycle count of NPU device',
      ({ device }, t) => Math.floor((t - loadedAt(device, t)) * device.model.fullClockMhz * MHZ),
    ),
    type: 'counter',
  },
  {
    ...core(
      'furiosa_npu_task_execution_cycle',
      'The task execution cycle of NPU device',
      (row, t) => Math.floor(workedSeconds(row, t) * row.device.model.fullClockMhz * MHZ),
    ),
    type: 'counter',
  },
  {
    ...card(
      'furiosa_npu_dram_usage',
      'The current used dram of NPU device (Bytes)',
      ({ device }, t) => deviceMemoryMb(device, t) * MIB,
    ),
    newer: true,
  },
  {
    ...card(
      'furiosa_npu_dram_total',
      'The total dram of NPU device (Bytes)',
      ({ device }) => device.model.memoryMb * MIB,
    ),
    newer: true,
  },
]

function workedSeconds({ device, seat }: FuriosaRow, seconds: number): number {
  if (seat?.lane === undefined) return 0
  return busySeconds(seat.lane, { from: loadedAt(device, seconds), until: seconds })
}

/** Furiosa's furiosa-metrics-exporter of 2025.2, and a later one that reports memory as well. */
export const furiosa: Source = {
  name: 'furiosa',
  metrics: METRICS,
  nodes: ({ nodes }) =>
    nodes.filter(({ devices }) => devices.some(({ model }) => model.vendor === 'furiosa')),
  *lines({ cluster, node }, ask) {
    const wanted = METRICS.filter(({ name, newer }) => {
      return ask.wants(name) && (newer !== true || cluster.plan.furiosaMemory)
    })
    if (node === undefined || wanted.length === 0) return
    for (const device of node.devices) {
      const rows = { card: cardRows(device, ask), core: coreRows(device, ask) }
      const where = { node, plan: cluster.plan }
      yield* wanted.flatMap((metric) => rows[metric.rows].map((row) => lineOf(metric, row, where)))
    }
  },
}

const WHOLE_CARD = '0-7'

/** A card that is given whole: its pods, and nobody in between. One in parts: the card, and each part's pods. */
function cardRows(device: Device, span: Span): readonly FuriosaRow[] {
  const plain = { device, seat: undefined, cores: WHOLE_CARD, pod: undefined }
  const held = device.seats.flatMap((seat) => heldRows(device, seat, span))
  if (device.sharing === 'cores') return [{ ...plain, from: span.from, until: span.until }, ...held]
  return [...held, ...without(span, held).map((gap) => ({ ...plain, ...gap }))]
}

function heldRows(device: Device, seat: Seat, span: Span): readonly FuriosaRow[] {
  if (seat.lane === undefined) return []
  const cores = seat.coreRange ?? WHOLE_CARD
  return podsWithin(seat.lane, span).map(({ from, until, ...rest }) => ({
    from,
    until,
    device,
    seat,
    cores,
    pod: { from, until, ...rest },
  }))
}

function coreRows(device: Device, span: Span): readonly FuriosaRow[] {
  return device.seats.flatMap((seat) => {
    const held = heldRows(device, seat, span)
    const plain = { device, seat, cores: '', pod: undefined }
    const rows = [...held, ...without(span, held).map((gap) => ({ ...plain, ...gap }))]
    return coresIn(seat.coreRange ?? WHOLE_CARD).flatMap((core) =>
      rows.map((row) => ({ ...row, cores: String(core) })),
    )
  })
}

interface Where {
  readonly node: Node
  readonly plan: ClusterPlan
}

function lineOf(metric: FuriosaMetric, row: FuriosaRow, where: Where): Line {
  const { device } = row
  const labels = labelsOf(row, where)
  return {
    metric,
    labels: metric.sensor === undefined ? labels : sorted([...labels, ['label', metric.sensor]]),
    device: device.index,
    from: row.from,
    until: row.until,
    at: (seconds) =>
      deviceState(device, seconds) === 'lost' ? undefined : metric.at(row, seconds),
  }
}

function labelsOf({ device, cores, pod }: FuriosaRow, { node, plan }: Where): readonly LabelPair[] {
  const owner: readonly LabelPair[] =
    pod === undefined
      ? []
      : [
          ['container', pod.container],
          ['namespace', pod.namespace],
          ['pod', pod.name],
        ]
  const older: readonly LabelPair[] = plan.furiosaMemory
    ? []
    : [['pert_version', '2025.1.0+1694e18']]
  return sorted([
    ['arch', device.model.name],
    ['core', cores],
    ['device', `npu${device.index}`],
    ['driver_version', '2025.1.0+f09a8d8'],
    ['firmware_version', '2025.1.0+696efad'],
    ['hostname', node.name],
    ['pci_bus_id', `0000:${device.pciBus.toLowerCase()}:00.0`],
    ['uuid', device.uuid],
    ...owner,
    ...older,
  ])
}

function sorted(labels: readonly LabelPair[]): readonly LabelPair[] {
  return [...labels].sort(([a], [b]) => (a < b ? -1 : 1))
}
