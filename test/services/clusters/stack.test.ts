import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Answer } from '../../../src/kernel/answer.ts'
import { gauge } from '../../../src/promql/expression.ts'
import type { Sample } from '../../../src/promql/samples.ts'
import { createCache } from '../../../src/services/cache/index.ts'
import {
  ask,
  createRegistry,
  type ClusterRegistry,
  type ClusterSpec,
  type Connection,
} from '../../../src/services/clusters/index.ts'
import {
  clusterSpec,
  createHttpClient,
  withBreaker,
  withCache,
  withDeadline,
  withLimit,
  withMetrics,
  withRetry,
  type Observation,
  type Shelf,
} from '../../../src/services/prometheus/index.ts'
import { startFakePrometheus, type FakePrometheus } from '../../support/fake-prometheus.ts'
import { startFaultProxy, type Fault, type FaultProxy } from '../../support/fault-proxy.ts'

const POWER = gauge('power_watts')
const now = (): Date => new Date()

let seoul: FakePrometheus
let busan: FakePrometheus
let way: FaultProxy
let registry: ClusterRegistry<ClusterSpec>
let seen: Observation[]

beforeAll(async () => {
  seoul = await startFakePrometheus({ samples: 'power_watts{node="s1"} 300' })
  busan = await startFakePrometheus({ samples: 'power_watts{node="b1"} 400' })
  way = await startFaultProxy(busan.port)
})
afterAll(async () => {
  await way.close()
  await seoul.close()
  await busan.close()
})

/** Two clusters with everything around their clients, the second behind a way that can break. */
beforeEach(() => {
  seen = []
  const cache = createCache<Shelf>({
    maxBytes: 1e6,
    ttlSeconds: { static: 3600, realtime: 30, series: 300, summary: 60 },
    now,
  })
  const connect = (spec: ClusterSpec, generation: number): Connection => {
    const { name: cluster, timeoutSeconds } = spec
    const http = createHttpClient(spec)
    const measured = withMetrics(http, { cluster, observe: (told) => seen.push(told) })
    const breaker = withBreaker(withRetry(measured), { failures: 3, now })
    const client = withCache(withDeadline(withLimit(breaker), { timeoutSeconds }), {
      cluster,
      generation,
      cache,
    })
    return {
      client,
      probe: (signal) => http.buildInfo(signal),
      circuit: () => breaker.circuit(),
      close: () => http.close(),
    }
  }
  const spec = (name: string, url: string) => clusterSpec(2).parse({ name, url })
  way.be({ mode: 'pass' })
  registry = createRegistry({
    clusters: [spec('seoul', seoul.url), spec('busan', way.url)],
    connect,
    healthIntervalSeconds: 0,
    healthTimeoutSeconds: 2,
    now,
  })
})
afterEach(() => registry.close())

const readAt = (at: Date): Promise<Answer<Sample>> =>
  ask(registry.all(), ({ client }) => client.instant(POWER, at, { shelf: 'realtime' }))
const nodesOf = (answer: Answer<Sample>) => answer.rows.map(({ labels }) => labels['node'])
const statusOf = (answer: Answer<Sample>, name: string) =>
  answer.clusters.find((cluster) => cluster.name === name)?.status

describe('two clusters', () => {
  it('answer together', async () => {
    const answer = await readAt(now())
    expect(nodesOf(answer)).toEqual(['s1', 'b1'])
    expect(answer.warnings).toEqual([])
  })

  it.each<[Fault, string]>([
    [{ mode: 'refuse' }, 'unreachable'],
    [{ mode: 'cut', bytes: 60 }, 'unreachable'],
    [{ mode: 'hangup', bytes: 60 }, 'unreachable'],
    [{ mode: 'blackhole' }, 'timeout'],
    [{ mode: 'latency', ms: 60_000 }, 'timeout'],
    [{ mode: 'garbage' }, 'invalid'],
    [{ mode: 'status', code: 200 }, 'invalid'],
    [{ mode: 'status', code: 401 }, 'unauthorized'],
    [{ mode: 'status', code: 422 }, 'rejected'],
    [{ mode: 'status', code: 503 }, 'overloaded'],
  ])('answer in part when one is under %j, and in full right after', async (fault, status) => {
    const at = now()
    way.be(fault)
    const broken = await readAt(at)
    expect(nodesOf(broken)).toEqual(['s1'])
    expect(statusOf(broken, 'seoul')).toBe('ok')
    expect(statusOf(broken, 'busan')).toBe(status)
    expect(broken.warnings).toMatchObject([{ code: 'cluster_unavailable', cluster: 'busan' }])
    way.be({ mode: 'pass' })
    // Nothing of the failure is kept: the same question has its whole answer now.
    expect(nodesOf(await readAt(at))).toEqual(['s1', 'b1'])
  })

  it('are asked no more often than their answers are kept', async () => {
    const at = now()
    await readAt(at)
    await readAt(at)
    expect(seen.map(({ cluster, outcome }) => `${cluster} ${outcome}`).sort()).toEqual([
      'busan ok',
      'seoul ok',
    ])
  })

  it('fail together as a timeout when both hang', async () => {
    registry.remove('seoul')
    way.be({ mode: 'blackhole' })
    await expect(readAt(now())).rejects.toMatchObject({ kind: 'backend_timeout' })
  })

  it('cost nothing while one is known to be down', async () => {
    way.be({ mode: 'blackhole' })
    for (const second of [0, 1, 2]) await readAt(new Date(second * 1000))
    expect(registry.health('busan').circuit).toBe('open')
    const before = seen.filter(({ cluster }) => cluster === 'busan').length
    const answer = await readAt(new Date(3000))
    expect(statusOf(answer, 'busan')).toBe('timeout')
    expect(answer.warnings[0]?.detail).toContain('not asked after several failures')
    expect(seen.filter(({ cluster }) => cluster === 'busan')).toHaveLength(before)
  })

  it('are known by their health', async () => {
    way.be({ mode: 'status', code: 401 })
    await registry.checkNow()
    expect(registry.health('seoul')).toMatchObject({ status: 'ok', version: '2.42.0-fake' })
    expect(registry.health('busan')).toMatchObject({ status: 'unauthorized', version: null })
  })
})
