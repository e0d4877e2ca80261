import type { World } from './datacentre.ts'
import { escapeHelp, labelText } from './exposition.ts'
import type { SourceName } from './faults.ts'
import { printed } from './numbers.ts'
import { lifeOf, observe, type Observation } from './observation.ts'
import type { Line, Metric } from './series.ts'
import { SOURCES } from './sources/index.ts'
import type { Span } from './spans.ts'
import { storedLabels } from './stored-labels.ts'
import { scrapesWithin, scrapeTargets } from './targets.ts'
import { sampleAt, UP, upLine } from './up.ts'

/** Which history: of one cluster, of some of its exporters (by default all), from `start` to before `end`. */
export interface HistoryOptions {
  readonly cluster: string
  readonly sources?: readonly SourceName[]
  /** Unix seconds. */
  readonly start: number
  readonly end: number
  /** Distance of the samples; by default that of the cluster's scrapes. */
  readonly stepSeconds?: number
}

/**
 * The samples that a Prometheus would have stored, as OpenMetrics text for `promtool tsdb create-blocks-from
 * openmetrics`, in pieces of some 64 kB, one metric after the other.
 */
export function* openMetrics(world: World, options: HistoryOptions): Generator<string> {
  const observations = scrapeTargets(world, options.cluster)
    .filter(({ source }) => options.sources?.includes(source) ?? true)
    .map((target) => observe(withStep(target, options.stepSeconds)))
  const span = { from: options.start, until: options.end }
  for (const [metric, from] of families(observations)) {
    yield headOf(metric)
    for (const observation of from) yield* chunked(historyOf(observation, metric, span))
  }
  yield '# EOF\n'
}

function withStep<T extends { readonly intervalSeconds: number; readonly offsetSeconds: number }>(
  target: T,
  stepSeconds = target.intervalSeconds,
): T {
  const offsetSeconds = target.offsetSeconds % stepSeconds
  return { ...target, intervalSeconds: stepSeconds, offsetSeconds }
}

type Family = readonly [metric: Metric, from: readonly Observation[]]

function families(observations: readonly Observation[]): readonly Family[] {
  const known = new Map<string, { readonly metric: Metric; readonly from: Observation[] }>()
  known.set(UP.name, { metric: UP, from: [...observations] })
  const pairs = observations.flatMap((observation) =>
    namedOnce(SOURCES[observation.target.source].metrics).map(
      (metric) => [metric, observation] as const,
    ),
  )
  for (const [metric, observation] of pairs) {
    const family = known.get(metric.name)
    if (family === undefined) known.set(metric.name, { metric, from: [observation] })
    else family.from.push(observation)
  }
  return [...known.values()].map(({ metric, from }) => [metric, from])
}

function namedOnce(metrics: readonly Metric[]): readonly Metric[] {
  return [...new Map(metrics.map((metric) => [metric.name, metric])).values()]
}

/** In OpenMetrics a counter is named without its `_total`; one that never had it is of unknown type. */
function headOf({ name, help, type }: Metric): string {
  const isCounter = type === 'counter' && name.endsWith('_total')
  const family = isCounter ? name.slice(0, -'_total'.length) : name
  const known = type === 'counter' && !isCounter ? 'unknown' : type
  return `# TYPE ${family} ${known}\n# HELP ${family} ${escapeHelp(help)}\n`
}

function* historyOf(observation: Observation, metric: Metric, span: Span): Generator<string> {
  const ask = { ...span, wants: (name: string) => name === metric.name }
  const lines = metric === UP ? [upLine(observation)] : observation.lines(ask)
  for (const line of lines) yield* samplesOf(observation, line, span)
}

function* samplesOf(observation: Observation, line: Line, span: Span): Generator<string> {
  const series = `${line.metric.name}{${labelText(storedLabels(line, observation.target))}}`
  for (const seconds of scrapesWithin(observation.target, lifeOf(observation, line, span))) {
    const value = sampleAt(observation, line, seconds)
    if (value !== undefined) yield `${series} ${printed(value, line.metric.form)} ${seconds}\n`
  }
}

const CHUNK_CHARACTERS = 65_536

function* chunked(texts: Iterable<string>): Generator<string> {
  let chunk = ''
  for (const text of texts) {
    chunk += text
    if (chunk.length < CHUNK_CHARACTERS) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}
