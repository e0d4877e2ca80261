import type { Sample } from '../../promql/samples.ts'
import type { Read } from './read.ts'

type Samples = readonly Sample[]

/** What was read from replies, made at most once for each text that says how they are read. */
export type KeptReads = (replies: readonly Samples[], how: string, make: () => Read) => Read

interface Kept {
  readonly others: readonly Samples[]
  readonly read: Read
}

/**
 * Remembers what replies say for as long as they are kept themselves: what a thing is comes from the same replies
 * for an hour, and reading them again for every request would cost more than the live figures.
 */
export function createKeptReads(): KeptReads {
  const kept = new WeakMap<Samples, Map<string, Kept>>()
  return ([first, ...others], how, make) => {
    if (first === undefined) return make()
    const reads = kept.get(first) ?? new Map<string, Kept>()
    const known = reads.get(how)
    if (known !== undefined && areSame(known.others, others)) return known.read
    const read = make()
    kept.set(first, reads.set(how, { others, read }))
    return read
  }
}

const areSame = (a: readonly Samples[], b: readonly Samples[]): boolean =>
  a.length === b.length && a.every((samples, index) => samples === b[index])
