/** What the page reads of the answers of the API, as they stand on the wire; all of it is in the OpenAPI document. */
export interface Warning {
  readonly code: string
  readonly cluster?: string
  readonly detail: string
}

export interface Meta {
  readonly observed_at: string
  readonly status: 'complete' | 'partial'
  readonly clusters: readonly { readonly name: string; readonly status: string }[]
  readonly warnings: readonly Warning[]
  readonly simulated?: boolean
  readonly page?: { readonly total: number; readonly limit: number; readonly offset: number }
}

export interface Answer<Data> {
  readonly data: Data
  readonly meta: Meta
}

interface Nodes {
  readonly known: number
  readonly measured: number
  readonly estimated: number
}

export interface Power {
  readonly total_power_watts: number | null
  readonly method: string | null
  readonly coverage: number | null
  readonly nodes: Nodes
  readonly sources: readonly string[]
  readonly by_cluster: readonly {
    readonly cluster: string
    readonly total_power_watts: number | null
    readonly coverage: number | null
  }[]
}

export interface BreakdownRow {
  readonly key: Readonly<Record<string, string>>
  readonly kind: 'named' | 'idle' | 'unattributed'
  readonly power_watts: number | null
  readonly method: string | null
  readonly percentage: number | null
}

export interface Breakdown {
  readonly by: string
  readonly total_power_watts: number | null
  readonly coverage: number | null
  readonly rows: readonly BreakdownRow[]
}

export interface Accelerator {
  readonly type: 'gpu' | 'npu'
  readonly cluster: string
  readonly node: string | null
  readonly accelerator_id: string
  readonly device_index: number | null
  readonly vendor: string
  readonly model: string | null
  readonly status: string
  readonly power_watts: number | null
  readonly utilization_percent: number | null
  readonly temperature_celsius: number | null
  readonly allocated_to: readonly { readonly namespace: string; readonly pod: string }[]
}

export interface PowerSeries {
  readonly coverage: { readonly mean: number | null; readonly least: number | null }
  readonly series: readonly { readonly points: readonly (readonly [number, number | null])[] }[]
}

export interface Forecast {
  readonly model: string
  readonly calibrated: boolean
  readonly predictions: readonly {
    readonly timestamp: string
    readonly predicted_power: number
    readonly lower_80: number
    readonly upper_80: number
  }[]
}

export interface HourlyCost {
  readonly currency: string
  readonly coverage: number | null
  readonly start: string
  readonly end: string
  readonly total: {
    readonly cost: number | null
    readonly energy_kwh: number | null
    readonly carbon_kg: number | null
  }
}

export interface Cluster {
  readonly name: string
  readonly region: string | null
  readonly status: string
  readonly circuit: string
  readonly last_ok_at: string | null
}

export interface Policy {
  readonly id: string
  readonly name: string
  readonly enabled: boolean
  readonly scope: string
  readonly target: { readonly cluster: string; readonly namespace: string; readonly name: string }
  readonly power_based: { readonly enabled: boolean; readonly max_power_budget: number | null }
}

export interface UnmatchedName {
  readonly cluster: string
  readonly source: string
  readonly name: string
}

/** An event of a stream; which fields there are depends on its type. */
export interface StreamEvent {
  readonly type: string
  readonly id?: string
  readonly data?: Power | Breakdown
  readonly meta?: Meta
  readonly state?: string
  readonly error?: { readonly title: string; readonly detail?: string }
}
