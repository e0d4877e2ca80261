import type { SourceSpec } from '../source.ts'
import { amd, amdPartitions } from './amd.ts'
import { ascend } from './ascend.ts'
import { bmcTargets } from './bmc-targets.ts'
import { cambricon, cambriconPods } from './cambricon.ts'
import { furiosa } from './furiosa.ts'
import { cloudTpu } from './google.ts'
import { gaudi, xpuManager, xpuManager2 } from './intel.ts'
import { ipmiDcmi, ipmiSensors } from './ipmi.ts'
import {
  keplerContainers,
  keplerGpus,
  keplerNodes,
  keplerPlatform,
  keplerPods,
  keplerSupplies,
  keplerVms,
} from './kepler.ts'
import {
  keplerLegacyContainers,
  keplerLegacyGpus,
  keplerLegacyModel,
  keplerLegacyNodes,
  keplerLegacyPlatform,
  keplerLegacyPods,
  keplerLegacyVms,
} from './kepler-legacy.ts'
import { kubernetesContainers, kubernetesNodes, kubernetesPods } from './kube-state-metrics.ts'
import { KUBE_STATE_METRICS_V1 } from './kube-state-metrics-v1.ts'
import { KUBELET_CONTAINERS, KUBELET_PODS, kubeletNodes } from './kubelet.ts'
import { metax, metaxWays } from './metax.ts'
import { mooreThreads, mooreThreadsDcgm } from './moore-threads.ts'
import { nodeAcpi, nodeExporter, nodeRapl } from './node-exporter.ts'
import { nvidiaDcgm } from './nvidia-dcgm.ts'
import { rebellions } from './rebellions.ts'
import { redfishOutputs, redfishSensors, redfishSupplies, redfishSystem } from './redfish.ts'
import { enflame, hygon, iluvatar, kunlunxin, neuron } from './second-hand.ts'
import { triton, tritonGpus, vllm } from './serving.ts'
import {
  libvirt,
  novaFlavors,
  novaServers,
  openstackProjects,
  scaphandreNodes,
  scaphandrePods,
  scaphandreVms,
} from './virtual-machines.ts'

/** Boards, by what reads them most directly. */
const DEVICES: readonly SourceSpec[] = [
  nvidiaDcgm,
  amd,
  amdPartitions,
  xpuManager,
  xpuManager2,
  mooreThreads,
  mooreThreadsDcgm,
  keplerGpus,
  tritonGpus,
  keplerLegacyGpus,
  furiosa,
  rebellions,
  ascend,
  gaudi,
  cloudTpu,
  cambricon,
  cambriconPods,
  metax,
  metaxWays,
  hygon,
  iluvatar,
  enflame,
  kunlunxin,
  neuron,
]

/** The power of a whole node, the most trusted meter first; then what gives it, its parts and estimates. */
const NODE_POWER: readonly SourceSpec[] = [
  ipmiDcmi,
  redfishSystem,
  redfishSupplies,
  keplerPlatform,
  keplerLegacyPlatform,
  nodeAcpi,
  redfishOutputs,
  keplerSupplies,
  keplerNodes,
  keplerLegacyNodes,
  nodeRapl,
  scaphandreNodes,
  keplerLegacyModel,
]

/** What a cluster says of itself, and what its machines say. */
const INVENTORY: readonly SourceSpec[] = [
  kubernetesNodes,
  kubernetesPods,
  kubernetesContainers,
  ...KUBE_STATE_METRICS_V1,
  nodeExporter,
  kubeletNodes,
  ...KUBELET_PODS,
  ...KUBELET_CONTAINERS,
  ipmiSensors,
  redfishSensors,
  bmcTargets,
  libvirt,
  novaServers,
  novaFlavors,
  openstackProjects,
]

/** What workloads are attributed, and what they achieve. */
const WORKLOADS: readonly SourceSpec[] = [
  keplerPods,
  keplerContainers,
  keplerVms,
  keplerLegacyPods,
  keplerLegacyContainers,
  keplerLegacyVms,
  scaphandrePods,
  scaphandreVms,
  vllm,
  triton,
]

/** Every source we know. Of several that report the same measure of the same thing, the earlier one counts. */
export const SOURCES: readonly SourceSpec[] = [
  ...DEVICES,
  ...NODE_POWER,
  ...INVENTORY,
  ...WORKLOADS,
]
