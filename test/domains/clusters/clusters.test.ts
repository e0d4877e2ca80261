import { afterEach, describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import { clustersDomain } from '../../support/clusters-domain.ts'
import { createFleet, type FleetMember } from '../../support/fleet.ts'
import { createTestApp, fakeClock, type GetOptions, type TestApp } from '../../support/test-app.ts'

const TEXT = `
kube_node_info{node="gpu-1"} 1
kube_node_info{node="cpu-1"} 1
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="0",Hostname="gpu-1"} 300
`
const DOWN = { fails: new KCloudError('backend_unreachable', { detail: 'connection refused' }) }

let app: TestApp | undefined
let served: Awaited<ReturnType<typeof clustersDomain>> | undefined
afterEach(async () => {
  await app?.close()
  await served?.close()
})

async function serve(members: Record<string, FleetMember>) {
  const clock = fakeClock()
  const fleet = createFleet(members, clock.now)
  const identity = { rewrites: [], bmcs: [] }
  const reader = createFleetReader({ telemetry: fleet.telemetry, identity })
  served = await clustersDomain(fleet, reader, clock.now)
  app = await createTestApp([served.domain], { clock })
  const asked = app
  return { fleet, get: (url: string, options?: GetOptions) => asked.get(url, options) }
}

describe('GET /clusters', () => {
  it('lists every cluster with its health, before and after the first check', async () => {
    const { fleet, get } = await serve({ seoul: TEXT, busan: DOWN })
    const before = await get('/api/v1/clusters')
    expect(before.json<{ data: unknown[] }>().data).toMatchObject([
      { name: 'seoul', status: 'unknown', checked_at: null },
      { name: 'busan', status: 'unknown', checked_at: null },
    ])
    await fleet.registry.checkNow()
    const after = await get('/api/v1/clusters?sort=name')
    expect(after.json<{ data: unknown[] }>().data[1]).toMatchObject({
      name: 'seoul',
      flavour: 'prometheus',
      status: 'ok',
      version: '0.0.0-fleet',
      checked_at: '2026-11-20T00:00:00.000Z',
      consecutive_failures: 0,
      circuit: 'closed',
    })
  })

  it('says nothing of where a cluster is reached', async () => {
    const { get } = await serve({ seoul: TEXT })
    expect((await get('/api/v1/clusters')).body).not.toContain('127.0.0.1')
  })

  it('refuses a sort field that clusters lack, and callers without a password', async () => {
    const { get } = await serve({ seoul: TEXT })
    expect((await get('/api/v1/clusters?sort=power_watts')).statusCode).toBe(400)
    expect((await get('/api/v1/clusters', { auth: false })).statusCode).toBe(401)
  })
})

describe('GET /clusters/{name}', () => {
  it('counts what the cluster knows', async () => {
    const { get } = await serve({ seoul: TEXT })
    const response = await get('/api/v1/clusters/seoul')
    expect(response.json<{ data: unknown }>().data).toMatchObject({
      name: 'seoul',
      nodes: 2,
      gpus: 1,
    })
  })

  it('has null and not zero for a cluster that is down', async () => {
    const { get } = await serve({ seoul: TEXT, busan: DOWN })
    const response = await get('/api/v1/clusters/busan')
    expect(response.statusCode).toBe(200)
    expect(response.json<{ data: unknown }>().data).toMatchObject({ nodes: null, gpus: null })
  })

  it('says that the answer lacks the part of a cluster that is down, and why', async () => {
    const refused = { fails: new KCloudError('backend_unauthorized', { detail: 'wrong password' }) }
    const { get } = await serve({ seoul: TEXT, busan: refused })
    const response = await get('/api/v1/clusters/busan')
    expect(response.json<{ meta: unknown }>().meta).toMatchObject({
      status: 'partial',
      clusters: [{ name: 'busan', status: 'unauthorized' }],
      warnings: [{ code: 'cluster_unavailable', cluster: 'busan', detail: 'wrong password' }],
    })
    expect((await get('/api/v1/clusters/busan?partial=deny')).statusCode).toBe(503)
  })

  it('does not count nodes where nobody watches Kubernetes', async () => {
    const { get } = await serve({ bare: 'DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1"} 300' })
    const response = await get('/api/v1/clusters/bare')
    expect(response.json<{ data: unknown }>().data).toMatchObject({ nodes: null, gpus: 1 })
  })

  it('does not know other names', async () => {
    const { get } = await serve({ seoul: TEXT })
    expect((await get('/api/v1/clusters/nope')).statusCode).toBe(404)
  })
})
