import { absent } from '../../kernel/absence.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { Account } from './asked.ts'

const MOST_CANDIDATES = 20

/** What is looked for, in words, and how each of several that were found can be named. */
export interface Sought<Thing> {
  /** `node "gpu-worker-1"`. */
  readonly what: string
  readonly nameOf: (thing: Thing) => string
  /** What the caller can do about several: `name the cluster`. */
  readonly advice: string
}

/**
 * The one thing that was found. Rejects with `not_found` when every asked cluster answered and nobody knows it, with
 * a backend error when a cluster that might know it did not answer, and with `ambiguous`, which lists the candidates.
 */
export function theOne<Thing>(
  found: readonly Thing[],
  account: Account,
  { what, nameOf, advice }: Sought<Thing>,
): Thing {
  const [thing, ...others] = found
  if (thing === undefined) throw absent(account, what)
  if (others.length > 0)
    throw new KCloudError('ambiguous', {
      detail: `${found.length} have this name, ${what}: ${advice}`,
      candidates: found.map(nameOf).sort().slice(0, MOST_CANDIDATES),
    })
  return thing
}
