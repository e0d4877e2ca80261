import { compareText } from '../power/group.ts'

/** What a graph of a cluster shows, in the order in which it is given out: what stands on something comes after it. */
export const THING_TYPES = [
  'cluster',
  'node',
  'accelerator',
  'partition',
  'vm',
  'pod',
  'container',
] as const

export type ThingType = (typeof THING_TYPES)[number]

/** One thing, and the one that it is part of or runs on. */
export interface Thing {
  readonly id: string
  readonly type: ThingType
  readonly parent: string | null
}

/** A pod or container, and the accelerator or the part of it that it holds. */
export interface Use {
  readonly holder: string
  readonly board: string
}

/** `contains` and `uses` lead from the source to the target; what runs is the source of `runs_on`. */
export interface Edge {
  readonly source: string
  readonly target: string
  readonly type: 'contains' | 'runs_on' | 'uses'
}

/** Things whose parents are all among them, in their order, and how they hang together. */
export interface Graph<Row extends Thing> {
  readonly things: readonly Row[]
  readonly edges: readonly Edge[]
}

/** The things of some types: what is left out is bridged, so that a container stands on its node when pods are. */
export function graphOf<Row extends Thing>(
  things: readonly Row[],
  uses: readonly Use[],
  types: ReadonlySet<ThingType>,
): Graph<Row> {
  const byId = new Map(things.map((thing) => [thing.id, thing]))
  const standIn = standIns(byId, types)
  const shown = inOrder(
    things
      .filter(({ type }) => types.has(type))
      .map((thing) => under(thing, standIn(thing.parent)?.id ?? null)),
  )
  const hanging = shown.flatMap((thing) => hangingEdge(thing, byId))
  return { things: shown, edges: [...hanging, ...usingEdges(uses, standIn)] }
}

const under = <Row extends Thing>(thing: Row, parent: string | null): Row =>
  thing.parent === parent ? thing : { ...thing, parent }

type StandIn = (id: string | null) => Thing | null

/** The thing itself where its type is shown, else the nearest above it that is. Each is looked up once. */
function standIns(byId: ReadonlyMap<string, Thing>, types: ReadonlySet<ThingType>): StandIn {
  const known = new Map<string, Thing | null>()
  const find: StandIn = (id) => {
    if (id === null) return null
    const before = known.get(id)
    if (before !== undefined) return before
    const thing = byId.get(id)
    if (thing === undefined) return null
    const found = types.has(thing.type) ? thing : find(thing.parent)
    known.set(id, found)
    return found
  }
  return find
}

const PLACE: Readonly<Record<ThingType, number>> = {
  cluster: 0,
  node: 1,
  accelerator: 2,
  partition: 3,
  vm: 4,
  pod: 5,
  container: 6,
}

function inOrder<Row extends Thing>(things: Row[]): readonly Row[] {
  return things.sort((a, b) => {
    const difference = PLACE[a.type] - PLACE[b.type]
    return difference === 0 ? compareText(a.id, b.id) : difference
  })
}

const RUNNING: ReadonlySet<ThingType> = new Set(['pod', 'vm', 'container'])

function hangingEdge(thing: Thing, byId: ReadonlyMap<string, Thing>): readonly Edge[] {
  const { id, type, parent } = thing
  if (parent === null) return []
  const runs = RUNNING.has(type) && byId.get(parent)?.type === 'node'
  return runs
    ? [{ source: id, target: parent, type: 'runs_on' }]
    : [{ source: parent, target: id, type: 'contains' }]
}

const HOLDERS: ReadonlySet<ThingType> = new Set(['pod', 'container'])
const BOARDS: ReadonlySet<ThingType> = new Set(['accelerator', 'partition'])

/** A use between a holder and a board that are both shown, each pair once. */
function usingEdges(uses: readonly Use[], standIn: StandIn): readonly Edge[] {
  const edges = new Map<string, Edge>()
  for (const use of uses) {
    const [holder, board] = [standIn(use.holder), standIn(use.board)]
    if (holder === null || board === null) continue
    if (!HOLDERS.has(holder.type) || !BOARDS.has(board.type)) continue
    const edge = { source: holder.id, target: board.id, type: 'uses' } as const
    edges.set(`${edge.source}\u0000${edge.target}`, edge)
  }
  // In the order of their ends: that of the rows is the backend's.
  return [...edges].sort(([a], [b]) => compareText(a, b)).map(([, edge]) => edge)
}
