import type { SourceSpec } from '../../catalogue/source.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import { isBackendError } from '../../kernel/errors.ts'
import { createFlights, type Flights } from '../cache/index.ts'
import type { PrometheusClient } from '../prometheus/index.ts'
import {
  findAbsent,
  findAbsentDuring,
  findStillAbsent,
  type Moment,
  type Some,
  type Sources,
  type Window,
} from './presence-look.ts'

/**
 * Which sources have something to say in a cluster, so that the others cost no queries. It is only an economy:
 * every source that is not known to be absent is asked.
 */
export interface Presence {
  /**
   * Of these sources, those that may have something to say now. Waits only where nothing is known yet, and rejects
   * as the cluster does when it does not answer then.
   */
  now(client: PrometheusClient, sources: Sources, moment: Moment): Promise<Found>
  /** Of these sources, those that may have had something to say at some time of a window. */
  during(client: PrometheusClient, sources: Sources, window: Window): Promise<Sources>
}

export interface Found {
  readonly present: Sources
  /** Metrics that tell of sources and were not there when all were looked for. */
  readonly lacking: ReadonlySet<string>
  /** Resolves when what is known is renewed, where that is due; rejects only with a fault of ours. */
  readonly renewed: Promise<void>
}

/** What is known of one cluster. Times are unix seconds. */
interface Knowledge {
  readonly absent: ReadonlySet<SourceSpec>
  readonly lacking: ReadonlySet<string>
  /** When all sources were looked for. */
  readonly learntAt: number
  /** When the absent ones were looked for. */
  readonly renewedAt: number
}

/** Every source is looked for once an hour, so that one that has gone costs its queries no longer than that. */
const HOLDS_SECONDS = 3600
/** An absent source is looked for again so soon: a new exporter is noticed within a minute. */
const RENEW_SECONDS = 30
/** A question about a time so much before what is known is about another time. */
const PAST_SECONDS = 300

/** One cluster: what is known of it, and what is being looked for. */
interface Place {
  readonly client: PrometheusClient
  readonly flights: Flights
  known: Knowledge | undefined
}

/** What is known is kept for each client, and goes with it. */
function placesByClient(): (client: PrometheusClient) => Place {
  const places = new WeakMap<PrometheusClient, Place>()
  return (client) => {
    const place = places.get(client) ?? { client, flights: createFlights(), known: undefined }
    places.set(client, place)
    return place
  }
}

/** The presence of all sources of a catalogue. Questions at the same time look once. */
export function createPresence(all: Sources): Presence {
  const placeOf = placesByClient()

  const learn = async (place: Place, moment: Moment): Promise<Knowledge> => {
    const found = await absentAt(place, all, moment)
    const now = unixSeconds(moment.at)
    return (place.known = { ...found, learntAt: now, renewedAt: now })
  }
  const renew = async (place: Place, moment: Moment): Promise<void> => {
    const { known } = place
    const now = unixSeconds(moment.at)
    if (known === undefined || now - known.learntAt >= HOLDS_SECONDS) await learn(place, moment)
    else if (known.absent.size > 0 && now - known.renewedAt >= RENEW_SECONDS) {
      const absent = await stillAbsent(place, { all, among: [...known.absent] }, moment)
      place.known = { ...known, absent, renewedAt: now }
    }
  }

  return {
    async now(client, sources, moment) {
      const place = placeOf(client)
      const known = place.known ?? (await learn(place, moment))
      if (unixSeconds(moment.at) < known.learntAt - PAST_SECONDS)
        return { present: sources, lacking: new Set(), renewed: Promise.resolve() }
      const { lacking } = known
      const present = without(sources, known.absent)
      if (present.length > 0 || known.renewedAt === unixSeconds(moment.at))
        return { present, lacking, renewed: unlessItFails(renew(place, moment)) }
      // Nothing else will be asked of the cluster: that it does not answer must show here.
      const absent = await stillAbsent(place, { all, among: [...known.absent] }, moment)
      return { present: without(sources, absent), lacking, renewed: Promise.resolve() }
    },
    async during(client, sources, window) {
      const place = placeOf(client)
      const { end: at } = window.range
      const { absent } = place.known ?? (await absentAt(place, all, { ...window, at }))
      if (!sources.some((source) => absent.has(source))) return sources
      return without(sources, await absentDuring(place, { all, among: [...absent] }, window))
    },
  }
}

const without = (sources: Sources, absent: ReadonlySet<SourceSpec>): Sources =>
  sources.filter((source) => !absent.has(source))

/** All of a cluster's questions of one time look for sources together. */
function together<Seen>(
  { flights }: Place,
  key: string,
  { signal, look }: LookAs<Seen>,
): Promise<Seen> {
  // A flight gives back what its load gave.
  return flights.join(key, signal, look) as Promise<Seen>
}

interface LookAs<Seen> {
  readonly signal: AbortSignal | undefined
  readonly look: (signal: AbortSignal) => Promise<Seen>
}

const absentAt = (place: Place, all: Sources, { at, signal }: Moment) =>
  together(place, `all at ${at.getTime()}`, {
    signal,
    look: (shared) => findAbsent(place.client, all, { at, signal: shared }),
  })

const stillAbsent = (place: Place, some: Some, { at, signal }: Moment) =>
  together(place, `absent at ${at.getTime()}`, {
    signal,
    look: (shared) => findStillAbsent(place.client, some, { at, signal: shared }),
  })

const absentDuring = (place: Place, some: Some, { range, signal }: Window) =>
  together(place, `absent during ${[range.start, range.end].map(Number).join()}`, {
    signal,
    look: (shared) => findAbsentDuring(place.client, some, { range, signal: shared }),
  })

/** What is known stays as it is when a cluster does not answer: the questions beside this one say so. */
async function unlessItFails(renewed: Promise<void>): Promise<void> {
  try {
    await renewed
  } catch (error) {
    if (!isBackendError(error)) throw error
  }
}
