import { KCloudError } from '../kernel/errors.ts'
import type { World } from './datacentre.ts'
import type { SourceName } from './faults.ts'
import { printed } from './numbers.ts'
import { observe, type Observation } from './observation.ts'
import type { LabelPair } from './pods.ts'
import type { Line, Metric } from './series.ts'
import { SOURCES } from './sources/index.ts'
import { scrapeTargets, type Target } from './targets.ts'

/** Which exporter: `node` is left out for one that runs once a cluster. */
export interface ExporterName {
  readonly cluster: string
  readonly node?: string | undefined
  readonly source: SourceName
}

/**
 * What an exporter answers to a scrape at a time (unix seconds), in Prometheus' text format. Empty when it does
 * not answer. Throws `not_found` when the cluster has no such exporter.
 */
export function exposition(world: World, name: ExporterName, seconds: number): string {
  const targets = scrapeTargets(world, name.cluster)
  const target = targets.find(({ source, node }) => {
    return source === name.source && node?.name === name.node
  })
  if (target === undefined)
    throw new KCloudError('not_found', {
      detail: `no ${name.source} on ${name.node ?? name.cluster}`,
    })
  return targetText(target, seconds)
}

/** What a target answers to a scrape at a time; empty when it does not answer. */
export function targetText(target: Target, seconds: number): string {
  const observation = observe(target)
  if (observation.scrapeAt(seconds) === 'failed') return ''
  const samples = samplesByMetric(observation, seconds)
  const metrics = new Map(SOURCES[target.source].metrics.map((metric) => [metric.name, metric]))
  return [...metrics.values()]
    .map((metric) => familyText(metric, samples.get(metric.name) ?? []))
    .join('')
}

function samplesByMetric(
  observation: Observation,
  seconds: number,
): ReadonlyMap<string, readonly string[]> {
  const byMetric = new Map<string, string[]>()
  const ask = { from: seconds, until: seconds + 1e-3, wants: () => true }
  const stamp = stampOf(observation, seconds)
  for (const line of observation.lines(ask)) {
    const value = observation.read(line, seconds)
    if (value === undefined) continue
    const text = `${seriesText(line)} ${printed(value, line.metric.form)}${stamp}\n`
    const known = byMetric.get(line.metric.name)
    if (known === undefined) byMetric.set(line.metric.name, [text])
    else known.push(text)
  }
  return byMetric
}

/** An exporter whose samples are old says so with a time of its own, in milliseconds. */
function stampOf({ scrapeAt, clock }: Observation, seconds: number): string {
  return scrapeAt(seconds) === 'unnoticed' ? ` ${Math.round(clock(seconds) * 1000)}` : ''
}

function familyText({ name, help, type }: Metric, samples: readonly string[]): string {
  if (samples.length === 0) return ''
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${samples.join('')}`
}

/** The name and the labels of a line, as they stand before the value. */
export function seriesText({ metric, labels }: Pick<Line, 'metric' | 'labels'>): string {
  return labels.length === 0 ? metric.name : `${metric.name}{${labelText(labels)}}`
}

/** Labels between braces. */
export function labelText(labels: readonly LabelPair[]): string {
  return labels.map(([name, value]) => `${name}="${escapeValue(value)}"`).join(',')
}

/** Help text in one line, as the format wants it. */
export function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function escapeValue(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"')
}
