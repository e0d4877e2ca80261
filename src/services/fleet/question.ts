import type { IdentityRules } from '../../analysis/identity/resolver.ts'
import type { Answer, Warning } from '../../kernel/answer.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { Sight } from '../../kernel/sight.ts'
import type { Question, Reading, Telemetry, WholeTelemetry } from '../telemetry/index.ts'
import type { Moment } from './assemble.ts'
import type { FleetDetail } from './parts.ts'
import type { PodName } from './workloads.ts'

export type { FleetDetail } from './parts.ts'

/** What the reads need. */
export interface Needs {
  /** Shares are made out of a whole. */
  readonly telemetry: Telemetry & Partial<Pick<WholeTelemetry, 'whole'>>
  /** How names of nodes are brought together. */
  readonly identity: IdentityRules
  /** What may be seen by whoever asks; everything without it. */
  readonly sight?: () => Sight
}

/** Which part of the fleet is read, for which answer. */
export interface FleetQuestion {
  /** The clusters to ask; all when left out. */
  readonly clusters: readonly string[] | undefined
  readonly at: Date
  readonly signal: AbortSignal
  /** Whether it is read who uses the watts, and not only how many there are. */
  readonly workloads: boolean
  /** What else is read of workloads; everything when left out. Each takes a question about all of them. */
  readonly details?: readonly FleetDetail[]
}

/** What is known of a fleet's power, without the clusters that did not answer everything. */
export interface FleetPower extends Moment, NodeNames {
  /** The clusters that answered: what they do not tell of, nobody measures there. */
  readonly heard: readonly string[]
  /** Every pod that Kubernetes tells of or that uses a processor, once. */
  podNames(): readonly PodName[]
}

/** Which pods: those with one of these values of each label. */
export interface TypesQuestion extends Omit<FleetQuestion, 'workloads' | 'details'> {
  readonly where: NonNullable<Question['where']>
}

/** What some workloads are for. */
export interface WorkloadTypes extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  readonly typeOf: Moment['typeOf']
}

export interface FleetWindowQuestion extends FleetQuestion {
  readonly range: TimeRange
  /** The whole time of which the range is a part; see `HistoryQuestion`. */
  readonly within?: TimeRange | undefined
  /** Nobody asks it again: the series are not kept. */
  readonly once?: boolean
  /** Whether it matters that things were there for a part of a step only. What they draw is then the mean of the step. */
  readonly lifetimes?: boolean
  /** What stands for a step: the mean of its samples, which it is by default, or the last of them. */
  readonly summary?: 'avg' | 'last'
  /** How far back a step looks, where that is not the step; see `HistoryQuestion`. */
  readonly sampleSeconds?: number
}

/** What each moment of a window came to, by what was asked of them. */
export interface FleetWindow<Result> extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  readonly results: readonly Result[]
  readonly heard: readonly string[]
}

/** What the nodes of the asked clusters are called. */
export interface NodeNames extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  /** The name itself where no node has it. */
  nodeName(cluster: string, name: string): string
  /** Null where no node has the name. */
  findNode(cluster: string, name: string): string | null
  /** The names in some rows that are no node's: one warning for each cluster that has any. */
  unmatchedIn(rows: readonly Reading[]): readonly Warning[]
}
