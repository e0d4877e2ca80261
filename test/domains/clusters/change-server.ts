import { createSecretKey, randomBytes } from 'node:crypto'
import { connectTo, openHttp } from '../../../src/connect.ts'
import { clusters } from '../../../src/domains/clusters/index.ts'
import { createJournal } from '../../../src/journal.ts'
import { createCache } from '../../../src/services/cache/index.ts'
import {
  createAdmission,
  createRegistry,
  readAllowedHost,
  withStore,
} from '../../../src/services/clusters/index.ts'
import { clusterSpec, type Shelf } from '../../../src/services/prometheus/index.ts'
import { openStore } from '../../../src/services/store/index.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import { createTelemetry } from '../../../src/services/telemetry/index.ts'
import { createTestApp, fakeClock } from '../../support/test-app.ts'

export interface ChangeOptions {
  /** The cluster `configured`, which no test asks. */
  readonly configuredUrl: string
  readonly allow?: readonly string[]
  readonly keyed?: boolean
  /** How long a new cluster has to answer. */
  readonly patienceSeconds?: number
}

/** A server of the clusters alone, over real connections and with a store that can be closed under it. */
export async function changeServer(options: ChangeOptions) {
  const { configuredUrl, allow = ['127.0.0.1'], keyed = true, patienceSeconds = 10 } = options
  const { now } = fakeClock()
  const key = keyed ? createSecretKey(randomBytes(32)) : undefined
  const store = await openStore({ path: ':memory:', key })
  const journal = createJournal()
  const open = openHttp(2 ** 20)
  const ttlSeconds = { static: 0, realtime: 0, series: 0, summary: 0 }
  const cache = createCache<Shelf>({ maxBytes: 0, ttlSeconds, now })
  const registry = createRegistry({
    clusters: [clusterSpec(10).parse({ name: 'configured', url: configuredUrl })],
    connect: connectTo({ open, cache, observe: (done) => journal.query(done), now }),
    healthIntervalSeconds: 0,
    healthTimeoutSeconds: 10,
    now,
    onChange: (change) => journal.cluster(change),
  })
  const stored = await withStore(registry, { store: store.clusters, now })
  const allowed = allow.map(readAllowedHost).filter((host) => host !== undefined)
  const admission = createAdmission({
    allowed,
    setting: 'CLUSTER_URL_ALLOW',
    open,
    timeoutSeconds: patienceSeconds,
  })
  const telemetry = createTelemetry({ registry, sources: [] })
  const identity = { rewrites: [], bmcs: [] }
  const fleet = createFleetReader({ telemetry, identity })
  const needs = { stored, admission, telemetry, fleet, identity, timeoutSeconds: 10 }
  const app = await createTestApp([clusters(needs)])
  journal.writeTo(app.fastify.log)
  return {
    ...app,
    store,
    async close() {
      await app.close()
      await registry.close()
      await store.close().catch(() => undefined)
    },
  }
}
