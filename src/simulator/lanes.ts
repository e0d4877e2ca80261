import { fraction, hash, whole } from './hash.ts'
import type { Lane } from './lane.ts'
import { LOCAL_SHIFT_SECONDS, VARIANTS, type timetablesOf, type WorkloadKind } from './workloads.ts'

/** What the lanes of one node are made with. */
export interface LaneMaker {
  readonly timetables: ReturnType<typeof timetablesOf>
  readonly clusterSeed: number
  readonly nodeSeed: number
}

/** What a lane is to be. `order` tells the lanes of a node apart. */
export interface LaneWish {
  readonly kind: WorkloadKind
  readonly order: number
  readonly cores: number
  readonly resource?: { readonly name: string; readonly amount: number }
  /** A job that spans nodes: which of the cluster's, and the place of this lane in it. */
  readonly gang?: { readonly order: number; readonly replica: number }
}

const GIB = 2 ** 30
const MEMORY_PER_CORE = 4 * GIB

/** Watts and memory that each kind takes, as a range within which lanes differ. */
const APPETITES: Readonly<Record<WorkloadKind, { intensity: Range; memory: Range }>> = {
  training: { intensity: [0.86, 0.98], memory: [0.86, 0.96] },
  serving: { intensity: [0.6, 0.85], memory: [0.8, 0.92] },
  reserved: { intensity: [0.5, 0.5], memory: [0.3, 0.6] },
  batch: { intensity: [0.5, 0.8], memory: [0.3, 0.8] },
  interactive: { intensity: [0.4, 0.7], memory: [0.1, 0.5] },
  service: { intensity: [0.8, 1], memory: [0.2, 0.8] },
  daemon: { intensity: [0.8, 1], memory: [0.1, 0.2] },
}
type Range = readonly [least: number, most: number]

/** A lane as wished for. */
export function makeLane(maker: LaneMaker, wish: LaneWish): Lane {
  const seed = hash(maker.nodeSeed, wish.order, 11)
  const gang =
    wish.gang === undefined
      ? { seed, replica: 0 }
      : { seed: hash(maker.clusterSeed, wish.gang.order, 12), replica: wish.gang.replica }
  const variants = maker.timetables[wish.kind]
  const timetable = variants[hash(gang.seed, 13) % VARIANTS] ?? variants[0]
  if (timetable === undefined) throw new TypeError(`no timetable for ${wish.kind}`)
  const { intensity, memory } = APPETITES[wish.kind]
  return {
    seed,
    kind: wish.kind,
    timetable,
    shiftSeconds: LOCAL_SHIFT_SECONDS + shiftOf(wish.kind, gang.seed),
    gang,
    cores: wish.cores,
    memoryBytes: wish.cores * MEMORY_PER_CORE,
    resource: wish.resource,
    intensity: within(intensity, gang.seed, 14),
    memoryShare: within(memory, gang.seed, 15),
  }
}

/** Jobs begin at any hour of the week; what people do follows the clock. */
function shiftOf(kind: WorkloadKind, seed: number): number {
  if (kind === 'training') return 3600 * whole(0, 167, seed, 16)
  return kind === 'batch' ? 60 * whole(0, 1439, seed, 16) : 0
}

function within([least, most]: Range, ...parts: readonly number[]): number {
  return least + (most - least) * fraction(...parts)
}

/** A pod without accelerators: the node's agent, or a service of up to `mostCores` CPU cores. */
export function serviceLane(maker: LaneMaker, order: number, mostCores: number): Lane {
  const kind = order === 0 ? 'daemon' : 'service'
  const share = 0.4 + 0.6 * fraction(maker.nodeSeed, order, 17)
  const cores = order === 0 ? 0.1 : Math.max(0.1, Math.floor(mostCores * share * 10) / 10)
  return makeLane(maker, { kind, order: 1000 + order, cores })
}
