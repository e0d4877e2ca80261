import type { PowerStep } from '../../analysis/cost/demand.ts'
import type { Entry } from '../../analysis/cost/ledger.ts'
import type { Charged } from '../../analysis/cost/printed.ts'
import type { CostModel, ModelRates } from '../../analysis/cost/models.ts'
import type { Decimal } from '../../analysis/cost/decimal.ts'
import type { IntensitySeries } from '../../analysis/cost/intensity.ts'
import type { PriceBook } from '../../analysis/cost/price-book.ts'
import type { Tariff } from '../../analysis/cost/tariff.ts'
import type { IdlePolicy } from '../../analysis/power/input.ts'
import type { Answer, Warning } from '../../kernel/answer.ts'
import type { Sight } from '../../kernel/sight.ts'
import type { FleetReader, Moment } from '../fleet/index.ts'
import type { Reading, Telemetry, WholeTelemetry } from '../telemetry/index.ts'
import type { Chunk } from './chunks.ts'

/** What a deployment pays and emits. All money is of one currency. */
export interface CostRates {
  readonly model: CostModel
  /** ISO 4217. */
  readonly currency: string
  readonly kcloud: Extract<ModelRates, { model: 'kcloud' }>
  /** For a kg CO₂, in the physical model. */
  readonly carbonPrice: Decimal
  /** Prices of electricity, by cluster; at least one for all. */
  readonly tariffs: readonly Tariff[]
  /** Prices of nodes, by cluster; none where nodes cost nothing beside their energy. */
  readonly books: readonly PriceBook[]
  /** PUE where no meter tells it; null for none. */
  readonly assumedPue: number | null
}

/** Where carbon intensities come from. */
export interface IntensitySource {
  /**
   * The series of each cluster that has one, over a window in unix seconds. What a provider does not answer is
   * missing, and told.
   */
  read(question: IntensityQuestion): Promise<Intensities>
}

export interface IntensityQuestion {
  readonly clusters: readonly string[]
  readonly from: number
  readonly until: number
  readonly signal: AbortSignal
}

export interface Intensities {
  readonly byCluster: ReadonlyMap<string, IntensitySeries>
  /** What went wrong, in words for the caller. */
  readonly missing: readonly string[]
}

export interface Needs {
  readonly fleet: FleetReader
  /** Shares are made out of a whole. */
  readonly telemetry: Telemetry & Partial<Pick<WholeTelemetry, 'whole'>>
  /** What may be seen by whoever asks; everything without it. */
  readonly sight?: () => Sight
  readonly rates: CostRates
  readonly intensities: IntensitySource
  /** How many shares of energy one request may charge: about half a minute of work when left out. */
  readonly mostCharges?: number | undefined
}

/** What is costed. */
export interface CostQuestion {
  /** The clusters to ask; all when left out. */
  readonly clusters: readonly string[] | undefined
  readonly at: Date
  readonly signal: AbortSignal
  /** The window, on whole minutes. */
  readonly start: Date
  readonly end: Date
  /** The mean of so many seconds is one reading; chosen by the length of the window when left out. */
  readonly stepSeconds?: number | undefined
  /** Where the periods of the answer begin: the start of the window when left out. */
  readonly edges?: readonly Date[] | undefined
  readonly idle: IdlePolicy
  /** The model of the deployment when left out. */
  readonly model?: CostModel | undefined
  /** Whether it is read who uses the energy, which is most of the work. */
  readonly workloads: boolean
}

/** What the running power is costed for. */
export type CostNowQuestion = Omit<CostQuestion, 'start' | 'end' | 'stepSeconds' | 'edges'>

/** How a PUE was had. */
export interface PueFigure {
  readonly pue: Decimal | null
  readonly source: 'measured' | 'assumed' | null
}

/** What the highest demand of a month costs in the window. */
export interface DemandFigure {
  readonly month: string
  readonly billedKilowatts: number
  /** The month that set it: another one by the ratchet. */
  readonly setIn: string
  /** The highest of the window itself; null when the steps are too long to tell. */
  readonly measuredKilowatts: number | null
  /** How much of that quarter of an hour was measured; below 0.9 it is uncertain. */
  readonly measuredCoverage: number | null
  /** The part of the month that the window is. */
  readonly monthShare: number
  readonly cost: Decimal
}

/** What holds for one cluster over the window. */
export interface ClusterCosting extends PueFigure {
  readonly cluster: string
  readonly rates: ModelRates
  readonly tariff: Tariff | null
  readonly book: PriceBook | null
  readonly intensity: IntensitySeries | null
  readonly demand: readonly DemandFigure[]
  /** Its power, step by step. */
  readonly power: readonly PowerStep[]
  /** How much of the window its power is known of. */
  readonly coveredSeconds: number
  /** The mean part of its nodes that was measured; null without nodes. */
  readonly nodeCoverage: number | null
}

/** One account in one period, with what it costs. */
export interface CostedEntry extends Entry, Charged {}

/** What Kubernetes says of a workload. */
export interface WorkloadFacts {
  readonly labels: Reading['labels']
  readonly node: string | null
  readonly workloadType: string
}

/** The cost of a window. All entries together are all that the asked clusters cost. */
export interface CostWindow extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  readonly start: Date
  readonly end: Date
  readonly stepSeconds: number
  /** Where the periods of the answer begin. */
  readonly edges: readonly Date[]
  readonly model: CostModel
  readonly currency: string
  readonly idle: IdlePolicy
  readonly entries: readonly CostedEntry[]
  readonly costings: readonly ClusterCosting[]
  /** By `entryKey`. */
  readonly facts: ReadonlyMap<string, WorkloadFacts>
}

/** A window that was costed step by step. */
export interface TalliedWindow extends CostWindow {
  /** Those of its warnings that are about prices, PUE and carbon. */
  readonly aboutRates: readonly Warning[]
}

/** The cost of a window while its steps are read, in order of time. */
export interface CostTally {
  /** Charges one step of a chunk. Gives how many shares it had. */
  visit(chunk: Chunk, step: number, moment: Moment): number
  /** Ends a chunk: its energy is priced, and only sums are kept. */
  close(): void
  /** All of it, with who took part in the reads. Rejects as telemetry does. */
  end(account: Pick<Answer<never>, 'clusters' | 'warnings'>): Promise<TalliedWindow>
}
