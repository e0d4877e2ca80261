import type { Alternative } from './figures.ts'
import type { Finding } from './findings.ts'
import { NODE_SOURCES, type NodeName, type NodeReading, type NodeSource } from './input.ts'
import { isWatts, ROUNDING, type PowerLimits } from './limits.ts'
import { wholeOf } from './meters.ts'

/** What one source reads of the whole node. */
export interface Candidate {
  readonly source: NodeSource
  readonly power_watts: number
}

/** The watts that count for a node, and what speaks against them. */
export interface NodeTotal {
  readonly power_watts: number
  readonly source: NodeSource | 'components'
  readonly disagreement_watts: number
  readonly alternatives: readonly Alternative[]
  readonly findings: readonly Finding[]
}

/** The believable readings of one node, one for each source, the most trusted first, and what was left out. */
export function candidatesOf(
  readings: readonly NodeReading[],
  limits: PowerLimits,
): { readonly candidates: readonly Candidate[]; readonly findings: readonly Finding[] } {
  const candidates = NODE_SOURCES.flatMap((source) => {
    const own = readings.filter((reading) => reading.source === source)
    const watts = wholeOf(own, (value) => isWatts(value, limits.mostNodeWatts))
    return watts !== null && (watts > 0 || isOff(own)) ? [{ source, power_watts: watts }] : []
  })
  const findings = readings
    .filter((reading) => !isBelievable(reading, limits))
    .map((reading) => implausible(reading))
  return { candidates, findings }
}

const isOff = (readings: readonly NodeReading[]): boolean =>
  readings.some(({ powered }) => powered === false)

/** A supply may stand by at 0 W; a whole node that is on cannot, but a BMC that cannot measure says so. */
function isBelievable(reading: NodeReading, { mostNodeWatts }: PowerLimits): boolean {
  if (!isWatts(reading.watts, mostNodeWatts)) return false
  return reading.watts > 0 || reading.part !== null || reading.powered === false
}

function implausible({ cluster, node, source, part, watts }: NodeReading): Finding {
  const meter = part === null ? source : `${source} ${part}`
  return {
    code: 'implausible_values',
    cluster,
    detail: `${meter} of ${node} reads ${watts} W`,
    size_watts: null,
  }
}

interface Evidence {
  readonly node: NodeName
  /** All parts of the node that were measured by themselves; null when none was. */
  readonly partsWatts: number | null
  readonly limits: PowerLimits
}

/**
 * The total of a node: the most trusted reading that its parts do not disprove, at least their sum; the sum of the
 * parts when they disprove every reading. A node cannot draw less than its parts, so the watts they exceed the
 * reading by are a disagreement and not a negative rest. Null without readings.
 */
export function totalOf(candidates: readonly Candidate[], evidence: Evidence): NodeTotal | null {
  const [first] = candidates
  if (first === undefined) return null
  const parts = evidence.partsWatts ?? 0
  const least = parts * (1 - evidence.limits.toleranceRatio)
  const chosen = candidates.find((candidate) => candidate.power_watts >= least)
  const watts = Math.max(chosen?.power_watts ?? 0, parts)
  const others = candidates.filter((candidate) => candidate !== chosen)
  return {
    power_watts: watts,
    source: chosen?.source ?? 'components',
    disagreement_watts: watts - (chosen ?? first).power_watts,
    alternatives: others.map((other) => ({ ...other, ratio: ratio(other.power_watts, watts) })),
    findings: findingsOf(candidates, { chosen, watts, evidence }),
  }
}

const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 1)

interface Choice {
  readonly chosen: Candidate | undefined
  readonly watts: number
  readonly evidence: Evidence
}

function findingsOf(
  candidates: readonly Candidate[],
  { chosen, watts, evidence }: Choice,
): readonly Finding[] {
  const { partsWatts, limits, node } = evidence
  const parts = partsWatts ?? 0
  return candidates.flatMap((candidate) => {
    const reads = candidate.power_watts
    if (reads < parts * (1 - ROUNDING))
      return [contradiction(node, candidate, { than: 'its parts draw', watts: parts })]
    const differs = Math.abs(reads - watts) > limits.disagreementRatio * watts
    return candidate !== chosen && differs
      ? [contradiction(node, candidate, { than: `${chosen?.source ?? 'its parts'} reads`, watts })]
      : []
  })
}

function contradiction(
  { cluster, node }: NodeName,
  { source, power_watts: reads }: Candidate,
  { than, watts }: { readonly than: string; readonly watts: number },
): Finding {
  const size = Math.abs(watts - reads)
  return {
    code: 'inconsistent_sources',
    cluster,
    detail: `${source} of ${node} reads ${round(reads)} W, ${than} ${round(watts)} W: ${round(size)} W apart`,
    size_watts: size,
  }
}

const round = (watts: number): number => Math.round(watts * 10) / 10
