import { combine, type Answer } from '../../kernel/answer.ts'
import { KCloudError } from '../../kernel/errors.ts'
import { labelOf, type Grid } from '../../promql/columns.ts'
import type { Labels, StoredSeries } from '../../promql/samples.ts'
import type { Samples } from './evaluate.ts'
import { NAME, type Expression, type LabelMatcher, type Selector } from './expression.ts'
import { FAMILIES } from './families.ts'
import type { Family, FamilyAsked, FamilyRead, Needs } from './family.ts'
import { badQuery } from './nodes.ts'
import { ticksOf, type Ticks } from './ticks.ts'

/** Who asks, and which clusters there are. */
export interface ReadAsked {
  readonly clusters: readonly string[]
  /** Those of which everything may be told, and not only some namespaces; all without it. */
  readonly whole?: readonly string[]
  readonly at: Date
  /** The time of the clock: nothing is read beyond it. */
  readonly now: Date
  readonly signal: AbortSignal
}

export interface ReadSamples extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  readonly samplesOf: ReadonlyMap<Expression, readonly Samples[]>
  /** What the reader should know of how it was read. */
  readonly infos: readonly string[]
}

const MOST_SAMPLES = 5_000_000

/** Reads what a query looks at. What its parts share is read once. */
export async function readSamples(
  needs: Needs,
  expression: Expression,
  { grid, asked }: { readonly grid: Grid; readonly asked: ReadAsked },
): Promise<ReadSamples> {
  const reads = new Map<string, Promise<FamilyRead>>()
  const infos = new Set<string>()
  const accounts: Pick<FamilyRead, 'clusters' | 'warnings'>[] = []
  const uses = usesOf(expression)
  let total = 0
  const readUse = async (use: Use): Promise<readonly Samples[]> => {
    const families = familiesOf(use)
    return Promise.all(
      families.map(async (family) => {
        const ticks = ticksOf(family, grid, use.window)
        if (ticks.holdsSeconds > family.baseSeconds)
          infos.add(`${family.name} is sampled every ${ticks.holdsSeconds}s over this range`)
        const read = await readOnce(reads, needs, {
          family,
          ticks,
          asked,
          where: use.selector.where,
        })
        accounts.push(read)
        const series = seriesOf(family, read, { ticks, where: use.selector.where })
        total += series.length * pointsIn(ticks)
        if (total > MOST_SAMPLES) throw tooMany()
        return { series, holdsMs: ticks.holdsSeconds * 1000 }
      }),
    )
  }
  const samples = await Promise.all(uses.map((use) => readUse(use)))
  return {
    samplesOf: new Map(uses.map(({ expression: each }, index) => [each, samples[index] ?? []])),
    infos: [...infos],
    ...combine(accounts),
  }
}

const tooMany = () =>
  new KCloudError('unprocessable', {
    detail: `query processing would load more than ${MOST_SAMPLES} samples into memory: ask for fewer series, a shorter range or a longer step`,
  })

const pointsIn = ({ range: { start, end, stepSeconds } }: Ticks): number =>
  Math.round((end.getTime() - start.getTime()) / 1000 / stepSeconds) + 1

interface Use {
  readonly expression: Expression
  readonly selector: Selector
  readonly window: { readonly offsetMs: number; readonly windowMs: number }
}

/** Every place of a query that looks at series. */
function usesOf(expression: Expression): readonly Use[] {
  switch (expression.op) {
    case 'number':
      return []
    case 'select':
    case 'timestamp':
      return [useOf(expression, expression.of, 0)]
    case 'window':
      return [useOf(expression, expression.of, expression.windowMs)]
    case 'aggregate':
      return usesOf(expression.of)
    case 'rank':
      return [...usesOf(expression.count), ...usesOf(expression.of)]
    case 'binary':
      return [...usesOf(expression.left), ...usesOf(expression.right)]
  }
}

const useOf = (expression: Expression, selector: Selector, windowMs: number): Use => ({
  expression,
  selector,
  window: { offsetMs: selector.offsetMs, windowMs },
})

