import { keyOf } from '../../analysis/power/group.ts'
import { hostOf } from '../../analysis/identity/names.ts'
import type { NodeResolver, Resolution } from '../../analysis/identity/resolver.ts'
import type { Reading } from '../telemetry/index.ts'

/** The nodes of BMCs. */
export interface Names {
  /** The node of a BMC; for one that belongs to no known node, its own name. */
  readonly nodeOf: (cluster: string, bmc: string) => string
  /** The BMCs that belong to no known node, by `keyOf(cluster, bmc)`. */
  readonly unmatched: ReadonlySet<string>
}

/**
 * Finds the node of each BMC: by the operator's map, by the host name that Redfish says, by its own name, which a
 * label of its target may have made that of the node. Nothing is guessed.
 */
export function namesOf(known: readonly Reading[], resolve: NodeResolver): Names {
  const found = new Map<string, string>()
  const unmatched = new Set<string>()
  for (const [key, { cluster, bmc, said }] of sayings(known)) {
    const resolutions = [bmc, ...said].map((name) => resolve(cluster, name))
    const match = bestOf(resolutions)
    found.set(key, match ?? mappedOf(resolutions) ?? hostOf(bmc))
    if (match === null) unmatched.add(key)
  }
  return {
    nodeOf: (cluster, bmc) => found.get(keyOf(cluster, bmc)) ?? hostOf(bmc),
    unmatched,
  }
}

interface Saying {
  readonly cluster: string
  readonly bmc: string
  /** What the sources say about which node it is. */
  readonly said: Set<string>
}

function sayings(known: readonly Reading[]): ReadonlyMap<string, Saying> {
  const all = new Map<string, Saying>()
  for (const { cluster, labels } of known) {
    const { bmc = '', hostname } = labels
    const key = keyOf(cluster, bmc)
    const saying = all.get(key) ?? { cluster, bmc, said: new Set<string>() }
    if (hostname !== undefined) saying.said.add(hostname)
    all.set(key, saying)
  }
  return all
}

/** The map wins over what is said, and what is said over the BMC's own name, which comes first in the list. */
function bestOf([own, ...said]: readonly Resolution[]): string | null {
  const inOrder = [own, ...said, own].filter((resolution) => resolution !== undefined)
  const mapped = inOrder.find((resolution) => 'node' in resolution && resolution.by === 'map')
  const others = [...said, own].filter((resolution) => resolution !== undefined)
  const match = mapped ?? others.find((resolution) => 'node' in resolution)
  return match !== undefined && 'node' in match ? match.node : null
}

/** The map names a node that its cluster does not know: it is believed, and told. */
function mappedOf([own]: readonly Resolution[]): string | null {
  if (own === undefined || 'node' in own || own.unmatched !== 'unknown') return null
  return own.candidates[0] ?? null
}
