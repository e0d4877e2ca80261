import fc from 'fast-check'

/** A query of the accepted part of PromQL, and when it is asked. */
export interface RandomQuery {
  readonly query: string
  /** Whether equal values may change places. */
  readonly ranked: boolean
  readonly at: number
  readonly step: number
  readonly steps: number
}

const POWERS = ['kcloud_power_watts', 'kcloud_component_power_watts', 'kcloud_workload_power_watts']
const GAUGES = [...POWERS, 'kcloud_nodes', 'kcloud_gpu_temperature_celsius']
const COUNTER = 'kcloud_gpu_energy_joules_total'

const matchers = fc.subarray(
  [
    'cluster="site"',
    'node!=""',
    'node=~"gpu-.*"',
    'node!~".*-1"',
    'component=~"gpu|cpu"',
    'component!="other"',
    'use="workload"',
    'state=~".*(ed|n)"',
    'nothing=""',
    'uuid=~"GPU-.*|"',
    'cluster=~"(?i:SITE)"',
  ],
  { maxLength: 2 },
)
const offsets = fc.constantFrom(
  '',
  '',
  '',
  ' offset 15s',
  ' offset 1m',
  ' offset 7s',
  ' offset 5m',
  ' offset -30s',
)
const windows = fc.constantFrom('30s', '1m', '90s', '5m', '7m', '100s')

const selectorOf = (names: fc.Arbitrary<string>) =>
  fc.tuple(names, matchers).map(([name, where]) => `${name}{${where.join(',')}}`)
const gauges = selectorOf(fc.constantFrom(...GAUGES))
const counters = selectorOf(fc.constant(COUNTER))

const instants = fc.tuple(fc.oneof(gauges, counters), offsets).map(([of, offset]) => of + offset)
const overTime = fc
  .tuple(
    fc.constantFrom('sum', 'avg', 'min', 'max', 'count', 'last'),
    fc.oneof(gauges, counters),
    windows,
    offsets,
  )
  .map(([fn, of, window, offset]) => `${fn}_over_time(${of}[${window}]${offset})`)
const rates = fc
  .tuple(fc.constantFrom('rate', 'increase'), counters, windows, offsets)
  .map(([fn, of, window, offset]) => `${fn}(${of}[${window}]${offset})`)
const vectors = fc.oneof(
  instants,
  overTime,
  rates,
  gauges.map((of) => `timestamp(${of})`),
  gauges.map((of) => `-${of}`),
)

const groupings = fc.constantFrom(
  '',
  ' by (cluster)',
  ' by (node)',
  ' by (node, component)',
  ' by (nothing)',
  ' without (node)',
  ' without (component, use, namespace)',
  ' without ()',
)
const aggregates = fc
  .tuple(fc.constantFrom('sum', 'avg', 'min', 'max', 'count'), groupings, vectors)
  .map(([fn, grouping, of]) => `${fn}${grouping} (${of})`)
const ranks = fc
  .tuple(
    fc.constantFrom('topk', 'bottomk'),
    groupings,
    fc.integer({ min: 0, max: 4 }),
    fc.oneof(instants, aggregates),
  )
  .map(([fn, grouping, count, of]) => `${fn}${grouping} (${count}, ${of})`)

const numbers = fc.constantFrom(
  '0',
  '2',
  '-1.5',
  '1e3',
  '0x10',
  '-2 ^ 2',
  '(1 + 2) * 3',
  '7 % 4',
  '1 / 0',
)
const plain = fc.oneof(vectors, aggregates)
const arithmetic = fc
  .tuple(plain, fc.constantFrom('+', '-', '*', '/'), numbers, fc.boolean())
  .map(([of, fn, number, left]) =>
    left ? `(${number}) ${fn} (${of})` : `(${of}) ${fn} (${number})`,
  )
const exact = fc
  .tuple(gauges, fc.constantFrom('%', '^'), fc.constantFrom('7', '2', '0.5'))
  .map(([of, fn, number]) => `${of} ${fn} ${number}`)
const comparisons = fc
  .tuple(
    plain,
    fc.constantFrom('>', '<', '>=', '<='),
    fc.constantFrom('', ' bool'),
    fc.constantFrom('0.123', '61.7', '512.3', '-4.2'),
    fc.boolean(),
  )
  .map(([of, fn, bool, number, left]) =>
    left ? `${number} ${fn}${bool} (${of})` : `(${of}) ${fn}${bool} ${number}`,
  )
const equalities = fc
  .tuple(gauges, fc.constantFrom('==', '!='), fc.constantFrom('', ' bool'))
  .map(([of, fn, bool]) => `${of} ${fn}${bool} 0`)

const sums = fc.constantFrom(
  'sum by (cluster, node) (kcloud_power_watts)',
  'kcloud_power_watts',
  'sum by (cluster, node) (kcloud_component_power_watts{component="gpu"})',
  'avg_over_time(kcloud_power_watts[1m])',
  'max by (node) (kcloud_component_power_watts)',
  'kcloud_component_power_watts',
)
const matched = fc
  .tuple(
    sums,
    fc.constantFrom('+', '-', '*', '/'),
    fc.constantFrom(
      '',
      ' on (node)',
      ' on (cluster, node)',
      ' ignoring (cluster)',
      ' ignoring (component)',
    ),
    sums,
  )
  .map(([left, fn, how, right]) => `${left} ${fn}${how} ${right}`)
const sets = fc
  .tuple(
    fc.oneof(instants, sums),
    fc.constantFrom('and', 'or', 'unless'),
    fc.constantFrom('', ' on (node)', ' ignoring (component)'),
    fc.oneof(instants, sums),
  )
  .map(([left, fn, how, right]) => `${left} ${fn}${how} ${right}`)

const unranked = fc.oneof(
  vectors,
  aggregates,
  arithmetic,
  exact,
  comparisons,
  equalities,
  matched,
  sets,
)

/** Random queries within an hour before `now`: at one time, or at some. */
export function instantQueries(now: number): fc.Arbitrary<RandomQuery> {
  const times = fc.record({
    at: fc.oneof(
      fc.integer({ min: now - 3600, max: now - 600 }),
      fc.integer({ min: (now - 3600) * 8, max: (now - 600) * 8 }).map((eighths) => eighths / 8),
      fc.integer({ min: 0, max: 200 }).map((index) => now - 3600 + index * 15),
    ),
    step: fc.constantFrom(15, 30, 60, 7, 20, 1),
    steps: fc.constantFrom(1, 1, 2, 9),
  })
  const asked = fc.oneof(
    { weight: 4, arbitrary: unranked.map((query) => ({ query, ranked: false })) },
    { weight: 1, arbitrary: ranks.map((query) => ({ query, ranked: true })) },
  )
  return fc.tuple(asked, times).map(([query, time]) => ({ ...query, ...time }))
}
