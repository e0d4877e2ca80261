import { afterEach, describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import type { FleetMember } from '../../support/fleet.ts'
import { serveAccelerators, type Served } from './serve.ts'

const CARD = (device: number, more: string) =>
  `arch="rngd",device="npu${device}",uuid="F-${device}",pci_bus_id="0000:c${device}:00.0",driver_version="2025.1.0",firmware_version="2025.1.1",hostname="npu-1"${more}`
const POD = ',namespace="serving",pod="llm-0",container="furiosa"'

const cores = (device: number, more: (core: number) => string, busy: (core: number) => number) =>
  Array.from(
    { length: 8 },
    (_, core) => `
furiosa_npu_core_utilization{${CARD(device, `,core="${core}"${more(core)}`)}} ${busy(core)}
furiosa_npu_core_frequency{${CARD(device, `,core="${core}"${more(core)}`)}} 1750`,
  ).join('\n')

/** Card 0 is divided: its own rows, and those of the pod on half of it. Card 1 is free, card 2 is broken. */
const SEOUL = `
furiosa_npu_alive{${CARD(0, ',core="0-7"')}} 1
furiosa_npu_alive{${CARD(0, `,core="0-3"${POD}`)}} 1
furiosa_npu_hw_power{${CARD(0, ',core="0-7",label="rms"')}} 90.5
furiosa_npu_hw_power{${CARD(0, `,core="0-3",label="rms"${POD}`)}} 90.5
furiosa_npu_hw_temperature{${CARD(0, ',core="0-7",label="peak"')}} 67.75
furiosa_npu_hw_temperature{${CARD(0, `,core="0-3",label="peak"${POD}`)}} 67.75
furiosa_npu_hw_temperature{${CARD(0, ',core="0-7",label="ambient"')}} 45
furiosa_npu_dram_usage{${CARD(0, ',core="0-7"')}} 1073741824
furiosa_npu_dram_total{${CARD(0, ',core="0-7"')}} 51539607552
${cores(
  0,
  (core) => (core < 4 ? POD : ''),
  (core) => (core < 4 ? 80 : 0),
)}
furiosa_npu_alive{${CARD(1, ',core="0-7"')}} 1
furiosa_npu_hw_power{${CARD(1, ',core="0-7",label="rms"')}} 38
${cores(
  1,
  () => '',
  () => 0,
)}
furiosa_npu_alive{${CARD(2, ',core="0-7"')}} 0
furiosa_npu_hw_power{${CARD(2, ',core="0-7",label="rms"')}} 20
kube_node_info{node="npu-1"} 1
kube_node_info{node="cpu-1"} 1
kube_node_status_capacity{node="npu-1",resource="furiosa_ai_rngd",unit="integer"} 3
kube_node_status_allocatable{node="npu-1",resource="furiosa_ai_rngd",unit="integer"} 2
kube_node_status_capacity{node="npu-1",resource="cpu",unit="core"} 64
`
const NOBODY = 'namespace="",pod="",container=""'
const JOB = 'namespace="batch",pod="job-0",container="main"'
const RBLN = (name: string, owner: string) =>
  `card="RBLN-CA25",name="rbln${name}",uuid="R-${name}",deviceID="1250",hostname="npu-2",driver_version="2.0.1",firmware_version="2.0.1",${owner}`
const BUSAN = `
RBLN_DEVICE_STATUS:CARD_POWER{${RBLN('0', JOB)}} 58.3
RBLN_DEVICE_STATUS:UTILIZATION{${RBLN('0', JOB)}} 0
RBLN_DEVICE_STATUS:HEALTH{${RBLN('0', JOB)}} 0
RBLN_DEVICE_STATUS:TEMPERATURE{${RBLN('0', JOB)}} 54
RBLN_DEVICE_STATUS:CARD_POWER{${RBLN('1', NOBODY)}} 21
RBLN_DEVICE_STATUS:HEALTH{${RBLN('1', NOBODY)}} 0
`

let served: Served | undefined
afterEach(async () => served?.app.close())

async function serve(members: Record<string, FleetMember> = { seoul: SEOUL, busan: BUSAN }) {
  served = await serveAccelerators(members)
  return served
}

const idsOf = (rows: readonly { npu_id: string }[]) => rows.map(({ npu_id: id }) => id)

describe('GET /accelerators/npus', () => {
  it('lists each card once, with what it is, does and who holds it', async () => {
    const { get } = await serve()
    const { status, data, meta } = await get('/npus')
    expect(status).toBe(200)
    expect(meta.status).toBe('complete')
    // The samples of this text stand still for an hour, which is told of cards that work.
    expect(meta.warnings.map(({ code }) => code)).toEqual(['stale_data'])
    expect(meta.page).toEqual({ total: 5, limit: 100, offset: 0 })
    expect(idsOf(data)).toEqual(['R-0', 'R-1', 'F-0', 'F-1', 'F-2'])
    expect(data[2]).toEqual({
      cluster: 'seoul',
      node: 'npu-1',
      npu_id: 'F-0',
      uuid: 'F-0',
      device_index: 0,
      vendor: 'furiosa',
      model: 'rngd',
      pci_bus_id: '0000:c0:00.0',
      driver_version: '2025.1.0',
      firmware_version: '2025.1.1',
      status: 'active',
      power_watts: 90.5,
      power_limit_watts: null,
      npu_utilization_percent: 40,
      cores_total: 8,
      memory_used_mb: 1024,
      memory_total_mb: 49_152,
      npu_temperature_celsius: 67.75,
      board_temperature_celsius: 45,
      memory_temperature_celsius: null,
      core_clock_mhz: 1750,
      memory_clock_mhz: null,
      partitions: [
        {
          partition_id: '0-3',
          profile: null,
          cores: 4,
          npu_utilization_percent: 80,
          memory_used_mb: null,
          memory_total_mb: null,
          allocated_to: [{ namespace: 'serving', pod: 'llm-0', container: 'furiosa' }],
        },
      ],
      allocated_to: [{ namespace: 'serving', pod: 'llm-0', container: 'furiosa' }],
      sources: ['furiosa'],
    })
  })

  it('calls a card broken that its driver calls so, and unknown what does not tell', async () => {
    const { get } = await serve()
    const { data } = await get('/npus')
    expect(data.map((npu: { status: string }) => npu.status)).toEqual([
      'idle',
      'unknown',
      'active',
      'idle',
      'error',
    ])
  })

  it.each([
    ['?cluster=busan', ['R-0', 'R-1']],
    ['?node=npu-2', ['R-0', 'R-1']],
    ['?vendor=furiosa&status=idle', ['F-1']],
    ['?model=RBLN-CA25&limit=1&offset=1', ['R-1']],
    ['?namespace=serving', ['F-0']],
    ['?pod=job-0', ['R-0']],
    ['?node=cpu-1', []],
    ['?vendor=nobody', []],
    ['?sort=-power_watts', ['F-0', 'R-0', 'F-1', 'R-1', 'F-2']],
    ['?sort=cores_total&cluster=seoul', ['F-0', 'F-1', 'F-2']],
  ])('with %s gives %j', async (query, ids) => {
    const { get } = await serve()
    const { status, data } = await get(`/npus${query}`)
    expect(status).toBe(200)
    expect(idsOf(data)).toEqual(ids)
  })

  it.each([
    ['?sort=gpu_id', '/query/sort'],
    ['?limit=0', '/query/limit'],
    ['?status=broken', '/query/status'],
    ['?type=npu', '/query/type'],
  ])('refuses %s and names the parameter', async (query, pointer) => {
    const { get } = await serve()
    const { status, errors } = await get(`/npus${query}`)
    expect(status).toBe(400)
    expect(errors[0]?.pointer).toBe(pointer)
  })

  it.each(['?cluster=nowhere', '?node=nowhere', '?pod=nowhere'])(
    'does not know %s',
    async (query) => {
      const { get } = await serve()
      expect((await get(`/npus${query}`)).status).toBe(404)
    },
  )

  it('asks each cluster the same few questions, however many NPUs there are', async () => {
    const cards = (count: number) =>
      Array.from(
        { length: count },
        (_, i) =>
          `furiosa_npu_hw_power{uuid="F-${i}",device="npu${i % 8}",hostname="n-${i >> 3}",core="0-7",label="rms"} 40`,
      ).join('\n')
    const few = await serve({ seoul: cards(2) })
    await few.get('/npus')
    const asked = few.fleet.queries.length
    await few.app.close()
    const large = await serve({ seoul: cards(200) })
    expect((await large.get('/npus?limit=200')).data).toHaveLength(200)
    expect(large.fleet.queries).toHaveLength(asked)
  })
})

describe('GET /accelerators/npus/summary', () => {
  it('adds up what the cards report, each watt once, and shows what Kubernetes counts', async () => {
    const { get } = await serve()
    const { data } = await get('/npus/summary')
    expect(data).toMatchObject({
      total_npus: 5,
      by_status: { active: 1, idle: 2, error: 1, unknown: 1 },
      power_watts: 90.5 + 38 + 20 + 58.3 + 21,
      power_watts_max: 90.5,
      power_coverage: 1,
      npu_temperature_celsius_max: 67.75,
      cores_total: 24,
      allocated_npus: 2,
      idle_allocated_npus: 1,
      partitioned_npus: 1,
      partitions: 1,
      by_cluster: [
        { cluster: 'seoul', npus: 3, power_watts: 148.5 },
        { cluster: 'busan', npus: 2, power_watts: 79.3 },
      ],
      kubernetes: {
        capacity: { furiosa_ai_rngd: 3 },
        allocatable: { furiosa_ai_rngd: 2 },
        requested_by_running_pods: {},
      },
    })
  })

  it('is null and not zero where nobody reports', async () => {
    const { get } = await serve({ empty: 'kube_node_info{node="cpu-1"} 1' })
    const { data } = await get('/npus/summary')
    expect(data).toMatchObject({
      total_npus: 0,
      power_watts: null,
      power_coverage: null,
      npu_utilization_percent_avg: null,
      cores_total: null,
      kubernetes: null,
    })
  })

  it('leaves out what Kubernetes counts beside a part of the NPUs', async () => {
    const { get } = await serve()
    const { data } = await get('/npus/summary?vendor=rebellions')
    expect(data).toMatchObject({ total_npus: 2, kubernetes: null })
  })
})

describe('GET /accelerators/npus/{id}', () => {
  it.each(['F-1', 'npu-1:furiosa:1'])('finds %s', async (id) => {
    const { get } = await serve()
    const { status, data } = await get(`/npus/${id}`)
    expect(status).toBe(200)
    expect(data).toMatchObject({ npu_id: 'F-1', power_watts: 38, status: 'idle' })
  })

  it('takes an index alone where it is unambiguous, else lists the candidates', async () => {
    const { get } = await serve()
    expect((await get('/npus/0?cluster=seoul')).data.npu_id).toBe('F-0')
    const { status, candidates } = await get('/npus/0')
    expect(status).toBe(409)
    expect(candidates).toEqual(['busan/R-0', 'seoul/F-0'])
  })
})

describe('GET /accelerators/npus/{id}/metrics', () => {
  it('gives every measure, null where it is not reported', async () => {
    const { get } = await serve()
    const { data } = await get('/npus/F-0/metrics')
    expect(data.metrics).toEqual({
      power_watts: 90.5,
      power_limit_watts: null,
      npu_utilization_percent: 40,
      tensor_active_percent: null,
      memory_bandwidth_active_percent: null,
      memory_used_mb: 1024,
      memory_total_mb: 49_152,
      npu_temperature_celsius: 67.75,
      board_temperature_celsius: 45,
      memory_temperature_celsius: null,
      core_clock_mhz: 1750,
      memory_clock_mhz: null,
      device_healthy: 1,
    })
  })
})

describe('GET /accelerators/npus/{id}/power', () => {
  it('gives the watts of the card and not those of its rows together', async () => {
    const { get } = await serve()
    const { data } = await get('/npus/F-0/power?period=30m&step=5m')
    expect(data).toMatchObject({
      npu_id: 'F-0',
      power_watts: 90.5,
      power_watts_min: 90.5,
      power_watts_avg: 90.5,
      power_watts_max: 90.5,
      energy_joules: 90.5 * 1800,
      energy_method: 'integral',
      covered_seconds: 1800,
      source: 'furiosa',
    })
    expect(data.timeseries.series[0].key).toEqual({
      cluster: 'seoul',
      node: 'npu-1',
      npu_id: 'F-0',
    })
    expect(data.timeseries.series[0].points).toHaveLength(7)
  })

  it.each([
    ['?period=1x', '/query/period'],
    ['?step=1s&period=1w', '/query/step'],
  ])('refuses %s', async (query, pointer) => {
    const { get } = await serve()
    const { status, errors } = await get(`/npus/F-0/power${query}`)
    expect(status).toBe(400)
    expect(errors[0]?.pointer).toBe(pointer)
  })
})

describe('GET /accelerators/npus/{id}/temperature', () => {
  it('tells the chip from the board, null where a card has no sensor', async () => {
    const { get } = await serve()
    const { data } = await get('/npus/F-0/temperature?period=10m&step=5m')
    expect(data).toMatchObject({
      npu_temperature_celsius: 67.75,
      npu_temperature_celsius_max: 67.75,
      board_temperature_celsius: 45,
      board_temperature_celsius_avg: 45,
      memory_temperature_celsius: null,
      memory_temperature_celsius_max: null,
    })
    expect(data.timeseries.map(({ metric }: { metric: string }) => metric)).toEqual([
      'npu_temperature_celsius',
      'board_temperature_celsius',
      'memory_temperature_celsius',
    ])
  })
})

describe('GET /accelerators/npus/{id}/partitions', () => {
  it('lists the cores that pods hold, and nothing for a card that is not divided', async () => {
    const { get } = await serve()
    const { data } = await get('/npus/F-0/partitions')
    expect(data).toMatchObject({ cores_total: 8, partitions: [{ partition_id: '0-3', cores: 4 }] })
    expect((await get('/npus/F-1/partitions')).data.partitions).toEqual([])
  })
})

describe('GET /accelerators/npus/{id}/cores', () => {
  it('lists each core with what it does and who holds it', async () => {
    const { get } = await serve()
    const { data } = await get('/npus/F-0/cores')
    expect(data.cores_total).toBe(8)
    expect(data.cores.map((core: { core_id: number }) => core.core_id)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7,
    ])
    expect(data.cores[3]).toEqual({
      core_id: 3,
      utilization_percent: 80,
      core_clock_mhz: 1750,
      state: 'running',
      allocated_to: [{ namespace: 'serving', pod: 'llm-0', container: 'furiosa' }],
    })
    expect(data.cores[4]).toMatchObject({ state: 'idle', allocated_to: [] })
  })

  it('lists cores that are named and say nothing, and none where nobody names any', async () => {
    const { get } = await serve()
    const { data } = await get('/npus/F-2/cores')
    expect(data.cores[0]).toMatchObject({ utilization_percent: null, state: 'unknown' })
    expect((await get('/npus/R-0/cores')).data).toMatchObject({ cores_total: null, cores: [] })
  })
})

