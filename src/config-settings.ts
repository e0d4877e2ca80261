import { z } from 'zod'
import { alertSettings } from './config-alerts.ts'
import { accessSettings } from './config-access.ts'
import { bmcNodes } from './config-bmcs.ts'
import { costSettings } from './config-cost.ts'
import { exportSettings } from './config-exports.ts'
import { forecastSettings } from './config-forecast.ts'
import { nodeRewrites } from './config-rewrites.ts'
import { scalingSettings } from './config-scaling.ts'
import { streamSettings } from './config-streams.ts'
import { collectorSettings } from './config-collector.ts'
import { documented, optional, setting } from './config-setting.ts'
import {
  allowedHosts,
  anyText,
  bytes,
  flag,
  metricName,
  oneOf,
  origins,
  postgresAddress,
  proxies,
  ratio,
  secretKey,
  seconds,
  whole,
} from './config-values.ts'
import { workloadSettings } from './config-workloads.ts'

/** Everything that can be set; a large part has a `config-<part>.ts` of its own, spread in here. The variable of a setting has its name in capitals: `logLevel` is `LOG_LEVEL`. */
export const settings = z.object({
  prometheusUrl: optional(anyText, {
    about: 'The Prometheus of the only cluster, which is then called "default".',
    example: 'http://prometheus:9090',
  }),
  prometheusClusters: optional(anyText, {
    about:
      'Several clusters, as a JSON list. Each has name and url, and may have region, description, flavour (prometheus, victoriametrics, thanos, mimir), timeout, username and password or bearer_token, headers, ca_file, cert_file and key_file, labels, params, compression.',
    example:
      '[{"name":"seoul","url":"http://prometheus.seoul:9090"},{"name":"busan","url":"http://prometheus.busan:9090"}]',
  }),
  prometheusTimeout: setting(
    seconds('not zero'),
    '30s',
    'The most that one question to a cluster may take, unless the cluster has its own timeout.',
  ),
  bmcNodes: optional(bmcNodes, {
    about:
      'Which BMC manages which node, as JSON: for all clusters, or below the name of a cluster. It wins over what the sources say themselves.',
    example: '{"10.1.0.1":"gpu-worker-1","busan":{"10.1.0.1":"gpu-worker-9"}}',
  }),
  nodeRewrites: optional(nodeRewrites, {
    about:
      'How names that sources use for nodes are changed before they are looked up, as a JSON list of rules: a text at the start (prefix), at the end (suffix) or anywhere (part) of a name, and what stands in its place. A name that is known as it is stays as it is.',
    example: '[{"match":"suffix","text":"-bmc","replace":""}]',
  }),
  sourcesFile: optional(anyText, {
    about:
      'A JSON file of sources that are read beside the built-in ones, or in their place: docs/how-to/add-a-source.md.',
    example: '/etc/kcloud-monitor/sources.json',
  }),
  apiAuthUsername: optional(anyText, {
    about: 'Who may ask, by HTTP Basic authentication. There is no default.',
    example: 'monitor',
  }),
  apiAuthPassword: optional(anyText, {
    about: 'At least 8 characters, and none that everybody tries first. There is no default.',
  }),
  ...accessSettings,
  host: setting(
    anyText,
    '127.0.0.1',
    'The address to listen at. A container needs 0.0.0.0, or :: for IPv6 as well.',
  ),
  port: setting(whole(0, 65_535), '8001', 'The port to listen at; 0 takes a free one.'),
  nodeEnv: setting(
    oneOf(['development', 'production', 'test']),
    'development',
    'In production answers are not held against their schemas before they are sent.',
  ),
  logLevel: setting(
    oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    'info',
    'The least that is logged, as JSON lines on standard output.',
  ),
  corsAllowOrigins: optional(origins, {
    about:
      'Origins of web pages that may call the API, as a comma list. Without it: * (any, without cookies) in development, none in production.',
    example: 'https://dashboard.example.org',
  }),
  cacheMaxBytes: setting(
    bytes(0),
    '256MB',
    'What the caches may take in memory: half for replies of Prometheus, half for ready answers. 0: nothing is kept.',
  ),
  cacheTtlStatic: setting(
    seconds('zero allowed'),
    '1h',
    'How long it is reused what a thing is: models, limits, names. 0 never.',
  ),
  cacheTtlRealtime: setting(
    seconds('zero allowed'),
    '30s',
    'How long it is reused what a thing does now: power, temperature, load. 0 never.',
  ),
  cacheTtlSeries: setting(seconds('zero allowed'), '5m', 'How long history is reused. 0 never.'),
  cacheTtlSummary: setting(seconds('zero allowed'), '60s', 'How long totals are reused. 0 never.'),
  rateLimitEnabled: setting(flag, 'true', 'Whether requests are counted and limited.'),
  rateLimitPerMinute: setting(
    whole(1, 10_000_000),
    '1200',
    'Requests a minute of one user from one address. Probes and metrics are not counted.',
  ),
  trustProxy: setting(
    proxies,
    'false',
    'Which proxies may say who the client is (X-Forwarded-For): true, false, or a comma list of addresses and networks. Set it behind an ingress, or all clients count as one.',
  ),
  healthCheckInterval: setting(
    seconds('zero allowed'),
    '15s',
    'How often each cluster is checked. 0: only at the start.',
  ),
  pue: optional(ratio, {
    about:
      'The PUE that answers assume where no meter of the facility is read, and call assumed. Without it there is none.',
    example: '1.35',
  }),
  facilityPowerMetric: optional(metricName, {
    about:
      'The metric, in watts, of the meters of the site: computers, cooling and losses. With it PUE is measured.',
    example: 'facility_power_watts',
  }),
  ...costSettings,
  maxAnswerBytes: setting(bytes(65_536), '256MB', 'The largest answer of a cluster that is read.'),
  clusterUrlAllow: optional(allowedHosts, {
    about:
      'The hosts that clusters added at run time may have, as a comma list of names, *.suffix and host:port. Without it none can be added. Names count, not the addresses that they resolve to: list only names whose DNS you trust. The simulator of the demo takes none.',
    example: '*.monitoring.example.org,prometheus.seoul:9090',
  }),
  statePath: setting(
    anyText,
    './data/state.db',
    'The SQLite file that keeps what is set at run time, such as added clusters; :memory: keeps nothing. On a local disk, of one server only.',
  ),
  databaseUrl: optional(postgresAddress, {
    about: 'A PostgreSQL that keeps it instead, for several servers.',
    example: 'postgres://monitor:password@postgres:5432/monitor?sslmode=verify-full',
  }),
  stateKey: optional(secretKey, {
    about:
      'Seals the passwords, tokens and headers of clusters that are added at run time; without it such clusters are refused. 32 random bytes in base64, as `openssl rand -base64 32` makes them.',
  }),
  ...streamSettings,
  ...exportSettings,
  ...collectorSettings,
  ...workloadSettings,
  ...forecastSettings,
  ...scalingSettings,
  ...alertSettings,
  shutdownTimeout: setting(
    seconds('not zero'),
    '20s',
    'How long requests in flight may go on after SIGTERM.',
  ),
})

export type Settings = z.output<typeof settings>
export type SettingName = keyof Settings

/** The environment variable of a setting: `logLevel` is `LOG_LEVEL`. */
export function variableOf(name: SettingName): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
}

/** `.env.example`: every variable with what it means and its default. */
export function envExample(): string {
  const entries = Object.entries(settings.shape).map(([name, schema]) => {
    const { about = '', byDefault, example = '' } = documented.get(schema) ?? {}
    return [...wrap(about), `#${variableOf(name as SettingName)}=${byDefault ?? example}`].join(
      '\n',
    )
  })
  return `${HEADER}\n\n${entries.join('\n\n')}\n`
}

const HEADER = `# The settings of KCloud Monitor: copy this to .env and take the # from what you set.
# What stands here is the default, or an example where there is none. The real environment wins over .env.`
const WIDTH = 110

function wrap(text: string): readonly string[] {
  const lines: string[] = []
  let line = '#'
  for (const word of text.split(' ')) {
    if (line.length + word.length >= WIDTH) {
      lines.push(line)
      line = '#'
    }
    line += ` ${word}`
  }
  return [...lines, line]
}
