import type { Node } from '../datacentre.ts'
import { lastEnd } from '../spans.ts'

const FIRST_BOOT = Date.UTC(2026, 9, 1) / 1000

/** When a machine was started: once, and after each outage. */
export const bootedAt = ({ outages }: Node, seconds: number): number =>
  Math.max(FIRST_BOOT, lastEnd(outages, seconds) ?? -Infinity)

/** Most cores are read at the same few times: the same work is computed once for all of them. */
export function pureOf(compute: (seconds: number) => number): (seconds: number) => number {
  const known = new Map<number, number>()
  return (seconds) => {
    const found = known.get(seconds) ?? compute(seconds)
    known.set(seconds, found)
    return found
  }
}
