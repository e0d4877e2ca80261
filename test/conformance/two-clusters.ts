import { expect } from 'vitest'
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts'
import { scrape, type ScrapingPrometheus } from '../support/scraped.ts'
import type { Reply, WholeServer } from '../support/whole-server.ts'

export const GPUS = '/accelerators/gpus'
/** Nothing is reused: each answer is made of what the clusters say at that moment. */
export const NOTHING_KEPT = { CACHE_TTL_REALTIME: '0', CACHE_TTL_STATIC: '0' }
/** For a cluster that hangs. One that fails in another way gets more, since a busy machine may be slow. */
export const IMPATIENT = { timeout: '500ms' }
export const TIMED_OUT = 'did not answer within 0.5 s'

const SEOUL_TEXT = [
  ...board('UUID="GPU-s0",gpu="0",pci_bus_id="00000000:18:00.0",modelName="NVIDIA H100 80GB HBM3",Hostname="gpu-s",DCGM_FI_DRIVER_VERSION="570.86.15",namespace="ml",pod="train-0",container="main"', 640.5, 97),
  ...board('UUID="GPU-s1",gpu="1",pci_bus_id="00000000:2A:00.0",modelName="NVIDIA H100 80GB HBM3",Hostname="gpu-s",DCGM_FI_DRIVER_VERSION="570.86.15"', 70, 0),
].join('\n') // prettier-ignore
const BUSAN_TEXT = board('UUID="GPU-b0",gpu="0",pci_bus_id="00000000:07:00.0",modelName="NVIDIA A100-SXM4-40GB",Hostname="gpu-b",DCGM_FI_DRIVER_VERSION="535.54.03",namespace="lab",pod="notebook-0",container="nb"', 250, 40).join('\n') // prettier-ignore

function board(labels: string, watts: number, utilization: number): readonly string[] {
  return [
    `DCGM_FI_DEV_POWER_USAGE{${labels}} ${watts}`,
    `DCGM_FI_DEV_GPU_UTIL{${labels}} ${utilization}`,
    `DCGM_FI_DEV_FB_USED{${labels}} 1000`,
    `DCGM_FI_DEV_FB_FREE{${labels}} 9000`,
    `DCGM_FI_DEV_GPU_TEMP{${labels}} 61`,
    `DCGM_FI_DEV_MEMORY_TEMP{${labels}} 68`,
    `DCGM_FI_DEV_SM_CLOCK{${labels}} 1980`,
    `DCGM_FI_DEV_MEM_CLOCK{${labels}} 2619`,
  ]
}

/** What every board of the expositions shows alike. */
const ALIKE = {
  vendor: 'nvidia',
  power_limit_watts: null,
  memory_used_mb: 1000,
  memory_total_mb: 10_000,
  gpu_temperature_celsius: 61,
  memory_temperature_celsius: 68,
  sm_clock_mhz: 1980,
  memory_clock_mhz: 2619,
  partitions: [],
  sources: ['dcgm'],
}
export const SEOUL_ROWS = [
  {
    ...ALIKE,
    cluster: 'seoul',
    node: 'gpu-s',
    gpu_id: 'GPU-s0',
    uuid: 'GPU-s0',
    device_index: 0,
    pci_bus_id: '00000000:18:00.0',
    model: 'NVIDIA H100 80GB HBM3',
    driver_version: '570.86.15',
    status: 'active',
    power_watts: 640.5,
    gpu_utilization_percent: 97,
    allocated_to: [{ namespace: 'ml', pod: 'train-0', container: 'main' }],
  },
  {
    ...ALIKE,
    cluster: 'seoul',
    node: 'gpu-s',
    gpu_id: 'GPU-s1',
    uuid: 'GPU-s1',
    device_index: 1,
    pci_bus_id: '00000000:2A:00.0',
    model: 'NVIDIA H100 80GB HBM3',
    driver_version: '570.86.15',
    status: 'idle',
    power_watts: 70,
    gpu_utilization_percent: 0,
    allocated_to: [],
  },
]
export const BUSAN_ROWS = [
  {
    ...ALIKE,
    cluster: 'busan',
    node: 'gpu-b',
    gpu_id: 'GPU-b0',
    uuid: 'GPU-b0',
    device_index: 0,
    pci_bus_id: '00000000:07:00.0',
    model: 'NVIDIA A100-SXM4-40GB',
    driver_version: '535.54.03',
    status: 'active',
    power_watts: 250,
    gpu_utilization_percent: 40,
    allocated_to: [{ namespace: 'lab', pod: 'notebook-0', container: 'nb' }],
  },
]

