import { describe, expect, it } from 'vitest'
import type { Kind } from '../../src/kernel/kind.ts'
import { evaluateInstant, evaluateRange, type PrometheusLike } from '../../src/promql/evaluate.ts'
import * as q from '../../src/promql/expression.ts'
import type { SeriesStore } from '../../src/promql/samples.ts'
import { storeOf } from '../support/series-text.ts'

/** The answer at a time, one line per series, in the words of the tests: `name{a="b"} value`. */
function at(seconds: number, query: q.Vector<Kind>, store: PrometheusLike): string[] {
  return evaluateInstant(query, store, seconds).map(({ labels, value }) => line(labels, value))
}

function line(labels: Readonly<Record<string, string>>, value: number): string {
  const { __name__: name = '', ...others } = labels
  const inner = Object.entries(others).map(([label, text]) => `${label}="${text}"`)
  return `${name}{${inner.join(',')}} ${Number(value.toPrecision(12))}`
}

describe('evaluate: a selection', () => {
  const store = storeOf(`
    power{gpu="0",node="a"}  0s:300  15s:310  30s:320
    power{gpu="1",node="a"}  0s:200
    power{gpu="0",node="b"}  0s:100  20s:NaN
    heat{gpu="0",node="a"}   0s:60
  `)

  it('finds the newest value of each series', () => {
    expect(at(20, q.gauge('power'), store)).toEqual([
      'power{gpu="0",node="a"} 310',
      'power{gpu="1",node="a"} 200',
      'power{gpu="0",node="b"} NaN',
    ])
  })

  it('keeps several metrics apart by name', () => {
    expect(at(0, q.gauge(['power', 'heat'], [q.equals('gpu', '0')]), store)).toEqual([
      'power{gpu="0",node="a"} 300',
      'power{gpu="0",node="b"} 100',
      'heat{gpu="0",node="a"} 60',
    ])
  })

  it.each([
    [q.equals('node', 'b'), 1],
    [q.equals('rack', ''), 3],
    [q.equals('rack', 'r'), 0],
    [q.differs('node', 'b'), 2],
    [q.differs('rack', ''), 0],
    [q.startsWith('node', ''), 3],
    [q.startsWith('node', '.'), 0],
    [q.oneOf('node', ['b', 'c']), 1],
    [q.oneOf('constructor', ['x', '']), 3],
  ])('applies %j', (matcher, found) => {
    expect(at(0, q.gauge('power', [matcher]), store)).toHaveLength(found)
  })

  it('tells when each series was sampled', () => {
    expect(at(29, q.sampledAt(q.gauge('power')), store)).toEqual([
      '{gpu="0",node="a"} 15',
      '{gpu="1",node="a"} 0',
      '{gpu="0",node="b"} 20',
    ])
  })
})

describe('evaluate: edges', () => {
  const store = storeOf('up{}  0s:1  60s:2  120s:3')
  const closed = { ...store, edges: 'closed' as const }
  const up = q.gauge('up')

  it('looks back less than five minutes', () => {
    expect(at(419.999, up, store)).toEqual(['up{} 3'])
    expect(at(420, up, store)).toEqual([])
  })

  it('looks back five minutes as Prometheus 2 does', () => {
    expect(at(420, up, closed)).toEqual(['up{} 3'])
    expect(at(420.001, up, closed)).toEqual([])
  })

  it('leaves out the sample on the left edge of a window', () => {
    expect(at(120, q.counted(q.over(up, 60)), store)).toEqual(['{} 1'])
    expect(at(120, q.counted(q.over(up, 60)), closed)).toEqual(['{} 2'])
    expect(at(120, q.rate(q.over(q.counter('up'), 60)), store)).toEqual([])
  })

  it('never sees the future', () => {
    expect(at(-1, up, store)).toEqual([])
    expect(at(59.999, up, store)).toEqual(['up{} 1'])
  })
})

