import { GPU, NPU, readDevices } from '../../services/devices/index.ts'
import { accountPower } from '../../analysis/power/account.ts'
import { warningsOf } from '../../analysis/power/findings.ts'
import type { ClusterPower } from '../../analysis/power/figures.ts'
import { combine, type ClusterReport, type Warning } from '../../kernel/answer.ts'
import type { ClusterHealth } from '../../services/clusters/index.ts'
import { eventsIn } from './annotations.ts'
import { CLUSTERS, type Asked, type Column, type Figure } from './figure.ts'
import type { Needs } from './needs.ts'

const text = (name: string): Column => ({ text: name, type: 'string' })

/** The clusters, and how they answer. */
export const CLUSTER_STATES: Figure = {
  name: 'clusters',
  label: 'Clusters: whether they answer, and how much of them is measured',
  options: [CLUSTERS],
  async read({ registry, fleet }, asked) {
    const { clusters, at, signal } = asked
    const read = await fleet.now({ clusters, at: at('summary'), signal, workloads: false })
    const { by_cluster: totals } = accountPower(read.input)
    const rows = read.clusters.map((report) =>
      stateRow(
        report,
        totals.find(({ cluster }) => cluster === report.name),
        registry.health(report.name),
      ),
    )
    return {
      clusters: read.clusters,
      warnings: read.warnings,
      table: { columns: STATE_COLUMNS, rows },
    }
  },
}

const UNKNOWN = { coverage: null, total_power_watts: null, nodes: { known: null } }

function stateRow(
  { name, status }: ClusterReport,
  total: ClusterPower | undefined,
  health: ClusterHealth,
) {
  const { last_ok_at: lastOk, response_time_ms: took, consecutive_failures: failures } = health
  const { coverage, total_power_watts: watts, nodes } = total ?? UNKNOWN
  const percent = coverage === null ? null : coverage * 100
  const last = lastOk?.getTime() ?? null
  return [name, status, percent, watts, nodes.known, last, took, failures, health.version]
}

const STATE_COLUMNS: readonly Column[] = [
  text('cluster'),
  text('status'),
  { text: 'coverage_percent', type: 'number', unit: 'percent' },
  { text: 'power_watts', type: 'number', unit: 'watt' },
  { text: 'nodes', type: 'number', unit: 'short' },
  { text: 'last_ok_at', type: 'time' },
  { text: 'response_time_ms', type: 'number', unit: 'ms' },
  { text: 'consecutive_failures', type: 'number', unit: 'short' },
  text('version'),
]

/** Everything that a reader of the figures has to know now. */
export const WARNINGS: Figure = {
  name: 'warnings',
  label: 'Warnings: what is missing from the figures of now',
  options: [CLUSTERS],
  async read(needs, asked) {
    const { warnings, clusters } = await readWarnings(needs, asked)
    return {
      clusters,
      // They are the rows: in the corner of the panel they would be said twice.
      warnings: [],
      table: {
        columns: [text('cluster'), text('code'), text('detail')],
        rows: warnings.map(({ cluster = null, code, detail }) => [cluster, code, detail]),
      },
    }
  },
}

async function readWarnings({ fleet, telemetry }: Needs, { clusters, at, signal }: Asked) {
  const asked = { clusters, signal, at: at('summary') }
  const read = await fleet.now({ ...asked, workloads: false })
  const found: readonly Warning[] = warningsOf(accountPower(read.input).findings)
  const devices = await Promise.all(
    [GPU, NPU].map((kind) => readDevices(telemetry, { ...asked, kind, at: at('realtime') })),
  )
  return combine([read, { clusters: [], warnings: found }, ...devices])
}

/** What befell the data in the window. */
export const EVENTS: Figure = {
  name: 'events',
  label: 'Events: what befell the data, forecasts and what was scaled or alerted',
  options: [CLUSTERS, { name: 'kind', label: 'Kind', hint: 'all kinds' }],
  async read(needs, asked) {
    const { events, ...account } = await eventsIn(needs, asked, asked.payload.text('kind') ?? '')
    return {
      ...account,
      table: {
        columns: [
          { text: 'time', type: 'time' },
          { text: 'timeEnd', type: 'time' },
          text('title'),
          text('text'),
          text('tags'),
        ],
        rows: events.map(({ at, until, title, text: detail, kind, cluster }) => [
          at.getTime(),
          (until ?? at).getTime(),
          title,
          detail,
          [kind, ...(cluster === null ? [] : [cluster])].join(','),
        ]),
      },
    }
  },
}
