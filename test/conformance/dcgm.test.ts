import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exposition, haveFixtures } from '../support/fixtures.ts'
import { realPrometheusBinaries, requireReal } from '../support/real-prometheus.ts'
import { scrape, type ScrapingPrometheus } from '../support/scraped.ts'
import { wholeServer, type WholeServer } from '../support/whole-server.ts'

const ready = requireReal('prometheus', 'prometheus')
/** What Prometheus adds to the exporter's series when it finds it by a ServiceMonitor. */
const TARGET = {
  pod: 'nvidia-dcgm-exporter-8xkzl',
  namespace: 'gpu-operator',
  container: 'nvidia-dcgm-exporter',
  service: 'nvidia-dcgm-exporter',
}
const MIG_AND_SLICES = `
${['1,1g.5gb', '2,1g.5gb', '3,1g.5gb', '4,1g.5gb', '5,1g.5gb', '6,1g.5gb', '7,1g.5gb']
  .map((part) => part.split(','))
  .map(([id, profile]) => {
    const labels = `{gpu="0",UUID="GPU-mig",pci_bus_id="00000000:07:00.0",device="nvidia0",modelName="NVIDIA A100-SXM4-40GB",GPU_I_PROFILE="${profile}",GPU_I_ID="${id}",hostname="mig-1",pod="tenant-${id}",namespace="mig",container="main"}`
    return `DCGM_FI_DEV_POWER_USAGE${labels} 300\nDCGM_FI_DEV_FB_USED${labels} 1000\nDCGM_FI_PROF_GR_ENGINE_ACTIVE${labels} 0.5`
  })
  .join('\n')}
${[0, 1, 2, 3]
  .map((slot) => {
    const labels = `{gpu="1",UUID="GPU-sliced",pci_bus_id="00000000:0F:00.0",device="nvidia1",modelName="NVIDIA A100-SXM4-40GB",hostname="mig-1",vgpu="${slot}",pod="share-${slot}",namespace="ts",container="main"}`
    return `DCGM_FI_DEV_POWER_USAGE${labels} 300\nDCGM_FI_DEV_GPU_UTIL${labels} 90`
  })
  .join('\n')}
`

/** Watts and holders as the sample's own lines state them, counted by hand. */
const CASES = [
  {
    name: 'dcgm-exporter 4.5.3 on Kubernetes, honor_labels true',
    text: () => exposition('dcgm-exporter-4.5.3-4.8.2-k8s.prom'),
    honorLabels: true,
    gpus: 8,
    watts: 4220.8,
    node: 'gpu-worker-1',
    pods: {
      0: 'llm-train-worker-0',
      4: 'llama-predictor-00001-deployment-7c9d8b6f5-x2k4q',
      6: null,
      7: 'llm-train-worker-1',
    },
  },
  {
    name: 'the same, honor_labels false: exported_pod beside the exporter',
    text: () => exposition('dcgm-exporter-4.5.3-4.8.2-k8s.prom'),
    honorLabels: false,
    gpus: 8,
    watts: 4220.8,
    node: 'gpu-worker-1',
    pods: {
      0: 'llm-train-worker-0',
      4: 'llama-predictor-00001-deployment-7c9d8b6f5-x2k4q',
      6: null,
      7: 'llm-train-worker-1',
    },
  },
  {
    name: 'the newer label hostname',
    text: () =>
      exposition('dcgm-exporter-4.5.3-4.8.2-k8s.prom').replaceAll('Hostname=', 'hostname='),
    honorLabels: true,
    gpus: 8,
    watts: 4220.8,
    node: 'gpu-worker-1',
    pods: { 0: 'llm-train-worker-0', 6: null },
  },
  {
    name: 'dcgm-exporter 3.1.8 on bare metal',
    text: () => exposition('dcgm-exporter-3.1.8-baremetal.prom'),
    honorLabels: false,
    gpus: 4,
    watts: 1420.4575,
    node: 'bare-gpu-7',
    pods: { 0: null, 3: null },
  },
  {
    name: 'a federation that already holds exported labels',
    text: () => exposition('prometheus-federate-dcgm-exported-labels.prom'),
    honorLabels: true,
    gpus: 8,
    watts: 4220.8,
    node: 'gpu-worker-1',
    pods: { 0: 'llm-train-worker-0', 6: null },
  },
  {
    name: "the README's sample with a blank sentinel",
    text: () => exposition('dcgm-exporter-readme-k8s-sentinel.prom'),
    honorLabels: true,
    gpus: 1,
    watts: null,
    node: '127.0.0.1',
    pods: { 0: null },
  },
] as const

