import type { Guest, Node } from '../datacentre.ts'
import { runsWithin } from '../guests.ts'
import type { Lane } from '../lane.ts'
import {
  busyCores,
  coreSeconds,
  laneCores,
  nodeJoules,
  nodeWatts,
  wattsPerCore,
} from '../node-truth.ts'
import { shortest } from '../numbers.ts'
import { podsWithin, type LabelPair, type Pod } from '../pods.ts'
import { ALWAYS, type Ask, type Line, type Metric, type Source } from '../series.ts'
import { lastEnd, type Span } from '../spans.ts'

/** What Kepler says of a node's processors, all of it or the part that was at work or idle. */
interface Part {
  readonly words: string
  readonly state: string
  readonly of: (whole: number, active: number) => number
}

const PARTS = {
  cpu: { words: 'cpu', state: '', of: (whole) => whole },
  cpu_active: { words: 'cpu', state: ' in active state', of: (_whole, active) => active },
  cpu_idle: { words: 'cpu', state: ' in idle state', of: (whole, active) => whole - active },
} as const satisfies Readonly<Record<string, Part>>

type PartName = keyof typeof PARTS

const joules = (level: string, part: PartName): Metric => ({
  name: `kepler_${level}_${part}_joules_total`,
  help: `Energy consumption of cpu${PARTS[part].state} at ${level} level in joules`,
  type: 'counter',
  form: shortest(6),
})
const watts = (level: string, part: PartName): Metric => ({
  name: `kepler_${level}_${part}_watts`,
  help: `Power consumption of cpu${PARTS[part].state} at ${level} level in watts`,
  type: 'gauge',
  form: shortest(6),
})

const USAGE: Metric = {
  name: 'kepler_node_cpu_usage_ratio',
  help: 'CPU usage ratio of a node (value between 0.0 and 1.0)',
  type: 'gauge',
  form: shortest(6),
}
const POD_JOULES = joules('pod', 'cpu')
const POD_WATTS = watts('pod', 'cpu')
const VM_JOULES = joules('vm', 'cpu')
const VM_WATTS = watts('vm', 'cpu')
const NODE_METRICS = (['cpu', 'cpu_active', 'cpu_idle'] as const).map((part) => ({
  part: PARTS[part],
  joules: joules('node', part),
  watts: watts('node', part),
}))

/** A RAPL zone. `core` lies inside `package`, so the three never add up to anything. */
interface Zone {
  readonly name: 'package' | 'dram' | 'core'
  readonly of: 'cpu' | 'dram'
  readonly share: number
}

const ZONES: readonly Zone[] = [
  { name: 'core', of: 'cpu', share: 0.7 },
  { name: 'dram', of: 'dram', share: 1 },
  { name: 'package', of: 'cpu', share: 1 },
]

/** Kepler 0.11 without its experimental GPU part, on every node. */
export const kepler: Source = {
  name: 'kepler',
  metrics: [
    ...NODE_METRICS.flatMap((metrics) => [metrics.joules, metrics.watts]),
    USAGE,
    POD_JOULES,
    POD_WATTS,
    VM_JOULES,
    VM_WATTS,
  ],
  nodes: ({ nodes, plan }) => (plan.kepler ? nodes : []),
  *lines({ node }, ask) {
    if (node === undefined) return
    for (const line of nodeLines(node)) if (ask.wants(line.metric.name)) yield line
    yield* podLines(node, ask)
    yield* vmLines(node, ask)
  },
}

const START = Date.UTC(2026, 0, 1) / 1000
const DAY = 86_400
const RESTART_SECONDS = 200 * DAY

/** Kepler counts from when it was started: every 200 days, and after each outage of the node. */
function startedAt(node: Node, seconds: number): number {
  const cycles = Math.floor((seconds - START) / RESTART_SECONDS)
  return Math.max(START + cycles * RESTART_SECONDS, lastEnd(node.outages, seconds) ?? -Infinity)
}

function nodeLines(node: Node): readonly Line[] {
  const usage: Line = {
    ...ALWAYS,
    metric: USAGE,
    labels: [['node_name', node.name]],
    at: (seconds) => busyCores(node, seconds) / node.machine.cores,
  }
  const zones = ZONES.flatMap((zone) =>
    NODE_METRICS.flatMap((metrics) => zoneLines(node, zone, metrics)),
  )
  return [...zones, usage]
}

