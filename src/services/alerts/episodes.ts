import type { AlertEventStore, AlertRuleStore } from '../store/index.ts'
import { ruleOf, type Rule } from './rule.ts'

/** A stretch of time in which an alert fired, or nothing was known of what it watches. */
export interface AlertEpisode {
  readonly at: Date
  /** Null while it goes on. */
  readonly until: Date | null
  /** Null for what is of no one cluster. */
  readonly cluster: string | null
  readonly title: string
  readonly text: string
}

interface Stores {
  readonly rules: Pick<AlertRuleStore, 'list'>
  readonly events: Pick<AlertEventStore, 'list'>
}

/** The most that is drawn of a window: the newest. */
const MOST_EPISODES = 1000

/** The episodes that touch a window, those that go on among them. */
export async function episodesIn(
  { rules, events }: Stores,
  start: Date,
  end: Date,
): Promise<readonly AlertEpisode[]> {
  const page = { limit: MOST_EPISODES, offset: 0, newestFirst: true }
  const filter = { kinds: ['resolved', 'data_back'], from: start }
  const { events: ended } = await events.list(filter, page)
  const over = ended.map(({ at, body }) => endedEpisode(at, body))
  const open = (await rules.list()).flatMap((stored) => openEpisodes(ruleOf(stored)))
  return [...over, ...open].filter(({ at }) => at <= end)
}

function endedEpisode(until: Date, body: unknown): AlertEpisode {
  // Only the service writes it.
  const {
    starts_at: at,
    group,
    annotations,
  } = body as {
    readonly starts_at: string
    readonly group: Readonly<Record<string, string>>
    readonly annotations: { readonly summary: string; readonly description: string }
  }
  const { summary: title, description: text } = annotations
  return { at: new Date(at), until, cluster: group['cluster'] ?? null, title, text }
}

function openEpisodes({ spec, state }: Rule): readonly AlertEpisode[] {
  return [...state.groups.values()].flatMap(({ alert, labels, reason }) => {
    if (alert === null) return []
    const names = Object.entries(labels).map(([label, value]) => `${label} ${value}`)
    const text = [names.join(', '), reason ?? 'it fires'].filter((part) => part !== '').join(': ')
    const cluster = labels['cluster'] ?? null
    return [{ at: new Date(alert.startsAt), until: null, cluster, title: spec.name, text }]
  })
}