describe.skipIf(!ready || !haveFixtures).each(realPrometheusBinaries())(
  'the samples of dcgm-exporter in Prometheus $name',
  ({ path }) => {
    it.each(CASES)('$name', async ({ text, honorLabels, gpus, watts, node, pods }) => {
      await serving({ text: text(), honorLabels, binary: path }, async ({ get }) => {
        const { body } = await get('/accelerators/gpus')
        expect(body.data).toHaveLength(gpus)
        expect(new Set(body.data.map((gpu: any) => gpu.node))).toEqual(new Set([node]))
        for (const [index, pod] of Object.entries(pods)) {
          const gpu = body.data.find((each: any) => each.device_index === Number(index))
          expect(gpu.allocated_to.map((owner: any) => owner.pod)).toEqual(pod === null ? [] : [pod])
        }
        const summary = (await get('/accelerators/gpus/summary')).body.data
        if (watts === null) expect(summary.power_watts).toBeNull()
        else expect(summary.power_watts).toBeCloseTo(watts, 6)
      })
    })
  },
)

describe.skipIf(!ready).each(realPrometheusBinaries())(
  'MIG and time-slicing in Prometheus $name',
  ({ path }) => {
    let served: { server: WholeServer; prometheus: ScrapingPrometheus } | undefined
    beforeAll(async () => {
      served = await start({ text: MIG_AND_SLICES, honorLabels: false, binary: path })
    })
    afterAll(async () => stop(served))

    it('counts each card once', async () => {
      const { body } = (await served?.server.get('/accelerators/gpus')) ?? {}
      expect(body.data.map((gpu: any) => [gpu.gpu_id, gpu.power_watts])).toEqual([
        ['GPU-mig', 300],
        ['GPU-sliced', 300],
      ])
      expect(body.data[0]).toMatchObject({ node: 'mig-1', memory_used_mb: 7000 })
      expect(body.data[0].gpu_utilization_percent).toBeCloseTo(50, 9)
      expect(body.data[0].partitions).toHaveLength(7)
      expect(body.data[0].partitions[0].allocated_to[0].pod).toBe('tenant-1')
      expect(body.data[1].allocated_to).toHaveLength(4)
      expect((await served?.server.get('/accelerators/gpus/summary'))?.body.data.power_watts).toBe(
        600,
      )
    })
  },
)

interface Served {
  readonly text: string
  readonly honorLabels: boolean
  readonly binary: string
}

async function start({ text, honorLabels, binary }: Served) {
  const prometheus = await scrape([{ job: 'dcgm', text, honorLabels, labels: TARGET }], binary)
  await prometheus.scraped()
  const server = await wholeServer([{ name: 'seoul', url: prometheus.url }], {
    CACHE_TTL_REALTIME: '0s',
  })
  return { server, prometheus }
}

async function stop(served: Awaited<ReturnType<typeof start>> | undefined): Promise<void> {
  await served?.server.close()
  await served?.prometheus.stop()
}

async function serving(what: Served, use: (server: WholeServer) => Promise<void>): Promise<void> {
  const served = await start(what)
  try {
    await use(served.server)
  } finally {
    await stop(served)
  }
}
