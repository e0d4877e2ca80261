/** One figure of a reading: the total, or that of a row. */
export interface Figure {
  /** What it is of; empty for the total. */
  readonly key: Readonly<Record<string, string>>
  readonly value: number | null
}

/** What one look at the data gave, written down once for everybody. */
export interface Reading {
  readonly observedAt: Date
  /** `data` as JSON. */
  readonly data: string
  /** `meta` as JSON, as it stands in an answer but for the id of a request. */
  readonly meta: string
  readonly total: number | null
  readonly rows: readonly Figure[]
  /** The clusters that answered in full: without the others a total is a lower bound. */
  readonly scope: readonly string[]
  /** Who answered and what is wrong, without what differs from one reading to the next. */
  readonly circumstances: string
  /** What the total covers: two totals can only be compared when it is the same. */
  readonly basis: string
}

/** Where the readings of a subscription come from. */
export interface ReadSpec {
  /** The same for equal questions, with their interval. */
  readonly key: string
  readonly intervalSeconds: number
  /** Rejects as the equal request would. */
  read(at: Date, signal: AbortSignal): Promise<Reading>
}

/** Which of the readings are told, and what is told of them beside. */
export interface Shaping {
  /** The least change of a figure that is told, in its unit; null tells every reading. */
  readonly deadband: number | null
  /** The same in percent of the figure that was told last. */
  readonly deadbandPercent: number | null
  /** The least time between two updates. */
  readonly minIntervalSeconds: number
  readonly threshold: Threshold | null
  /** The change from one reading to the next, in percent, that is a spike; null for never. */
  readonly spikePercent: number | null
  /** What threshold and spikes are about: the total, or each row. */
  readonly watch: 'total' | 'rows'
}

interface Threshold {
  readonly value: number
  /** How far below the threshold a figure has to fall, in percent of it, before that counts. */
  readonly hysteresisPercent: number
}

/** One subscription, as everybody with the same wishes shares it. */
export interface TopicSpec {
  /** Short, and the same on every server for the same wishes. */
  readonly topic: string
  readonly read: ReadSpec
  readonly shaping: Shaping
}
