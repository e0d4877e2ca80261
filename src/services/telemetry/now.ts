import type { SourceSpec } from '../../catalogue/source.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import type { Answer, Warning } from '../../kernel/answer.ts'
import type { Sample } from '../../promql/samples.ts'
import type { Cluster } from '../clusters/index.ts'
import type { Ask } from './ask.ts'
import type { Gather } from './gather.ts'
import type { Interpretation, Told } from './interpretation.ts'
import type { KeptInterpretations } from './kept-interpretations.ts'
import type { KeptReads } from './kept-reads.ts'
import { contestsIn, olderIn, planAges } from './duplicates.ts'
import { withinNamespaces } from './namespaces.ts'
import { rowsOf, sourcesFor } from './origins.ts'
import { planKnown, planLatest, planStale, type Plan } from './plan.ts'
import type { Presence } from './presence.ts'
import type { KnownQuestion, LatestQuestion, Question, Reading, StaleQuestion } from './question.ts'
import { exclusionWarnings, readKnown, readLatest, type Read } from './read.ts'
import { labelReader } from './translate.ts'
import type { Watch } from './watch.ts'

/** What the reads need: the way to the clusters, the catalogue to ask by, and what was read already. */
export interface Needs {
  readonly ask: Ask
  readonly sources: readonly SourceSpec[]
  readonly presence: Presence
  readonly gather: Gather
  readonly keptReads: KeptReads
  readonly interpretations: KeptInterpretations
  readonly watch: Watch
}

export function known(needs: Needs, question: KnownQuestion): Promise<Answer<Reading>> {
  return readSources(needs, question, (own) => ({
    plan: (source) => [planKnown(source, own, signsOf(source, own))],
    whole: (source) => [planKnown(source, own)],
    read: (told) => readKnown(told, interpretationOf(needs, told, own)),
  }))
}

/** The measure that stands for a thing, where any of the source's would do. */
function signsOf({ presence, alike }: SourceSpec, { presence: sign }: KnownQuestion) {
  const isAmong = sign !== undefined && presence.includes(sign)
  return isAmong && alike === true ? ([sign] as const) : presence
}

export function latest(needs: Needs, question: LatestQuestion): Promise<Answer<Reading>> {
  return readSources(needs, question, (own) => ({
    plan: (source) => planLatest(source, own),
    read: (told, passed) => readLatest(told, interpretationOf(needs, told, own), passed),
    passed: (cluster, told) => olderSamples(needs, own, { cluster, told }),
  }))
}

/** Of what several exporters tell of one device the newest counts: all others are asked for their age, and passed over. */
async function olderSamples(
  needs: Needs,
  question: LatestQuestion,
  { cluster, told }: { readonly cluster: Cluster; readonly told: Told },
): Promise<ReadonlySet<Sample>> {
  const contests = contestsIn(told, interpretationOf(needs, told, question))
  const [first] = contests
  if (first === undefined) return new Set()
  const { at, shelf, since, signal } = question
  const query = planAges(told.source, first.measure, question)
  const { rows } = await cluster.client.instant(query, at, { shelf, since, signal })
  return olderIn(contests, rows, rowsOf(told.source, question))
}

/**
 * Asks for the things whose newest sample is older than their source allows, and nothing else: on a good day
 * the answer is empty, whatever the size of the cluster.
 */
export async function stale(needs: Needs, question: StaleQuestion): Promise<Answer<never>> {
  const { at, signal } = question
  const answer = await askPresent(needs, question, (own) => ({
    plan: (source) => planStale(source, own),
    hear: async ({ name: cluster, client }, plan) => {
      const options = { at, shelf: 'realtime', signal } as const
      const gathered = await needs.gather(client, plan, options)
      const samples = gathered.flatMap((part) => part.samples)
      const warnings = gathered.flatMap((part) => part.warnings)
      return { rows: staleWarnings(plan, { cluster, samples, at, question: own }), warnings }
    },
  }))
  return { rows: [], clusters: answer.clusters, warnings: [...answer.warnings, ...answer.rows] }
}

const MOST_NAMED = 5

function staleWarnings(
  plan: Plan,
  found: {
    readonly cluster: string
    readonly samples: readonly Sample[]
    readonly at: Date
    readonly question: Question
  },
): readonly Warning[] {
  const { cluster, samples, at, question } = found
  if (samples.length === 0) return []
  const read = labelReader(plan.source, question.labels)
  const names = [
    ...new Set(samples.map(({ labels }) => Object.values(read(labels)).join('/'))),
  ].sort()
  const oldest = samples.reduce((least, { value }) => Math.min(least, value), Infinity)
  const age = Math.round(unixSeconds(at) - oldest)
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : ''
  return [
    {
      code: 'stale_data',
      cluster,
      detail: `${plan.source.name} is up to ${age} s old, more than the ${plan.source.freshnessSeconds} s it may be, on ${names.slice(0, MOST_NAMED).join(', ')}${more}`,
    },
  ]
}

interface Way {
  readonly plan: (source: SourceSpec) => readonly Plan[]
  /** The plan where a cluster has none of the metrics of the other one. */
  readonly whole?: (source: SourceSpec) => readonly Plan[]
  readonly read: (told: Told, passed: ReadonlySet<Sample>) => Read
  /** The samples that give way to newer ones of the same. */
  readonly passed?: (cluster: Cluster, told: Told) => Promise<ReadonlySet<Sample>>
}

