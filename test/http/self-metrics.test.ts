import { afterEach, describe, expect, it } from 'vitest'
import { createSelfMetrics } from '../../src/http/self-metrics.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { outcome, things } from './things.ts'

let app: TestApp
afterEach(() => app.close())

/** The samples of one metric, without the comments. */
const samples = (text: string, name: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith(name))

describe('own metrics', () => {
  it('count requests by the template of their route, never by their path', async () => {
    app = await createTestApp([things(() => outcome([])).domain])
    await app.get('/api/v1/things?node=a')
    await app.get('/api/v1/things?node=b')
    await app.get('/api/v1/things?node=')
    await app.get('/api/v1/secret-path-1')
    await app.get('/problems/not_found')
    const text = await app.metrics.text()
    expect(samples(text, 'api_requests_total')).toEqual([
      'api_requests_total{method="GET",route="/api/v1/things",status="200"} 2',
      'api_requests_total{method="GET",route="/api/v1/things",status="400"} 1',
      'api_requests_total{method="GET",route="unmatched",status="404"} 1',
      'api_requests_total{method="GET",route="/problems/:kind",status="200"} 1',
    ])
    expect(samples(text, 'api_errors_total')).toHaveLength(2)
    expect(text).toContain(
      'api_request_duration_seconds_count{method="GET",route="/api/v1/things"} 3',
    )
    expect(text).not.toContain('secret-path-1')
  })

  it('count caches, queries and connections', async () => {
    app = await createTestApp([things(() => outcome([])).domain])
    await app.get('/api/v1/things')
    await app.get('/api/v1/things')
    app.metrics.cacheMiss('queries')
    app.metrics.webSockets(1)
    app.metrics.query({ cluster: 'seoul', operation: 'instant', outcome: 'ok', seconds: 0.02 })
    const text = await app.metrics.text()
    expect(text).toContain('cache_hits_total{cache="answers"} 1')
    expect(text).toContain('cache_misses_total{cache="answers"} 1')
    expect(text).toContain('cache_misses_total{cache="queries"} 1')
    expect(text).toContain('websocket_connections 1')
    expect(text).toContain(
      'prometheus_query_duration_seconds_count{cluster="seoul",operation="instant",outcome="ok"} 1',
    )
    expect(text).toContain('process_cpu_user_seconds_total')
    expect(app.metrics.cacheHitRate()).toBeCloseTo(1 / 3)
  })

  it('belong to one server only', async () => {
    app = await createTestApp([things(() => outcome([])).domain])
    await app.get('/api/v1/things')
    expect(samples(await createSelfMetrics().text(), 'api_requests_total{')).toEqual([])
  })
})
