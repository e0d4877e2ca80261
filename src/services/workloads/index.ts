export type { Account, Asked, Needs } from './asked.ts'
export {
  amountsIn,
  flagIn,
  percentOf,
  sourcesOf,
  textIn,
  timeIn,
  valueIn,
  type Amounts,
} from './facts.ts'
export { readPods, type ContainerFacts, type PodFacts, type PodInventory } from './pod-inventory.ts'
export { readPodPage } from './pod-page.ts'
export { OF_CONTAINERS, POD_READS, type PodRead } from './pod-reads.ts'
export {
  accounted,
  NO_PARTS,
  nodeWatts,
  partsOfWorkload,
  powerNow,
  workloadWatts,
  type PowerNow,
} from './power-now.ts'
export {
  heardOnly,
  indexed,
  readAll,
  type Index,
  type Read,
  type Rows,
  type Where,
} from './reads.ts'
export { workloadUse } from './workload-use.ts'
export {
  readRecords,
  totalOf,
  type TotalAtStep,
  type WorkloadRecord,
  type WorkloadRecords,
} from './records.ts'
export type { Points } from './recorder.ts'
export { findWorkload, ownersOf } from './find.ts'
