import type { NodeTraits } from '../../analysis/cost/price-book.ts'
import { groupBy } from '../../analysis/power/group.ts'
import { combine, type Answer } from '../../kernel/answer.ts'
import type { ReadingSeries, Telemetry } from '../telemetry/index.ts'
import { endOf, nextChunk, rangeOf, type Chunk } from './chunks.ts'

type Account = Pick<Answer<never>, 'clusters' | 'warnings'>

/** What Kubernetes says of a node. */
export interface KnownTraits extends Omit<NodeTraits, 'gpuModels'> {
  /** The part of the step in which it was there, 0 to 1. */
  readonly part: number
}

/** Which nodes there are at which time, and what their labels say. */
export interface NodePresence {
  /** Who took part in the reads; null when there was none. */
  readonly account: Account | null
  /** The nodes of a cluster at a time in unix seconds; null where Kubernetes tells of none in the whole window. */
  at(cluster: string, time: number): readonly KnownTraits[] | null
  /** Whether Kubernetes tells of a node at any time of the window. */
  knows(cluster: string, node: string): boolean
}

/** Where nobody asks for prices of nodes. */
export const NO_PRESENCE: NodePresence = { account: null, at: () => null, knows: () => false }

interface PresenceQuestion {
  readonly clusters: readonly string[] | undefined
  /** In unix seconds. */
  readonly from: number
  readonly until: number
  readonly step: number
  readonly signal: AbortSignal
}

/** A stretch of time in which a series of a node has samples, in unix seconds, half-open. */
interface Run {
  readonly from: number
  until: number
  /** The part of each of its steps that it was there. */
  readonly part: number
}

interface Told {
  readonly labels: ReadingSeries['labels']
  readonly runs: Run[]
}

/** Node by node, of one cluster. */
type ToldOf = ReadonlyMap<string, readonly Told[]>

const LABELS = ['node', 'instance_type', 'capacity_type'] as const
const MOST_STEPS = 1000

/** Reads which nodes there are over a window, piece by piece: what is kept are the times at which they come and go. */
export async function readPresence(
  { telemetry }: { readonly telemetry: Telemetry },
  question: PresenceQuestion,
): Promise<NodePresence> {
  const accounts: Account[] = []
  const present = createRuns()
  const labelled = createRuns()
  const { from, until, step: stepSeconds } = question
  let chunk = nextChunk(from, { until, stepSeconds, most: MOST_STEPS })
  while (chunk !== undefined) {
    const [nodes, labels] = await Promise.all([
      readPiece(telemetry, { question, chunk, measure: 'node_present' }),
      readPiece(telemetry, { question, chunk, measure: 'node_labels' }),
    ])
    present.add(chunk, nodes.rows)
    labelled.add(chunk, labels.rows)
    accounts.push(nodes, labels)
    chunk = nextChunk(endOf(chunk), { until, stepSeconds, most: MOST_STEPS })
  }
  return presenceOf(present.byCluster(), labelled.byCluster(), combine(accounts))
}

interface Piece {
  readonly question: PresenceQuestion
  readonly chunk: Chunk
  readonly measure: 'node_present' | 'node_labels'
}

function readPiece(telemetry: Telemetry, { question, chunk, measure }: Piece) {
  const { clusters, signal } = question
  return telemetry.history({
    entity: 'node',
    labels: measure === 'node_labels' ? LABELS : ['node'],
    measure,
    summary: 'count',
    clusters,
    signal,
    range: rangeOf(chunk),
  })
}

/** Series as the stretches of time in which they have samples. */
function createRuns() {
  const told = new Map<string, Told & { readonly cluster: string }>()
  return {
    add({ from, stepSeconds }: Chunk, rows: readonly ReadingSeries[]): void {
      const most = mostSamples(rows)
      for (const { cluster, labels, values } of rows) {
        const key = [cluster, ...LABELS.map((label) => labels[label] ?? '')].join('\u0000')
        const own = told.get(key) ?? { cluster, labels, runs: [] }
        told.set(key, own)
        const all = most.get(cluster) ?? []
        for (const [step, value] of values.entries()) {
          const begin = from + step * stepSeconds
          const part = (value ?? 0) / Math.max(1, all[step] ?? 1)
          extend(own.runs, { from: begin, until: begin + stepSeconds, part })
        }
      }
    },
    byCluster(): ReadonlyMap<string, ToldOf> {
      return new Map(
        [...groupBy([...told.values()], ({ cluster }) => cluster)].map(([cluster, own]) => [
          cluster,
          groupBy(own, ({ labels }) => labels.node ?? ''),
        ]),
      )
    },
  }
}

/** The most samples that any node of a cluster has at each step: one exporter tells of all of them. */
function mostSamples(rows: readonly ReadingSeries[]): ReadonlyMap<string, readonly number[]> {
  const most = new Map<string, number[]>()
  for (const { cluster, values } of rows) {
    const own = most.get(cluster) ?? values.map(() => 0)
    most.set(cluster, own)
    for (const [step, value] of values.entries()) own[step] = Math.max(own[step] ?? 0, value ?? 0)
  }
  return most
}

function extend(runs: Run[], run: Run): void {
  if (run.part === 0) return
  const last = runs.at(-1)
  if (last?.until === run.from && last.part === run.part) last.until = run.until
  else runs.push(run)
}

function presenceOf(
  present: ReadonlyMap<string, ToldOf>,
  labelled: ReadonlyMap<string, ToldOf>,
  account: Account,
): NodePresence {
  return {
    account,
    at(cluster, time) {
      const nodes = present.get(cluster)
      if (nodes === undefined) return null
      const labels = labelled.get(cluster)
      return [...nodes].flatMap(([node, told]) => {
        const part = partAt(told, time)
        return part === 0 ? [] : [{ node, part, ...traitsOf(labels?.get(node) ?? [], time) }]
      })
    },
    knows: (cluster, node) => present.get(cluster)?.has(node) ?? false,
  }
}

const isAt =
  (time: number) =>
  ({ runs }: Told): boolean =>
    runs.some(({ from, until }) => from <= time && time < until)

/** A node that joined anew within a step is several series. */
function partAt(told: readonly Told[], time: number): number {
  const parts = told.flatMap(({ runs }) =>
    runs.filter(({ from, until }) => from <= time && time < until).map(({ part }) => part),
  )
  return Math.min(
    1,
    parts.reduce((sum, part) => sum + part, 0),
  )
}

/** What labels say at a time; where they are silent then, what they said at another time of the window. */
function traitsOf(told: readonly Told[], time: number): Traits {
  const { labels } = told.find(isAt(time)) ?? told.at(-1) ?? { labels: {} }
  return traitsIn(labels)
}

type Traits = Omit<KnownTraits, 'node' | 'part'>

const SPOT = /^(?:spot|preemptible|true)$/i

/** What the labels of a node say of its class. */
export function traitsIn(labels: ReadingSeries['labels']): Traits {
  const { instance_type: type, capacity_type: capacity } = labels
  return {
    instanceType: type ?? null,
    isSpot: capacity === undefined ? null : SPOT.test(capacity),
  }
}