describe('every NPU route', () => {
  const ROUTES = ['', '/summary']
  const ONE = ['', '/metrics', '/power', '/temperature', '/partitions', '/cores']
  const ALL = [...ROUTES, ...ONE.map((route) => `/F-0${route}`)]

  it.each(ALL)('%s needs a password', async (route) => {
    const { app } = await serve()
    const reply = await app.get(`/api/v1/accelerators/npus${route}`, { auth: false })
    expect(reply.statusCode).toBe(401)
  })

  it.each(ALL)('%s refuses a parameter that it does not know', async (route) => {
    const { get } = await serve()
    const { status, errors } = await get(`/npus${route}?colour=red`)
    expect(status).toBe(400)
    expect(errors[0]?.pointer).toBe('/query/colour')
  })

  it.each(ALL)('%s answers without a silent cluster, and says so', async (route) => {
    const fails = new KCloudError('backend_timeout', { detail: 'no answer within 10 s' })
    const { get } = await serve({ seoul: SEOUL, busan: { fails } })
    const { status, meta } = await get(`/npus${route}`)
    expect(status).toBe(200)
    expect(meta.status).toBe('partial')
    expect(meta.clusters).toContainEqual({ name: 'busan', status: 'timeout' })
    expect((await get(`/npus${route}?partial=deny`)).status).toBe(503)
  })

  it.each(ALL)('%s fails with every cluster', async (route) => {
    const late = new KCloudError('backend_timeout', { detail: 'gone' })
    const gone = new KCloudError('backend_unreachable', { detail: 'gone' })
    const { get, fleet, clock } = await serve({ seoul: { fails: late }, busan: { fails: late } })
    expect((await get(`/npus${route}`)).status).toBe(504)
    clock.advance(60)
    fleet.set('seoul', { fails: gone })
    fleet.set('busan', { fails: gone })
    expect((await get(`/npus${route}`)).status).toBe(502)
  })

  it.each(ONE)('/{id}%s does not know an id when everyone answered', async (route) => {
    const { get } = await serve()
    expect((await get(`/npus/F-9${route}`)).status).toBe(404)
    expect((await get(`/npus/0${route}`)).status).toBe(409)
  })

  it.each(ONE)('/{id}%s does not say "not found" while somebody is silent', async (route) => {
    const fails = new KCloudError('backend_timeout', { detail: 'late' })
    const { get } = await serve({ seoul: SEOUL, busan: { fails } })
    expect((await get(`/npus/R-0${route}`)).status).toBe(504)
  })
})
