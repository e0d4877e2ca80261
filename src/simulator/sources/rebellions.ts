import type { Device, Node } from '../datacentre.ts'
import { without } from '../exclusions.ts'
import { shortest } from '../numbers.ts'
import { podsWithin, type LabelPair, type Pod } from '../pods.ts'
import type { Line, Metric, Source } from '../series.ts'
import type { Span } from '../spans.ts'
import { boardWatts, deviceBusy, deviceMemoryMb, deviceState, dieCelsius } from '../truth.ts'

interface RebellionsMetric extends Metric {
  at(device: Device, seconds: number): number
}

const gauge = (field: string, help: string, at: RebellionsMetric['at']): RebellionsMetric => ({
  name: `RBLN_DEVICE_STATUS:${field}`,
  help,
  type: 'gauge',
  form: shortest(1),
  at,
})

const MIB = 2 ** 20

const METRICS: readonly RebellionsMetric[] = [
  { ...gauge('TEMPERATURE', 'NPU temperature (C)', dieCelsius), form: shortest(0) },
  gauge('CARD_POWER', 'Card power usage (W)', boardWatts),
  // 0 is active, 1 is not.
  gauge('HEALTH', 'NPU health status', (device, t) =>
    deviceState(device, t) === 'working' ? 0 : 1,
  ),
  gauge('DRAM_USED', 'DRAM used (bytes)', (device, t) => deviceMemoryMb(device, t) * MIB),
  gauge('DRAM_TOTAL', 'DRAM total (bytes)', ({ model }) => model.memoryMb * MIB),
  gauge('UTILIZATION', 'Utilization (%)', (device, t) => 100 * deviceBusy(device, t)),
]

/** Rebellions' rbln-metrics-exporter 0.2.2: old names, memory in bytes. */
export const rebellions: Source = {
  name: 'rebellions',
  metrics: METRICS,
  nodes: ({ nodes }) =>
    nodes.filter(({ devices }) => devices.some(({ model }) => model.vendor === 'rebellions')),
  *lines({ node }, ask) {
    const wanted = METRICS.filter(({ name }) => ask.wants(name))
    if (node === undefined || wanted.length === 0) return
    for (const device of node.devices) {
      const rows = rowsOf(device, ask).map((row) => ({
        ...row,
        labels: labelsOf(device, node, row.pod),
      }))
      yield* wanted.flatMap((metric) => rows.map((row) => lineOf(metric, device, row)))
    }
  },
}

interface Held extends Span {
  readonly pod: Pod | undefined
}

function rowsOf(device: Device, span: Span): readonly Held[] {
  const pods = device.seats.flatMap(({ lane }) =>
    lane === undefined ? [] : podsWithin(lane, span),
  )
  const held = pods.map((pod) => ({ from: pod.from, until: pod.until, pod }))
  return [...held, ...without(span, held).map((gap) => ({ ...gap, pod: undefined }))]
}

/** A card without a pod has the pod's labels all the same, empty. */
function labelsOf(device: Device, node: Node, pod: Pod | undefined): readonly LabelPair[] {
  return [
    ['card', device.model.name],
    ['container', pod?.container ?? ''],
    ['deviceID', '1250'],
    ['driver_version', '2.0.1'],
    ['firmware_version', '2.0.1'],
    ['hostname', node.name],
    ['name', `rbln${device.index}`],
    ['namespace', pod?.namespace ?? ''],
    ['pod', pod?.name ?? ''],
    ['uuid', device.uuid],
  ]
}

function lineOf(
  metric: RebellionsMetric,
  device: Device,
  row: Span & { readonly labels: readonly LabelPair[] },
): Line {
  return {
    metric,
    labels: row.labels,
    device: device.index,
    from: row.from,
    until: row.until,
    at: (seconds) =>
      deviceState(device, seconds) === 'lost' ? undefined : metric.at(device, seconds),
  }
}