describe('evaluate: rate and increase', () => {
  const minute = (text: string, seconds: number, store: PrometheusLike = storeOf(text)) =>
    at(seconds, q.increase(q.over(q.counter('c'), 60)), store)

  it('reaches an edge that is about one sample away', () => {
    // 100 in 40 s stand for 60 s.
    expect(minute('c{} 10s:1000 30s:1050 50s:1100', 60)).toEqual(['{} 150'])
    expect(at(60, q.rate(q.over(q.counter('c'), 60)), storeOf('c{} 10s:1000 50s:1100'))).toEqual([
      '{} 2.5',
    ])
  })

  it('goes half a sample beyond a series that begins or ends in the window', () => {
    // 50 in 10 s; the series is taken to last 5 s longer on both sides.
    expect(minute('c{} 20s:1000 30s:1050', 60)).toEqual(['{} 100'])
  })

  it('adds up across a reset', () => {
    expect(minute('c{} 5s:1000 20s:1010 35s:4 50s:20', 60)).toEqual([
      `{} ${Number((30 * (60 / 45)).toPrecision(12))}`,
    ])
  })

  it('never draws a counter back below zero', () => {
    // 2 at 10 s, rising by 1 a second: zero was at 8 s.
    expect(minute('c{} 10s:2 30s:22 50s:42', 60)).toEqual(['{} 52'])
  })

  it('looks at zero first where Prometheus 2.42 does', () => {
    const text = 'c{} 30s:8 40s:18 50s:28'
    expect(minute(text, 60)).toEqual(['{} 35'])
    expect(minute(text, 60, { ...storeOf(text), edges: 'closed' })).toEqual(['{} 38'])
  })

  it('needs two samples', () => {
    expect(minute('c{} 30s:8', 60)).toEqual([])
  })

  it('is NaN where the first or the last sample is', () => {
    expect(minute('c{} 30s:8 40s:NaN 50s:20', 60)).toEqual(['{} 21'])
    expect(minute('c{} 30s:8 40s:9 50s:NaN', 60)).toEqual(['{} NaN'])
  })
})

describe('evaluate: windows', () => {
  const store = storeOf(`
    a{}  10s:4    20s:NaN   30s:1   40s:7
    b{}  10s:NaN  20s:NaN
    c{}  10s:Inf  20s:5
    d{}  10s:Inf  20s:-Inf
    e{}  10s:1e308 20s:1e308
  `)
  const over = (name: string) => q.over(q.gauge(name), 60)

  it.each([
    ['averaged', 'a', q.averaged(over('a')), ['{} NaN']],
    ['averaged', 'c', q.averaged(over('c')), ['{} Infinity']],
    ['averaged', 'd', q.averaged(over('d')), ['{} NaN']],
    ['averaged', 'e', q.averaged(over('e')), ['{} 1e+308']],
    ['lowest', 'a', q.lowest(over('a')), ['{} 1']],
    ['lowest', 'b', q.lowest(over('b')), ['{} NaN']],
    ['highest', 'a', q.highest(over('a')), ['{} 7']],
    ['newest', 'a', q.newest(over('a')), ['a{} 7']],
    ['counted', 'b', q.counted(over('b')), ['{} 2']],
  ])('%s of %s', (_function, _name, query, expected) => {
    expect(at(60, query, store)).toEqual(expected)
  })
})

