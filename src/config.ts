import type { KeyObject } from 'node:crypto'
import type { z } from 'zod'
import type { IdentityRules } from './analysis/identity/resolver.ts'
import type { SourceSpec } from './catalogue/source.ts'
import { SOURCES } from './catalogue/sources/index.ts'
import { readAccess, type AccessConfig } from './config-access.ts'
import { readAlerts, type AlertsConfig } from './config-alerts.ts'
import { readClusters } from './config-clusters.ts'
import { readCost, type CostConfig } from './config-cost.ts'
import { checkCollector, collectorConfig, type CollectorConfig } from './config-collector.ts'
import { checkCredentials, makeCredentials } from './config-credentials.ts'
import { exportsOf, type ExportConfig } from './config-exports.ts'
import { forecastConfig, type ForecastConfig } from './config-forecast.ts'
import { scalingConfig, type ScalingConfig } from './config-scaling.ts'
import { readSources } from './config-sources.ts'
import { settings, variableOf, type SettingName, type Settings } from './config-settings.ts'
import { workloadsConfig, type WorkloadsConfig } from './config-workloads.ts'
import type { Credentials } from './http/credentials.ts'
import type { AllowedHost } from './services/clusters/index.ts'
import type { ClusterSpec } from './services/prometheus/index.ts'

/** What the server is to be, read once at the start and never changed. */
export interface Config {
  readonly demo: boolean
  /** Whether the built-in simulator is the cloud: the demo without a cluster of its own. */
  readonly simulated: boolean
  readonly production: boolean
  readonly clusters: readonly ClusterSpec[]
  readonly credentials: Credentials
  /** Whether the credentials were made just now, and have to be told. */
  readonly madeCredentials: boolean
  readonly host: string
  readonly port: number
  readonly logLevel: Settings['logLevel']
  readonly corsOrigins: readonly string[]
  /** What all caches may take together. */
  readonly cacheBytes: number
  readonly ttlSeconds: Readonly<Record<'static' | 'realtime' | 'series' | 'summary', number>>
  /** Of one user at one address; null for no limit. */
  readonly requestsPerMinute: number | null
  readonly trustProxy: boolean | readonly string[]
  /** 0 checks at the start only. */
  readonly healthIntervalSeconds: number
  /** The default of a cluster that has no timeout of its own. */
  readonly timeoutSeconds: number
  readonly maxAnswerBytes: number
  /** Where clusters that are added at run time may be; empty: none can be added. A simulation takes none. */
  readonly clusterUrlAllow: readonly AllowedHost[]
  readonly state: StateConfig
  /** What PUE is assumed to be where nobody measures it; null for nothing. */
  readonly assumedPue: number | null
  /** The metric of the meters of the site; null when there is none. */
  readonly facilityPowerMetric: string | null
  /** What is read: the built-in sources with those of the deployment, by precedence. */
  readonly sources: readonly SourceSpec[]
  /** How names of nodes are brought together. */
  readonly identity: IdentityRules
  /** What energy costs and emits. */
  readonly cost: CostConfig
  /** What is allowed of exports. */
  readonly exports: ExportConfig
  readonly workloads: WorkloadsConfig
  readonly forecast: ForecastConfig
  readonly scaling: ScalingConfig
  readonly alerts: AlertsConfig
  /** Null when it is off. */
  readonly collector: CollectorConfig | null
  /** Who may sign in beside the user of the credentials. */
  readonly access: AccessConfig
  readonly shutdownSeconds: number
  readonly streams: StreamConfig
}

/** What clients that stay connected may take. */
export interface StreamConfig {
  readonly maxConnections: number
  readonly maxConnectionsPerUser: number
  readonly maxTopics: number
  readonly maxBacklogBytes: number
  readonly slowSeconds: number
  readonly replayBytes: number
  readonly ticketSeconds: number
  readonly redisUrl: string | undefined
}

/** Where that is kept which outlives the process. A simulation keeps nothing. */
interface StateConfig {
  readonly databaseUrl: string | undefined
  readonly path: string
  readonly key: KeyObject | undefined
}

/** One wrong variable, and what is allowed. */
interface Mistake {
  readonly variable: string
  readonly detail: string
}

/** Every mistake of a configuration at once, each with the name of its variable. */
export class ConfigError extends Error {
  readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[]) {
    const lines = mistakes.map(({ variable, detail }) => `  ${variable}: ${detail}`)
    super(['The configuration has mistakes:', ...lines].join('\n'))
    this.name = 'ConfigError'
    this.mistakes = mistakes
  }
}

type Environment = Readonly<Record<string, string | undefined>>
type Complain = (setting: SettingName, detail: string) => void

/** Reads the configuration. Throws a `ConfigError` that lists all mistakes. */
export function readConfig(environment: Environment, { demo }: { readonly demo: boolean }): Config {
  const mistakes: Mistake[] = []
  const complain: Complain = (setting, detail) => {
    mistakes.push({ variable: variableOf(setting), detail })
  }
  const read = readSettings(environment, complain)
  const clusters = readClusters({ prometheusTimeout: 1, ...read }, complain)
  const sources = sourcesOf(read, complain)
  const cost = readCost(read, complain)
  const apart = {
    ...{ clusters, sources, cost, demo },
    access: readAccess(read, complain),
    alerts: readAlerts(read, complain),
  }
  checkTogether(read, demo, complain)
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  // Without a mistake every setting has been read.
  const config = configOf(read as Settings, apart)
  // The demo's terminal is for what it has to say; its log speaks up only when something is wrong.
  const quiet = demo && !isSet(environment['LOG_LEVEL'])
  return Object.freeze({ ...config, ...(quiet && { logLevel: 'warn' }) })
}

