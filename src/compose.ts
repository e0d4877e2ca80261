import type { FastifyInstance } from 'fastify'
import { capabilitiesOf } from './capabilities.ts'
import { facilityMeter } from './catalogue/facility.ts'
import type { SourceSpec } from './catalogue/source.ts'
import { composeAccess, type Access } from './compose-access.ts'
import { costReader } from './compose-cost.ts'
import { composeWorkloads, type Workloads } from './compose-workloads.ts'
import { variableOf } from './config-settings.ts'
import { commonOf, type Common } from './compose-redis.ts'
import { composeStreams, type Streams } from './compose-streams.ts'
import { jobsOf } from './compose-exports.ts'
import { createClusterWatch, type ClusterWatch } from './compose-events.ts'
import { inSight, sightOfAnybody } from './compose-scopes.ts'
import { closeInTurn, modelsOf } from './compose-models.ts'
import type { Config } from './config.ts'
import { connectTo, openHttp } from './connect.ts'
import { createDemo } from './demo.ts'
import { createDomains } from './domains/index.ts'
import { createLifecycle, type Lifecycle } from './http/lifecycle.ts'
import { createSelfMetrics, type SelfMetrics } from './http/self-metrics.ts'
import { createJournal, type Journal } from './journal.ts'
import { createServer } from './server.ts'
import { createCache, type Cache } from './services/cache/index.ts'
import {
  createAdmission,
  createRegistry,
  createScopes,
  withStore,
  type Admission,
  type ClusterRegistry,
  type ClusterSpec,
  type Scopes,
  type StoredRegistry,
} from './services/clusters/index.ts'
import type { CostReader } from './services/costs/index.ts'
import { createDataEvents, type DataEvents } from './services/events/index.ts'
import { createFleetReader, type FleetReader } from './services/fleet/index.ts'
import type { Jobs } from './services/jobs/index.ts'
import type { Observation, Shelf } from './services/prometheus/index.ts'
import { openStore } from './services/store/index.ts'
import { createReports, type Reports } from './services/reports/index.ts'
import { createTelemetry, type Telemetry } from './services/telemetry/index.ts'
import { readVersion } from './version.ts'

/** The server with everything that it is made of. */
export interface Composed {
  readonly server: FastifyInstance
  /** Stops taking requests, lets those in flight finish, and ends everything else. */
  close(): Promise<void>
}

const now = (): Date => new Date()
const HEALTH_TIMEOUT_SECONDS = 5

/**
 * Builds everything that the configuration asks for, and checks the clusters once. Nothing listens yet. Rejects with
 * `store_unavailable` when the state cannot be read.
 */
export async function compose(config: Config): Promise<Composed> {
  const metrics = createSelfMetrics()
  const lifecycle = createLifecycle()
  const journal = createJournal()
  const cache = queryCache(config, metrics)
  const store = await openStore(config.state)
  const common = commonOf(config, { now, onError: (error) => journal.redis(error) })
  const events = createDataEvents()
  const watch = createClusterWatch(events, now)
  const every = clusterRegistry(config, { metrics, cache, journal, common, watch })
  watchClusters(metrics, every)
  const { registry, scopes, ...seen } = inSight(every, events)
  const stored = await withStore(registry, { store: store.clusters, now })
  watch.begin()
  const streams = composeStreams(config, { metrics, journal, common, now, registry, scopes })
  const jobs = jobsOf(config, { store, now, onError: (error) => journal.exportFailed(error) })
  const readers = readersOf(config, registry, scopes)
  const costs = costReader(config, { ...readers, scopes })
  const around = { ...readers, costs, registry, scopes, store, metrics, journal, events, now }
  const workloads = await composeWorkloads(config, around)
  const models = await modelsOf(config, around)
  const own = { ...seen, metrics, lifecycle, registry, scopes, stored, costs, jobs, streams }
  const access = composeAccess(config, { now, journal, store })
  const domains = domainsOf(config, { ...own, ...access, ...models, ...readers, ...workloads })
  const server = await createServer(domains, {
    ...serverOptions(config),
    ...{ metrics, lifecycle, ...streams, signIn: access.signIn, audit: access.note },
    revision: () => registry.revision,
  })
  journal.writeTo(server.log)
  for (const { name, reason } of stored.skipped) journal.skipped(name, reason)
  begin(registry, models)
  return {
    server,
    async close() {
      lifecycle.stop()
      await closeInTurn([server, access, jobs, workloads, models, registry, store])
    },
  }
}

function watchClusters(
  metrics: Pick<SelfMetrics, 'clustersWatched'>,
  registry: Pick<ClusterRegistry<ClusterSpec>, 'all' | 'health'>,
): void {
  metrics.clustersWatched(() =>
    registry.all().map(({ name }) => {
      const { status, circuit } = registry.health(name)
      return { name, status, circuit }
    }),
  )
}

/** Readiness waits for the clusters, the start does not: one that hangs must not hold up the others. */
function begin(
  registry: Pick<ClusterRegistry<ClusterSpec>, 'checkNow'>,
  models: { start(): void },
): void {
  void registry.checkNow()
  models.start()
}

