import type { IdentityRules } from '../../analysis/identity/resolver.ts'
import type { KnownNode } from '../../analysis/identity/known-nodes.ts'
import type { BoardLoad } from '../../analysis/power/gpu-use.ts'
import type { PowerInput, Workload, WorkloadUse } from '../../analysis/power/input.ts'
import type { WorkloadType } from '../../analysis/workloads/workload-type.ts'
import { boardKeysOf } from './board-keys.ts'
import { boardsOf, loadsOf, modelReader } from './boards.ts'
import type { Reading } from '../telemetry/index.ts'
import { knownNodes, resolverOf, type Naming } from './known.ts'
import { componentsOf, nodeFinder, readingsOf, unmatchedIn, type NodeOf } from './nodes.ts'
import type { UnmatchedName } from '../../analysis/identity/unmatched.ts'
import type { FleetRows } from './parts.ts'
import { reservationsOf } from './reservations.ts'
import { podsOf, usesOf, type Pod } from './workloads.ts'

/** What of a moment may be seen, where that is not everything. */
export interface Seen {
  isWhole(cluster: string): boolean
  /** Whether a workload may be seen; what nobody uses, and machines, are of whole clusters. */
  sees(cluster: string, workload: Workload | null): boolean
}

/** What is known of the power of a fleet at one moment, ready to be accounted. */
export interface Moment {
  readonly input: PowerInput
  readonly uses: readonly WorkloadUse[]
  readonly typeOf: (workload: Workload, cluster: string) => WorkloadType
  /** How busy the GPUs are that report it, by the key of their board. */
  readonly loads: readonly BoardLoad[]
  /** The pods that Kubernetes knows, running or not. */
  readonly pods: readonly Pod[]
  /** What of it may be seen; null for everything. */
  readonly seen: Seen | null
  /** The model of a board, by its key; null where nobody tells it. */
  modelOf(cluster: string, board: string): string | null
  /** Pods that ask for processors and of which nobody tells whether they use any. */
  reservations(): readonly WorkloadUse[]
}

/** Makes the moments of a fleet from rows: names are resolved once for all of them. */
export interface Assembler {
  moment(rows: FleetRows): Moment
  /** The node that a source means by a name; null where no node has it. */
  findNode(cluster: string, name: string): string | null
  /** The names in some rows that are no node's. */
  unmatchedIn(rows: readonly Reading[]): readonly UnmatchedName[]
  /** The names in the rows that are no node's. */
  unmatched(rows: FleetRows): readonly UnmatchedName[]
}

/** An assembler that knows the nodes of the fleet. */
export function assemblerFor(naming: Naming, rules: IdentityRules): Assembler {
  const known = knownNodes(naming)
  const resolve = resolverOf(naming, rules)
  const nodeOf = nodeFinder(resolve)
  return {
    moment: (rows) => momentOf(rows, known, nodeOf),
    findNode: (cluster, name) => {
      const resolution = resolve(cluster, name)
      return 'node' in resolution ? resolution.node : null
    },
    unmatchedIn: (rows) => unmatchedIn(rows, resolve),
    unmatched: (rows) =>
      unmatchedIn(
        WATCHED.flatMap((part) => rows[part]),
        resolve,
      ),
  }
}

/** The rows whose names decide what is in a total. */
const WATCHED = ['node_power', 'bmc_power', 'gpus', 'gpu_power', 'npus', 'npu_power'] as const

function momentOf(rows: FleetRows, nodes: readonly KnownNode[], nodeOf: NodeOf): Moment {
  const pods = podsOf(rows, nodeOf)
  const uses = usesOf(rows, pods, nodeOf)
  const keyOfBoard = boardKeysOf(rows, nodeOf)
  return {
    input: {
      nodes: nodes.map(({ cluster, node }) => ({ cluster, node })),
      readings: readingsOf(rows, nodeOf),
      components: componentsOf(rows, nodeOf),
      boards: boardsOf(rows, {
        nodeOf,
        keyOfBoard,
        isAlive: (...pod) => pods.isAlive(...pod),
      }),
    },
    uses,
    typeOf: (workload, cluster) => pods.typeOf(cluster, workload),
    loads: loadsOf(rows.gpu_load, keyOfBoard),
    pods: [...pods.byName.values()],
    seen: null,
    modelOf: modelReader(rows, keyOfBoard),
    reservations: () => reservationsOf(rows, { pods, nodeOf, uses }),
  }
}
