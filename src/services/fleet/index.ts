import { readDuring } from './during.ts'
import { readNames, readNow, readTypes } from './now.ts'
import type { Moment } from './assemble.ts'
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
export type { Moment } from './assemble.ts'
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
export function createFleetReader(needs: Needs): FleetReader {
  const unmatched = createUnmatchedMemory()
  return {
    unmatched,
    names: (question) => readNames(needs, question),
    now: (question) => readNow(needs, question, unmatched.note),
    types: (question) => readTypes(needs, question),
    during: (question, visit) => readDuring(needs, question, visit),
  }
}
