import type { Config } from './config.ts'
import { KCloudError } from './kernel/errors.ts'
import { NOBODY } from './kernel/principal.ts'
import { EVERYTHING, sightOf, type Sight } from './kernel/sight.ts'
import {
  createScopes,
  withScopes,
  type ClusterRegistry,
  type ClusterSpec,
  type Scopes,
} from './services/clusters/index.ts'
import type { CostForecasts } from './services/cost-forecast/index.ts'
import type { Alerts } from './services/alerts/index.ts'
import type { DataEvent, DataEvents } from './services/events/index.ts'
import type { RollupStore } from './services/store/index.ts'
import type { Forecasts, PowerQuestion } from './services/forecast/index.ts'

// What is remembered beside the clusters themselves, for those who may not see all of it.

/** Clusters and events as whoever asks may see them. */
export function inSight(every: ClusterRegistry<ClusterSpec>, events: DataEvents) {
  const scopes = createScopes()
  return {
    registry: withScopes(every, scopes),
    everyCluster: every,
    events: eventsInSight(events, scopes),
    scopes,
  }
}

/** What anybody may see of clusters: everything as long as nobody signs in who may not see all of it. */
export const sightOfAnybody = ({ access }: Pick<Config, 'access'>): Sight =>
  access.usersFile === null && access.oidc === null
    ? EVERYTHING
    : sightOf(NOBODY.scope, 'everybody')

type Sees = Pick<Scopes, 'current'>

/** The events of what whoever asks may see. Those of the whole fleet name things of all of it. */
function eventsInSight(events: DataEvents, { current }: Sees): DataEvents {
  return {
    add: (event) => events.add(event),
    between(start, end) {
      const sight = current()
      const all = events.between(start, end)
      if (sight === EVERYTHING) return all
      return all.filter(({ cluster }) => cluster !== null && sight.of(cluster) === 'whole')
    },
  }
}

/** The alerts of what whoever asks may see, as events. Those of no one cluster are of the whole fleet. */
export function alertsInSight({ episodes }: Pick<Alerts, 'episodes'>, { current }: Sees) {
  return async (start: Date, end: Date): Promise<readonly DataEvent[]> => {
    const sight = current()
    const all = (await episodes(start, end)).map((each) => ({ ...each, kind: 'alert' }) as const)
    if (sight === EVERYTHING) return all
    return all.filter(({ cluster }) => cluster !== null && sight.of(cluster) === 'whole')
  }
}

type Visible = Pick<ClusterRegistry<ClusterSpec>, 'all' | 'only'>

/**
 * Forecasts of what whoever asks may see. What is known of the whole fleet was learnt from all of it: somebody who sees
 * a part of it is told of one cluster. Rejects with `not_found` and `unprocessable`.
 */
export function forecastsInSight(
  forecasts: Forecasts,
  { current, registry }: Sees & { readonly registry: Visible },
): Forecasts {
  return {
    ...forecasts,
    async power(question, asked) {
      if (current() === EVERYTHING) return await forecasts.power(question, asked)
      const { cluster } = question
      if (cluster !== undefined) registry.only([cluster])
      const isOfFleet = cluster === undefined && isOfNothing(question)
      const own = isOfFleet ? { ...question, cluster: onlyOne(registry) } : question
      return await forecasts.power(own, asked)
    },
  }
}

const isOfNothing = ({
  workload_id: workload,
  node,
  history,
  rated_power_watts: rated,
}: PowerQuestion): boolean => [workload, node, history, rated].every((each) => each === undefined)

function onlyOne(registry: Visible): string {
  const [first, ...others] = registry.all().filter(({ namespaces }) => namespaces === undefined)
  if (first !== undefined && others.length === 0) return first.name
  throw new KCloudError('unprocessable', {
    detail: 'name the cluster: a forecast of the whole fleet is for those who see all of it',
  })
}

/** What was collected of what whoever asks may see, of the clusters that there are. */
export function rollupsInSight(
  rollups: Pick<RollupStore, 'list'>,
  { current, registry }: Sees & { readonly registry: Pick<Visible, 'all'> },
): Pick<RollupStore, 'list'> {
  return {
    async list(question) {
      if (current() === EVERYTHING) return await rollups.list(question)
      const seen = registry
        .all()
        .map(({ name, namespaces = null }) => ({ cluster: name, namespaces }))
      if (seen.length === 0) return []
      return await rollups.list({ ...question, where: { ...question.where, seen } })
    },
  }
}

const MOST_SIGHTS = 32

/** Forecasts of costs that have learnt from what whoever asks may see: those who see the same share what was learnt. */
export function costForecastsBySight(
  create: () => CostForecasts,
  { current }: Sees,
): CostForecasts {
  const known = new Map<string, CostForecasts>()
  return {
    cost(question, asked) {
      const { key } = current()
      const own = known.get(key) ?? create()
      // The one that was not asked for longest goes first.
      known.delete(key)
      known.set(key, own)
      const [oldest] = known.keys()
      if (known.size > MOST_SIGHTS && oldest !== undefined) known.delete(oldest)
      return own.cost(question, asked)
    },
  }
}
