import type { Now } from '../../../kernel/clock.ts'
import type { Intensities, IntensitySource } from '../question.ts'
import type { IntensityProvider } from './provider.ts'
import { remember } from './remembered.ts'

/** A provider with the zones of the clusters that it is for; `*` is for all others. */
export interface Provided {
  readonly provider: IntensityProvider
  readonly zones: ReadonlyMap<string, string>
}

export interface ProvidedOptions {
  readonly timeoutSeconds: number
  readonly now: Now
  /** For clusters that no provider is for. */
  readonly otherwise: IntensitySource
}

/**
 * Intensities of providers, each cluster's by its zone. A cluster that has a provider never falls back to another
 * series when it is silent: the figures would be of another kind, and nobody would see it.
 */
export function providedIntensities(
  provided: readonly Provided[],
  { timeoutSeconds, now, otherwise }: ProvidedOptions,
): IntensitySource {
  const all = provided.map((one) => ({
    ...one,
    memory: remember(one.provider, timeoutSeconds, now),
  }))
  const placeIn = (name: string): Place | undefined => {
    const one = all.find(({ zones }) => zones.has(name))
    const zone = one?.zones.get(name)
    return one === undefined || zone === undefined ? undefined : { ...one, zone }
  }
  const placeOf = (cluster: string): Place | undefined => placeIn(cluster) ?? placeIn('*')
  return {
    async read(question) {
      const places = question.clusters.map((cluster) => ({ cluster, place: placeOf(cluster) }))
      const rest = places.flatMap(({ cluster, place }) => (place === undefined ? [cluster] : []))
      const [fixed, ...read] = await Promise.all([
        otherwise.read({ ...question, clusters: rest }),
        ...places.flatMap(({ cluster, place }) =>
          place === undefined ? [] : [seriesOf(cluster, place, question)],
        ),
      ])
      question.signal.throwIfAborted()
      return together(fixed, read)
    },
  }
}

interface Place extends Pick<Provided, 'provider'> {
  readonly zone: string
  readonly memory: ReturnType<typeof remember>
}

type Read = Awaited<ReturnType<typeof seriesOf>>

async function seriesOf(
  cluster: string,
  { provider, zone, memory }: Place,
  span: { readonly from: number; readonly until: number },
) {
  const { values, problem } = await memory(zone, span)
  const { name, kind, sourceUrl } = provider
  const series = { name: `${name}, ${zone}`, kind, sourceUrl, clusters: [cluster], values }
  return {
    cluster,
    series,
    missing: problem === null ? null : `${name} for the zone ${zone} ${problem}`,
  }
}

function together(fixed: Intensities, read: readonly Read[]): Intensities {
  return {
    byCluster: new Map([
      ...fixed.byCluster,
      ...read.map(({ cluster, series }) => [cluster, series] as const),
    ]),
    missing: [
      ...fixed.missing,
      ...new Set(read.flatMap(({ missing }) => (missing === null ? [] : [missing]))),
    ],
  }
}