/** The metrics that a selector can mean. A rate is of counters: that of a gauge is nonsense that looks like a figure. */
function familiesOf({ expression, selector: { where } }: Use): readonly Family[] {
  const families = familiesBy(where)
  if (expression.op !== 'window' || (expression.fn !== 'rate' && expression.fn !== 'increase'))
    return families
  const gauge = families.find(({ type }) => type === 'gauge')
  if (gauge === undefined) return families
  throw badQuery(
    `${expression.fn} is of counters, and ${gauge.name} is a gauge: avg_over_time gives its mean`,
  )
}

/** The metrics whose names, and clusters where they have none, a selector takes. */
export function familiesBy(where: readonly LabelMatcher[]): readonly Family[] {
  return FAMILIES.filter(({ name, labels }) =>
    where.every(({ label, test }) => {
      if (label === '__name__') return test(name)
      return labels.includes(label) || test('')
    }),
  )
}

interface OneRead {
  readonly family: Family
  readonly ticks: Ticks
  readonly asked: ReadAsked
  readonly where: readonly LabelMatcher[]
}

const NOTHING: FamilyRead = { series: [], clusters: [], warnings: [] }

function readOnce(
  reads: Map<string, Promise<FamilyRead>>,
  needs: Needs,
  one: OneRead,
): Promise<FamilyRead> {
  const { family, asked, where } = one
  const places = placesOf(family, where, asked)
  const range = untilNow(one)
  if (range === null || places === null) return Promise.resolve(NOTHING)
  const question: FamilyAsked = { ...places, at: asked.at, signal: asked.signal, range }
  const key = JSON.stringify([family.name, question.clusters, range])
  const read = reads.get(key) ?? family.read(needs, question)
  reads.set(key, read)
  return read
}

/**
 * The clusters that are asked for a metric; null for none. What is in no namespace is told of those that are seen whole.
 */
export function placesOf(
  { labels }: Family,
  where: readonly LabelMatcher[],
  { clusters: all, whole = all }: ReadAsked,
): Pick<FamilyAsked, 'clusters'> | null {
  const known = labels.includes('namespace') ? all : whole
  if (known.length === 0 && all.length > 0) return null
  if (!labels.includes('cluster')) return { clusters: undefined }
  const left = clustersBy(where, known)
  if (left.length === 0) return null
  return { clusters: left.length === all.length ? undefined : left }
}

/** The clusters that a selector leaves. */
function clustersBy(
  where: readonly LabelMatcher[],
  clusters: readonly string[],
): readonly string[] {
  const tests = where.filter(({ label }) => label === 'cluster')
  return clusters.filter((name) => tests.every(({ test }) => test(name)))
}

/** The samples of times that have come; null where none has. */
function untilNow({ family, ticks: { range }, asked: { now } }: OneRead) {
  if (family.isAhead === true || range.end <= now) return range
  const steps = Math.floor((now.getTime() - range.start.getTime()) / 1000 / range.stepSeconds)
  if (steps < 0) return null
  return { ...range, end: new Date(range.start.getTime() + steps * range.stepSeconds * 1000) }
}

interface Reading {
  readonly ticks: Ticks
  readonly where: readonly LabelMatcher[]
}

function seriesOf(
  { name }: Family,
  { series }: FamilyRead,
  { ticks: { range }, where }: Reading,
): readonly StoredSeries[] {
  return series.flatMap(({ labels, values }) => {
    const named: Labels = { [NAME]: name, ...labels }
    if (!where.every(({ label, test }) => test(labelOf(named, label)))) return []
    return [stored(named, values, range)]
  })
}

function stored(
  labels: Labels,
  points: readonly (number | null)[],
  { start, stepSeconds }: Ticks['range'],
): StoredSeries {
  const first = start.getTime() / 1000
  const known = points.flatMap((value, index) =>
    value === null ? [] : [[first + index * stepSeconds, value] as const],
  )
  const seconds = known.map(([time]) => time)
  const values = known.map(([, value]) => value)
  return {
    labels,
    between(after, until) {
      const [from, to] = [placeAfter(seconds, after), placeAfter(seconds, until)]
      return { seconds: seconds.slice(from, to), values: values.slice(from, to) }
    },
  }
}

/** The place of the first time after another. */
function placeAfter(seconds: readonly number[], time: number): number {
  let [low, high] = [0, seconds.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((seconds[middle] ?? Infinity) <= time) low = middle + 1
    else high = middle
  }
  return low
}
