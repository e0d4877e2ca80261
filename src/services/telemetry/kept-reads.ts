import type { Sample } from '../../promql/samples.ts'
import type { Read } from './read.ts'

/** What was read from a reply, made at most once for each text that says how it is read. */
export type KeptReads = (samples: readonly Sample[], how: string, make: () => Read) => Read

/**
 * Remembers what replies say for as long as they are kept themselves: what a thing is comes from the same reply
 * for an hour, and reading it again for every request would cost more than the live figures.
 */
export function createKeptReads(): KeptReads {
  const kept = new WeakMap<readonly Sample[], Map<string, Read>>()
  return (samples, how, make) => {
    const reads = kept.get(samples) ?? new Map<string, Read>()
    const read = reads.get(how) ?? make()
    kept.set(samples, reads.set(how, read))
    return read
  }
}
