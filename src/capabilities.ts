import type { SourceSpec } from './catalogue/source.ts'
import type { Config } from './config.ts'
import { DOMAIN_NAMES } from './domains/index.ts'
import type { Capabilities } from './domains/system/index.ts'
import { MOST_POINTS } from './kernel/time-range.ts'
import type { ClusterRegistry, ClusterSpec } from './services/clusters/index.ts'
import type { Unmatched, UnmatchedMemory } from './services/fleet/index.ts'
import { groupBy } from './analysis/power/group.ts'

interface Built {
  readonly registry: ClusterRegistry<ClusterSpec>
  readonly sources: readonly SourceSpec[]
  readonly unmatched: UnmatchedMemory
}

/** What this server can do, for clients that adapt. */
export function capabilitiesOf(
  config: Config,
  { registry, sources, unmatched }: Built,
): Capabilities {
  return {
    domains: [...DOMAIN_NAMES],
    sources: sources.map(sourceOf),
    clusters: registry.all().map(({ name, region, flavour }) => ({ name, region, flavour })),
    unmatched_names: unmatched.of(wholeIn(registry)).map(countsOf),
    formats: ['json'],
    features: [
      'partial_answers',
      'conditional_requests',
      'streams',
      ...(config.requestsPerMinute === null ? [] : ['rate_limits']),
      ...(config.simulated ? ['simulator'] : []),
    ],
    limits: {
      rows_per_page: 10_000,
      points_per_series: MOST_POINTS,
      requests_per_minute: config.requestsPerMinute,
    },
  }
}

/** Of those that are seen in part nothing is counted. */
const wholeIn = (registry: Built['registry']): readonly string[] =>
  registry.all().flatMap(({ name, namespaces }) => (namespaces === undefined ? [name] : []))

/** How many names, and whose: the names themselves are for those who may ask for everything. */
function countsOf({ cluster, observed_at: at, names }: Unmatched) {
  const sources = [...groupBy(names, ({ source }) => source)]
  return {
    cluster,
    observed_at: at,
    names: names.length,
    by_source: sources.map(([source, own]) => ({ source, names: own.length })),
  }
}

const sourceOf = ({ name, title, vendor, entity, measures, caution }: SourceSpec) => ({
  name,
  title,
  vendor,
  entity,
  measures: Object.keys(measures),
  caution: caution ?? null,
})
