import type { SourceSpec } from '../../catalogue/source.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import { isBackendError } from '../../kernel/errors.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import { count, gauge, type Matcher, type Vector } from '../../promql/expression.ts'
import type { Labels } from '../../promql/samples.ts'
import type { PrometheusClient, Reply } from '../prometheus/index.ts'
import { nonEmpty, originOf } from './origins.ts'
import { matcherSets } from './selections.ts'

export type Sources = readonly SourceSpec[]

export interface Moment {
  readonly at: Date
  readonly signal?: AbortSignal | undefined
}

export interface Window {
  /** Its step is the least distance between two looks; 0 for as close as is sensible. */
  readonly range: TimeRange
  readonly signal?: AbortSignal | undefined
}

/**
 * Whether anything of the sources is there. Most are found by the few metrics that they are recognised by; of the
 * others any metric will do, and there are seldom any.
 */
export async function findAbsent(
  client: PrometheusClient,
  sources: Sources,
  moment: Moment,
): Promise<Absent> {
  const unseen = await lookNow(client, moment, { all: sources, among: sources, signs: presenceOf })
  const { absent } = await lookNow(client, moment, {
    all: sources,
    among: [...unseen.absent],
    signs: otherMetricsOf,
  })
  return { absent, lacking: unseen.lacking }
}

/** What was not found. */
export interface Absent {
  readonly absent: ReadonlySet<SourceSpec>
  /** The metrics by which sources are recognised that are not there. */
  readonly lacking: ReadonlySet<string>
}

/** Some sources of a catalogue. */
export type Some = Pick<Look, 'all' | 'among'>

/** Those of the sources of which there is nothing, by any of their metrics. */
export const findStillAbsent = async (
  client: PrometheusClient,
  some: Some,
  moment: Moment,
): Promise<ReadonlySet<SourceSpec>> =>
  (await lookNow(client, moment, { ...some, signs: metricsOf })).absent

function lookNow(client: PrometheusClient, { at, signal }: Moment, look: Look): Promise<Absent> {
  return absentIn(look, (query) => client.instant(query, at, { shelf: 'realtime', signal }))
}

const LOOK_BACK_SECONDS = 300
const MOST_POINTS = 500

/**
 * Nothing is found of a source that is absent, so this costs next to nothing. A source that was there for less
 * than a five-hundredth of a long window may not be found.
 */
export async function findAbsentDuring(
  client: PrometheusClient,
  some: Some,
  { range, signal }: Window,
): Promise<ReadonlySet<SourceSpec>> {
  const seconds = unixSeconds(range.end) - unixSeconds(range.start)
  const stepSeconds = Math.max(
    LOOK_BACK_SECONDS,
    range.stepSeconds,
    Math.ceil(seconds / MOST_POINTS),
  )
  const points = Math.ceil(seconds / stepSeconds)
  const start = new Date(range.end.getTime() - points * stepSeconds * 1000)
  const looked = { start, end: range.end, stepSeconds }
  const { absent } = await absentIn({ ...some, signs: metricsOf }, (query) =>
    client.range(query, looked, { shelf: 'series', signal }),
  )
  return absent
}

/** How a cluster says that it cannot answer this question, though it may answer others. */
const OF_THE_QUESTION: ReadonlySet<string> = new Set(['backend_rejected', 'backend_too_large'])

interface Look {
  /** Every source; those that are not looked for are there. */
  readonly all: Sources
  /** The ones that are looked for. */
  readonly among: Sources
  readonly signs: Signs
}

/** The metrics by which one can tell that a source is there. */
type Signs = (source: SourceSpec) => readonly string[]

type Ask = (query: Vector<'gauge'>) => Promise<Reply<{ readonly labels: Labels }>>

/**
 * Looks for all names at once. Under a name that several sources share, each looks for rows of its own; where one of
 * those is there, the others do nothing else, since to count the rows of the one that is there may take as long as
 * everything that is asked of it. None is absent where it cannot be told, since the cluster does not answer in full.
 */
async function absentIn(look: Look, ask: Ask): Promise<Absent> {
  const { among, signs } = look
  const shadowed = shadowedIn(look)
  const open = among.filter((source) => !shadowed.has(source))
  const names = open.flatMap(signs)
  const there = await namesOfSome(ask, { names, where: [] })
  const hasSome = (source: SourceSpec) =>
    shadowed.has(source) || signs(source).some((name) => there?.has(name) !== false)
  const doubtful = among.filter((source) => source.where !== undefined && hasSome(source))
  const own = await Promise.all(
    doubtful.map((source) => namesOfSome(ask, { names: signs(source), where: ownRows(source) })),
  )
  const mistaken = new Set(doubtful.filter((_source, index) => own[index]?.size === 0))
  return {
    absent: new Set(among.filter((source) => !hasSome(source) || mistaken.has(source))),
    lacking: new Set(there === undefined ? [] : names.filter((name) => !there.has(name))),
  }
}

/** The sources with rows of their own under names that a source has which is there. */
function shadowedIn({ all, among, signs }: Look): ReadonlySet<SourceSpec> {
  const lookedFor = new Set(among)
  const names = new Set(all.filter((source) => !lookedFor.has(source)).flatMap(metricsOf))
  return new Set(
    among.filter(
      (source) => source.where !== undefined && signs(source).some((name) => names.has(name)),
    ),
  )
}

const ownRows = (source: SourceSpec): readonly Matcher[] =>
  matcherSets(source, [], undefined)[0] ?? []

/** Those of the metrics that there are; undefined where that cannot be told. */
async function namesOfSome(
  ask: Ask,
  { names, where }: { readonly names: readonly string[]; readonly where: readonly Matcher[] },
): Promise<ReadonlySet<string> | undefined> {
  if (names.length === 0) return new Set()
  try {
    const some = gauge(nonEmpty([...new Set(names)]), where)
    const { rows, warnings } = await ask(count(some, ['__name__']))
    if (warnings.length > 0) return undefined
    return new Set(rows.map(({ labels }) => labels['__name__'] ?? ''))
  } catch (error) {
    if (isBackendError(error) && OF_THE_QUESTION.has(error.kind)) return undefined
    throw error
  }
}

const presenceOf: Signs = (source) =>
  source.presence.flatMap((measure) => originOf(source, measure)?.metrics ?? [])

const metricsOf: Signs = ({ measures }) =>
  Object.values(measures).flatMap((origin) => origin.metrics)

function otherMetricsOf(source: SourceSpec): readonly string[] {
  const known = new Set(presenceOf(source))
  return metricsOf(source).filter((name) => !known.has(name))
}
