import { ENTITIES } from '../../catalogue/entities.ts'
import type { SourceSpec } from '../../catalogue/source.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import type { Answer, Warning } from '../../kernel/answer.ts'
import { firstOf, gauge, keep, max, min, sampledAt } from '../../promql/expression.ts'
import type { Sample } from '../../promql/samples.ts'
import type { Ask } from './ask.ts'
import type { KeptReads } from './kept-reads.ts'
import {
  canAnswer,
  groupingOf,
  namesOf,
  nonEmpty,
  planKnown,
  planLatest,
  selections,
  type Plan,
} from './plan.ts'
import type { KnownQuestion, LatestQuestion, Question, Reading, StaleQuestion } from './question.ts'
import { exclusionWarnings, readKnown, readLatest, type Read, type Told } from './read.ts'
import { labelReader } from './translate.ts'

/** What the reads need: the way to the clusters, the catalogue to ask by, and what was read already. */
export interface Needs {
  readonly ask: Ask
  readonly sources: readonly SourceSpec[]
  readonly keptReads: KeptReads
}

export function known(needs: Needs, question: KnownQuestion): Promise<Answer<Reading>> {
  const plans = sourcesFor(needs, question).map((source) => planKnown(source, question))
  return readPlans(needs, { plans, question }, (told) => readKnown(told, question))
}

export function latest(needs: Needs, question: LatestQuestion): Promise<Answer<Reading>> {
  const plans = sourcesFor(needs, question).flatMap((source) => planLatest(source, question))
  return readPlans(needs, { plans, question }, (told) => readLatest(told, question))
}

/**
 * Asks for the things whose newest sample is older than their source allows, and nothing else: on a good day
 * the answer is empty, whatever the size of the cluster.
 */
export async function stale(needs: Needs, question: StaleQuestion): Promise<Answer<never>> {
  const plans = sourcesFor(needs, question).map((source) => planStale(source, question))
  const { at, signal } = question
  const answer = await needs.ask(question, async (cluster) => {
    const replies = await Promise.all(
      plans.map(({ query }) => cluster.client.instant(query, at, { shelf: 'realtime', signal })),
    )
    const rows = replies.flatMap(({ rows: samples }, index) =>
      staleWarnings(plans[index], { cluster: cluster.name, samples, at, question }),
    )
    return { rows, warnings: replies.flatMap((reply) => reply.warnings) }
  })
  return { rows: [], clusters: answer.clusters, warnings: [...answer.warnings, ...answer.rows] }
}

function planStale(source: SourceSpec, question: StaleQuestion): Plan {
  const grouping = groupingOf(source, question)
  // A pod that left a device leaves an old series behind; the device itself is as fresh as its newest.
  const things = ENTITIES[source.entity].identity.flatMap((label) => namesOf(source, label))
  const [measure] = source.presence
  const oldest = selections({ source, question, measure }, gauge).map((selection) =>
    min(max(sampledAt(selection), [...grouping, ...things]), grouping),
  )
  const bound = unixSeconds(question.at) - source.freshnessSeconds
  return { source, grouping, query: keep(firstOf(nonEmpty(oldest)), '<', bound) }
}

const MOST_NAMED = 5

function staleWarnings(
  plan: Plan | undefined,
  found: {
    readonly cluster: string
    readonly samples: readonly Sample[]
    readonly at: Date
    readonly question: Question
  },
): readonly Warning[] {
  const { cluster, samples, at, question } = found
  if (plan === undefined || samples.length === 0) return []
  const read = labelReader(plan.source, question.labels)
  const names = [
    ...new Set(samples.map(({ labels }) => Object.values(read(labels)).join('/'))),
  ].sort()
  const age = Math.round(unixSeconds(at) - Math.min(...samples.map(({ value }) => value)))
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : ''
  return [
    {
      code: 'stale_data',
      cluster,
      detail: `${plan.source.name} is up to ${age} s old, more than the ${plan.source.freshnessSeconds} s it may be, on ${names.slice(0, MOST_NAMED).join(', ')}${more}`,
    },
  ]
}

function sourcesFor(needs: Needs, question: Question): readonly SourceSpec[] {
  return needs.sources.filter((source) => canAnswer(source, question))
}

/** Puts every plan to every cluster at once; a cluster answers when all its plans do. */
async function readPlans(
  needs: Needs,
  { plans, question }: { readonly plans: readonly Plan[]; readonly question: KnownQuestion },
  read: (told: Told) => Read,
): Promise<Answer<Reading>> {
  const { at, shelf, since, signal } = question
  const excluded: Warning[] = []
  const answer = await needs.ask(question, async (cluster) => {
    const replies = await Promise.all(
      plans.map(({ query }) => cluster.client.instant(query, at, { shelf, since, signal })),
    )
    const reads = plans.map((plan, index) => {
      const told = { plan, cluster: cluster.name, samples: replies[index]?.rows ?? [] }
      if (shelf !== 'static') return read(told)
      return needs.keptReads(told.samples, wayOfReading(told, question), () => read(told))
    })
    excluded.push(...reads.flatMap((each) => exclusionWarnings(cluster.name, each.excluded)))
    return {
      rows: new Array<Reading>().concat(...reads.map((each) => each.readings)),
      warnings: replies.flatMap((reply) => reply.warnings),
    }
  })
  return { ...answer, warnings: [...answer.warnings, ...excluded] }
}

/** Everything that decides, beside the samples, what is read from them. */
function wayOfReading(
  { plan, cluster }: Told,
  { labels, where, measures }: KnownQuestion & Partial<Pick<LatestQuestion, 'measures'>>,
): string {
  return JSON.stringify([plan.source.name, plan.grouping, cluster, labels, where, measures])
}
