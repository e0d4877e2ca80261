import type { ClusterReport, Warning } from '../../kernel/answer.ts'
import type { CostModel, Term } from '../cost/models.ts'
import type { Method, NodeCounts } from '../power/figures.ts'
import type { CalendarDate } from './dates.ts'
import type { Template } from './period.ts'

/** A figure of the period beside that of the period before. */
export interface Compared {
  readonly current: number | null
  readonly previous: number | null
  /** Null where either is not reported, or the one before is 0. */
  readonly change_percent: number | null
}

/** A period as it is told. */
export interface PeriodRow {
  readonly start_date: CalendarDate
  readonly end_date: CalendarDate
  readonly start: Date
  readonly end: Date
  /** 23 or 25 for a day on which the clocks are changed. */
  readonly hours: number
  readonly is_over: boolean
}

/** Energy of a thing over the period, and the watts that it comes to in the time that it was measured. */
export interface EnergyFigures {
  readonly energy_joules: number | null
  readonly mean_power_watts: number | null
  /** Of the energy of all. */
  readonly share_percent: number | null
}

/** The highest mean of one step, and when it was. */
export interface Peak {
  readonly peak_power_watts: number | null
  readonly peak_start: Date | null
  readonly peak_end: Date | null
}

export interface DemandRow extends Peak {
  /** The time that a mean is of: a quarter of an hour, or an hour in periods of more than 93 days. */
  readonly interval_seconds: number
  readonly lowest_power_watts: number | null
  /** Mean ÷ peak, 0 to 1. */
  readonly load_factor: number | null
  readonly previous_peak_power_watts: number | null
}

export interface BucketRow extends Peak {
  readonly start_date: CalendarDate
  readonly end_date: CalendarDate
  readonly hours: number
  readonly energy_joules: number | null
  readonly mean_power_watts: number | null
  readonly covered_seconds: number
}

export type PartName = 'gpu' | 'npu' | 'cpu' | 'dram' | 'other'

export interface PartRow extends EnergyFigures {
  readonly part: PartName
}

export interface ClusterRow extends EnergyFigures, Peak {
  readonly cluster: string
  readonly covered_seconds: number
  /** The mean share of nodes with a meter, 0 to 1; null without nodes. */
  readonly coverage: number | null
  readonly nodes: NodeCounts
  readonly accelerators: number
}

export interface NodeRow extends EnergyFigures, Peak {
  readonly rank: number
  readonly cluster: string
  readonly node: string
  readonly method: 'measured' | 'estimated' | null
  readonly sources: readonly string[]
  readonly accelerators: number
  /** The hottest that a device or sensor of it was. */
  readonly temperature_celsius_max: number | null
}

/** A row of a ranking of users. `idle` and `unattributed` are the remainders, `others` what is not listed. */
export interface UserRow extends EnergyFigures {
  readonly rank: number | null
  readonly cluster: string | null
  readonly name: string
  readonly kind: 'named' | 'others' | 'idle' | 'unattributed'
}

/** What the time of accelerators went to, as board-hours and energy. */
export interface UseFigures {
  readonly board_hours: number
  readonly energy_joules: number | null
  readonly share_percent: number | null
}

export const USES = ['active', 'allocated_idle', 'unallocated', 'not_reported'] as const

/** Busy · idle, though somebody holds it · held by nobody · holder or utilisation not reported. */
export type Use = (typeof USES)[number]

export type UseRows = Readonly<Record<Use, UseFigures>>

export interface ModelRow extends EnergyFigures {
  readonly kind: 'gpu' | 'npu'
  readonly vendor: string | null
  /** Null where no source names it. */
  readonly model: string | null
  readonly boards: number
  /** The mean of a board. */
  readonly board_power_watts: number | null
  readonly utilization_percent: number | null
  readonly uses: UseRows
}

/** A board that somebody held and did not use, the most wasteful first. */
export interface IdleBoardRow {
  readonly cluster: string
  readonly node: string | null
  readonly device: string
  readonly model: string | null
  readonly namespace: string | null
  readonly workload: string | null
  readonly idle_hours: number
  readonly energy_joules: number | null
}

export interface AcceleratorSection {
  readonly boards: number
  /** Boards are judged by their mean utilisation over steps of this length. */
  readonly step_seconds: number
  /** Below it, a board is idle. */
  readonly idle_below_percent: number
  readonly uses: UseRows
  readonly by_model: readonly ModelRow[]
  readonly idle_boards: readonly IdleBoardRow[]
}

export type TemperatureMetric =
  | 'gpu_temperature_celsius'
  | 'memory_temperature_celsius'
  | 'npu_temperature_celsius'
  | 'temperature_celsius'

export interface TemperatureRow {
  readonly metric: TemperatureMetric
  readonly things: number
  readonly mean_celsius: number
  readonly highest_celsius: number
  readonly highest_cluster: string
  readonly highest_node: string | null
  readonly highest_device: string
  /** The end of the step that it was read in. */
  readonly highest_at: Date
}

/** Unix seconds at the end of a step, and the mean of it. */
export type Point = readonly [seconds: number, value: number | null]

export interface SeriesRow {
  readonly name: string
  readonly unit: 'watts' | 'percent' | 'celsius'
  readonly points: readonly Point[]
}