function zoneLines(
  node: Node,
  zone: Zone,
  metrics: (typeof NODE_METRICS)[number],
): readonly Line[] {
  const labels: readonly LabelPair[] = [
    ['node_name', node.name],
    ['path', `aggregated-${zone.name}`],
    ['zone', zone.name],
  ]
  const perCore = wattsPerCore(node)[zone.of]
  const part = (whole: number, cores: number) =>
    zone.share * metrics.part.of(whole, cores * perCore)
  return [
    {
      ...ALWAYS,
      metric: metrics.joules,
      labels,
      at: (seconds) => {
        const span = { from: startedAt(node, seconds), until: seconds }
        const cores = node.work.reduce((sum, lane) => sum + coreSeconds(lane, span), 0)
        return part(nodeJoules(node, span)[zone.of], cores)
      },
    },
    {
      ...ALWAYS,
      metric: metrics.watts,
      labels,
      at: (seconds) => part(nodeWatts(node, seconds)[zone.of], busyCores(node, seconds)),
    },
  ]
}

/** How long an ended pod is still shown, with 0 watts and the joules that it had. */
const TERMINATED_SECONDS = 300

function podLines(node: Node, ask: Ask): readonly Line[] {
  if (!ask.wants(POD_JOULES.name) && !ask.wants(POD_WATTS.name)) return []
  const wider = { from: ask.from - TERMINATED_SECONDS, until: ask.until }
  const pods = node.lanes.flatMap((lane) => podsWithin(lane, wider))
  return pods
    .flatMap((pod) => ZONES.flatMap((zone) => podZoneLines(node, pod, zone)))
    .filter(({ metric }) => ask.wants(metric.name))
}

function podZoneLines(node: Node, pod: Pod, zone: Zone): readonly Line[] {
  const labels: readonly LabelPair[] = [
    ['node_name', node.name],
    ['pod_id', pod.uid],
    ['pod_name', pod.name],
    ['pod_namespace', pod.namespace],
  ]
  return workLines({ node, lane: pod.lane, run: pod, zone, labels }, [POD_JOULES, POD_WATTS])
}

/** The processes of QEMU. */
function vmLines(node: Node, ask: Ask): readonly Line[] {
  if (!ask.wants(VM_JOULES.name) && !ask.wants(VM_WATTS.name)) return []
  const wider = { from: ask.from - TERMINATED_SECONDS, until: ask.until }
  return node.guests
    .flatMap((guest) =>
      runsWithin(guest, wider).flatMap((run) =>
        ZONES.flatMap((zone) => vmZoneLines({ node, guest, run, zone })),
      ),
    )
    .filter(({ metric }) => ask.wants(metric.name))
}

interface VmZone {
  readonly node: Node
  readonly guest: Guest
  readonly run: Span
  readonly zone: Zone
}

function vmZoneLines({ node, guest, run, zone }: VmZone): readonly Line[] {
  const { lane, uuid, domain } = guest
  if (lane === undefined) return []
  const labels: readonly LabelPair[] = [
    ['hypervisor', 'kvm'],
    ['node_name', node.name],
    ['vm_id', uuid],
    ['vm_name', domain],
  ]
  return workLines({ node, lane, run, zone, labels }, [VM_JOULES, VM_WATTS])
}

/** What one workload does in one zone. */
interface Work {
  readonly node: Node
  readonly lane: Lane
  readonly run: Span
  readonly zone: Zone
  readonly labels: readonly LabelPair[]
}

function workLines(
  { node, lane, run, zone, labels }: Work,
  [energy, power]: readonly [Metric, Metric],
): readonly Line[] {
  const factor = zone.share * wattsPerCore(node)[zone.of]
  const counted = (until: number) =>
    factor * coreSeconds(lane, { from: Math.max(run.from, startedAt(node, until)), until })
  const inState = (state: string): readonly LabelPair[] => [
    ...labels,
    ['state', state],
    ['zone', zone.name],
  ]
  const running = { from: run.from, until: run.until, labels: inState('running') }
  const ended = {
    from: run.until,
    until: run.until + TERMINATED_SECONDS,
    labels: inState('terminated'),
  }
  return [
    { ...running, metric: energy, at: counted },
    { ...running, metric: power, at: (seconds) => factor * laneCores(lane, seconds) },
    { ...ended, metric: energy, at: () => counted(run.until) },
    { ...ended, metric: power, at: () => 0 },
  ]
}
