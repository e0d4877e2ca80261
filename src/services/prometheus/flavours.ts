/** In what a backend that speaks Prometheus' API differs from Prometheus, as far as we have to know. */
export interface Flavour {
  /** Where its API lives below its own root. An address that already ends so is left alone. */
  readonly pathPrefix: string
  /** Sent with every request; the cluster's own headers win. */
  readonly headers: Readonly<Record<string, string>>
  /** Sent with every query; the cluster's own parameters win. */
  readonly params: Readonly<Record<string, string>>
}

/** The backends we know. */
export const FLAVOURS = {
  prometheus: { pathPrefix: '', headers: {}, params: {} },
  /**
   * `nocache=1`, since otherwise it moves the ends of a range to multiples of the step, and an instant within
   * its latency offset (30 s) back before it. A range still ends that offset before now. Its windows are open
   * to the left in every version, `increase` does not extrapolate, NaN is left out
   * (https://docs.victoriametrics.com/victoriametrics/metricsql/).
   */
  victoriametrics: {
    pathPrefix: '',
    headers: {},
    params: { nocache: '1' },
  },
  /** Partial responses come with a warning, which is what we want of a silent store: half is better than none. */
  thanos: {
    pathPrefix: '',
    headers: {},
    params: { dedup: 'true', partial_response: 'true' },
  },
  /** Refuses requests without a tenant unless it has only one, which is then called `anonymous`. */
  mimir: {
    pathPrefix: '/prometheus',
    headers: { 'x-scope-orgid': 'anonymous' },
    params: {},
  },
} as const satisfies Record<string, Flavour>

export type FlavourName = keyof typeof FLAVOURS

export const FLAVOUR_NAMES = Object.keys(FLAVOURS) as readonly FlavourName[]
