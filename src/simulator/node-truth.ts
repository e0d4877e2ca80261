import type { Cluster, Node } from './datacentre.ts'
import { busyAt, busySeconds, type Lane } from './lane.ts'
import { noiseAt, noiseSeconds } from './noise.ts'
import { edgesWithin, isWithin, type Span } from './spans.ts'
import { boardJoules, boardWatts } from './truth.ts'
import type { WorkloadKind } from './workloads.ts'

// What is really so of servers and clusters, exactly, at any time in unix seconds.

/** Share of the CPU that it asked for which a busy pod uses: work on a device leaves the CPU waiting. */
const CPU_USE: Readonly<Record<WorkloadKind, number>> = {
  training: 0.45,
  serving: 0.3,
  reserved: 0.1,
  batch: 0.6,
  interactive: 0.25,
  service: 0.7,
  daemon: 0.5,
}
const NOISE_WATTS = 1.5

/** Where the watts of a server go. The parts and the loss add up to the total. */
export interface NodeWatts {
  readonly cpu: number
  readonly dram: number
  /** All boards together. */
  readonly accelerators: number
  readonly base: number
  readonly fans: number
  /** What its power supplies turn into heat. */
  readonly supplyLoss: number
  /** What it draws from the wall. */
  readonly total: number
}

const NOTHING: NodeWatts = {
  cpu: 0,
  dram: 0,
  accelerators: 0,
  base: 0,
  fans: 0,
  supplyLoss: 0,
  total: 0,
}

/** The power of a server and of its parts, in watts. */
export function nodeWatts(node: Node, seconds: number): NodeWatts {
  if (isWithin(node.outages, seconds)) return NOTHING
  const accelerators = node.devices.reduce((sum, device) => sum + boardWatts(device, seconds), 0)
  const noise = NOISE_WATTS * noiseAt(node.seed, seconds)
  return assemble(node, { accelerators, cores: busyCores(node, seconds), noise, length: 1 })
}

/** The exact integrals of `nodeWatts`, in joules. */
export function nodeJoules(node: Node, span: Span): NodeWatts {
  const edges = edgesWithin(node.outages, span)
  const pieces = edges.slice(1).map((until, index) => ({ from: edges[index] ?? until, until }))
  return pieces
    .filter(({ from }) => !isWithin(node.outages, from))
    .map((piece) => workingJoules(node, piece))
    .reduce(added, NOTHING)
}

function workingJoules(node: Node, piece: Span): NodeWatts {
  return assemble(node, {
    accelerators: node.devices.reduce((sum, device) => sum + boardJoules(device, piece), 0),
    cores: node.work.reduce((sum, lane) => sum + coreSeconds(lane, piece), 0),
    noise: NOISE_WATTS * noiseSeconds(node.seed, piece),
    length: piece.until - piece.from,
  })
}

/** What varies, as rates with length 1 or as integrals over `length` seconds: the rest is linear in it. */
interface Varying {
  readonly accelerators: number
  readonly cores: number
  readonly noise: number
  readonly length: number
}

function assemble({ machine }: Node, { accelerators, cores, noise, length }: Varying): NodeWatts {
  const load = cores / machine.cores
  const cpu = machine.cpuIdleWatts * length + machine.cpuDynamicWatts * load + noise
  const dram = machine.dramIdleWatts * length + machine.dramDynamicWatts * load
  const base = machine.baseWatts * length
  const fans = machine.fanIdleWatts * length + machine.fanShare * (cpu + accelerators)
  const total = (cpu + dram + accelerators + base + fans) / machine.supplyEfficiency
  const supplyLoss = total * (1 - machine.supplyEfficiency)
  return { cpu, dram, accelerators, base, fans, supplyLoss, total }
}

function added(a: NodeWatts, b: NodeWatts): NodeWatts {
  return {
    cpu: a.cpu + b.cpu,
    dram: a.dram + b.dram,
    accelerators: a.accelerators + b.accelerators,
    base: a.base + b.base,
    fans: a.fans + b.fans,
    supplyLoss: a.supplyLoss + b.supplyLoss,
    total: a.total + b.total,
  }
}

/** CPU cores that are at work on a node. */
export function busyCores(node: Node, seconds: number): number {
  return node.work.reduce((sum, lane) => sum + laneCores(lane, seconds), 0)
}

/** CPU cores that the pod on a lane keeps at work. */
export function laneCores(lane: Lane, seconds: number): number {
  return lane.cores * CPU_USE[lane.kind] * busyAt(lane, seconds)
}

/** The integral of `laneCores`, in core seconds. */
export function coreSeconds(lane: Lane, span: Span): number {
  return lane.cores * CPU_USE[lane.kind] * busySeconds(lane, span)
}

/** What one busy core adds to the power of CPU and DRAM, in watts. */
export function wattsPerCore({ machine }: Node): { readonly cpu: number; readonly dram: number } {
  return {
    cpu: machine.cpuDynamicWatts / machine.cores,
    dram: machine.dramDynamicWatts / machine.cores,
  }
}

/** The power of all servers of a cluster, in watts. */
export function clusterWatts(cluster: Cluster, seconds: number): NodeWatts {
  return cluster.nodes.map((node) => nodeWatts(node, seconds)).reduce(added, NOTHING)
}

/** The exact integrals of `clusterWatts`, in joules. */
export function clusterJoules(cluster: Cluster, span: Span): NodeWatts {
  return cluster.nodes.map((node) => nodeJoules(node, span)).reduce(added, NOTHING)
}