function serverOptions(config: Config) {
  return {
    ...config,
    anonymous: sightOfAnybody(config),
    version: readVersion(process.env).version,
    now,
    log: { level: config.logLevel },
    answerCacheBytes: config.cacheBytes / 2,
    strict: !config.production,
  }
}

/** What reads the clusters of a registry, in the words of the catalogue. */
export function readersOf(
  config: Config,
  registry: ClusterRegistry<ClusterSpec>,
  scopes: Pick<Scopes, 'current'> = createScopes(),
) {
  const { identity } = config
  const sources = sourcesOf(config)
  const telemetry = createTelemetry({ registry, sources })
  const fleet = createFleetReader({ telemetry, identity, sight: () => scopes.current() })
  return { telemetry, sources, fleet }
}

function domainsOf(
  config: Config,
  {
    registry,
    fleet,
    sources,
    ...shared
  }: {
    readonly metrics: SelfMetrics
    readonly lifecycle: Lifecycle
    readonly registry: ClusterRegistry<ClusterSpec>
    readonly everyCluster: ClusterRegistry<ClusterSpec>
    readonly scopes: Scopes
    readonly stored: StoredRegistry
    readonly costs: CostReader
    readonly jobs: Jobs
    readonly streams: Streams
    readonly events: DataEvents
  } & Pick<Access, 'apiKeys' | 'audit'> &
    Awaited<ReturnType<typeof modelsOf>> &
    ReturnType<typeof readersOf> &
    Workloads,
) {
  return createDomains({
    ...shared,
    registry,
    fleet,
    ...namesOf(config, fleet),
    ...allowedBy(config),
    reports: reportsOf(config, { ...shared, fleet }),
    version: readVersion(process.env),
    ...{ now, startedAt: now() },
    cacheHitRate: () => shared.metrics.cacheHitRate(),
    capabilities: () => capabilitiesOf(config, { registry, sources, unmatched: fleet.unmatched }),
  })
}

/** What domains are told of the configuration. */
const allowedBy = (config: Config) => ({
  assumedPue: config.assumedPue,
  exports: config.exports,
  simulated: config.simulated,
  admission: admissionOf(config),
  timeoutSeconds: config.timeoutSeconds,
})

const namesOf = ({ identity }: Config, { unmatched }: FleetReader) => ({
  identity,
  noteUnmatched: unmatched.note,
})

function reportsOf(
  { assumedPue, simulated }: Config,
  reads: {
    readonly telemetry: Telemetry
    readonly fleet: FleetReader
    readonly costs: CostReader
  },
): Reports {
  const { version } = readVersion(process.env)
  return createReports({ ...reads, assumedPue, simulated, version, now })
}

function admissionOf({ clusterUrlAllow: allowed, maxAnswerBytes }: Config): Admission {
  return createAdmission({
    allowed,
    setting: variableOf('clusterUrlAllow'),
    open: openHttp(maxAnswerBytes),
    timeoutSeconds: HEALTH_TIMEOUT_SECONDS,
  })
}

/** What is read: the configured sources, and the meter of the site where there is one. */
function sourcesOf({ sources, facilityPowerMetric: metric }: Config): readonly SourceSpec[] {
  return metric === null ? sources : [...sources, facilityMeter(metric)]
}

/** Half of the memory for what the clusters said; the other half is for answers ready to be sent. */
export function queryCache(config: Config, metrics: SelfMetrics): Cache<Shelf> {
  return createCache<Shelf>({
    maxBytes: config.cacheBytes / 2,
    ttlSeconds: config.ttlSeconds,
    now,
    observe: (outcome) => {
      if (outcome === 'hit') metrics.cacheHit('queries')
      else metrics.cacheMiss('queries')
    },
  })
}

/** A simulation answers faster than any common store. */
function shareOf({ simulated, ttlSeconds }: Config, common: Common | undefined) {
  if (common === undefined || simulated) return undefined
  const { version, commit } = readVersion(process.env)
  return { replies: common.replies, ttlSeconds, program: `${version} ${commit ?? ''}` }
}

interface RegistryNeeds {
  readonly metrics: SelfMetrics
  readonly cache: Cache<Shelf>
  readonly journal: Journal
  /** What is in common with other servers. */
  readonly common?: Common | undefined
  readonly watch?: ClusterWatch
}

/** The clusters of the configuration, each with its connection. The simulator's need no network. */
export function clusterRegistry(
  config: Config,
  { metrics, cache, journal, common, watch }: RegistryNeeds,
): ClusterRegistry<ClusterSpec> {
  const observe = (done: Observation): void => {
    metrics.query(done)
    journal.query(done)
  }
  const { clusters, open } = config.simulated
    ? createDemo(now, config.timeoutSeconds)
    : { clusters: config.clusters, open: openHttp(config.maxAnswerBytes) }
  return createRegistry({
    clusters,
    connect: connectTo({ open, cache, observe, now, share: shareOf(config, common) }),
    healthIntervalSeconds: config.healthIntervalSeconds,
    healthTimeoutSeconds: HEALTH_TIMEOUT_SECONDS,
    now,
    onChange: (change) => {
      journal.cluster(change)
      watch?.note(change)
    },
  })
}
