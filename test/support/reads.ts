import type { EveryDomain } from './every-domain.ts'

/** A short window with few points. */
export const WINDOW = 'period=10m&step=1m'

/** Every route that reads a cluster, in some of its forms; names in capitals are filled in by `filledIn`. */
export const READS = [
  '/accelerators/all?limit=100',
  '/accelerators/summary',
  '/accelerators/gpus?limit=100',
  '/accelerators/gpus/summary',
  '/accelerators/gpus/GPU',
  '/accelerators/gpus/GPU/metrics',
  `/accelerators/gpus/GPU/power?${WINDOW}`,
  `/accelerators/gpus/GPU/temperature?${WINDOW}`,
  '/accelerators/gpus/MIG/partitions',
  '/accelerators/npus?limit=100',
  '/accelerators/npus/summary',
  '/accelerators/npus/NPU',
  '/accelerators/npus/NPU/metrics',
  '/accelerators/npus/NPU/cores',
  '/accelerators/npus/NPU/partitions',
  `/accelerators/npus/NPU/power?${WINDOW}`,
  `/accelerators/npus/NPU/temperature?${WINDOW}`,
  '/infrastructure/nodes',
  '/infrastructure/nodes/summary',
  '/infrastructure/nodes/NODE',
  '/infrastructure/nodes/NODE/metrics',
  `/infrastructure/nodes/NODE/power?${WINDOW}`,
  '/infrastructure/pods?limit=1000',
  '/infrastructure/pods/summary',
  '/infrastructure/pods/POD',
  '/infrastructure/pods/POD/metrics',
  `/infrastructure/pods/POD/power?${WINDOW}`,
  '/infrastructure/containers?limit=1000',
  '/infrastructure/containers/CONTAINER',
  '/infrastructure/containers/CONTAINER/metrics',
  '/infrastructure/vms',
  '/infrastructure/vms/summary',
  '/infrastructure/vms/VM',
  '/infrastructure/vms/VM/metrics',
  `/infrastructure/vms/VM/power?${WINDOW}`,
  '/hardware/ipmi/sensors?limit=1000',
  '/hardware/ipmi/sensors/NODE',
  '/hardware/ipmi/power',
  '/hardware/ipmi/temperature?limit=1000',
  '/hardware/ipmi/fans?limit=1000',
  '/hardware/ipmi/voltage?limit=1000',
  '/hardware/ipmi/summary',
  '/clusters/site/summary',
  '/clusters/site/topology?limit=100000',
  '/clusters/site/power',
  '/clusters/compare?metrics=power,energy,utilization,temperature,efficiency&period=10m',
  '/monitoring/power',
  '/monitoring/power/accelerators',
  '/monitoring/power/infrastructure',
  ...['cluster', 'node', 'namespace', 'pod', 'vendor', 'resource_type', 'workload_type'].map(
    (by) => `/monitoring/power/breakdown?by=${by}`,
  ),
  '/monitoring/power/efficiency?period=10m',
  `/monitoring/timeseries/power?${WINDOW}&by=pod`,
  ...['avg', 'min', 'max', 'sum', 'p95', 'count'].map(
    (how) => `/monitoring/timeseries/metrics?metric=power_watts&aggregation=${how}&${WINDOW}`,
  ),
  `/monitoring/timeseries/metrics?metric=cpu_cores_used&entity=vm&by=vm_id&${WINDOW}`,
  `/monitoring/timeseries/temperature?${WINDOW}`,
]

/** What the names in capitals stand for. */
export type Names = Readonly<Record<string, string>>

/** Finds things to ask about in the world of `quietWorld`. */
export async function namesIn({ get }: EveryDomain): Promise<Names> {
  const first = async (path: string) => (await get(path)).body.data[0]
  const [gpu, mig, npu, container, vm] = await Promise.all([
    first('/accelerators/gpus?node=gpu-worker-1&limit=1'),
    first('/accelerators/gpus?node=gpu-worker-2&limit=1'),
    first('/accelerators/npus?limit=1'),
    first('/infrastructure/containers?namespace=serving&limit=1'),
    first('/infrastructure/vms?limit=1'),
  ])
  return {
    GPU: gpu.gpu_id,
    MIG: mig.gpu_id,
    NPU: npu.npu_id,
    NODE: 'gpu-worker-1',
    POD: `${container.namespace}/${container.pod}`,
    CONTAINER: container.id,
    VM: vm.id,
  }
}

/** A path with the names of things. */
export const filledIn = (path: string, names: Names): string =>
  path.replace(/(?<=\/)[A-Z]+(?=[/?]|$)/, (name) => names[name] ?? name)
