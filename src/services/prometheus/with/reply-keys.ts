import type { Kind } from '../../../kernel/kind.ts'
import type { TimeRange } from '../../../kernel/time-range.ts'
import type { Vector } from '../../../promql/expression.ts'
import { render } from '../../../promql/render.ts'
import type { Reply, Shelf } from '../client.ts'

/** What a question is about: equal for questions of which one's reply is the other's. */
export type About = readonly (string | number)[]

/** What a thing is does not depend on the second: any answer of the last hour is the answer. */
export function aboutInstant(query: Vector<Kind>, at: Date, shelf: Shelf): About {
  const time = shelf === 'static' ? [] : [at.getTime()]
  return ['instant', render(query), ...time]
}

export const aboutRange = (query: Vector<Kind>, { start, end, stepSeconds }: TimeRange): About => [
  'range',
  render(query),
  start.getTime(),
  end.getTime(),
  stepSeconds,
]

/** Whether a reply may be given again: a partial one not, nor that a thing is not there yet, which is no lasting fact. */
export const isLasting = ({ rows, warnings }: Reply<unknown>, shelf: Shelf): boolean =>
  warnings.length === 0 && (shelf !== 'static' || rows.length > 0)
