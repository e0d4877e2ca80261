import type { NonEmpty } from '../kernel/kind.ts'
import type { Dimension, Unit } from '../kernel/units.ts'
import type { Entity, Label, OwnerLabel } from './entities.ts'
import type { DimensionOf, Gauge, Measure } from './measures.ts'

/** A fixed condition on one of the vendor's own labels, such as `{ label: 'phase', equals: 'Running' }`. "" is no label. */
export type Condition = { readonly label: string } & (
  | { readonly equals: string }
  | { readonly oneOf: NonEmpty<string> }
  | { readonly noneOf: NonEmpty<string> }
  | { readonly startsWithOneOf: NonEmpty<string> }
  | { readonly startsWithNoneOf: NonEmpty<string> }
)

/** Values that cannot be: sentinels and faults. In the vendor's unit, both ends included. */
export interface Plausible {
  readonly least: number
  readonly most: number
  /** What is neither 0 nor this much: a board that is on draws some watts, so that less is of another unit. */
  readonly leastUnlessZero?: number
}

/** One of several units under the same name, told apart by how large the value is. */
export interface Magnitude<D extends Dimension> extends Plausible {
  readonly unit: Unit<D>
}

/** Where a source keeps a measure, and in which unit. */
export interface Origin<D extends Dimension> {
  /** The vendor's names for it, through the eras. A later name serves only where those before it have no value. */
  readonly metrics: NonEmpty<string>
  /** The unit; or, where versions of an exporter differ under one name, the units by magnitude, the first that fits. */
  readonly unit: Unit<D> | NonEmpty<Magnitude<D>>
  readonly where?: readonly Condition[]
  /** The metric is a counter, and the measure is its growth a second: watts out of joules. */
  readonly rate?: true
  /**
   * The vendor's labels by which rows differ that belong together: packages, power supplies, idle and dynamic.
   * Rows that differ in any other label repeat the same reading, and the largest stands for them.
   */
  readonly addends?: NonEmpty<string>
  /** How rows that differ in `addends` come together: added, averaged, or only counted. Default `sum`. */
  readonly combine?: 'sum' | 'avg' | 'count'
  /** A value outside is left out, counted and listed in a warning; it never enters a total. */
  readonly plausible: Plausible
  /** Values by which this source says that it has no such sensor: left out without a warning. */
  readonly absent?: readonly number[]
  /** The vendor's codes in ours: `[[0, 1], [1, 0]]` for a health that counts upside down. */
  readonly codes?: readonly (readonly [theirs: number, ours: number])[]
}

/**
 * A sign that an exporter still reads and does not only repeat itself: a measure that cannot stand still in a thing
 * that is on, or, with `busy`, in one whose `busy` is above 0 and that is read more finely than in whole units. An
 * idle thing may rightly read the same for long.
 */
export interface Pulse {
  readonly measure: Measure
  readonly busy?: Gauge
}

/** An exporter family: which labels it gives the things we know, and where it keeps what we measure. */
export interface SourceSpec {
  /** Our name for it, as it stands in the `sources` of an answer. */
  readonly name: string
  readonly title: string
  /** Who built the devices, as it stands in `vendor`; null for sources that measure no device. */
  readonly vendor: string | null
  readonly entity: Entity
  /** Conditions on all its metrics: what tells its rows from those of others under the same names. */
  readonly where?: readonly Condition[]
  /** Where names, labels and units were read. */
  readonly reference: string
  /** An older sample is `stale_data`: the exporter's collection interval plus a scrape interval, generously. */
  readonly freshnessSeconds: number
  /** The vendor's labels for ours, through the eras: of those that a series carries, the first that is not empty counts. */
  readonly labels: Readonly<Partial<Record<Exclude<Label, OwnerLabel>, NonEmpty<string>>>>
  /** Labels of ours that no label says but the name of the metric: `{ resource: 'cpu', unit: 'core' }`. */
  readonly says?: Readonly<Partial<Record<Exclude<Label, OwnerLabel>, string>>>
  /**
   * Labels that tell its things apart where the first of the entity's may be missing: a device without a UUID is
   * known by its node and index. They are read whenever single things are asked for.
   */
  readonly identity?: NonEmpty<Label>
  /** The labels that say who uses the thing, as sets that are never mixed: the first set with a pod counts. */
  readonly owners?: NonEmpty<Readonly<Record<OwnerLabel, string>>>
  /**
   * Text that marks the exporter's own pod. Prometheus writes that pod into the owner labels when they do not
   * yield to the exporter's (`honor_labels`), and then they say nothing about who uses the device.
   */
  readonly ownPod?: string
  /** Measures of which every thing that this source knows has at least one: what it is recognised by. */
  readonly presence: NonEmpty<Measure>
  /**
   * Whether all metrics of a thing carry the same labels: who uses it is then told by any of them, and not only by all
   * together.
   */
  readonly alike?: true
  /**
   * The vendor's labels by which exporters differ that may read the same thing at once, such as one of the host beside
   * one of Kubernetes: of what they say the newest counts. Without, and of equal age, the largest.
   */
  readonly toldBy?: NonEmpty<string>
  readonly pulses?: NonEmpty<Pulse>
  readonly measures: { readonly [M in Measure]?: Origin<DimensionOf<M>> }
  /** What a reader of its figures should know: an estimate, a second-hand description, no power series. */
  readonly caution?: string
}
