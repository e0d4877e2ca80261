import fc from 'fast-check'
import type { Kind, NonEmpty } from '../../src/kernel/kind.ts'
import type { TimeRange } from '../../src/kernel/time-range.ts'
import * as q from '../../src/promql/expression.ts'
import { BEGIN, LENGTH_SECONDS } from './unruly-history.ts'

const gaugeNames = fc.constantFrom<string | NonEmpty<string>>(
  ...Array<string>(6).fill('power_watts'),
  'spare_watts',
  'heat_celsius',
  ['power_watts', 'spare_watts'],
  ['heat_celsius', 'power_watts', 'heat_celsius'],
)
const counterNames = fc.constantFrom<string | NonEmpty<string>>(
  ...Array<string>(4).fill('energy_joules_total'),
  'requests_total',
  ['requests_total', 'energy_joules_total'],
)

const label = fc.constantFrom('node', 'gpu', 'rack')
const text = fc.constantFrom('a', 'b', 'b.c', 'c', '0', '1', '"2"', 'd\ne', '', 'd\n')
const matcher = fc.oneof(
  fc.tuple(label, text).map(([name, value]) => q.differs(name, value)),
  fc.tuple(label, text).map(([name, value]) => q.startsWith(name, value)),
  fc.tuple(label, text).map(([name, value]) => q.equals(name, value)),
  fc
    .tuple(
      fc.constantFrom(q.oneOf, q.startsWithOneOf, q.startsWithNoneOf),
      label,
      text,
      fc.array(text),
    )
    .map(([match, name, one, more]) => match(name, [one, ...more])),
)
const matchers = fc.oneof(
  { arbitrary: fc.constant([]), weight: 3 },
  { arbitrary: fc.array(matcher, { minLength: 1, maxLength: 2 }), weight: 1 },
)

const gauges = fc.tuple(gaugeNames, matchers).map(([names, where]) => q.gauge(names, where))
const counters = fc.tuple(counterNames, matchers).map(([names, where]) => q.counter(names, where))
const selections: fc.Arbitrary<q.Selection<Kind>> = fc.oneof(gauges, counters)

// On the scrape grids, where edges matter, and off them.
const windowSeconds = fc.oneof(
  fc.constantFrom(15, 30, 45, 60, 120, 240, 300, 600, 900),
  fc.integer({ min: 1, max: 1_200_000 }).map((ms) => ms / 1000),
)
const windowsOf = <K extends Kind>(of: fc.Arbitrary<q.Selection<K>>) =>
  fc.tuple(of, windowSeconds).map(([selection, seconds]) => q.over(selection, seconds))

const by = fc.subarray(['node', 'gpu', 'rack', '__name__'])
const labelsOnly = fc.subarray(['node', 'gpu', 'rack'])
const comparison = fc.constantFrom<q.Comparison>('<', '<=', '>', '>=', '!=')
// Not as small as can be: the last bits of a number near the smallest there is are not worth comparing.
const factor = fc.oneof(
  fc.constantFrom(1, 0.001, -2, 0, 1e-7, 1e21),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((thousandths) => thousandths / 1000),
)
const bound = fc.constantFrom(0, 1, 5, 12.5, 100, 250, -20)

/** All functions of the algebra that a Vector<K> can be handed on to. */
function derived<K extends Kind>(of: fc.Arbitrary<q.Vector<K>>): fc.Arbitrary<q.Vector<K>>[] {
  return [
    fc.tuple(of, factor).map(([operand, times]) => q.scale(operand, times)),
    fc.tuple(of, comparison, bound).map(([operand, when, limit]) => q.keep(operand, when, limit)),
    fc.tuple(of, by).map(([operand, labels]) => q.max(operand, labels)),
    fc
      .tuple(of, of, fc.array(of, { maxLength: 1 }))
      .map(([a, b, more]) => q.firstOf([a, b, ...more])),
  ] as fc.Arbitrary<q.Vector<K>>[]
}

const { counterQuery, gaugeQuery } = fc.letrec<{
  counterQuery: q.Vector<'counter'>
  gaugeQuery: q.Vector<'gauge'>
}>((tie) => {
  const counterQuery = tie('counterQuery')
  const gaugeQuery = tie('gaugeQuery')
  const aggregators = fc.constantFrom(q.sum, q.avg, q.min)
  return {
    counterQuery: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.oneof(counters, windowsOf(counters).map(q.newest)),
      ...derived(counterQuery),
    ),
    gaugeQuery: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.oneof(
        gauges,
        windowsOf(counters).map(q.rate),
        windowsOf(counters).map(q.increase),
        windowsOf(gauges).map(q.totalled),
        windowsOf(gauges).map(q.averaged),
        windowsOf(gauges).map(q.lowest),
        windowsOf(gauges).map(q.highest),
        windowsOf(gauges).map(q.newest),
        windowsOf(selections).map(q.counted),
        selections.map(q.sampledAt),
      ),
      ...derived(gaugeQuery),
      fc.tuple(aggregators, gaugeQuery, by).map(([aggregate, of, labels]) => aggregate(of, labels)),
      fc.tuple(fc.oneof(gaugeQuery, counterQuery), by).map(([of, labels]) => q.count(of, labels)),
      fc
        .tuple(aggregators, gaugeQuery, labelsOnly)
        .map(([aggregate, of, labels]) => q.divide(aggregate(of, labels), q.count(of, labels))),
      fc
        .tuple(gaugeQuery, fc.oneof(gauges, windowsOf(counters).map(q.rate)), labelsOnly)
        .map(([a, b, labels]) => q.provided(q.max(a, labels), q.count(b, labels))),
      fc
        .tuple(gaugeQuery, fc.integer({ min: 0, max: 4 }))
        .map(([of, largest]) => q.top(of, largest)),
    ),
  }
})

/** Queries from the whole algebra. */
export const expressions: fc.Arbitrary<q.Vector<Kind>> = fc.oneof(
  { arbitrary: gaugeQuery, weight: 4 },
  { arbitrary: counterQuery, weight: 1 },
)

const QUARTER_MINUTES = LENGTH_SECONDS / 15

/** Unix seconds around the history, half of them on its grids, all of them whole milliseconds. */
export const evaluationTimes: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: -4, max: QUARTER_MINUTES + 24 }).map((quarters) => BEGIN + 15 * quarters),
  fc
    .integer({ min: -60_000, max: LENGTH_SECONDS * 1000 + 360_000 })
    .map((ms) => (BEGIN * 1000 + ms) / 1000),
)

const stepSeconds = fc.oneof(
  fc.constantFrom(15, 30, 60, 300, 600),
  fc.integer({ min: 1000, max: 900_000 }).map((ms) => ms / 1000),
)

/** Up to 40 steps from such a time on. */
export const ranges: fc.Arbitrary<TimeRange> = fc
  .tuple(evaluationTimes, stepSeconds, fc.integer({ min: 0, max: 40 }))
  .map(([start, step, steps]) => ({
    start: new Date(Math.round(start * 1000)),
    end: new Date(Math.round((start + step * steps) * 1000)),
    stepSeconds: step,
  }))