/** The Prometheus of a cluster, which scrapes its exporter. */
export function startSeoul(binary: string): Promise<ScrapingPrometheus> {
  return scrape([{ job: 'dcgm', text: SEOUL_TEXT, honorLabels: true }], binary)
}

/** The Prometheus of the cluster that will be in trouble; `more` as in `scrape`. */
export function startBusan(
  binary: string,
  more?: Parameters<typeof scrape>[2],
): Promise<ScrapingPrometheus> {
  return scrape([{ job: 'dcgm', text: BUSAN_TEXT, honorLabels: true }], binary, more)
}

/** A way to a cluster that can break. */
export function wayTo({ url }: { readonly url: string }): Promise<FaultProxy> {
  return startFaultProxy(Number(new URL(url).port))
}

/** The two as the configuration names them; `fields` says more about the second. */
export function twoClusters(seoul: string, busan: string, fields: object = {}) {
  return [
    { name: 'seoul', url: seoul, timeout: '20s' },
    { name: 'busan', url: busan, timeout: '20s', ...fields },
  ]
}

/** Holds an answer to be all there is. */
export function expectComplete({ status, body }: Reply): void {
  expect(status).toBe(200)
  expect(body.meta).toMatchObject({
    status: 'complete',
    clusters: [
      { name: 'seoul', status: 'ok' },
      { name: 'busan', status: 'ok' },
    ],
    warnings: [],
  })
  expect(body.data).toEqual([...BUSAN_ROWS, ...SEOUL_ROWS])
}

/** Holds an answer to be that of the healthy cluster, which says what is missing and is not to be kept. */
export function expectWithoutBusan(reply: Reply, status: string, detail: unknown): void {
  expect(reply.status).toBe(200)
  expect(reply.body.data).toEqual(SEOUL_ROWS)
  expect(reply.body.meta).toMatchObject({
    status: 'partial',
    clusters: [
      { name: 'seoul', status: 'ok' },
      { name: 'busan', status },
    ],
    page: { total: SEOUL_ROWS.length, limit: 100, offset: 0 },
  })
  expect(reply.body.meta.warnings).toEqual([
    { code: 'cluster_unavailable', cluster: 'busan', detail },
  ])
  expect(reply.headers['cache-control']).toBe('no-store')
  expect(reply.headers).not.toHaveProperty('etag')
  expectDiscreet(reply)
}

/** Holds a reply to be a problem document that is not to be kept. */
export function expectProblem(reply: Reply, status: number, kind: string, detail: unknown): void {
  expect(reply.body).toMatchObject({ type: `/problems/${kind}`, status, detail })
  expect(reply.status).toBe(status)
  expect(reply.headers['content-type']).toBe('application/problem+json')
  expect(reply.headers['cache-control']).toBe('no-store')
  expectDiscreet(reply)
}

/** No address, credential, query, or word of the network's own. */
const INDISCREET = /127\.0\.0\.1|localhost|https?:|DCGM|__name__|\bup\b|max by|query=|api\/v1\/query|password|Basic |ECONN|UND_ERR|ERR_|stack/ // prettier-ignore

function expectDiscreet({ body }: Reply): void {
  expect(JSON.stringify(body)).not.toMatch(INDISCREET)
}

/** Waits until what is asked again and again holds. */
export function eventually(holds: () => void | Promise<void>): Promise<void> {
  return expect.poll(() => outcomeOf(holds), { timeout: 15_000, interval: 50 }).toBe('so it is')
}

async function outcomeOf(holds: () => void | Promise<void>): Promise<string> {
  try {
    await holds()
    return 'so it is'
  } catch (error) {
    return String(error)
  }
}

/** Waits until the server's own look at its clusters gave these statuses. */
export function eventuallyKnown(
  server: WholeServer,
  statuses: Readonly<Record<string, string>>,
): Promise<void> {
  return eventually(async () => {
    const { body } = await server.get('/system/health')
    const found = body.data.clusters.map((cluster: any) => [cluster.name, cluster.status])
    expect(Object.fromEntries(found)).toEqual(statuses)
  })
}
