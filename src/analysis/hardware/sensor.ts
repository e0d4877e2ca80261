/** How the BMC judges a sensor. */
export const SENSOR_STATUSES = ['nominal', 'warning', 'critical', 'unknown'] as const
export type SensorStatus = (typeof SENSOR_STATUSES)[number]

export type SensorType = 'temperature' | 'power' | 'fan' | 'voltage' | 'current' | 'other'

/** One sensor of one BMC. */
export interface Sensor {
  readonly bmc: string
  /** The source that reports it. */
  readonly source: string
  readonly name: string
  /** As the BMC counts its sensors today: it changes when sensors come or go. */
  readonly id: string | null
  readonly type: SensorType
  readonly part: string
  /** Which of several of the part: the 1 of `PS1 Status`. */
  readonly number: string | null
  /** What a sensor of type `other` watches, in the vendor's words. */
  readonly watches: string | null
  readonly value: number | null
  readonly unit: string | null
  readonly status: SensorStatus
}

/** 0 nominal, 1 warning, 2 critical (ipmi_exporter docs/metrics.md); anything else is not known. */
export function statusOf(state: number | undefined): SensorStatus {
  return state === undefined ? 'unknown' : (BY_STATE.get(state) ?? 'unknown')
}

const BY_STATE: ReadonlyMap<number, SensorStatus> = new Map([
  [0, 'nominal'],
  [1, 'warning'],
  [2, 'critical'],
])

/** The worst of several judgements. What is unknown hides no other; alone, or of nothing, it stays unknown. */
export function worstOf(statuses: readonly SensorStatus[]): SensorStatus {
  const worstFirst = ['critical', 'warning', 'nominal'] as const
  return worstFirst.find((status) => statuses.includes(status)) ?? 'unknown'
}
