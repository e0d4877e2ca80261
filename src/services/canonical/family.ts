import type { Answer } from '../../kernel/answer.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { CostReader } from '../costs/index.ts'
import type { FleetReader } from '../fleet/index.ts'
import type { Forecasts } from '../forecast/index.ts'
import type { Telemetry } from '../telemetry/index.ts'

/** What the canonical series are made of. */
export interface Needs {
  readonly telemetry: Telemetry
  readonly fleet: FleetReader
  readonly costs: CostReader
  readonly forecasts: Pick<Forecasts, 'power'>
}

export interface FamilyAsked {
  readonly clusters: readonly string[] | undefined
  readonly at: Date
  readonly signal: AbortSignal
  /** The times of the samples. */
  readonly range: TimeRange
}

/** One series: its labels without the name, and a value for each time, null where there is none. */
export interface FamilySeries {
  readonly labels: Readonly<Record<string, string>>
  readonly values: readonly (number | null)[]
}

export interface FamilyRead extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  readonly series: readonly FamilySeries[]
}

/** A canonical metric: the same figure as that of the API, by a name that says what it is. */
export interface Family {
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  readonly unit: string
  readonly labels: readonly string[]
  /** How far its samples lie apart, at the finest. */
  readonly baseSeconds: number
  /** Beyond so many samples of a series they lie farther apart. */
  readonly mostSamples: number
  /** Whether it has samples of times to come. */
  readonly isAhead?: boolean
  read(needs: Needs, asked: FamilyAsked): Promise<FamilyRead>
}

/** Samples lie as far apart as most exporters are scraped. */
export const BASE_SECONDS = 15

/** Labels that have a value. */
export function present(
  labels: Readonly<Record<string, string | null | undefined>>,
): Readonly<Record<string, string>> {
  const known = Object.entries(labels).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  )
  return Object.fromEntries(known)
}
