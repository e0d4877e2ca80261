import { exposition } from '../support/fixtures.ts'
import type { Scraped } from '../support/scraped.ts'

interface Placed extends Omit<Scraped, 'text'> {
  readonly file: string
}

/** Where each sample is scraped: as its exporter's own documents set it up, at the addresses of one datacentre. */
const PLACES: readonly Placed[] = [
  // gpu-worker-1: its GPUs once directly and once through a federated Prometheus, its BMC by IPMI and by Redfish.
  at('dcgm-exporter-4.5.3-4.8.2-k8s', '10.42.3.17:9400'),
  { ...at('prometheus-federate-dcgm-exported-labels', '10.0.9.9:9090'), honorLabels: true },
  at('kepler-0.11.4-pods-nogpu', '10.0.1.11:28282'),
  at('kepler-0.7.12-gpu', '10.0.1.11:9102'),
  at('ipmi-exporter-1.10.0-live', 'gpu-worker-1-bmc', { job: 'ipmi' }),
  at('idrac-exporter-2.6.1-server', '10.9.0.12', { job: 'idrac' }),
  { ...at('kubelet-cadvisor-k8s-labels', '10.0.1.11:10250'), honorLabels: true },
  at('triton-inference-server', '10.42.0.32:8002'),
  at('triton-docs-excerpt', '10.42.0.40:8002'),
  at('vllm-v1', '10.42.0.41:8000'),
  // The other nodes of Kubernetes. The BMC of npu-worker-1 does not answer.
  { ...at('kube-state-metrics-2.x-cluster', '10.42.0.7:8080'), honorLabels: true },
  at('ipmi-exporter-1.10.0-live-bmc-down', '10.9.0.21', { job: 'ipmi' }),
  at('rbln-metrics-exporter-0.2.2', '10.0.1.22:9090'),
  at('node-exporter-1.12-e2e-fixture', '10.0.1.22:9100'),
  at('node-exporter-1.9.0-live', '10.0.1.31:9100'),
  at('libvirt-exporter-0.2.0-live-nova', '10.0.1.31:9177'),
  at('openstack-exporter-nova-testdata', '10.0.9.1:9180'),
  at('kueue', '10.42.0.50:8080'),
  // Machines that this Kubernetes does not know.
  { ...at('kube-state-metrics-2.20-testextract', '10.42.0.8:8080'), honorLabels: true },
  at('kepler-EP001-platform-excerpt', '10.0.2.1:28282'),
  at('kepler-0.11.4-live-fake-meter', '10.0.2.2:28282'),
  at('dcgm-exporter-3.1.8-baremetal', '10.0.2.7:9400'),
  at('dcgm-exporter-readme-k8s-sentinel', '10.0.2.8:9400'),
  at('amd-device-metrics-exporter-1.3.1-spx', '10.0.2.11:5000'),
  at('amd-docs-excerpt', '10.0.2.12:5000'),
  at('furiosa-2025.2-readme', '10.0.2.21:6254'),
  at('ascend-mindcluster-26.1-testdata', '10.0.2.31:8082'),
  at('ascend-mindcluster-docs-excerpt', '10.0.2.32:8082'),
  at('ascend-npu-exporter-5.0-testdata', '10.0.2.33:8082'),
  at('habanalabs-gaudi-exporter', '10.0.2.41:41611'),
  at('google-tpu-device-plugin', '10.0.2.51:2112'),
  at('cadvisor-0.60-testdata', '10.0.2.61:8080'),
]

function at(file: string, instance: string, more: Readonly<Record<string, string>> = {}): Placed {
  return { file, job: file, labels: { instance, ...more } }
}

/** Every sample that there is. */
export const FILES = PLACES.map(({ file }) => `${file}.prom`)

/** The targets of the datacentre. */
export const datacentre = (): readonly Scraped[] =>
  PLACES.map(({ file, ...place }) => ({ ...place, text: exposition(`${file}.prom`) }))