describe('evaluate: between series', () => {
  const store = storeOf(`
    power{gpu="0",node="a"}  0s:300
    power{gpu="1",node="a"}  0s:200
    power{gpu="0",node="b"}  0s:NaN
    power{gpu="2"}           0s:50
    spare{gpu="1",node="a"}  0s:1
    spare{gpu="9",node="a"}  0s:2
  `)
  const power = q.gauge('power')

  it('groups by labels, and drops those that are absent', () => {
    expect(at(0, q.sum(power, ['node']), store)).toEqual([
      '{node="a"} 500',
      '{node="b"} NaN',
      '{} 50',
    ])
    expect(at(0, q.count(power, ['constructor']), store)).toEqual(['{} 4'])
  })

  it('groups by the metric name where the query left it', () => {
    const both = q.gauge(['power', 'spare'])
    expect(at(0, q.count(both, ['__name__']), store)).toEqual(['power{} 4', 'spare{} 2'])
    expect(at(0, q.count(q.scale(power, 2), ['__name__']), store)).toEqual(['{} 4'])
  })

  it.each([
    ['sum', q.sum(power), 'NaN'],
    ['avg', q.avg(power), 'NaN'],
    ['min', q.min(power), '50'],
    ['max', q.max(power), '300'],
    ['count', q.count(power), '4'],
  ])('%s meets NaN', (_name, query, value) => {
    expect(at(0, query, store)).toEqual([`{} ${value}`])
  })

  it('is nothing, not zero, where there is nothing', () => {
    expect(at(0, q.sum(q.gauge('none')), store)).toEqual([])
    expect(at(0, q.count(q.gauge('none')), store)).toEqual([])
  })

  it('puts the largest first and NaN last', () => {
    expect(at(0, q.top(power, 9), store)).toEqual([
      'power{gpu="0",node="a"} 300',
      'power{gpu="1",node="a"} 200',
      'power{gpu="2"} 50',
      'power{gpu="0",node="b"} NaN',
    ])
    expect(at(0, q.top(power, 1), store)).toEqual(['power{gpu="0",node="a"} 300'])
    expect(at(0, q.top(power, 0), store)).toEqual([])
  })

  it('keeps the name in a comparison, and leaves NaN out', () => {
    expect(at(0, q.keep(power, '<=', 200), store)).toEqual([
      'power{gpu="1",node="a"} 200',
      'power{gpu="2"} 50',
    ])
    expect(at(0, q.keep(power, '>', 200), store)).toEqual(['power{gpu="0",node="a"} 300'])
  })

  it('takes NaN for something else than any number, as Prometheus does', () => {
    expect(at(0, q.keep(power, '!=', 200), store)).toEqual([
      'power{gpu="0",node="a"} 300',
      'power{gpu="0",node="b"} NaN',
      'power{gpu="2"} 50',
    ])
  })

  it('takes the first query that has a label set, whatever its metric is called', () => {
    expect(at(0, q.firstOf([q.gauge('spare'), power]), store)).toEqual([
      'spare{gpu="1",node="a"} 1',
      'spare{gpu="9",node="a"} 2',
      'power{gpu="0",node="a"} 300',
      'power{gpu="0",node="b"} NaN',
      'power{gpu="2"} 50',
    ])
  })

  it('refuses series that only their name told apart', () => {
    const both = q.gauge(['power', 'spare'])
    expect(() => at(0, q.scale(both, 2), store)).toThrow('same labelset')
    expect(() => at(0, q.sampledAt(both), store)).toThrow(TypeError)
    expect(() => at(0, q.highest(q.over(both, 60)), store)).toThrow(TypeError)
  })

  it('refuses what cannot be rendered', () => {
    expect(() => at(0, q.gauge('a b'), store)).toThrow(TypeError)
  })
})

