import { setMaxListeners } from 'node:events'
import type { Answer } from '../../kernel/answer.ts'
import { ask, type Cluster, type Failures, type Told } from '../clusters/index.ts'
import type { Question } from './question.ts'

/** Puts a question to the clusters that it names. Rejects with `not_found` for one that nobody knows. */
export type Ask = <Row>(
  question: Pick<Question, 'clusters' | 'signal'>,
  put: (cluster: Cluster) => Promise<Told<Row>>,
) => Promise<Answer<Row>>

/** Where the clusters are looked up. */
interface Clusters {
  only(names?: readonly string[]): readonly Cluster[]
}

/**
 * Questions with the same signal belong to one answer. A cluster that fails one of them is not asked the next:
 * its part is missing already, and a cluster that hangs would hold up the answer once for each.
 */
export function createAsk(clusters: Clusters): Ask {
  const failures = new WeakMap<AbortSignal, Failures>()
  const failuresOf = (signal: AbortSignal | undefined): Failures => {
    const none: Failures = new Map()
    if (signal === undefined) return none
    const known = failures.get(signal)
    if (known !== undefined) return known
    // Every query of an answer listens to its signal, which Node takes for a leak from eleven on.
    setMaxListeners(0, signal)
    failures.set(signal, none)
    return none
  }
  return ({ clusters: names, signal }, put) => ask(clusters.only(names), put, failuresOf(signal))
}
