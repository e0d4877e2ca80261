/**
 * What a counter has added between two readings. A reading below the one before is a reset, after which it shows
 * what it has added since; or, of a counter that is known to begin again at `wrapsAt`, a wrap. RAPL wraps at
 * `max_energy_range_uj`. (Linux, Documentation/power/powercap/powercap.rst.)
 */
export function increaseOf(before: number, now: number, wrapsAt: number | null): number {
  if (now >= before) return now - before
  return wrapsAt !== null && before <= wrapsAt ? wrapsAt - before + now : now
}