/** Puts every plan to every cluster at once; a cluster answers when all its plans do. */
async function readSources<Asked extends KnownQuestion>(
  needs: Needs,
  question: Asked,
  wayOf: (own: Asked) => Way,
): Promise<Answer<Reading>> {
  const excluded: Warning[] = []
  const answer = await askPresent(needs, question, (own) => {
    const { plan, whole = plan, read, passed = noneOlder } = wayOf(own)
    return {
      plan: (source) => ({ source, plans: plan(source) }),
      hear: async (cluster, { source, plans }, lacking) => {
        const isEmpty = plans.some((each) => isVain(each, lacking))
        const planned = { source, plans: isEmpty ? whole(source) : plans }
        const { warnings, ...told } = await hear(needs, cluster, { ...planned, question: own })
        const older = await passed(cluster, told)
        const way = { told, read: (one: Told) => read(one, older) }
        const { readings, excluded: left } = readOnce(needs, own, way)
        excluded.push(...exclusionWarnings(cluster.name, left))
        return { rows: readings, warnings }
      },
    }
  })
  return { ...answer, warnings: [...answer.warnings, ...excluded] }
}

/** Whether a plan is about nothing but metrics that a cluster does not have. */
const isVain = ({ selected }: Plan, lacking: ReadonlySet<string>): boolean =>
  selected?.every(({ names }) => names.every((name) => lacking.has(name))) === true

const noneOlder = (): Promise<ReadonlySet<Sample>> => Promise.resolve(new Set())

/** What a source is asked, the same in every cluster, and how its answer is heard. */
interface Asking<Planned, Row> {
  readonly plan: (source: SourceSpec) => Planned
  readonly hear: (
    cluster: Cluster,
    planned: Planned,
    lacking: ReadonlySet<string>,
  ) => Promise<{ readonly rows: readonly Row[]; readonly warnings: readonly string[] }>
}

type Present = Question & Partial<Pick<LatestQuestion, 'measures'>> & { readonly at: Date }

/** A question with the sources that can answer it, and what each is asked. */
interface Prepared<Planned, Row> extends Pick<Asking<Planned, Row>, 'hear'> {
  readonly sources: readonly SourceSpec[]
  readonly plans: ReadonlyMap<SourceSpec, Planned>
}

/**
 * Asks each cluster by the sources that are there, in their order: in a cluster that is seen in part, about the
 * namespaces that are seen.
 */
async function askPresent<Asked extends Present, Planned, Row>(
  needs: Needs,
  question: Asked,
  askingOf: (own: Asked) => Asking<Planned, Row>,
): Promise<Answer<Row>> {
  const prepare = (own: Asked): Prepared<Planned, Row> => {
    const { plan, hear: put } = askingOf(own)
    const sources = sourcesFor(needs.sources, own)
    return { sources, plans: new Map(sources.map((source) => [source, plan(source)])), hear: put }
  }
  const common = prepare(question)
  const seen: Warning[] = []
  const answer = await needs.ask(question, async (cluster) => {
    const { namespaces } = cluster
    const own = namespaces === undefined ? question : withinNamespaces(question, namespaces)
    if (own === null) return { rows: [], warnings: [] }
    const { sources, plans, hear: put } = own === question ? common : prepare(own)
    const { present, lacking, renewed } = await needs.presence.now(
      cluster.client,
      sources,
      question,
    )
    const planned = [...plans].filter(([source]) => present.includes(source))
    const { entity, at, signal } = question
    const [told, doubts] = await Promise.all([
      Promise.all(planned.map(([, each]) => put(cluster, each, lacking))),
      needs.watch({ cluster, sources: present, entity, at, seconds: 0, signal }),
      renewed,
    ])
    // Exporters belong to no namespace.
    if (namespaces === undefined) seen.push(...doubts)
    return {
      rows: told.flatMap(({ rows }) => rows),
      warnings: told.flatMap(({ warnings }) => warnings),
    }
  })
  return { ...answer, warnings: [...answer.warnings, ...seen] }
}

interface Asked {
  readonly source: SourceSpec
  readonly plans: readonly Plan[]
  readonly question: KnownQuestion
}

async function hear(
  { gather }: Pick<Needs, 'gather'>,
  { name, client }: Cluster,
  { source, plans, question: { at, shelf, since, signal } }: Asked,
): Promise<Told & { readonly warnings: readonly string[] }> {
  const all = await Promise.all(
    plans.map(async (plan) => {
      const parts = await gather(client, plan, { at, shelf, since, signal })
      return parts.map((part) => ({ plan, ...part }))
    }),
  )
  const answers = all.flat()
  return { source, cluster: name, answers, warnings: answers.flatMap((each) => each.warnings) }
}

/** What comes from the same replies for an hour is read from them once. */
function readOnce(
  { keptReads }: Needs,
  question: KnownQuestion,
  { told, read }: { readonly told: Told; readonly read: (told: Told) => Read },
): Read {
  if (question.shelf !== 'static') return read(told)
  const replies = told.answers.map(({ samples }) => samples)
  return keptReads(replies, wayOfReading(told, question), () => read(told))
}

const interpretationOf = (
  { interpretations }: Needs,
  told: Told,
  question: KnownQuestion,
): Interpretation => interpretations(wayOfReading(told, question), told, question)

/** Everything that decides, beside the samples, what is read from them. */
function wayOfReading(
  { source, cluster }: Told,
  { labels, where, measures }: KnownQuestion & Partial<Pick<LatestQuestion, 'measures'>>,
): string {
  return JSON.stringify([source.name, cluster, labels, where, measures])
}
