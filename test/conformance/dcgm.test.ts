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
      0: ['llm-train-worker-0'],
      4: ['llama-predictor-00001-deployment-7c9d8b6f5-x2k4q'],
      6: [],
      7: ['llm-train-worker-1'],
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
      0: ['llm-train-worker-0'],
      4: ['llama-predictor-00001-deployment-7c9d8b6f5-x2k4q'],
      6: [],
      7: ['llm-train-worker-1'],
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
    pods: { 0: ['llm-train-worker-0'], 6: [] },
  },
  {
    name: 'dcgm-exporter 3.1.8 on bare metal',
    text: () => exposition('dcgm-exporter-3.1.8-baremetal.prom'),
    honorLabels: false,
    gpus: 4,
    watts: 1420.4575,
    node: 'bare-gpu-7',
    pods: { 0: [], 3: [] },
  },
  {
    name: 'a federation that already holds exported labels',
    text: () => exposition('prometheus-federate-dcgm-exported-labels.prom'),
    honorLabels: true,
    gpus: 8,
    watts: 4220.8,
    node: 'gpu-worker-1',
    pods: { 0: ['llm-train-worker-0'], 6: [] },
  },
  {
    name: "the README's sample with a blank sentinel",
    text: () => exposition('dcgm-exporter-readme-k8s-sentinel.prom'),
    honorLabels: true,
    gpus: 1,
    watts: null,
    node: '127.0.0.1',
    pods: { 0: [] },
  },
  {
    name: 'a card in seven MIG instances and a card that four pods share',
    text: () => MIG_AND_SLICES,
    honorLabels: true,
    gpus: 2,
    watts: 600,
    node: 'mig-1',
    pods: {
      0: ['tenant-1', 'tenant-2', 'tenant-3', 'tenant-4', 'tenant-5', 'tenant-6', 'tenant-7'],
      1: ['share-0', 'share-1', 'share-2', 'share-3'],
    },
  },
] as const

/** Each sample is a cluster of its own, in one Prometheus that keeps them apart by a label. */
describe.skipIf(!ready || !haveFixtures).each(realPrometheusBinaries())(
  'the samples of dcgm-exporter in Prometheus $name',
  ({ path }) => {
    let prometheus: ScrapingPrometheus
    let server: WholeServer
    beforeAll(async () => {
      const jobs = CASES.map(({ text, honorLabels }, index) => ({
        job: `case-${index}`,
        text: text(),
        honorLabels,
        labels: { ...TARGET, sample: `case-${index}` },
      }))
      prometheus = await scrape(jobs, path)
      await prometheus.scraped()
      server = await wholeServer(
        CASES.map((_, index) => ({
          name: `case-${index}`,
          url: prometheus.url,
          labels: { sample: `case-${index}` },
        })),
      )
    })
    afterAll(async () => {
      await server.close()
      await prometheus.stop()
    })

    it.each(CASES.map((sample, index) => ({ ...sample, cluster: `case-${index}` })))(
      '$name',
      async ({ cluster, gpus, watts, node, pods }) => {
        const { body } = await server.get(`/accelerators/gpus?cluster=${cluster}`)
        expect(body.meta.status).toBe('complete')
        expect(body.data).toHaveLength(gpus)
        expect(new Set(body.data.map((gpu: any) => gpu.node))).toEqual(new Set([node]))
        for (const [index, names] of Object.entries(pods)) {
          const gpu = body.data.find((each: any) => each.device_index === Number(index))
          expect(gpu.allocated_to.map((owner: any) => owner.pod)).toEqual(names)
        }
        const summary = await server.get(`/accelerators/gpus/summary?cluster=${cluster}`)
        if (watts === null) expect(summary.body.data.power_watts).toBeNull()
        else expect(summary.body.data.power_watts).toBeCloseTo(watts, 6)
      },
    )

    it('counts a MIG card and a time-sliced card once', async () => {
      const { body } = await server.get(`/accelerators/gpus?cluster=case-${CASES.length - 1}`)
      const [mig, sliced] = body.data
      expect(mig).toMatchObject({ gpu_id: 'GPU-mig', power_watts: 300, memory_used_mb: 7000 })
      expect(mig.gpu_utilization_percent).toBeCloseTo(50, 9)
      expect(mig.partitions.map((part: any) => part.allocated_to[0].pod)).toEqual(
        [1, 2, 3, 4, 5, 6, 7].map((id) => `tenant-${id}`),
      )
      expect(sliced).toMatchObject({ gpu_id: 'GPU-sliced', power_watts: 300 })
    })
  },
)