export interface EfficiencySection {
  readonly pue: number | null
  readonly pue_source: 'measured' | 'assumed' | null
  readonly previous_pue: number | null
  readonly facility_energy_joules: number | null
  readonly it_energy_joules: number | null
  /** The time in which both were measured, or the computers where there is no meter of the facility. */
  readonly covered_seconds: number
  readonly facility_sources: readonly string[]
  readonly gpu_utilization_percent: number | null
  readonly npu_utilization_percent: number | null
  /** Of the energy: what workloads used, what was idle, what nobody can attribute. */
  readonly workload_percent: number | null
  readonly idle_percent: number | null
  readonly unattributed_percent: number | null
}

/** A part of a cost, beside that of the period before. */
export interface CostTermRow extends Compared {
  readonly term: Term
}

/** What the energy of a cluster cost, and at which rates. */
export interface ClusterCostRow {
  readonly cluster: string
  readonly energy_kwh: number
  /** With cooling and losses, by PUE; null without one. */
  readonly facility_energy_kwh: number | null
  readonly cost: number
  readonly share_percent: number | null
  readonly carbon_kg: number | null
  /** Null in the model that has one rate for everything. */
  readonly tariff: string | null
  readonly pue: number | null
  readonly pue_source: 'measured' | 'assumed' | null
  readonly carbon_intensity_source: string | null
}

/** What the energy cost and emitted. The terms, and the clusters, add up to the cost. */
export interface CostSection {
  readonly model: CostModel
  /** ISO 4217. */
  readonly currency: string
  readonly cost: Compared
  readonly cost_per_kwh: number | null
  readonly carbon_kg: Compared
  readonly facility_energy_kwh: Compared
  readonly terms: readonly CostTermRow[]
  readonly clusters: readonly ClusterCostRow[]
}

export interface QualityRow {
  readonly cluster: string
  readonly status: ClusterReport['status']
  readonly covered_seconds: number
  readonly coverage: number | null
}

export interface Gap {
  readonly start: Date
  readonly end: Date
}

export interface QualitySection {
  readonly status: 'complete' | 'partial'
  readonly window_seconds: number
  /** The time in which anything was measured. */
  readonly covered_seconds: number
  /** Covered ÷ window, 0 to 1. */
  readonly time_coverage: number
  /** The mean share of nodes with a meter of their own, 0 to 1; null without nodes. */
  readonly node_coverage: number | null
  readonly least_node_coverage: number | null
  readonly silent_clusters: readonly string[]
  readonly clusters: readonly QualityRow[]
  readonly gaps: readonly Gap[]
  /** Values that cannot be and are in no figure, by cluster. */
  readonly excluded_samples: readonly {
    readonly cluster: string
    readonly count: number
    readonly example: string
  }[]
  readonly estimated_nodes: readonly { readonly cluster: string; readonly node: string }[]
  readonly unmeasured_nodes: readonly { readonly cluster: string; readonly node: string }[]
  readonly warnings: readonly Warning[]
}

export interface Manifest {
  readonly generated_at: Date
  readonly parameters: {
    readonly template: Template
    readonly start_date: CalendarDate
    readonly end_date: CalendarDate
    readonly timezone: string
    readonly clusters: readonly string[] | null
    readonly lang: 'en' | 'ko'
  }
  readonly clusters: readonly ClusterReport[]
  /** Everything that the power comes from. */
  readonly sources: readonly string[]
  readonly simulated: boolean
  readonly version: string
  /** SHA-256 of the figures: the JSON of the report without its manifest. The same in every format and language. */
  readonly figures_sha256: string
}

/** Everything that a report says, whatever it is written as. */
export interface ReportFigures {
  readonly template: Template
  readonly timezone: string
  readonly period: PeriodRow
  readonly previous_period: PeriodRow
  readonly summary: {
    readonly energy_joules: Compared
    readonly energy_kwh: Compared
    readonly mean_power_watts: Compared
    readonly peak_power_watts: Compared
    readonly gpu_utilization_percent: Compared
    readonly npu_utilization_percent: Compared
    readonly method: Method | null
  }
  readonly demand: DemandRow
  readonly trend: {
    readonly step_seconds: number
    readonly buckets: readonly BucketRow[]
    readonly power: readonly SeriesRow[]
    readonly previous_power: SeriesRow
    readonly utilization: readonly SeriesRow[]
    readonly temperature: readonly SeriesRow[]
  }
  readonly parts: readonly PartRow[]
  readonly clusters: readonly ClusterRow[]
  readonly nodes: {
    readonly total: number
    readonly rows: readonly NodeRow[]
    readonly others: EnergyFigures | null
    /** Of devices whose node nobody names, or has no total of its own; null where there are none. */
    readonly unplaced: EnergyFigures | null
  }
  readonly namespaces: { readonly total: number; readonly rows: readonly UserRow[] }
  readonly workload_types: readonly UserRow[]
  readonly accelerators: AcceleratorSection
  readonly temperatures: readonly TemperatureRow[]
  readonly efficiency: EfficiencySection
  readonly cost: CostSection | null
  readonly quality: QualitySection
}

export interface Report extends ReportFigures {
  readonly manifest: Manifest
}
