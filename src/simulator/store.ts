import type { Labels, SeriesStore, StoredSeries } from '../promql/samples.ts'
import { seedOf, whole } from './hash.ts'
import { lifeOf, type Observation } from './observation.ts'
import type { Line } from './series.ts'
import type { Span } from './spans.ts'
import { SOURCES } from './sources/index.ts'
import { storedLabels } from './stored-labels.ts'
import { lastScrape, scrapesWithin, type Target } from './targets.ts'
import { sampleAt, UP, upLine } from './up.ts'

/** What a store is read for. */
export interface StoreOptions {
  /** The time that will be asked about; series that have no sample in it are left out. */
  readonly span: Span
  /** Nothing is later than this, in unix seconds. */
  readonly now: number
  /** Of windows, samples closer than this are not all read: long windows are told by some of them. */
  readonly apartSeconds: number
}

type Use = Parameters<SeriesStore['select']>[1]

/** The series of a cluster's Prometheus. */
export function createStore(
  observations: readonly Observation[],
  options: StoreOptions,
): SeriesStore {
  const known = new Map<string, readonly StoredSeries[]>()
  const seriesOf = (name: string, use: Use) => {
    const key = `${use} ${name}`
    const series = known.get(key) ?? buildSeries(observations, { name, use }, options)
    known.set(key, series)
    return series
  }
  return { select: (names, use) => names.flatMap((name) => seriesOf(name, use)) }
}

/** The lines of one series on one target: one after the other, never two at a time. */
interface Strand {
  readonly observation: Observation
  readonly labels: Labels
  readonly lines: Line[]
}

function buildSeries(
  observations: readonly Observation[],
  { name, use }: { readonly name: string; readonly use: Use },
  options: StoreOptions,
): readonly StoredSeries[] {
  const between = use === 'current' ? currentSample : allSamples
  return observations.filter(announces(name)).flatMap((observation) =>
    strandsOf(observation, name, options.span).map((strand) => ({
      labels: strand.labels,
      between: (after: number, until: number) =>
        between(strand, { from: after, until: Math.min(until, options.now) }, options.apartSeconds),
    })),
  )
}

function announces(name: string): (observation: Observation) => boolean {
  const sources = Object.values(SOURCES)
    .filter(({ metrics }) => name === UP.name || metrics.some((metric) => metric.name === name))
    .map((source) => source.name)
  return ({ target }) => sources.includes(target.source)
}

function strandsOf(observation: Observation, name: string, span: Span): readonly Strand[] {
  const strands = new Map<string, Strand>()
  const ask = { ...span, wants: (metric: string) => metric === name }
  for (const line of name === UP.name ? [upLine(observation)] : observation.lines(ask)) {
    const pairs = storedLabels(line, observation.target)
    const key = pairs.map(([label, value]) => `${label}\n${value}`).join('\n')
    const known = strands.get(key)
    if (known === undefined) {
      const labels = { ...Object.fromEntries(pairs), ['__name__']: name }
      strands.set(key, { observation, labels, lines: [line] })
    } else known.lines.push(line)
  }
  return [...strands.values()]
}

type Samples = ReturnType<StoredSeries['between']>

/** Less than the distance of any two samples, and more than rounding moves a time. */
const MOMENT = 1e-4

function allSamples({ observation, lines }: Strand, asked: Span, apartSeconds: number): Samples {
  const target = thinned(observation.target, apartSeconds)
  const span = { from: asked.from + MOMENT, until: asked.until + MOMENT }
  const samples: { seconds: number[]; values: number[] } = { seconds: [], values: [] }
  for (const line of lines) append(samples, { observation, target, line, span })
  return samples
}

/** Which scrapes of a target are read: all, or one of every so many. */
interface Scraped extends Pick<Target, 'intervalSeconds' | 'offsetSeconds'> {
  readonly each: number
  readonly seed: number
}

/**
 * One of every so many scrapes of a target, always the same ones. Which one of them is drawn by lot: at even distances
 * they would miss, or meet again and again, what work does in a rhythm.
 */
function thinned({ intervalSeconds, offsetSeconds, path }: Target, apartSeconds: number): Scraped {
  const each = Math.max(1, Math.floor(apartSeconds / intervalSeconds))
  return { intervalSeconds: intervalSeconds * each, offsetSeconds, each, seed: seedOf(each, path) }
}

/** When they are, ascending. */
function* timesWithin(scraped: Scraped, { from, until }: Span): Generator<number> {
  const { intervalSeconds, each, seed } = scraped
  const spacing = intervalSeconds / each
  // The one that is drawn can lie up to an interval behind the first.
  for (const first of scrapesWithin(scraped, { from: from - intervalSeconds, until })) {
    const time = first + whole(0, each - 1, seed, first / intervalSeconds) * spacing
    if (time >= from && time < until) yield time
  }
}

function append(
  samples: { readonly seconds: number[]; readonly values: number[] },
  {
    observation,
    target,
    line,
    span,
  }: Pick<Strand, 'observation'> & { target: Scraped; line: Line; span: Span },
): void {
  for (const time of timesWithin(target, lifeOf(observation, line, span))) {
    const value = sampleAt(observation, line, time)
    if (value === undefined) continue
    samples.seconds.push(time)
    samples.values.push(value)
  }
}

const NO_SAMPLES: Samples = { seconds: [], values: [] }

/** The newest sample, unless the series has ended since: a scrape that shows it no more ends it. */
function currentSample({ observation, lines }: Strand, { from, until }: Span): Samples {
  const seconds = lastNoticed(observation, { from: from + MOMENT, until: until + MOMENT })
  if (seconds === undefined) return NO_SAMPLES
  for (const line of lines) {
    const value = sampleAt(observation, line, seconds)
    if (value !== undefined) return { seconds: [seconds], values: [value] }
  }
  return NO_SAMPLES
}

/** The last scrape that told Prometheus something, be it that the series has ended. */
function lastNoticed({ target, scrapeAt }: Observation, { from, until }: Span): number | undefined {
  for (let time = lastScrape(target, until); time >= from; time -= target.intervalSeconds)
    if (scrapeAt(time) !== 'unnoticed') return time
  return undefined
}
