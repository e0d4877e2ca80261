import type { KCloudError } from '../../src/kernel/errors.ts'
import type { Now } from '../../src/kernel/clock.ts'
import { unixSeconds } from '../../src/kernel/clock.ts'
import type { Sight } from '../../src/kernel/sight.ts'
import { SOURCES } from '../../src/catalogue/sources/index.ts'
import type { SourceSpec } from '../../src/catalogue/source.ts'
import { evaluateInstant, evaluateRange } from '../../src/promql/evaluate.ts'
import { render } from '../../src/promql/render.ts'
import type { Labels, SeriesStore, StoredSeries } from '../../src/promql/samples.ts'
import {
  createRegistry,
  withScopes,
  type ClusterRegistry,
  type ClusterSpec,
} from '../../src/services/clusters/index.ts'
import {
  withCache,
  type PrometheusClient,
  type Shelf,
} from '../../src/services/prometheus/index.ts'
import { clusterSpec } from '../../src/services/prometheus/index.ts'
import { createCache } from '../../src/services/cache/index.ts'
import {
  createTelemetry,
  type Telemetry,
  type WholeTelemetry,
} from '../../src/services/telemetry/index.ts'

/** A cluster in a test: exposition text that it has been scraping, or why it does not answer. */
export type FleetMember =
  | string
  | { readonly text: string; readonly warnings: readonly string[] }
  | { readonly fails: KCloudError }

export interface Fleet {
  readonly registry: ClusterRegistry<ClusterSpec>
  readonly telemetry: Telemetry
  /** The same for somebody who may see some of it. */
  seenBy(sight: () => Sight): WholeTelemetry
  /** Every query so far that asked for figures, as PromQL behind the name of its cluster. */
  readonly queries: readonly string[]
  /** Every query so far that asked which sources there are, likewise. */
  readonly looks: readonly string[]
  /** Replaces what a cluster says from now on. */
  set(name: string, member: FleetMember): void
}

const SCRAPE_SECONDS = 15
/** How a query for the sources that a cluster has begins. */
const LOOK = 'count by (__name__)'

/**
 * Clusters whose samples are text: each line is scraped every 15 s with the same value, from an hour before to
 * now; `# last 90s` after a value says how long ago its series was last scraped, `# since 90s` when it was first, and a
 * second number after the value is its growth a second. They are read by `evaluate`, as the simulator is, by the sources that we know or others.
 */
export function createFleet(
  members: Readonly<Record<string, FleetMember>>,
  now: Now,
  sources: readonly SourceSpec[] = SOURCES,
): Fleet {
  const current = new Map(Object.entries(members))
  const queries: string[] = []
  const looks: string[] = []
  const cache = createCache<Shelf>({
    maxBytes: 64 * 2 ** 20,
    ttlSeconds: { static: 3600, realtime: 30, series: 300, summary: 60 },
    now,
  })
  const registry = createRegistry({
    clusters: Object.keys(members).map((name) =>
      clusterSpec(10).parse({ name, url: 'http://127.0.0.1:9' }),
    ),
    connect: ({ name }, generation) => {
      const note = (text: string) =>
        (text.startsWith(LOOK) ? looks : queries).push(`${name} ${text}`)
      const client = fleetClient(() => current.get(name) ?? '', { now, note })
      return {
        client: withCache(client, { cluster: name, generation, cache }),
        probe: () => Promise.resolve({ version: '0.0.0-fleet' }),
        close: () => Promise.resolve(),
      }
    },
    healthIntervalSeconds: 0,
    healthTimeoutSeconds: 1,
    now,
  })
  return {
    registry,
    telemetry: createTelemetry({ registry, sources }),
    seenBy: (current) => createTelemetry({ registry: withScopes(registry, { current }), sources }),
    queries,
    looks,
    set: (name, member) => current.set(name, member),
  }
}

function fleetClient(
  member: () => FleetMember,
  { now, note }: { readonly now: Now; readonly note: (query: string) => void },
): PrometheusClient {
  const read = () => {
    const what = member()
    if (typeof what === 'string') return { store: storeOfText(what, now), warnings: [] }
    if ('fails' in what) throw what.fails
    return { store: storeOfText(what.text, now), warnings: what.warnings }
  }
  return {
    instant: async (query, at) => {
      note(render(query))
      const { store, warnings } = await Promise.resolve(read())
      return {
        rows: evaluateInstant(query, store, unixSeconds(at)),
        warnings,
        bytes: 0,
        evaluatedAt: at,
      }
    },
    range: async (query, range) => {
      note(render(query))
      const { store, warnings } = await Promise.resolve(read())
      return {
        rows: evaluateRange(query, store, range),
        warnings,
        bytes: 0,
        evaluatedAt: range.end,
      }
    },
  }
}

function storeOfText(text: string, now: Now): SeriesStore {
  const series = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => seriesOfLine(line, now))
  return {
    select: (names) => series.filter(({ labels }) => names.includes(labels['__name__'] ?? '')),
  }
}

const LINE =
  /^([\w:]+)(?:\{(.*)\})?\s+([^\s#]+)(?:\s+([^\s#]+))?\s*(?:#(?: since (\d+)s)?(?: last (\d+)s)?)?$/

function seriesOfLine(line: string, now: Now): StoredSeries {
  const [, name = '', inner = '', value = '', growth = '0', since = '3600', last = '0'] =
    LINE.exec(line) ?? []
  if (name === '') throw new Error(`not a sample: ${line}`)
  const pairs = Array.from(inner.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g), ([, label, quoted]) => [
    label,
    JSON.parse(`"${quoted ?? ''}"`) as string,
  ])
  const labels = { __name__: name, ...Object.fromEntries(pairs) } as Labels
  const start = unixSeconds(now()) - Number(since)
  const valueAt = (seconds: number) =>
    Number(value.replace('Inf', 'Infinity')) + Number(growth) * (seconds - start)
  return {
    labels,
    between: (after, until) => {
      const end = Math.min(until, unixSeconds(now()) - Number(last))
      const seconds: number[] = []
      for (
        let t = Math.max(Math.floor(after / SCRAPE_SECONDS) + 1, Math.ceil(start / SCRAPE_SECONDS));
        t * SCRAPE_SECONDS <= end;
        t += 1
      )
        seconds.push(t * SCRAPE_SECONDS)
      return { seconds, values: seconds.map(valueAt) }
    },
  }
}
