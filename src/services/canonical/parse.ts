import { parser } from '@prometheus-io/lezer-promql'
import {
  AGGREGATIONS,
  ARITHMETIC,
  COMPARISONS,
  isAmong,
  RANKINGS,
  SET_OPERATIONS,
  WINDOW_FUNCTIONS,
  type Binary,
  type Expression,
  type Grouping,
  type Matching,
} from './expression.ts'
import { numberOf } from './literals.ts'
import { badQuery, childrenOf, requireChild, type Source, type SyntaxNode } from './nodes.ts'
import { refuseErrors, withoutOffsets } from './offsets.ts'
import { selectorOf } from './parse-selector.ts'

const LONGEST = 8192
const DEEPEST = 200

/**
 * Reads a query by Prometheus' own grammar. Rejects with `invalid_request`: for what is no PromQL, with its place, and
 * for what is PromQL and not answered here, by name.
 */
export function parseQuery(text: string): Expression {
  if (text.length > LONGEST) throw badQuery(`the query has more than ${LONGEST} characters`)
  const { bare, offsets } = withoutOffsets(text)
  const { topNode } = parser.parse(bare)
  refuseErrors(topNode, bare)
  const source: Source = {
    text: (node) => bare.slice(node.from, node.to),
    takeOffset(place) {
      const ms = offsets.get(place) ?? 0
      offsets.delete(place)
      return ms
    },
  }
  const [root] = childrenOf(topNode)
  if (root === undefined) throw badQuery('parse error: no expression found in input')
  const expression = expressionOf(root, source, 0)
  if (offsets.size === 0) return expression
  throw badQuery(
    'offset modifier must be preceded by an instant vector selector or range vector selector, once',
  )
}

type Reader = (node: SyntaxNode, source: Source, depth: number) => Expression

const RANGE_ALONE =
  'a range vector is only answered inside of a function such as rate or avg_over_time'

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['ParenExpr', (node, source, depth) => expressionOf(requireChild(node), source, depth + 1)],
  [
    'NumberDurationLiteral',
    (node, source) => ({ op: 'number', value: numberOf(source.text(node)) }),
  ],
  ['VectorSelector', (node, source) => ({ op: 'select', of: selectorOf(node, source).selector })],
  ['FunctionCall', functionOf],
  ['AggregateExpr', aggregateOf],
  ['UnaryExpr', unaryOf],
  ['BinaryExpr', binaryOf],
])

const REFUSED: ReadonlyMap<string, string> = new Map([
  ['MatrixSelector', RANGE_ALONE],
  ['SubqueryExpr', 'subqueries are not answered here'],
  ['StepInvariantExpr', 'the modifier @ is not answered here'],
  ['StringLiteral', 'a string is no query here'],
])

function expressionOf(node: SyntaxNode, source: Source, depth: number): Expression {
  if (depth > DEEPEST) throw badQuery(`the query is nested more than ${DEEPEST} deep`)
  const reader = READERS.get(node.name)
  if (reader !== undefined) return reader(node, source, depth)
  throw badQuery(REFUSED.get(node.name) ?? `${source.text(node).slice(0, 40)} is not answered here`)
}

function functionOf(node: SyntaxNode, source: Source): Expression {
  const [identifier, body] = childrenOf(node)
  const name = identifier === undefined ? '' : source.text(identifier)
  const fn = Object.entries(WINDOW_FUNCTIONS).find(([each]) => each === name)?.[1]
  if (fn === undefined && name !== 'timestamp')
    throw badQuery(`the function ${name} is not answered here; there are ${FUNCTION_NAMES}`)
  const { selector, windowMs } = selectorOf(onlyArgument(body, name), source)
  if (fn === undefined) {
    if (windowMs === undefined) return { op: 'timestamp', of: selector }
    throw badQuery('expected type instant vector in call to function "timestamp", got range vector')
  }
  if (windowMs !== undefined) return { op: 'window', fn, of: selector, windowMs }
  throw badQuery(`expected type range vector in call to function "${name}", got instant vector`)
}

function onlyArgument(body: SyntaxNode | undefined, name: string): SyntaxNode {
  const [argument, second] = body === undefined ? [] : childrenOf(body)
  if (argument !== undefined && second === undefined) return argument
  throw badQuery(`expected 1 argument(s) in call to "${name}"`)
}

const FUNCTION_NAMES = [...Object.keys(WINDOW_FUNCTIONS), 'timestamp'].join(', ')

function aggregateOf(node: SyntaxNode, source: Source, depth: number): Expression {
  const parts = childrenOf(node)
  const part = (name: string) => parts.find((each) => each.name === name)
  const operation = part('AggregateOp')
  const body = part('FunctionCallBody')
  const fn = operation === undefined ? '' : source.text(operation).toLowerCase()
  const all = body === undefined ? [] : childrenOf(body)
  return aggregation(fn, {
    grouping: groupingOf(part('AggregateModifier'), source),
    all: all.map((one) => expressionOf(one, source, depth + 1)),
  })
}

interface Aggregating {
  readonly grouping: Grouping
  readonly all: readonly Expression[]
}

