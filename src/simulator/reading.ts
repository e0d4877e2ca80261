import type { Kind } from '../kernel/kind.ts'
import type { Selection, Vector, Windowed } from '../promql/expression.ts'

const LOOKBACK_SECONDS = 300

/** How far back a query reads, and whether it wants the current value of anything. */
export interface Reading {
  readonly reachSeconds: number
  readonly wantsCurrent: boolean
}

/** Reads a query. */
export function readingOf(query: Vector<Kind>): Reading {
  const leaves = leavesOf(query)
  return {
    reachSeconds: Math.max(LOOKBACK_SECONDS, ...leaves.map(({ seconds }) => seconds ?? 0)),
    wantsCurrent: leaves.some(({ seconds }) => seconds === undefined),
  }
}

/** A selection in a query, with the length of its window where it has one. */
interface Leaf {
  readonly of: Selection<Kind>
  readonly seconds?: number
}

type Readers = {
  readonly [Q in Vector<Kind> as Q['op']]: (query: Q) => readonly Leaf[]
}

const inner = ({ of }: { readonly of: Vector<Kind> }): readonly Leaf[] => leavesOf(of)
const windowed = ({ of }: { readonly of: Windowed<Kind> }): readonly Leaf[] => [
  { of: of.selection, seconds: of.seconds },
]

const selection = ({ of }: { readonly of: Selection<Kind> }): readonly Leaf[] => [{ of }]
const each = ({ of }: { readonly of: readonly Vector<Kind>[] }): readonly Leaf[] =>
  of.flatMap(leavesOf)

const READERS: Readers = {
  select: (query) => [{ of: query }],
  sampled_at: selection,
  rated: windowed,
  summarised: windowed,
  scaled: inner,
  kept: inner,
  aggregated: inner,
  topped: inner,
  first_of: each,
  divided: each,
  provided: each,
}

function leavesOf(query: Vector<Kind>): readonly Leaf[] {
  // The compiler cannot see that the reader found under a query's `op` is the reader for that query.
  const reader = READERS[query.op] as (query: Vector<Kind>) => readonly Leaf[]
  return reader(query)
}
