import { COMPARISONS, isAmong, type Expression } from './expression.ts'

/** Whether a query leaves out series by their values, anywhere in it. */
export function leavesOut(expression: Expression): boolean {
  switch (expression.op) {
    case 'number':
    case 'select':
    case 'timestamp':
    case 'window':
      return false
    case 'aggregate':
      return leavesOut(expression.of)
    case 'rank':
      return true
    case 'binary': {
      const { fn, bool, left, right } = expression
      const isFilter = (isAmong(COMPARISONS, fn) && !bool) || fn === 'and' || fn === 'unless'
      return isFilter || leavesOut(left) || leavesOut(right)
    }
  }
}
