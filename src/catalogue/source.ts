import type { NonEmpty } from '../kernel/kind.ts'
import type { Unit } from '../kernel/units.ts'
import type { Entity, Label } from './entities.ts'
import type { DimensionOf, Measure } from './measures.ts'

/** A fixed condition on the vendor's own labels, such as `{ label: 'mode', equals: 'dynamic' }`. */
export interface Condition {
  readonly label: string
  readonly equals: string
}

/** Where a source keeps a measure, and in which unit. */
export interface Origin<M extends Measure> {
  /** The vendor's names for it, through the eras. A later name serves only where the ones before have no value. */
  readonly metrics: NonEmpty<string>
  readonly unit: Unit<DimensionOf<M>>
  readonly where?: readonly Condition[]
  /**
   * How the rows of a device's parts relate to the device. `repeated`: each row shows the whole device (MIG
   * rows of board power). `divided`: the parts add up to the device (memory of MIG instances). `weighted`: each
   * row is relative to its own part. Default `repeated`.
   */
  readonly parts?: 'repeated' | 'divided' | 'weighted'
  /** The range of values, in the vendor's unit, that can be; what lies outside is a sentinel or a fault. */
  readonly plausible?: { readonly least?: number; readonly most?: number }
}

/** An exporter family: which labels it gives the things we know, and where it keeps what we measure. */
export interface SourceSpec {
  /** Our name for it, as in the `sources` of an answer. */
  readonly name: string
  readonly title: string
  readonly vendor: string | null
  readonly entity: Entity
  /** Where names, labels and units were read. */
  readonly reference: string
  /** An older sample is `stale_data`: its collection interval plus a scrape interval, generously. */
  readonly freshnessSeconds: number
  /** The vendor's labels for ours, through the eras; of those that a series carries the first that is not empty counts. */
  readonly labels: Readonly<Partial<Record<Label, NonEmpty<string>>>>
  /**
   * What marks the exporter's own pod, which Prometheus writes into `pod`, `namespace` and `container` when its
   * labels do not yield to the exporter's: then those say nothing about who uses the device.
   */
  readonly ownPod?: { readonly contains: string }
  readonly measures: { readonly [M in Measure]?: Origin<M> }
}

/** Checks a source definition while keeping its literal type. */
export const source = <const S extends SourceSpec>(spec: S): S => spec
