import type { Cluster, Node } from './datacentre.ts'
import type { SourceName } from './faults.ts'
import type { NumberForm } from './numbers.ts'
import type { LabelPair } from './pods.ts'
import type { Span } from './spans.ts'

/** A metric as an exporter announces it. */
export interface Metric {
  readonly name: string
  readonly help: string
  readonly type: 'gauge' | 'counter'
  readonly form: NumberForm
}

/**
 * One line of an exporter, from `from` until `until`: `at` is its value at a time in between, before it is
 * rounded; undefined when the line is not there. Two lines with equal labels are one series.
 */
export interface Line extends Span {
  readonly metric: Metric
  readonly labels: readonly LabelPair[]
  /** The index of the device that it speaks of, where it speaks of one. */
  readonly device?: number | undefined
  at(seconds: number): number | undefined
}

/** What a reader wants of an exporter: the lines of some metrics, for some time. */
export interface Ask extends Span {
  readonly wants: (metric: string) => boolean
}

/** An exporter family: what it announces, and its lines on one target, those of a metric in order of time. */
export interface Source {
  readonly name: SourceName
  readonly metrics: readonly Metric[]
  /** Where it runs: once a node that it has something to say of, or once a cluster (`undefined`). */
  readonly nodes: (cluster: Cluster) => readonly (Node | undefined)[]
  lines(place: SourcePlace, ask: Ask): Iterable<Line>
}

/** One running exporter. */
export interface SourcePlace {
  readonly cluster: Cluster
  readonly node: Node | undefined
}

/** All of time. */
export const ALWAYS: Span = { from: -Infinity, until: Infinity }
