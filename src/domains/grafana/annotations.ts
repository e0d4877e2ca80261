import type { Answer } from '../../kernel/answer.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import { invalidRequest } from '../../kernel/errors.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import { EVENT_KINDS, type DataEvent } from '../../services/events/index.ts'
import { readCoverage } from '../../services/series/index.ts'
import type { Asked } from './figure.ts'
import { patternOf } from './interpolation.ts'
import type { Needs } from './needs.ts'
import type { AnnotationRow } from './schemas.ts'

interface Events extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  readonly events: readonly DataEvent[]
}

/**
 * What befell the data in a window, of the kinds that a text names: a pattern over `quality`, `forecast`, `scaling`
 * and `alert`; empty for all. Rejects with `invalid_request` for one that means none of them.
 */
export async function eventsIn(
  needs: Needs,
  {
    clusters,
    steps,
    start,
    end,
    at,
    signal,
  }: Pick<Asked, 'clusters' | 'steps' | 'start' | 'end' | 'at' | 'signal'>,
  kindsText: string,
): Promise<Events> {
  const kinds = kindsOf(kindsText)
  const isMeant = ({ kind, cluster }: DataEvent): boolean =>
    kinds.includes(kind) &&
    (cluster === null || clusters === undefined || clusters.includes(cluster))
  const alerts = kinds.includes('alert') ? await needs.alertEpisodes(start, end) : []
  const kept = [...needs.events.between(start, end), ...alerts].filter(isMeant)
  if (steps === null || !kinds.includes('quality'))
    return { events: kept, clusters: [], warnings: [] }
  const asked = { clusters, at: at('summary'), signal }
  const { byCluster, ...account } = await readCoverage(needs, asked, steps)
  const drops = [...byCluster].flatMap(([cluster, values]) => dropsOf(cluster, values, steps))
  const events = [...kept, ...drops].sort((a, b) => a.at.getTime() - b.at.getTime())
  return { ...account, events }
}

const NAMES: ReadonlyMap<string, string> = new Map([['alerts', 'alert']])

function kindsOf(text: string): readonly DataEvent['kind'][] {
  if (text.trim() === '') return EVENT_KINDS
  const words = text
    .trim()
    .split(/[\s,]+/)
    .map((word) => NAMES.get(word) ?? word)
  const matches = words.map((word) => patternOf(word, '/body/annotation/query'))
  const kinds = EVENT_KINDS.filter((kind) => matches.some((match) => match(kind)))
  if (kinds.length > 0) return kinds
  throw invalidRequest('/body/annotation/query', `must name some of ${EVENT_KINDS.join(', ')}`)
}

/** Stretches in which less of a cluster was measured than at the best of the window. */
function dropsOf(
  cluster: string,
  values: readonly (number | null)[],
  { start, stepSeconds }: TimeRange,
): readonly DataEvent[] {
  const best = values.reduce<number>((most, each) => Math.max(most, each ?? 0), 0)
  const timeOf = (index: number): Date =>
    new Date((unixSeconds(start) + index * stepSeconds) * 1000)
  const events: DataEvent[] = []
  let from = 0
  while (from < values.length) {
    const until = endOfDrop(values, from, best)
    if (until > from)
      events.push(
        dropOf(cluster, values.slice(from, until), {
          best,
          at: timeOf(from),
          until: timeOf(until),
        }),
      )
    from = Math.max(until, from + 1)
  }
  return events
}

const SLACK = 1e-9

function endOfDrop(values: readonly (number | null)[], from: number, best: number): number {
  let index = from
  while (index < values.length && (values[index] ?? 0) < best - SLACK) index += 1
  return index
}

function dropOf(
  cluster: string,
  values: readonly (number | null)[],
  { best, at, until }: { readonly best: number; readonly at: Date; readonly until: Date },
): DataEvent {
  const least = values.reduce<number>((lowest, each) => Math.min(lowest, each ?? 0), 1)
  const percent = (share: number): string => `${Math.round(share * 100)} %`
  return {
    at,
    until,
    kind: 'quality',
    cluster,
    title: `${cluster}: less is measured`,
    text: `as little as ${percent(least)} of its nodes, where ${percent(best)} are at the best of the window: totals of this time are too low`,
  }
}

/** An event as Grafana draws it. */
export function annotationOf({ at, until, title, text, kind, cluster }: DataEvent): AnnotationRow {
  const end = until ?? at
  return {
    time: at.getTime(),
    timeEnd: end.getTime(),
    isRegion: end > at,
    title,
    tags: [kind, ...(cluster === null ? [] : [cluster])],
    text,
  }
}
