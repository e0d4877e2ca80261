import type { parser } from '@prometheus-io/lezer-promql'
import { KCloudError } from '../../kernel/errors.ts'

/** A part of a query, as the grammar sees it. */
export type SyntaxNode = ReturnType<typeof parser.parse>['topNode']

/** The text that a tree is of. */
export interface Source {
  readonly text: (node: SyntaxNode) => string
  /** How many milliseconds ago the selector is meant that ends at a place; it can be taken once. */
  readonly takeOffset: (place: number) => number
}

/** A query that is not answered, and why. */
export function badQuery(detail: string): KCloudError {
  return new KCloudError('invalid_request', {
    detail: `invalid parameter "query": ${detail}`,
    errors: [{ pointer: '/query/query', detail }],
  })
}

/** The parts of a node, without comments. */
export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (child.name !== 'LineComment') children.push(child)
  return children
}

/** The only part of a node. */
export function requireChild(node: SyntaxNode): SyntaxNode {
  const [child] = childrenOf(node)
  if (child === undefined) throw badQuery('parse error: an operand is missing')
  return child
}
