import type { Sensor } from './sensor.ts'

/** Why a fan is suspect: it stands while others turn, or turns far slower than fans of its kind. */
export type Suspicion = 'standing' | 'slow'

/** Of the median of its peers; below it a fan is slow. Pairs of one fan differ by a fifth, broken ones by more. */
const SLOW_RATIO = 0.25
/** So many others that turn say what is usual. */
const FEWEST_PEERS = 3

/**
 * The fans that should turn but do not, although their BMC finds nothing wrong with them; the BMC's own judgement
 * stays as it is. Only in a server that is known to be on. A fan is suspect when it
 *
 *     stands   reads 0 while another fan of the server turns
 *     is slow  reads less than a quarter of the median of at least three others of its part and unit that turn
 *
 * Fans of power supplies are left out: a supply in cold reserve rests.
 */
export function suspectFans(
  sensors: readonly Sensor[],
  powerOn: boolean | null,
): ReadonlyMap<Sensor, Suspicion> {
  if (powerOn !== true) return new Map()
  const fans = sensors.filter(({ type, part }) => type === 'fan' && part !== 'psu')
  const turning = fans.filter(({ value }) => value !== null && value > 0)
  return new Map(
    fans
      .filter(({ status }) => status === 'nominal' || status === 'unknown')
      .map((fan) => [fan, suspicionOf(fan, turning)] as const)
      .filter((entry): entry is readonly [Sensor, Suspicion] => entry[1] !== null),
  )
}

function suspicionOf(fan: Sensor, turning: readonly Sensor[]): Suspicion | null {
  if (fan.value === null) return null
  if (fan.value === 0) return turning.length > 0 ? 'standing' : null
  const peers = turning
    .filter((other) => other !== fan && other.part === fan.part && other.unit === fan.unit)
    .map(({ value }) => value ?? 0)
  return peers.length >= FEWEST_PEERS && fan.value < SLOW_RATIO * median(peers) ? 'slow' : null
}

function median(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b)
  const middle = Math.floor(ordered.length / 2)
  const upper = ordered[middle] ?? 0
  return ordered.length % 2 === 1 ? upper : ((ordered[middle - 1] ?? 0) + upper) / 2
}