function aggregation(fn: string, { grouping, all }: Aggregating): Expression {
  if (isAmong(RANKINGS, fn)) {
    const [count, of] = all
    if (count === undefined || of === undefined || all.length !== 2) throw wrongNumber(2, all)
    return { op: 'rank', fn, count, of: vectorOf(of, fn), grouping }
  }
  if (!isAmong(AGGREGATIONS, fn))
    throw badQuery(`the aggregation ${fn} is not answered here; there are ${AGGREGATION_NAMES}`)
  const [of, second] = all
  if (of === undefined || second !== undefined) throw wrongNumber(1, all)
  return { op: 'aggregate', fn, of: vectorOf(of, fn), grouping }
}

const AGGREGATION_NAMES = [...AGGREGATIONS, ...RANKINGS].join(', ')

const wrongNumber = (expected: number, all: readonly Expression[]) =>
  badQuery(
    `wrong number of arguments for aggregate expression provided, expected ${expected}, got ${all.length}`,
  )

function vectorOf(of: Expression, fn: string): Expression {
  if (!isScalar(of)) return of
  throw badQuery(`expected type instant vector in aggregation ${fn}, got scalar`)
}

function groupingOf(node: SyntaxNode | undefined, source: Source): Grouping {
  if (node === undefined) return { labels: [], without: false }
  const [kind, labels] = childrenOf(node)
  return {
    labels: labels === undefined ? [] : labelsIn(labels, source),
    without: kind?.name === 'Without',
  }
}

const labelsIn = (node: SyntaxNode, source: Source): readonly string[] =>
  childrenOf(node).map((each) => source.text(each).replace(/^(["'`])(.*)\1$/, '$2'))

function unaryOf(node: SyntaxNode, source: Source, depth: number): Expression {
  const [sign, operand] = childrenOf(node)
  const of = expressionOf(operand ?? requireChild(node), source, depth + 1)
  return sign !== undefined && source.text(sign) === '-' ? negated(of) : of
}

function negated(of: Expression): Expression {
  if (of.op === 'number') return { op: 'number', value: -of.value }
  const left: Expression = { op: 'number', value: -1 }
  return { op: 'binary', fn: '*', bool: false, matching: EVERYTHING, left, right: of }
}

const EVERYTHING: Matching = { labels: [], on: false }
const OPERATIONS = [...ARITHMETIC, ...COMPARISONS, ...SET_OPERATIONS] as const

function binaryOf(node: SyntaxNode, source: Source, depth: number): Expression {
  const parts = childrenOf(node)
  const [left, operator, ...others] = parts
  const right = parts.at(-1)
  if (left === undefined || operator === undefined || right === undefined)
    throw badQuery('parse error: an operand is missing')
  const clause = others.find(({ name }) => name === 'MatchingModifierClause')
  const binary: Binary = {
    op: 'binary',
    fn: operatorOf(source.text(operator).toLowerCase()),
    bool: others.some(({ name }) => name === 'BoolModifier'),
    matching: clause === undefined ? EVERYTHING : matchingOf(clause, source),
    left: expressionOf(left, source, depth + 1),
    right: expressionOf(right, source, depth + 1),
  }
  checkBinary(binary, clause !== undefined)
  return isNegativeLiteral(left, source) ? signed(binary) : binary
}

function operatorOf(fn: string): Binary['fn'] {
  if (isAmong(OPERATIONS, fn)) return fn
  throw badQuery(`the operator ${fn} is not answered here; there are ${OPERATIONS.join(', ')}`)
}

const isNegativeLiteral = (node: SyntaxNode, source: Source): boolean =>
  node.name === 'NumberDurationLiteral' && source.text(node).startsWith('-')

/** The sign belongs to the power and not to its base, whatever the lexer says. */
const signed = (binary: Binary): Expression =>
  binary.fn === '^' ? negated({ ...binary, left: negated(binary.left) }) : binary

function matchingOf(node: SyntaxNode, source: Source): Matching {
  const [kind, labels, ...others] = childrenOf(node)
  if (others.length > 0)
    throw badQuery('group_left and group_right are not answered here: match one to one')
  return { on: kind?.name === 'On', labels: labels === undefined ? [] : labelsIn(labels, source) }
}

/** Whether an expression is a number whatever the data are. */
export const isScalar = (expression: Expression): boolean =>
  expression.op === 'number' ||
  (expression.op === 'binary' && isScalar(expression.left) && isScalar(expression.right))

function checkBinary(binary: Binary, isMatched: boolean): void {
  const { fn, bool, left, right } = binary
  const scalars = [left, right].filter(isScalar).length
  const compares = isAmong(COMPARISONS, fn)
  if (scalars > 0) refuseOfScalars(binary, isMatched)
  if (bool && !compares) throw badQuery('bool modifier can only be used on comparison operators')
  if (!bool && compares && scalars === 2)
    throw badQuery('comparisons between scalars must use BOOL modifier')
}

function refuseOfScalars({ fn }: Binary, isMatched: boolean): void {
  if (isAmong(SET_OPERATIONS, fn))
    throw badQuery(`set operator "${fn}" not allowed in binary scalar expression`)
  if (isMatched) throw badQuery('vector matching only allowed between instant vectors')
}
