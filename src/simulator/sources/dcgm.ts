import type { Device } from '../datacentre.ts'
import type { LabelPair } from '../pods.ts'
import { type Ask, type Line, type Source, type SourcePlace } from '../series.ts'
import { deviceState } from '../truth.ts'
import { DCGM_METRICS, type DcgmMetric } from './dcgm-metrics.ts'
import { cardRows, isShown, processRows, type DcgmRow } from './dcgm-rows.ts'

/** NVIDIA dcgm-exporter 4.5 with Kubernetes mapping, on every node with NVIDIA cards. */
export const dcgm: Source = {
  name: 'dcgm',
  metrics: DCGM_METRICS,
  nodes: ({ nodes }) =>
    nodes.filter(({ devices }) => devices.some(({ model }) => model.vendor === 'nvidia')),
  *lines(place, ask) {
    const wanted = DCGM_METRICS.filter(({ name, extra }) => {
      return ask.wants(name) && (extra !== true || place.cluster.plan.dcgm.extraCounters)
    })
    for (const device of place.node?.devices ?? [])
      yield* deviceLines(device, wanted, { place, ask })
  },
}

interface Wanted {
  readonly place: SourcePlace
  readonly ask: Ask
}

function deviceLines(
  device: Device,
  wanted: readonly DcgmMetric[],
  { place: { cluster, node }, ask }: Wanted,
): readonly Line[] {
  if (node === undefined || wanted.length === 0) return []
  const place = { node, era: cluster.plan.dcgm, span: { from: ask.from, until: ask.until } }
  const rows = cardRows(device, place)
  return wanted.flatMap((metric) => {
    if (metric.notOnMig === true && device.sharing === 'mig') return []
    const own = metric.rows === 'process' ? processRows(device, place) : rows
    return own.flatMap((row) => linesOf(metric, row))
  })
}

function linesOf(metric: DcgmMetric, row: DcgmRow): readonly Line[] {
  return metric.rows === 'error' ? errorLines(metric, row) : [lineOf(metric, row)]
}

function lineOf(metric: DcgmMetric, row: DcgmRow): Line {
  const { device } = row
  return {
    metric,
    labels: row.attributes.length === 0 ? row.labels : [...row.labels, ...row.attributes],
    device: device.index,
    from: row.from,
    until: row.until,
    at: (seconds) => (isShown(device, seconds) ? metric.at(row, seconds) : undefined),
  }
}

const NO_ERROR: readonly LabelPair[] = [
  ['err_code', '0'],
  ['err_msg', 'No Error'],
]
const OFF_THE_BUS: readonly LabelPair[] = [
  ['err_code', '79'],
  ['err_msg', 'GPU has fallen off the bus'],
]

/** The error is in the labels too, so each code is a series of its own. */
function errorLines(metric: DcgmMetric, row: DcgmRow): readonly Line[] {
  const { device } = row
  const plain = lineOf(metric, row)
  const isLost = (seconds: number) => deviceState(device, seconds) === 'lost'
  const labels = (error: readonly LabelPair[]) => [...row.labels, ...merged(row.attributes, error)]
  const healthy: Line = {
    ...plain,
    labels: labels(NO_ERROR),
    at: (seconds) => (isLost(seconds) ? undefined : 0),
  }
  if (device.losses.length === 0) return [healthy]
  const fallen: Line = {
    ...plain,
    labels: labels(OFF_THE_BUS),
    at: (seconds) => (isLost(seconds) && isShown(device, seconds) ? 79 : undefined),
  }
  return [healthy, fallen]
}

function merged(a: readonly LabelPair[], b: readonly LabelPair[]): readonly LabelPair[] {
  return [...a, ...b].sort(([left], [right]) => (left < right ? -1 : 1))
}
