import type { SourceSpec } from '../source.ts'
import { BMC_NAMES } from './ipmi.ts'
import { FLAG } from './ranges.ts'

/**
 * Whether the scrape of a BMC's target came back at all. A BMC that hangs makes its scrape time out, and then its
 * exporter says nothing. Targets are recognised by the jobs that the exporters' own documents use.
 */
export const bmcTargets = {
  name: 'bmc_targets',
  title: 'Prometheus: scrapes of BMCs',
  vendor: null,
  entity: 'bmc',
  reference: 'README of ipmi_exporter (job ipmi) and of idrac_exporter (job idrac)',
  freshnessSeconds: 240,
  labels: { bmc: BMC_NAMES },
  presence: ['bmc_target_up'],
  measures: {
    bmc_target_up: {
      metrics: ['up'],
      unit: 'code',
      where: [{ label: 'job', oneOf: ['ipmi', 'idrac', 'redfish', 'bmc'] }],
      plausible: FLAG,
    },
  },
} as const satisfies SourceSpec
