import { describe, expect, it } from 'vitest'
import type { Kind } from '../../src/kernel/kind.ts'
import {
  avg,
  averaged,
  count,
  divide,
  counted,
  counter,
  differs,
  equals,
  firstOf,
  gauge,
  highest,
  increase,
  keep,
  lowest,
  max,
  min,
  newest,
  oneOf,
  over,
  provided,
  rate,
  sampledAt,
  scale,
  startsWith,
  startsWithNoneOf,
  startsWithOneOf,
  sum,
  top,
  totalled,
  type Vector,
} from '../../src/promql/expression.ts'
import { render } from '../../src/promql/render.ts'

const power = gauge('power_watts')
const energy = counter('energy_joules_total', [equals('node', 'a')])

const shapes: [name: string, query: Vector<Kind>, promql: string][] = [
  ['one metric', power, 'power_watts'],
  ['several metrics', gauge(['a', 'b:c']), '{__name__=~"a|b:c"}'],
  ['a metric called like a word of the language', gauge('sum'), '{__name__="sum"}'],
  ['a metric called like a number', gauge('Inf'), '{__name__="Inf"}'],
  ['equals', gauge('a', [equals('l', 'v')]), 'a{l="v"}'],
  ['differs', gauge('a', [differs('l', 'v')]), 'a{l!="v"}'],
  ['starts with', gauge('a', [startsWith('l', 'v.')]), 'a{l=~"v\\\\.(?s:.*)"}'],
  [
    'starts with one of',
    gauge('a', [startsWithOneOf('l', ['v.', 'w'])]),
    'a{l=~"(?:v\\\\.|w)(?s:.*)"}',
  ],
  ['starts with none of', gauge('a', [startsWithNoneOf('l', ['v.'])]), 'a{l!~"v\\\\.(?s:.*)"}'],
  ['starts with nothing', gauge('a', [startsWith('l', '')]), 'a{l=~"(?s:.*)"}'],
  ['one of one', gauge('a', [oneOf('l', ['v|w'])]), 'a{l="v|w"}'],
  ['one of two', gauge('a', [oneOf('l', ['v|w', 'x'])]), 'a{l=~"v\\\\|w|x"}'],
  [
    'several matchers',
    gauge(['a', 'b'], [equals('l', 'v'), differs('m', 'w')]),
    '{__name__=~"a|b",l="v",m!="w"}',
  ],
  ['rate', rate(over(energy, 300)), 'rate(energy_joules_total{node="a"}[300s])'],
  ['increase', increase(over(counter('a'), 3600)), 'increase(a[3600s])'],
  ['part of a second', rate(over(counter('a'), 1.5)), 'rate(a[1500ms])'],
  ['a rounding error', rate(over(counter('a'), 0.1 + 0.2)), 'rate(a[300ms])'],
  ['averaged', averaged(over(power, 60)), 'avg_over_time(power_watts[60s])'],
  ['lowest', lowest(over(power, 60)), 'min_over_time(power_watts[60s])'],
  ['highest', highest(over(power, 60)), 'max_over_time(power_watts[60s])'],
  ['newest', newest(over(power, 60)), 'last_over_time(power_watts[60s])'],
  ['counted', counted(over(power, 60)), 'count_over_time(power_watts[60s])'],
  ['scale', scale(power, 0.001), '(power_watts * 0.001)'],
  ['a tiny factor', scale(power, 1e-7), '(power_watts * 1e-7)'],
  ['a huge factor', scale(power, 1e21), '(power_watts * 1e+21)'],
  ['a negative factor', scale(power, -2), '(power_watts * -2)'],
  ['keep', keep(power, '>=', -5), '(power_watts >= -5)'],
  ['keep what differs', keep(power, '!=', 0), '(power_watts != 0)'],
  ['scale of keep', scale(keep(power, '<', 5), 2), '((power_watts < 5) * 2)'],
  ['keep of scale', keep(scale(power, 2), '<', 5), '((power_watts * 2) < 5)'],
  ['sum', sum(power), 'sum(power_watts)'],
  ['by', sum(power, ['node', '__name__']), 'sum by (node, __name__) (power_watts)'],
  ['avg of min', avg(min(power, ['a'])), 'avg(min by (a) (power_watts))'],
  ['max', max(counter('a'), ['b']), 'max by (b) (a)'],
  ['count', count(power, ['node']), 'count by (node) (power_watts)'],
  ['top', top(scale(power, 2), 3), 'topk(3, (power_watts * 2))'],
  [
    'first of',
    firstOf([keep(power, '>', 0), gauge('b'), gauge('c')]),
    '((power_watts > 0) or b or c)',
  ],
  ['scale of first of', scale(firstOf([power, gauge('b')]), 2), '((power_watts or b) * 2)'],
  ['totalled', totalled(over(power, 60)), 'sum_over_time(power_watts[60s])'],
  [
    'divide',
    divide(sum(power, ['a']), count(power, ['a'])),
    '(sum by (a) (power_watts) / count by (a) (power_watts))',
  ],
  [
    'provided',
    provided(max(power, ['a']), count(gauge('b'), ['a'])),
    '(max by (a) (power_watts) and count by (a) (b))',
  ],
  [
    'scale of divide',
    scale(divide(sum(power), count(power)), 2),
    '((sum(power_watts) / count(power_watts)) * 2)',
  ],
  ['sampled at', sampledAt(power), 'timestamp(power_watts)'],
]