const isSet = (text: string | undefined): boolean => text !== undefined && text.trim() !== ''

/** Every setting that could be read. A variable that is set to nothing is not set. */
function readSettings(environment: Environment, complain: Complain): Partial<Settings> {
  const read: Record<string, unknown> = {}
  for (const [key, schema] of Object.entries<z.ZodType>(settings.shape)) {
    const name = key as SettingName
    const text = environment[variableOf(name)]
    const result = schema.safeParse(isSet(text) ? text : undefined)
    if (result.success) read[name] = result.data
    else complain(name, result.error.issues.map(({ message }) => message).join('; '))
  }
  return read
}

function sourcesOf(
  { sourcesFile: file }: Partial<Settings>,
  complain: Complain,
): Config['sources'] {
  if (file === undefined) return SOURCES
  return readSources(file, (mistake) => complain('sourcesFile', `${file}: ${mistake}`))
}

function checkTogether(read: Partial<Settings>, demo: boolean, complain: Complain): void {
  checkCollector(read, complain)
  if (!demo && read.prometheusUrl === undefined && read.prometheusClusters === undefined)
    complain(
      'prometheusUrl',
      'is needed, or PROMETHEUS_CLUSTERS for several clusters; --demo starts without any',
    )
  checkCredentials(
    { apiAuthUsername: read.apiAuthUsername, apiAuthPassword: read.apiAuthPassword },
    demo,
    complain,
  )
  if (read.nodeEnv === 'production' && read.corsAllowOrigins?.includes('*') === true)
    complain('corsAllowOrigins', 'must list the origins in production: * is for development')
}

type ReadApart = Pick<Config, 'clusters' | 'sources' | 'cost' | 'access' | 'alerts' | 'demo'>

function configOf(read: Settings, { clusters, demo, ...apart }: ReadApart): Config {
  const { apiAuthUsername: username, apiAuthPassword: password } = read
  const given = username !== undefined && password !== undefined
  const production = read.nodeEnv === 'production'
  const simulated = demo && clusters.length === 0
  const state = stateOf(read, simulated)
  return {
    demo,
    simulated,
    production,
    clusters,
    credentials: given ? { username, password } : makeCredentials(),
    madeCredentials: !given,
    host: read.host,
    port: read.port,
    logLevel: read.logLevel,
    corsOrigins: read.corsAllowOrigins ?? (production ? [] : ['*']),
    cacheBytes: read.cacheMaxBytes,
    ttlSeconds: ttlOf(read),
    requestsPerMinute: read.rateLimitEnabled ? read.rateLimitPerMinute : null,
    trustProxy: read.trustProxy,
    healthIntervalSeconds: read.healthCheckInterval,
    timeoutSeconds: read.prometheusTimeout,
    maxAnswerBytes: read.maxAnswerBytes,
    clusterUrlAllow: hostsOf(read, simulated),
    state,
    ...siteOf(read),
    ...apart,
    exports: exportsOf(read, keepsState(state)),
    workloads: workloadsConfig(read, simulated),
    forecast: forecastConfig(read),
    scaling: scalingConfig(read),
    collector: collectorConfig(read),
    shutdownSeconds: read.shutdownTimeout,
    streams: streamsOf(read),
  }
}

const ttlOf = (read: Settings): Config['ttlSeconds'] => ({
  static: read.cacheTtlStatic,
  realtime: read.cacheTtlRealtime,
  series: read.cacheTtlSeries,
  summary: read.cacheTtlSummary,
})

function streamsOf(read: Settings): StreamConfig {
  return {
    maxConnections: read.streamMaxConnections,
    maxConnectionsPerUser: read.streamMaxConnectionsPerUser,
    maxTopics: read.streamMaxTopics,
    maxBacklogBytes: read.streamMaxBacklogBytes,
    slowSeconds: read.streamSlowTimeout,
    replayBytes: read.streamReplayBytes,
    ticketSeconds: read.streamTicketTtl,
    redisUrl: read.redisUrl,
  }
}

function hostsOf(
  { clusterUrlAllow = [] }: Settings,
  simulated: boolean,
): Config['clusterUrlAllow'] {
  return simulated ? [] : clusterUrlAllow
}

function stateOf({ databaseUrl, statePath, stateKey }: Settings, simulated: boolean): StateConfig {
  if (simulated) return { databaseUrl: undefined, path: ':memory:', key: stateKey }
  return { databaseUrl, path: statePath, key: stateKey }
}

const keepsState = ({ databaseUrl, path }: StateConfig): boolean =>
  databaseUrl !== undefined || path !== ':memory:'

/** What the operator says of the site, which no metric does. */
function siteOf({
  pue,
  facilityPowerMetric,
  bmcNodes,
  nodeRewrites,
}: Settings): Pick<Config, 'assumedPue' | 'facilityPowerMetric' | 'identity'> {
  return {
    assumedPue: pue ?? null,
    facilityPowerMetric: facilityPowerMetric ?? null,
    identity: { rewrites: nodeRewrites ?? [], bmcs: bmcNodes ?? [] },
  }
}
