import type { Resources } from '../../analysis/forecast/cost-model.ts'
import type { Answer } from '../../kernel/answer.ts'

/** What a cost is asked for. */
export interface CostQuestion {
  readonly resources: Resources
  readonly durationHours: number
  readonly spot: boolean
  /** Where it is to run; null for the first cluster that answers. */
  readonly cluster: string | null
  /** What is paid for besides the energy, by the price book of the cluster; null for nothing. */
  readonly nodes: BookedNodes | null
}

/** Nodes of a class, or the GPUs that are asked for by their model. */
export type BookedNodes =
  { readonly nodeClass: string; readonly count: number } | { readonly gpuModel: string }

export interface CostForecast extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  /** Null where it is not known; the notes say why. */
  readonly predicted_cost: number | null
  readonly currency: string
  readonly cost_breakdown: {
    readonly compute: number | null
    readonly gpu: number | null
    readonly storage: number | null
    readonly network: number | null
  }
  /** What nodes or GPUs cost by a price book; null where none were asked for, or the book does not say. */
  readonly infrastructure_cost: number | null
  readonly price_book: string | null
  readonly confidence: number | null
  readonly interval: {
    readonly lower_80: number | null
    readonly upper_80: number | null
    readonly lower_95: number | null
    readonly upper_95: number | null
  }
  readonly cluster: string | null
  readonly predicted_power_watts: number | null
  readonly energy_kwh: number | null
  readonly cost_model: string
  readonly model: {
    readonly kind: 'gradient_boosting'
    readonly trained_on: number
    readonly workloads: number
    readonly trained_at: Date
  } | null
  readonly notes: readonly string[]
}
