import type { SourceSpec } from '../../catalogue/source.ts'
import type { Answer } from '../../kernel/answer.ts'
import type { ClusterSpec, ClusterRegistry } from '../clusters/index.ts'
import { createAsk } from './ask.ts'
import { createGather } from './gather.ts'
import { history, overWindow } from './history.ts'
import { createKeptInterpretations } from './kept-interpretations.ts'
import { createKeptReads } from './kept-reads.ts'
import { known, latest, stale } from './now.ts'
import { ofAllNamespaces } from './namespaces.ts'
import { createPresence } from './presence.ts'
import { createWatch } from './watch.ts'
import type {
  HistoryQuestion,
  KnownQuestion,
  LatestQuestion,
  Reading,
  ReadingSeries,
  StaleQuestion,
  WindowQuestion,
} from './question.ts'

export { gapWarnings } from './gaps.ts'
export type * from './question.ts'

/**
 * The one door between the domains and the data: a question in our words, over all clusters and every source
 * that can answer it, and rows in our words and units. All reads reject with `not_found` for an unknown cluster,
 * and with `backend_timeout` or `backend_unreachable` when no asked cluster answered. A cluster that failed a
 * question is not asked the next one with the same signal, but reported as it failed.
 */
export interface Telemetry {
  /** What there is: one row a thing and source, with the asked labels and no values. */
  known(question: KnownQuestion): Promise<Answer<Reading>>
  /** What it does now: the asked measures. Implausible values are left out and told in a warning. */
  latest(question: LatestQuestion): Promise<Answer<Reading>>
  /** No rows, but a warning for each cluster whose samples are older than their source allows. */
  stale(question: StaleQuestion): Promise<Answer<never>>
  /** One measure over a window, a value a step; counters with `last` give their readings. */
  history(question: HistoryQuestion): Promise<Answer<ReadingSeries>>
  /** One value for a whole window: its mean, lowest or highest sample. */
  overWindow(question: WindowQuestion): Promise<Answer<Reading>>
}

/** Telemetry with a second door. */
export interface WholeTelemetry extends Telemetry {
  /**
   * The same of all namespaces, also for those who may see only some: for figures that are shares of a whole. Whoever
   * reads it leaves out what is not to be seen.
   */
  readonly whole: Telemetry
}

interface Needs {
  readonly registry: Pick<ClusterRegistry<ClusterSpec>, 'only'>
  readonly sources: readonly SourceSpec[]
}

/** Telemetry over the clusters of a registry, by the sources of a catalogue. */
export function createTelemetry({ registry, sources }: Needs): WholeTelemetry {
  const needs = {
    ask: createAsk(registry),
    sources,
    presence: createPresence(sources),
    gather: createGather(),
    keptReads: createKeptReads(),
    interpretations: createKeptInterpretations(),
    watch: createWatch(),
  }
  const whole = doorOf({ ...needs, ask: ofAllNamespaces(needs.ask) })
  return { ...doorOf(needs), whole }
}

function doorOf(needs: Parameters<typeof known>[0]): Telemetry {
  return {
    known: (question) => known(needs, question),
    latest: (question) => latest(needs, question),
    stale: (question) => stale(needs, question),
    history: (question) => history(needs, question),
    overWindow: (question) => overWindow(needs, question),
  }
}