describe('render', () => {
  it.each(shapes)('writes %s', (_name, query, promql) => {
    expect(render(query)).toBe(promql)
  })

  const values: [text: string, literal: string][] = [
    ['a"b\\c', String.raw`"a\"b\\c"`],
    ['"} or vector(1) #', String.raw`"\"} or vector(1) #"`],
    ['line\nbreak\ttab\r\u0000\u001f', String.raw`"line\nbreak\ttab\r\u0000\u001f"`],
    ['half a pair \ud800', String.raw`"half a pair \ufffd"`],
    ['\\\ufffd', String.raw`"\\\ufffd"`],
    ['한국어 😀 \u2028 \u007f', '"한국어 😀 \u2028 \u007f"'],
    ["it's `so`", '"it\'s `so`"'],
    ['a/b', '"a/b"'],
  ]
  it.each(values)('quotes %j', (text, literal) => {
    expect(render(gauge('a', [equals('l', text)]))).toBe(`a{l=${literal}}`)
  })

  it('adds the enforced matchers to every selection', () => {
    const query = firstOf([
      sum(rate(over(counter('a'), 60))),
      top(keep(gauge('b', [differs('l', 'v')]), '>', 0), 1),
      sampledAt(gauge(['c', 'd'])),
    ])
    expect(render(query, { where: [equals('cluster', 'seoul')] })).toBe(
      '(sum(rate(a{cluster="seoul"}[60s])) or ' +
        'topk(1, (b{l!="v",cluster="seoul"} > 0)) or ' +
        'timestamp({__name__=~"c|d",cluster="seoul"}))',
    )
  })

  const mistakes: [name: string, query: Vector<Kind>][] = [
    ['a metric name with a brace', gauge('a}')],
    ['an empty metric name', gauge('')],
    ['a metric name with a newline', gauge('a\n')],
    ['a second metric name with a bar', gauge(['a', 'b|c'])],
    ['a label name with a colon', gauge('a', [equals('b:c', 'v')])],
    ['a label name that begins with a digit', gauge('a', [oneOf('1', ['v'])])],
    ['a matcher on the metric name', gauge('a', [equals('__name__', 'b')])],
    ['grouping by no name', sum(power, ['a) or b'])],
    ['grouping by a number', sum(power, ['NaN'])],
    ['grouping by a word of the grouping', sum(power, ['Without'])],
    ['a factor that is NaN', scale(power, Number.NaN)],
    ['an infinite bound', keep(power, '<', Infinity)],
    ['a window of zero', rate(over(counter('a'), 0))],
    ['a window below a millisecond', rate(over(counter('a'), 0.0001))],
    ['a negative window', rate(over(counter('a'), -60))],
    ['a window that is NaN', rate(over(counter('a'), Number.NaN))],
    ['a window of a thousand years', rate(over(counter('a'), 3.2e10))],
    ['half a series', top(power, 0.5)],
    ['a negative number of series', top(power, -1)],
  ]
  it.each(mistakes)('refuses %s', (_name, query) => {
    expect(() => render(query)).toThrow(TypeError)
  })

  it('refuses an enforced matcher with a bad name', () => {
    expect(() => render(power, { where: [equals('a b', 'v')] })).toThrow(TypeError)
  })
})
