import type { Node } from '../datacentre.ts'
import { nodeJoules } from '../node-truth.ts'
import { shortest } from '../numbers.ts'
import { ALWAYS, type Ask, type Line, type Metric } from '../series.ts'
import { bootedAt } from './machine-clock.ts'

const zone = (name: string): Metric => ({
  name: `node_rapl_${name}_joules_total`,
  help: `Current RAPL ${name} value in joules`,
  type: 'counter',
  form: shortest(6),
})

const ZONES = [
  { metric: zone('package'), of: 'cpu' },
  { metric: zone('dram'), of: 'dram' },
] as const

/** What node_exporter says of RAPL. */
export const RAPL_METRICS: readonly Metric[] = ZONES.map(({ metric }) => metric)

/** The counters of a node's processors, as one package. */
export const raplLines = (node: Node, ask: Ask): readonly Line[] =>
  ZONES.filter(({ metric }) => ask.wants(metric.name)).map(({ metric, of }) => ({
    ...ALWAYS,
    metric,
    labels: [
      ['index', '0'],
      ['path', `/host/sys/class/powercap/intel-rapl:0`],
    ],
    at: (seconds) => nodeJoules(node, { from: bootedAt(node, seconds), until: seconds })[of],
  }))
