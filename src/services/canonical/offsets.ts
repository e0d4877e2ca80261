import { parser } from '@prometheus-io/lezer-promql'
import { millisecondsOf } from './literals.ts'
import { badQuery, childrenOf, type SyntaxNode } from './nodes.ts'

interface WithoutOffsets {
  /** The same text with spaces where its offsets were. */
  readonly bare: string
  /** Milliseconds by the place at which the selector before the offset ends. */
  readonly offsets: Map<number, number>
}

/**
 * Takes the offsets out of a query. An editor's grammar, which this is, ties an offset to everything before it; the
 * server ties it to the selector before it. Rejects with `invalid_request` for what is no PromQL.
 */
export function withoutOffsets(text: string): WithoutOffsets {
  const { topNode } = parser.parse(text)
  refuseErrors(topNode, text)
  const offsets = new Map<number, number>()
  let bare = text
  const cursor = topNode.cursor()
  do {
    if (cursor.name !== 'OffsetExpr') continue
    const [, keyword, duration] = childrenOf(cursor.node)
    if (keyword === undefined || duration === undefined) continue
    offsets.set(bare.slice(0, keyword.from).trimEnd().length, offsetOf(text, duration))
    bare = blanked(bare, keyword.from, duration.to)
  } while (cursor.next())
  return { bare, offsets }
}

const blanked = (text: string, from: number, to: number): string =>
  text.slice(0, from) + ' '.repeat(to - from) + text.slice(to)

function offsetOf(text: string, { from, to }: SyntaxNode): number {
  const written = text.slice(from, to).replace(/\s+/g, '')
  const ms = millisecondsOf(written.replace(/^[+-]/, ''))
  if (ms === undefined) throw badQuery(`not a duration: ${written}`)
  return written.startsWith('-') ? -ms : ms
}

/** Rejects with `invalid_request` that names the place, where a query is no PromQL. */
export function refuseErrors(top: SyntaxNode, text: string): void {
  const cursor = top.cursor()
  do {
    if (!cursor.type.isError) continue
    const rest = text.slice(cursor.from, cursor.from + 20)
    const found = rest.trim() === '' ? 'end of input' : JSON.stringify(rest)
    if (text.replace(/#.*/g, '').trim() === '')
      throw badQuery('parse error: no expression found in input')
    throw badQuery(`1:${cursor.from + 1}: parse error: unexpected ${found}`)
  } while (cursor.next())
}
