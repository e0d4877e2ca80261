import { combine, type Answer, type ClusterReport } from '../../kernel/answer.ts'
import type { Reading, Telemetry } from '../telemetry/index.ts'
import { assemblerFor, type Assembler } from './assemble.ts'
import { NAMING } from './known.ts'
import type {
  FleetPower,
  FleetQuestion,
  Needs,
  NodeNames,
  TypesQuestion,
  WorkloadTypes,
} from './question.ts'
import {
  partsFor,
  questionOf,
  rowsOf,
  TOTAL_PARTS,
  WORKLOAD_PARTS,
  type FleetRows,
  type Part,
  type PartName,
} from './parts.ts'
import { unmatchedWarnings } from './nodes.ts'
import { silentWarnings } from './silent.ts'
import { podNamesIn, podsOf } from './workloads.ts'
import type { NoteUnmatched } from '../../analysis/identity/unmatched.ts'

/** Everything about the power of the asked clusters at one time. */
export async function readNow(
  { telemetry, identity }: Needs,
  question: FleetQuestion,
  note: NoteUnmatched,
): Promise<FleetPower> {
  const [answers, stale] = await Promise.all([
    Promise.all(
      partsFor(question).map(async ([name, part]) => ({
        name,
        answer: await readPart(telemetry, part, question),
      })),
    ),
    staleness(telemetry, question),
  ])
  const account = combine([...answers.map(({ answer }) => answer), stale])
  const rows = heardRows(answers, account.clusters)
  const assembler = assemblerFor(rows, identity)
  const heard = heardFrom(account.clusters)
  const unmatched = assembler.unmatched(rows)
  note({ view: 'power', at: question.at, clusters: heard, names: unmatched })
  return {
    ...assembler.moment(rows),
    ...namesBy(assembler),
    heard,
    podNames: () => podNamesIn(rows),
    clusters: account.clusters,
    warnings: [...account.warnings, ...unmatchedWarnings(unmatched), ...silentWarnings(rows)],
  }
}

/** What the nodes of the asked clusters are called. */
export async function readNames(
  { telemetry, identity }: Needs,
  question: Omit<FleetQuestion, 'workloads'>,
): Promise<NodeNames> {
  const answers = await Promise.all(
    NAMING.map(async (name) => ({
      name,
      answer: await readPart(telemetry, TOTAL_PARTS[name], question),
    })),
  )
  const rows = rowsOf(answers.map(({ name, answer }) => [name, answer.rows] as const))
  return {
    ...namesBy(assemblerFor(rows, identity)),
    ...combine(answers.map(({ answer }) => answer)),
  }
}

function namesBy(assembler: Assembler): Pick<NodeNames, 'nodeName' | 'findNode' | 'unmatchedIn'> {
  return {
    nodeName: (cluster, name) => assembler.findNode(cluster, name) ?? name,
    findNode: (cluster, name) => assembler.findNode(cluster, name),
    unmatchedIn: (rows) => unmatchedWarnings(assembler.unmatchedIn(rows)),
  }
}

/** What some pods are for, without the reading of anything else. */
export async function readTypes(
  { telemetry }: Pick<Needs, 'telemetry'>,
  { clusters, at, signal, where }: TypesQuestion,
): Promise<WorkloadTypes> {
  const part = { ...WORKLOAD_PARTS.pods, where }
  const { rows, ...account } = await readPart(telemetry, part, { clusters, at, signal })
  const pods = podsOf(rowsOf([['pods', rows]]), () => null)
  return { ...account, typeOf: (workload, cluster) => pods.typeOf(cluster, workload) }
}

/** One part of the fleet at the time of the question. */
export function readPart(
  telemetry: Telemetry,
  part: Part,
  { clusters, at, signal }: Omit<FleetQuestion, 'workloads'>,
): Promise<Answer<Reading>> {
  const asked = { ...questionOf(part), clusters, at, signal, shelf: part.shelf }
  const { measures, sign } = part
  return measures === undefined
    ? telemetry.known({ ...asked, presence: sign })
    : telemetry.latest({ ...asked, measures })
}

const WATCHED = ['gpu', 'npu', 'node', 'bmc'] as const

/** Whether anything that is read is older than it may be. */
async function staleness(
  telemetry: Telemetry,
  { clusters, at, signal }: FleetQuestion,
): Promise<Pick<Answer<never>, 'clusters' | 'warnings'>> {
  const answers = await Promise.all(
    WATCHED.map((entity) => {
      const label = entity === 'bmc' ? 'bmc' : 'node'
      return telemetry.stale({ entity, labels: [label], clusters, at, signal })
    }),
  )
  return combine(answers)
}

/** The clusters that answered everything: totals without a part of a cluster would look like all of it. */
export const heardFrom = (clusters: readonly ClusterReport[]): readonly string[] =>
  clusters.filter(({ status }) => status === 'ok' || status === 'partial').map(({ name }) => name)

interface Answered {
  readonly name: PartName
  readonly answer: Answer<Reading>
}

/** The rows of the clusters that answered everything. */
export function heardRows(
  answers: readonly Answered[],
  clusters: readonly ClusterReport[],
): FleetRows {
  const heard = new Set(heardFrom(clusters))
  return rowsOf(
    answers.map(
      ({ name, answer }) => [name, answer.rows.filter((row) => heard.has(row.cluster))] as const,
    ),
  )
}
