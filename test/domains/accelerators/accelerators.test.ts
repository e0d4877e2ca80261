import { afterEach, describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import type { FleetMember } from '../../support/fleet.ts'
import { serveAccelerators, type Served } from './serve.ts'

const H100 = 'UUID="GPU-0",gpu="0",Hostname="node-1",modelName="NVIDIA H100 80GB HBM3"'
const ATOM = 'card="RBLN-CA25",name="rbln0",uuid="R-0",hostname="node-1"'
const SEOUL = `
DCGM_FI_DEV_POWER_USAGE{${H100},namespace="ml",pod="train-0",container="main"} 640
DCGM_FI_DEV_GPU_UTIL{${H100}} 90
DCGM_FI_DEV_GPU_TEMP{${H100}} 60
DCGM_FI_DEV_FB_USED{${H100}} 70000
RBLN_DEVICE_STATUS:CARD_POWER{${ATOM},namespace="ml",pod="serve-0",container="main"} 60
RBLN_DEVICE_STATUS:UTILIZATION{${ATOM}} 30
RBLN_DEVICE_STATUS:TEMPERATURE{${ATOM}} 40
RBLN_DEVICE_STATUS:DRAM_USED{${ATOM}} 1073741824
kube_node_info{node="node-1"} 1
kube_node_status_capacity{node="node-1",resource="nvidia_com_gpu",unit="integer"} 1
kube_node_status_capacity{node="node-1",resource="rebellions_ai_ATOM",unit="integer"} 1
`
const BUSAN = `
RBLN_DEVICE_STATUS:CARD_POWER{card="RBLN-CA25",name="rbln0",uuid="R-9",hostname="node-9"} 20
RBLN_DEVICE_STATUS:UTILIZATION{card="RBLN-CA25",name="rbln0",uuid="R-9",hostname="node-9"} 0
`

let served: Served | undefined
afterEach(async () => served?.app.close())

async function serve(members: Record<string, FleetMember> = { seoul: SEOUL, busan: BUSAN }) {
  served = await serveAccelerators(members)
  return served
}

const idsOf = (rows: readonly { accelerator_id: string }[]) =>
  rows.map(({ accelerator_id: id }) => id)

describe.each(['', '/all'])('GET /accelerators%s', (route) => {
  it('lists GPUs and NPUs by their place, under names that fit both', async () => {
    const { get } = await serve()
    const { status, data, meta } = await get(route)
    expect(status).toBe(200)
    expect(meta.page?.total).toBe(3)
    expect(idsOf(data)).toEqual(['R-9', 'GPU-0', 'R-0'])
    expect(data[2]).toEqual({
      type: 'npu',
      cluster: 'seoul',
      node: 'node-1',
      accelerator_id: 'R-0',
      uuid: 'R-0',
      device_index: 0,
      vendor: 'rebellions',
      model: 'RBLN-CA25',
      pci_bus_id: null,
      driver_version: null,
      status: 'active',
      power_watts: 60,
      power_limit_watts: null,
      utilization_percent: 30,
      memory_used_mb: 1024,
      memory_total_mb: null,
      temperature_celsius: 40,
      memory_temperature_celsius: null,
      partitions: [],
      allocated_to: [{ namespace: 'ml', pod: 'serve-0', container: 'main' }],
      sources: ['rebellions'],
    })
    expect(data[1]).toMatchObject({
      type: 'gpu',
      utilization_percent: 90,
      temperature_celsius: 60,
      power_watts: 640,
    })
  })

  it.each([
    ['?type=gpu', ['GPU-0']],
    ['?type=npu&status=idle', ['R-9']],
    ['?node=node-1', ['GPU-0', 'R-0']],
    ['?pod=serve-0', ['R-0']],
    ['?vendor=nvidia', ['GPU-0']],
    ['?sort=-utilization_percent&limit=2', ['GPU-0', 'R-0']],
    ['?sort=type&limit=1', ['GPU-0']],
  ])('with %s gives %j', async (query, ids) => {
    const { get } = await serve()
    const { status, data } = await get(`${route}${query}`)
    expect(status).toBe(200)
    expect(idsOf(data)).toEqual(ids)
  })

  it('refuses a column that only one kind has', async () => {
    const { get } = await serve()
    const { status, errors } = await get(`${route}?sort=gpu_utilization_percent`)
    expect(status).toBe(400)
    expect(errors[0]?.pointer).toBe('/query/sort')
  })

  it('does not know a node that nobody knows, but one with devices of the other kind', async () => {
    const { get } = await serve()
    expect((await get(`${route}?node=nowhere`)).status).toBe(404)
    expect((await get(`${route}?type=gpu&node=node-1`)).status).toBe(200)
  })
})

describe('GET /accelerators/summary', () => {
  it('adds up both kinds, beside all that Kubernetes counts of them', async () => {
    const { get } = await serve()
    const { data } = await get('/summary')
    expect(data).toMatchObject({
      total_accelerators: 3,
      total_gpus: 1,
      total_npus: 2,
      by_status: { active: 2, idle: 1, error: 0, unknown: 0 },
      power_watts: 720,
      power_watts_avg: 240,
      power_watts_max: 640,
      power_coverage: 1,
      utilization_percent_avg: 40,
      temperature_celsius_avg: 50,
      temperature_celsius_max: 60,
      memory_used_mb: 71_024,
      allocated_accelerators: 2,
      by_type: [
        { type: 'npu', accelerators: 2, power_watts: 80 },
        { type: 'gpu', accelerators: 1, power_watts: 640 },
      ],
      by_vendor: [
        { vendor: 'rebellions', accelerators: 2, power_watts: 80 },
        { vendor: 'nvidia', accelerators: 1, power_watts: 640 },
      ],
      kubernetes: { capacity: { nvidia_com_gpu: 1, rebellions_ai_ATOM: 1 } },
    })
  })

  it('is of one kind where that is asked', async () => {
    const { get } = await serve()
    const { data } = await get('/summary?type=npu')
    expect(data).toMatchObject({
      total_accelerators: 2,
      total_gpus: 0,
      power_watts: 80,
      kubernetes: { capacity: { rebellions_ai_ATOM: 1 } },
    })
  })
})

describe.each(['', '/all', '/summary'])('GET /accelerators%s, as every route', (route) => {
  it('needs a password', async () => {
    const { app } = await serve()
    const reply = await app.get(`/api/v1/accelerators${route}`, { auth: false })
    expect(reply.statusCode).toBe(401)
  })

  it('refuses what it does not know', async () => {
    const { get } = await serve()
    expect((await get(`${route}?type=tpu`)).errors[0]?.pointer).toBe('/query/type')
    expect((await get(`${route}?colour=red`)).errors[0]?.pointer).toBe('/query/colour')
    expect((await get(`${route}?cluster=nowhere`)).status).toBe(404)
  })

  it('answers without a silent cluster, and says so', async () => {
    const fails = new KCloudError('backend_timeout', { detail: 'no answer within 10 s' })
    const { get } = await serve({ seoul: SEOUL, busan: { fails } })
    const { status, meta } = await get(route)
    expect(status).toBe(200)
    expect(meta.status).toBe('partial')
    expect(meta.warnings.map(({ code }) => code)).toContain('cluster_unavailable')
    expect((await get(`${route}?partial=deny`)).status).toBe(503)
  })

  it.each([
    ['backend_timeout', 504],
    ['backend_unreachable', 502],
  ] as const)('with every cluster %s fails with %d', async (kind, expected) => {
    const fails = new KCloudError(kind, { detail: 'gone' })
    const { get } = await serve({ seoul: { fails }, busan: { fails } })
    expect((await get(route)).status).toBe(expected)
  })
})