describe('evaluateRange', () => {
  const range = (start: number, end: number, stepSeconds: number) => ({
    start: new Date(start * 1000),
    end: new Date(end * 1000),
    stepSeconds,
  })
  const points = (query: q.Vector<Kind>, store: SeriesStore, over: ReturnType<typeof range>) =>
    evaluateRange(query, store, over).map(({ labels, seconds, values }) => [
      line(labels, 0).slice(0, -2),
      ...Array.from(seconds, (second, i) => `${second}s:${values[i] ?? 'none'}`),
    ])

  it('has a point at both ends, and none in a gap', () => {
    const store = storeOf('a{} 0s:1 60s:2 600s:3')
    expect(points(q.gauge('a'), store, range(0, 600, 150))).toEqual([
      ['a{}', '0s:1', '150s:2', '300s:2', '600s:3'],
    ])
  })

  it('joins series of different names that never share a step', () => {
    const store = storeOf(`
      a{x="1"} 0s:1 60s:1
      b{x="1"} 400s:2
    `)
    const both = q.gauge(['a', 'b'])
    expect(points(q.scale(both, 10), store, range(0, 600, 200))).toEqual([
      ['{x="1"}', '0s:10', '200s:10', '400s:20', '600s:20'],
    ])
    expect(points(q.firstOf([q.gauge('b'), q.gauge('a')]), store, range(0, 400, 200))).toEqual([
      ['b{x="1"}', '400s:2'],
      ['a{x="1"}', '0s:1', '200s:1'],
    ])
    // Prometheus compares the results of window functions over the whole range.
    expect(() => points(q.highest(q.over(both, 60)), store, range(0, 600, 200))).toThrow(TypeError)
  })

  it('is the instant answers in a row', () => {
    const store = storeOf(`
      c{x="1"} 0s:5 15s:9 30s:11 60s:2 75s:8 200s:90 215s:95
      c{x="2"} 7s:5 22s:9 37s:11 52s:14
    `)
    const query = q.sum(q.rate(q.over(q.counter('c'), 45)), ['x'])
    const [series] = evaluateRange(query, store, range(0, 300, 10)).filter(
      ({ labels }) => labels['x'] === '1',
    )
    const instants = Array.from({ length: 31 }, (_, i) => i * 10).flatMap((second) =>
      evaluateInstant(query, store, second)
        .filter(({ labels }) => labels['x'] === '1')
        .map(({ value }) => [second, value]),
    )
    expect(Array.from(series!.seconds, (second, i) => [second, series!.values[i]])).toEqual(
      instants,
    )
  })

  it('reads each sample once, and nothing between windows that do not touch', () => {
    const reads: [number, number][] = []
    const store: SeriesStore = {
      select: () => [
        {
          labels: { __name__: 'a' },
          between(after, until) {
            reads.push([Math.round(after), Math.round(until)])
            return { seconds: [], values: [] }
          },
        },
      ],
    }
    evaluateRange(q.gauge('a'), store, range(1000, 4600, 300))
    expect(reads.splice(0)).toEqual([[700, 4600]])
    evaluateRange(q.gauge('a'), store, range(1000, 8200, 3600))
    expect(reads).toEqual([
      [700, 1000],
      [4300, 4600],
      [7900, 8200],
    ])
  })

  it('is empty where the end is before the start, and refuses a step of zero', () => {
    const store = storeOf('a{} 0s:1')
    expect(points(q.gauge('a'), store, range(60, 0, 15))).toEqual([])
    expect(() => points(q.gauge('a'), store, range(0, 60, 0))).toThrow(TypeError)
  })
})

describe('evaluate: two groups together', () => {
  const store = storeOf(`
    joules{gpu="0",pod="a"}  0s:300  15s:300
    joules{gpu="0",pod="b"}  30s:60
    joules{gpu="1",pod="c"}  0s:200
  `)
  const window = q.over(q.gauge('joules'), 60)

  it('divides those with equal labels: the mean of what several pods drew on one card', () => {
    const mean = q.divide(q.sum(q.totalled(window), ['gpu']), q.sum(q.counted(window), ['gpu']))
    expect(at(30, mean, store)).toEqual(['{gpu="0"} 220', '{gpu="1"} 200'])
  })

  it('keeps a group only where the condition has it too', () => {
    const recent = q.max(q.counted(q.over(q.gauge('joules'), 10)), ['gpu'])
    expect(at(30, q.provided(q.max(q.gauge('joules'), ['gpu']), recent), store)).toEqual([
      '{gpu="0"} 300',
    ])
  })

  it('refuses groups that are not alike, and groups by name', () => {
    const gauge = q.gauge('joules')
    expect(() => at(0, q.divide(q.sum(gauge, ['gpu']), q.sum(gauge, ['pod'])), store)).toThrow(
      TypeError,
    )
    expect(() =>
      at(0, q.provided(q.sum(gauge, ['__name__']), q.sum(gauge, ['__name__'])), store),
    ).toThrow(TypeError)
  })
})
