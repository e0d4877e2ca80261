import { componentsOf, type Component, type NodeComponents } from './components.ts'
import type { BoardPower, NodePower, PowerParts } from './figures.ts'
import type { Finding } from './findings.ts'
import { distinct } from './group.ts'
import type { ComponentReading, NodeName, NodeReading } from './input.ts'
import type { PowerLimits } from './limits.ts'
import { candidatesOf, totalOf, type NodeTotal } from './node-readings.ts'
import { sumKnown, sumOf } from './sum.ts'

/** What is known of one node. */
export interface NodeEvidence {
  readonly name: NodeName
  readonly readings: readonly NodeReading[]
  readonly components: readonly ComponentReading[]
  readonly boards: readonly BoardPower[]
}

/**
 * The power of one node and its components. With a reading: `other` is what the reading has beyond the parts, so
 * all add up to it. Without: the sum of the parts, estimated, if its CPU or DRAM is among them. With boards alone
 * the node has no total: they are counted by themselves.
 */
export function nodePowerOf(
  { name, readings, components, boards }: NodeEvidence,
  limits: PowerLimits,
): { readonly node: NodePower; readonly findings: readonly Finding[] } {
  const zones = withinBoards(componentsOf(components, limits), boards)
  const measured = measuredParts(zones, boards)
  const { candidates, findings } = candidatesOf(readings, limits)
  const total = totalOf(candidates, { node: name, limits, partsWatts: sumOfParts(measured) })
  const figures = total === null ? estimate(zones, measured) : read(total, measured)
  const sources = distinct([
    ...boards.filter((board) => board.power_watts !== null).map(({ source }) => source),
    ...[zones.cpu, zones.dram].flatMap((component) => sourcesOf(component)),
    ...(total === null ? sourcesOf(zones.other) : []),
    ...(total === null || total.source === 'components' ? [] : [total.source]),
  ])
  return {
    node: {
      cluster: name.cluster,
      node: name.node,
      ...figures,
      sources,
      cpu_zone: zones.cpu_zone,
      cpu_sources: sourcesOf(zones.cpu),
      dram_sources: sourcesOf(zones.dram),
    },
    findings: [...findings, ...zones.findings, ...(total?.findings ?? [])],
  }
}

type Zones = Omit<NodeComponents, 'cpu_zone'> & Pick<NodePower, 'cpu_zone'>
type Figures = Pick<
  NodePower,
  'power_watts' | 'method' | 'source' | 'parts' | 'disagreement_watts' | 'alternatives'
>

const sourcesOf = (component: Component | null): readonly string[] =>
  component === null ? [] : [component.source]

/** A board whose meter also sees the CPU holds it: adding the CPU beside it would count it twice (GH200). */
function withinBoards(zones: NodeComponents, boards: readonly BoardPower[]): Zones {
  const isHeld = boards.some((board) => board.includes_cpu && board.power_watts !== null)
  return isHeld ? { ...zones, cpu: null, dram: null, cpu_zone: 'board' } : zones
}

function measuredParts({ cpu, dram }: Zones, boards: readonly BoardPower[]): PowerParts {
  const boardWatts = (kind: 'gpu' | 'npu'): number | null =>
    sumKnown(boards.filter((board) => board.kind === kind).map((board) => board.power_watts))
  return {
    cpu_watts: cpu?.watts ?? null,
    dram_watts: dram?.watts ?? null,
    gpu_watts: boardWatts('gpu'),
    npu_watts: boardWatts('npu'),
    other_watts: null,
  }
}

/** The sum of the parts that are known. */
export function sumOfParts(parts: PowerParts): number | null {
  return sumKnown(Object.values(parts) as readonly (number | null)[])
}

function read(total: NodeTotal, measured: PowerParts): Figures {
  const { power_watts: watts, source, disagreement_watts: disagreement, alternatives } = total
  const isLowerBound = source === 'components' || source === 'psu_output'
  return {
    power_watts: watts,
    method: isLowerBound ? 'estimated' : 'measured',
    source,
    parts: { ...measured, other_watts: Math.max(0, watts - (sumOfParts(measured) ?? 0)) },
    disagreement_watts: disagreement,
    alternatives,
  }
}

function estimate(zones: Zones, measured: PowerParts): Figures {
  const hasCpu = zones.cpu_zone !== null || zones.dram !== null
  const parts = hasCpu ? { ...measured, other_watts: zones.other?.watts ?? null } : measured
  return {
    power_watts: hasCpu ? sumOf(Object.values(parts).filter((part) => part !== null)) : null,
    method: hasCpu ? 'estimated' : null,
    source: hasCpu ? 'components' : null,
    parts,
    disagreement_watts: 0,
    alternatives: [],
  }
}
