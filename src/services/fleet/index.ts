import { EVERYTHING } from '../../kernel/sight.ts'
import { readDuring } from './during.ts'
import { readNames, readNow, readTypes } from './now.ts'
import type { Moment, Seen } from './assemble.ts'
import { momentSeen, seenIn, warningsSeen } from './seen.ts'
import { createUnmatchedMemory, type UnmatchedMemory } from './unmatched-memory.ts'
import type {
  FleetPower,
  FleetQuestion,
  FleetWindow,
  FleetWindowQuestion,
  Needs,
  NodeNames,
  TypesQuestion,
  WorkloadTypes,
} from './question.ts'

export {
  breakdownOf,
  detailsOf,
  needsWorkloads,
  RESOURCE_CHOICES,
  type BreakdownQuestion,
  type ResourceChoice,
} from './breakdown.ts'
export { named, namingFor, type Named, type NamingNeeds } from './node-names.ts'
export type { Moment, Seen } from './assemble.ts'
export { seenIn, warningsSeen } from './seen.ts'
export { accountOf, type Accounted } from './account.ts'
export { signsOf, type Pod } from './workloads.ts'
export type { Unmatched, UnmatchedMemory } from './unmatched-memory.ts'
export type * from './question.ts'

/**
 * Everything that power accounting needs to know, by a number of questions that does not grow with nodes, pods or
 * devices, put all at once. Rejects as telemetry does: `not_found` for an unknown cluster, a backend error when no
 * cluster answered.
 */
export interface FleetReader {
  /** The names of nodes: what a source calls a node becomes what its cluster does. */
  names(question: Omit<FleetQuestion, 'workloads'>): Promise<NodeNames>
  now(question: FleetQuestion): Promise<FleetPower>
  /** What some pods are for. */
  types(question: TypesQuestion): Promise<WorkloadTypes>
  /** The same at every step of a window. `visit` is called with the moments in order and gives their results. */
  during<Result>(
    question: FleetWindowQuestion,
    visit: (moment: Moment) => Result,
  ): Promise<FleetWindow<Result>>
  /** The names that were no node's when they were last looked up. */
  readonly unmatched: UnmatchedMemory
}

/** A reader of the fleet's power. */
export function createFleetReader({ telemetry, ...needs }: Needs): FleetReader {
  const unmatched = createUnmatchedMemory()
  const { sight = () => EVERYTHING } = needs
  const whole = { ...needs, telemetry: telemetry.whole ?? telemetry }
  return {
    unmatched,
    async names(question) {
      const seen = seenIn(sight())
      const names = await readNames(whole, question)
      return { ...names, warnings: warningsSeen(names.warnings, seen) }
    },
    async now(question) {
      const seen = seenIn(sight())
      return powerSeen(await readNow(whole, neededFor(question, seen), unmatched.note), seen)
    },
    types: (question) => readTypes(whole, question),
    async during(question, visit) {
      const seen = seenIn(sight())
      const read = await readDuring(whole, neededFor(question, seen), (moment) =>
        visit(momentSeen(moment, seen)),
      )
      return { ...read, warnings: warningsSeen(read.warnings, seen) }
    },
  }
}

/** Who sees a part is told of shares alone, which nobody knows without the workloads. */
function neededFor<Question extends FleetQuestion>(
  question: Question,
  seen: Seen | null,
): Question {
  return seen === null || question.workloads
    ? question
    : { ...question, workloads: true, details: [] }
}

function powerSeen(power: FleetPower, seen: Seen | null): FleetPower {
  if (seen === null) return power
  const { warnings } = power
  return {
    ...power,
    ...momentSeen(power, seen),
    podNames: () =>
      power
        .podNames()
        .filter(({ cluster, namespace, pod }) =>
          seen.sees(cluster, { kind: 'pod', namespace, pod, container: null }),
        ),
    warnings: warningsSeen(warnings, seen),
  }
}
