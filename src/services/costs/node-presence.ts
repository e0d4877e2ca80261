import type { NodeTraits } from '../../analysis/cost/price-book.ts'
import { groupBy } from '../../analysis/power/group.ts'
import { combine, type Answer } from '../../kernel/answer.ts'
import type { ReadingSeries, Telemetry } from '../telemetry/index.ts'
import { endOf, nextChunk, rangeOf, type Chunk } from './chunks.ts'

type Account = Pick<Answer<never>, 'clusters' | 'warnings'>

/** What Kubernetes says of a node. */
export type KnownTraits = Omit<NodeTraits, 'gpuModels'>

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
    summary: 'last',
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
      for (const { cluster, labels, values } of rows) {
        const key = [cluster, ...LABELS.map((label) => labels[label] ?? '')].join('\u0000')
        const own = told.get(key) ?? { cluster, labels, runs: [] }
        told.set(key, own)
        const there = [...values.keys()].filter((step) => values[step] !== null)
        for (const step of there) extend(own.runs, from + step * stepSeconds, stepSeconds)
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

function extend(runs: Run[], from: number, seconds: number): void {
  const last = runs.at(-1)
  if (last?.until === from) last.until = from + seconds
  else runs.push({ from, until: from + seconds })
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
      return [...nodes]
        .filter(([, told]) => told.some(isAt(time)))
        .map(([node]) => ({ node, ...traitsOf(labels?.get(node) ?? [], time) }))
    },
    knows: (cluster, node) => present.get(cluster)?.has(node) ?? false,
  }
}

const isAt =
  (time: number) =>
  ({ runs }: Told): boolean =>
    runs.some(({ from, until }) => from <= time && time < until)

/** What labels say at a time; where they are silent then, what they said at another time of the window. */
function traitsOf(told: readonly Told[], time: number): Omit<KnownTraits, 'node'> {
  const { labels } = told.find(isAt(time)) ?? told.at(-1) ?? { labels: {} }
  return traitsIn(labels)
}

const SPOT = /^(?:spot|preemptible|true)$/i

/** What the labels of a node say of its class. */
export function traitsIn(labels: ReadingSeries['labels']): Omit<KnownTraits, 'node'> {
  const { instance_type: type, capacity_type: capacity } = labels
  return {
    instanceType: type ?? null,
    isSpot: capacity === undefined ? null : SPOT.test(capacity),
  }
}
