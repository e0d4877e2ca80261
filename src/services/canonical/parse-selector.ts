import { readPattern, type Pattern } from '../patterns/index.ts'
import type { LabelMatcher, Selector } from './expression.ts'
import { millisecondsOf, textOf } from './literals.ts'
import { badQuery, childrenOf, requireChild, type Source, type SyntaxNode } from './nodes.ts'

/** Series, and over which window where it is one. */
export interface ReadSelector {
  readonly selector: Selector
  readonly windowMs: number | undefined
}

/** Reads a selector with its window and offset. Rejects with `invalid_request` for anything else. */
export function selectorOf(node: SyntaxNode, source: Source): ReadSelector {
  if (node.name === 'ParenExpr') return selectorOf(requireChild(node), source)
  if (node.name === 'MatrixSelector') return matrixOf(node, source)
  if (node.name === 'VectorSelector')
    return { selector: selectorIn(node, node, source), windowMs: undefined }
  const what = node.name === 'SubqueryExpr' ? 'subqueries are' : 'functions of functions are'
  throw badQuery(`${what} not answered here: ${source.text(node).slice(0, 60)}`)
}

function matrixOf(node: SyntaxNode, source: Source): ReadSelector {
  const [of, duration] = childrenOf(node)
  if (of === undefined || duration === undefined) throw badQuery('parse error: a range is missing')
  if (of.name !== 'VectorSelector') throw badQuery('ranges only allowed for vector selectors')
  const windowMs = millisecondsOf(source.text(duration))
  if (windowMs === undefined || windowMs <= 0)
    throw badQuery(`not a duration: ${source.text(duration)}`)
  return { selector: selectorIn(of, node, source), windowMs }
}

/** The offset stands behind the window, where there is one. */
const selectorIn = (node: SyntaxNode, whole: SyntaxNode, source: Source): Selector => ({
  where: matchersOf(node, source),
  offsetMs: source.takeOffset(whole.to),
})

function matchersOf(node: SyntaxNode, source: Source): readonly LabelMatcher[] {
  const parts = childrenOf(node)
  const name = parts.find((each) => each.name === 'Identifier')
  const list = parts.find((each) => each.name === 'LabelMatchers')
  const matchers = [
    ...(name === undefined ? [] : [named(source.text(name))]),
    ...(list === undefined ? [] : childrenOf(list).map((each) => matcherOf(each, source))),
  ]
  // What also takes what lacks the label would mean every series that there is.
  if (matchers.every(({ test }) => test('')))
    throw badQuery('vector selector must contain at least one non-empty matcher')
  return matchers
}

const named = (name: string): LabelMatcher => ({ label: '__name__', test: (text) => text === name })

function matcherOf(node: SyntaxNode, source: Source): LabelMatcher {
  if (node.name === 'QuotedLabelName') return named(textOf(source.text(node)))
  const [label, operator, value] = childrenOf(node)
  if (label === undefined || operator === undefined || value === undefined)
    throw badQuery('parse error: a matcher is incomplete')
  const written = source.text(label)
  const name = label.name === 'QuotedLabelName' ? textOf(written) : written
  return { label: name, test: testOf(source.text(operator), textOf(source.text(value))) }
}

function testOf(operator: string, value: string): Pattern {
  if (operator === '=') return (text) => text === value
  if (operator === '!=') return (text) => text !== value
  const pattern = readPattern(value)
  if (typeof pattern !== 'function') throw badQuery(`parse error: ${pattern.wrong}`)
  return operator === '=~' ? pattern : (text) => !pattern(text)
}
