import type { SourceSpec } from './source.ts'

/** The meter of a site, under the name that a deployment gives its metric; one series a meter. */
export function facilityMeter(metric: string): SourceSpec {
  return {
    name: 'facility_meter',
    title: 'The meter of the site',
    vendor: null,
    entity: 'facility',
    reference: 'the configuration of the deployment',
    freshnessSeconds: 300,
    labels: { meter: ['meter', 'name', 'instance', 'job'] },
    presence: ['facility_power_watts'],
    measures: {
      facility_power_watts: {
        metrics: [metric],
        unit: 'watts',
        plausible: { least: 0, most: 1e9 },
      },
    },
  }
}
