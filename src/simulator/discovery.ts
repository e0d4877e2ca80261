import type { World } from './datacentre.ts'
import { scrapeTargets } from './targets.ts'

/** Targets as Prometheus' HTTP service discovery takes them. */
export interface TargetGroup {
  readonly targets: readonly string[]
  readonly labels: Readonly<Record<string, string>>
}

/** Where the exporters of a cluster are served, and which of them are meant. */
export interface DiscoveryOptions {
  readonly cluster: string
  /** Host and port of the simulator's own server. */
  readonly address: string
  /** Those whose labels win over the scrape's, or those whose labels do not. */
  readonly honorLabels: boolean
}

/** The exporters of a cluster for service discovery. Throws `not_found` for an unknown cluster. */
export function targetGroups(world: World, options: DiscoveryOptions): readonly TargetGroup[] {
  return scrapeTargets(world, options.cluster)
    .filter(({ honorLabels }) => honorLabels === options.honorLabels)
    .map(({ path, labels }) => ({
      targets: [options.address],
      labels: { ...Object.fromEntries(labels), ['__metrics_path__']: path },
    }))
}

/** How the exporters of a cluster are to be scraped, one job for each way of treating labels. */
export function scrapeConfig(
  world: World,
  options: Omit<DiscoveryOptions, 'honorLabels'> & { readonly intervalSeconds: number },
) {
  const every = `${options.intervalSeconds}s`
  return {
    global: { scrape_interval: every, scrape_timeout: every },
    scrape_configs: [true, false].map((honorLabels) => ({
      job_name: honorLabels ? 'honoured' : 'renamed',
      honor_labels: honorLabels,
      static_configs: targetGroups(world, { ...options, honorLabels }),
    })),
  }
}
