import { keyOf } from '../../analysis/power/group.ts'
import type { Answer } from '../../kernel/answer.ts'
import type { Reading, ReadingSeries, Telemetry } from '../telemetry/index.ts'
import type { FleetQuestion, NodeNames } from './question.ts'

/** What rows with the names of nodes are read with. */
export interface NamingNeeds {
  readonly telemetry: Telemetry
  /** Which names nodes have. */
  readonly fleet: { names(question: Omit<FleetQuestion, 'workloads'>): Promise<NodeNames> }
}

/** Telemetry whose rows call nodes by the names that their clusters have for them. */
export interface Naming {
  readonly telemetry: Telemetry
  /** Which names nodes have: read once for an answer. */
  readonly names: Promise<NodeNames>
}

/** The same, with names that have come. */
export interface Named extends Pick<Naming, 'telemetry'> {
  readonly names: NodeNames
}

/**
 * The way to read for one answer. The names are asked for but not waited for: what is read at once comes in one turn
 * with them, and with all else that the answer reads. Whoever takes it reads something, else a failure is nobody's.
 */
export function namingFor(
  { telemetry, fleet }: NamingNeeds,
  { clusters, at, signal }: Omit<FleetQuestion, 'workloads'>,
): Naming {
  const names = fleet.names({ clusters, at, signal })
  return { telemetry: withNodeNames(telemetry, names), names }
}

/** The same for those who need the names before they can ask. */
export async function named(
  needs: NamingNeeds,
  question: Omit<FleetQuestion, 'workloads'>,
): Promise<Named> {
  const { telemetry, names } = namingFor(needs, question)
  return { telemetry, names: await names }
}

/** The same telemetry, whose rows call their node what its cluster does; the name that a source gives it else. */
function withNodeNames(telemetry: Telemetry, names: Promise<NodeNames>): Telemetry {
  const renamed = renamer(names)
  return {
    known: (question) => renamed(telemetry.known(question)),
    latest: (question) => renamed(telemetry.latest(question)),
    stale: (question) => telemetry.stale(question),
    history: (question) => renamed(telemetry.history(question)),
    overWindow: (question) => renamed(telemetry.overWindow(question)),
  }
}

/** Each name is looked up once, and rows that have the right one already stay the same objects. */
function renamer(names: Promise<NodeNames>) {
  const found = new Map<string, string>()
  const nameOf = (known: NodeNames, cluster: string, told: string): string => {
    const key = keyOf(cluster, told)
    const name = found.get(key) ?? known.nodeName(cluster, told)
    found.set(key, name)
    return name
  }
  return async <Row extends Reading | ReadingSeries>(
    reply: Promise<Answer<Row>>,
  ): Promise<Answer<Row>> => {
    const [{ rows, ...answer }, known] = await Promise.all([reply, names])
    return {
      ...answer,
      rows: rows.map((row) => {
        const { node } = row.labels
        if (node === undefined) return row
        const name = nameOf(known, row.cluster, node)
        return name === node ? row : { ...row, labels: { ...row.labels, node: name } }
      }),
    }
  }
}
