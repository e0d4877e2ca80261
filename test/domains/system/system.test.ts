import { afterEach, describe, expect, it } from 'vitest'
import { system } from '../../../src/domains/system/index.ts'
import { createLifecycle } from '../../../src/http/lifecycle.ts'
import { createSelfMetrics } from '../../../src/http/self-metrics.ts'
import { createScopes } from '../../../src/services/clusters/index.ts'
import type { Cluster, ClusterHealth } from '../../../src/services/clusters/index.ts'
import { createTestApp, fakeClock, type TestApp } from '../../support/test-app.ts'

let app: TestApp
afterEach(() => app.close())

type Status = ClusterHealth['status']

/** The health of a cluster whose last check ended like this. */
function health(name: string, status: Status): ClusterHealth {
  const checked = status === 'unknown' ? null : new Date('2026-11-20T00:00:00Z')
  return {
    name,
    status,
    checked_at: checked,
    response_time_ms: checked && 12,
    version: status === 'ok' ? '2.42.0' : null,
    consecutive_failures: status === 'ok' ? 0 : 3,
    last_ok_at: status === 'ok' ? checked : null,
    circuit: 'closed',
  }
}

/** A server over clusters of these states; the states may change. */
async function start(states: Record<string, Status>): Promise<TestApp> {
  const clock = fakeClock()
  const [metrics, lifecycle] = [createSelfMetrics(), createLifecycle()]
  const registry = {
    all: () => Object.keys(states).map((name) => ({ name }) as Cluster),
    health: (name: string) => health(name, states[name]!),
  }
  const domain = system({
    registry,
    everyCluster: registry,
    scopes: createScopes(),
    metrics,
    lifecycle,
    version: { version: '1.2.3', commit: 'abc1234', built_at: new Date(0), node: '20.19.0' },
    now: clock.now,
    startedAt: clock.now(),
    cacheHitRate: () => metrics.cacheHitRate(),
    capabilities: () => ({
      domains: ['system'],
      sources: [
        {
          name: 'nvidia-dcgm',
          title: 'DCGM',
          vendor: 'nvidia',
          entity: 'gpu',
          measures: ['power_watts'],
          caution: null,
        },
      ],
      clusters: [{ name: 'seoul', region: null, flavour: 'prometheus' }],
      unmatched_names: [
        {
          cluster: 'seoul',
          observed_at: clock.now(),
          names: 1,
          by_source: [{ source: 'ipmi', names: 1 }],
        },
      ],
      formats: ['json'],
      features: [],
      limits: { rows_per_page: 10_000, points_per_series: 11_000, requests_per_minute: null },
    }),
  })
  app = await createTestApp([domain], { clock, metrics, lifecycle, requestsPerMinute: 1 })
  return app
}

const open = (path: string) => app.get(`/api/v1/system${path}`, { auth: false })

describe('GET /system/health', () => {
  it('tells of each cluster, the caches and the time since the start, to everybody', async () => {
    await start({ seoul: 'ok', busan: 'ok' })
    app.metrics.cacheHit('queries')
    app.metrics.cacheMiss('queries')
    app.clock.advance(90)
    const response = await open('/health')
    expect(response.statusCode).toBe(200)
    expect(response.headers['cache-control']).toBe('private, no-cache')
    expect(response.json()).toMatchObject({
      data: {
        status: 'healthy',
        version: '1.2.3',
        uptime_seconds: 90,
        cache_hit_rate_percent: 50,
        clusters: [
          {
            name: 'seoul',
            status: 'ok',
            response_time_ms: 12,
            checked_at: '2026-11-20T00:00:00.000Z',
            consecutive_failures: 0,
          },
          { name: 'busan', status: 'ok' },
        ],
      },
    })
  })

  it.each<[Record<string, Status>, string, number]>([
    [{ a: 'ok', b: 'timeout' }, 'degraded', 200],
    [{ a: 'partial', b: 'unreachable' }, 'degraded', 200],
    [{ a: 'ok', b: 'unknown' }, 'degraded', 200],
    [{ a: 'unknown' }, 'degraded', 200],
    [{ a: 'timeout', b: 'unauthorized' }, 'unhealthy', 503],
    [{ a: 'overloaded' }, 'unhealthy', 503],
    [{}, 'unhealthy', 503],
  ])('over %j is %s', async (states, status, code) => {
    await start(states)
    const response = await open('/health')
    expect(response.statusCode).toBe(code)
    expect(response.json()).toMatchObject({ data: { status } })
  })

  it('also answers at the root, as often as it is asked', async () => {
    await start({ seoul: 'ok' })
    for (let count = 0; count < 3; count += 1) {
      const response = await app.get('/health', { auth: false })
      expect(response.statusCode).toBe(200)
      expect(response.json()).toMatchObject({ data: { status: 'healthy' } })
    }
  })
})

describe('probes', () => {
  it('are ready once a cluster has answered, and no longer when none does', async () => {
    const states: Record<string, Status> = { seoul: 'unknown', busan: 'unknown' }
    await start(states)
    const ready = async () => {
      const response = await open('/readyz')
      return [response.statusCode, response.json<{ data: { reason: string } }>().data.reason]
    }
    expect(await ready()).toEqual([503, 'no cluster has been checked yet'])
    states['busan'] = 'timeout'
    expect(await ready()).toEqual([503, 'no cluster has been checked yet'])
    states['seoul'] = 'ok'
    expect(await ready()).toEqual([200, null])
    states['seoul'] = 'unreachable'
    expect(await ready()).toEqual([503, 'no cluster answers'])
    expect((await open('/livez')).statusCode).toBe(200)
  })

  it('refuse when the server is stopping', async () => {
    await start({ seoul: 'ok' })
    app.lifecycle.stop()
    for (const path of ['/livez', '/readyz', '/health'])
      expect((await open(path)).json()).toMatchObject({ status: 503, type: '/problems/stopping' })
  })
})

describe('GET /system/version, /capabilities and /metrics', () => {
  it('says what runs here', async () => {
    await start({ seoul: 'ok' })
    expect((await open('/version')).json()).toMatchObject({
      data: { version: '1.2.3', commit: 'abc1234', built_at: '1970-01-01T00:00:00.000Z' },
    })
  })

  it('says what it can do', async () => {
    await start({ seoul: 'ok' })
    expect((await open('/capabilities')).json()).toMatchObject({
      data: { domains: ['system'], sources: [{ name: 'nvidia-dcgm', measures: ['power_watts'] }] },
    })
  })

  it('gives its own metrics as text', async () => {
    await start({ seoul: 'ok' })
    await open('/livez')
    const response = await open('/metrics')
    expect(response.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(response.body).toContain(
      'api_requests_total{method="GET",route="/api/v1/system/livez",status="200"} 1',
    )
  })

  it('refuses parameters that it does not have', async () => {
    await start({ seoul: 'ok' })
    expect((await open('/health?verbose=1')).statusCode).toBe(400)
  })
})
