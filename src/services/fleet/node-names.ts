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

/** Telemetry whose rows call nodes by the names that their clusters have for them, and those names. */
export interface Named {
  readonly telemetry: Telemetry
  readonly names: NodeNames
}

/** The way to read for one answer: which names nodes have is read once for it. */
export async function named(
  { telemetry, fleet }: NamingNeeds,
  { clusters, at, signal }: Omit<FleetQuestion, 'workloads'>,
): Promise<Named> {
  const names = await fleet.names({ clusters, at, signal })
  return { telemetry: withNodeNames(telemetry, names), names }
}

/** The same telemetry, whose rows call their node what its cluster does; the name that a source gives it else. */
function withNodeNames(telemetry: Telemetry, names: Pick<NodeNames, 'nodeName'>): Telemetry {
  const renamed = renamer(names)
  return {
    known: async (question) => renamed(await telemetry.known(question)),
    latest: async (question) => renamed(await telemetry.latest(question)),
    stale: (question) => telemetry.stale(question),
    history: async (question) => renamed(await telemetry.history(question)),
    overWindow: async (question) => renamed(await telemetry.overWindow(question)),
  }
}

/** Each name is looked up once, and rows that have the right one already stay the same objects. */
function renamer({ nodeName }: Pick<NodeNames, 'nodeName'>) {
  const found = new Map<string, string>()
  const nameOf = (cluster: string, told: string): string => {
    const key = keyOf(cluster, told)
    const name = found.get(key) ?? nodeName(cluster, told)
    found.set(key, name)
    return name
  }
  return <Row extends Reading | ReadingSeries>({ rows, ...answer }: Answer<Row>): Answer<Row> => ({
    ...answer,
    rows: rows.map((row) => {
      const { node } = row.labels
      if (node === undefined) return row
      const name = nameOf(row.cluster, node)
      return name === node ? row : { ...row, labels: { ...row.labels, node: name } }
    }),
  })
}
