import type { SourceName } from '../faults.ts'
import type { Source } from '../series.ts'
import { dcgm } from './dcgm.ts'
import { furiosa } from './furiosa.ts'
import { ipmi } from './ipmi.ts'
import { kepler } from './kepler.ts'
import { kubelet } from './kubelet.ts'
import { kubeStateMetrics } from './kube-state.ts'
import { libvirt } from './libvirt.ts'
import { nodeExporter } from './node-exporter.ts'
import { openstack } from './openstack.ts'
import { rebellions } from './rebellions.ts'
import { vllm } from './vllm.ts'

/** Every exporter family that the simulator speaks. */
export const SOURCES: Readonly<Record<SourceName, Source>> = {
  dcgm,
  kube_state_metrics: kubeStateMetrics,
  ipmi,
  furiosa,
  rebellions,
  kepler,
  kubelet,
  node_exporter: nodeExporter,
  libvirt,
  openstack,
  vllm,
}
