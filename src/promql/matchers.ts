import { labelOf } from './columns.ts'
import type { Matcher } from './expression.ts'
import type { Labels } from './samples.ts'

/** Whether a series satisfies every matcher. Text that is no Unicode is compared as `render` would send it. */
export function satisfies(labels: Labels, where: readonly Matcher[]): boolean {
  return where.every((matcher) => matches(labelOf(labels, matcher.label), matcher))
}

function matches(actual: string, matcher: Matcher): boolean {
  switch (matcher.op) {
    case 'equals':
      return actual === matcher.value.toWellFormed()
    case 'differs':
      return actual !== matcher.value.toWellFormed()
    case 'starts_with':
      return actual.startsWith(matcher.value.toWellFormed())
    case 'one_of':
      return matcher.values.some((value) => actual === value.toWellFormed())
    case 'starts_with_one_of':
      return matcher.values.some((value) => actual.startsWith(value.toWellFormed()))
    case 'starts_with_none_of':
      return !matcher.values.some((value) => actual.startsWith(value.toWellFormed()))
  }
}
