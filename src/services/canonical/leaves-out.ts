import { COMPARISONS, isAmong, type Binary, type Expression } from './expression.ts'

/** Whether a query leaves out series by their values, anywhere in it. */
export function leavesOut(expression: Expression): boolean {
  if (expression.op === 'rank') return true
  if (expression.op === 'aggregate') return leavesOut(expression.of)
  if (expression.op !== 'binary') return false
  return filters(expression) || leavesOut(expression.left) || leavesOut(expression.right)
}

const filters = ({ fn, bool }: Binary): boolean =>
  (isAmong(COMPARISONS, fn) && !bool) || fn === 'and' || fn === 'unless'
