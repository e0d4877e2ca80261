import { expect, it } from 'vitest'
import {
  averaged,
  count,
  counter,
  firstOf,
  gauge,
  increase,
  max,
  newest,
  oneOf,
  over,
  rate,
  sampledAt,
  scale,
  sum,
  top,
  type Vector,
} from '../../src/promql/expression.ts'

const g = gauge('g')
const c = counter('c')

// The compiler is the test: tsc fails where an expected error is missing. Each statement stays on one line,
// so that a formatter cannot move it away from the comment above it. Nothing here is run.
const mistakes = () => {
  // @ts-expect-error a gauge has no rate
  rate(over(g, 60))
  // @ts-expect-error a gauge does not increase
  increase(over(g, 60))
  // @ts-expect-error a rate needs a window
  rate(c)
  // @ts-expect-error a counter must become a rate before it is added up
  sum(c)
  // @ts-expect-error scaling does not make a counter addable
  sum(scale(c, 2))
  // @ts-expect-error the largest of several counters is still a counter
  sum(max(c, ['a']))
  // @ts-expect-error a counter's newest value is still a counter's
  sum(newest(over(c, 60)))
  // @ts-expect-error the mean of a counter says nothing
  averaged(over(c, 60))
  // @ts-expect-error nor does the largest counter
  top(c, 3)
  // @ts-expect-error the time of a sample is kept by its series only
  sampledAt(sum(g))
  // @ts-expect-error there is no window over a result
  over(sum(g), 60)
  // @ts-expect-error one of none would match all
  oneOf('a', [])
  // @ts-expect-error nothing selects everything
  gauge([])
  // @ts-expect-error first of none
  firstOf([])
  // @ts-expect-error a gauge and a counter cannot stand in for one another
  firstOf<'gauge'>([g, c])
}

const sound: readonly Vector<'gauge'>[] = [
  sum(rate(over(c, 60)), ['a']),
  top(sum(firstOf([g, scale(increase(over(c, 60)), 1)]), ['a']), 3),
  firstOf([sampledAt(c), count(max(c, ['a'])), averaged(over(g, 60))]),
]

it('compiles what makes sense and nothing else', () => {
  expect([typeof mistakes, sound.length]).toEqual(['function', 3])
})
