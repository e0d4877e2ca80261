import type { NonEmpty } from '../kernel/kind.ts'
import type { Unit } from '../kernel/units.ts'
import type { Entity, Label, OwnerLabel } from './entities.ts'
import type { DimensionOf, Measure } from './measures.ts'

/** A fixed condition on one of the vendor's own labels, such as `{ label: 'phase', equals: 'Running' }`. */
export interface Condition {
  readonly label: string
  readonly equals: string
}

/** Values that cannot be: sentinels and faults. In the vendor's unit, both ends included. */
export interface Plausible {
  readonly least: number
  readonly most: number
}

/** Where a source keeps a measure, and in which unit. */
export interface Origin<M extends Measure> {
  /** The vendor's names for it, through the eras. A later name serves only where those before it have no value. */
  readonly metrics: NonEmpty<string>
  readonly unit: Unit<DimensionOf<M>>
  readonly where?: readonly Condition[]
  /** A value outside is left out, counted and listed in a warning; it never enters a total. */
  readonly plausible: Plausible
  /** Values by which this source says that it has no such sensor: left out without a warning. */
  readonly absent?: readonly number[]
}

/** An exporter family: which labels it gives the things we know, and where it keeps what we measure. */
export interface SourceSpec {
  /** Our name for it, as it stands in the `sources` of an answer. */
  readonly name: string
  readonly title: string
  /** Who built the devices, as it stands in `vendor`; null for sources that measure no device. */
  readonly vendor: string | null
  readonly entity: Entity
  /** Where names, labels and units were read. */
  readonly reference: string
  /** An older sample is `stale_data`: the exporter's collection interval plus a scrape interval, generously. */
  readonly freshnessSeconds: number
  /** The vendor's labels for ours, through the eras: of those that a series carries, the first that is not empty counts. */
  readonly labels: Readonly<Partial<Record<Exclude<Label, OwnerLabel>, NonEmpty<string>>>>
  /** The labels that say who uses the thing, as sets that are never mixed: the first set with a pod counts. */
  readonly owners?: NonEmpty<Readonly<Record<OwnerLabel, string>>>
  /**
   * Text that marks the exporter's own pod. Prometheus writes that pod into the owner labels when they do not
   * yield to the exporter's (`honor_labels`), and then they say nothing about who uses the device.
   */
  readonly ownPod?: string
  /** Measures of which every thing that this source knows has at least one: what it is recognised by. */
  readonly presence: NonEmpty<Measure>
  readonly measures: { readonly [M in Measure]?: Origin<M> }
}
