import { SOURCES } from '../../src/catalogue/sources/index.ts'
import { createDemo } from '../../src/demo.ts'
import { everyDomain, type EveryDomain } from './every-domain.ts'

/** The time of the examples: what `meta.observed_at` of every example says. */
export const EXAMPLE_TIME = '2026-11-20T05:00:00.000Z'

/** What is asked of the demo for the example of each path, as the OpenAPI document writes it. */
export const EXAMPLE_REQUESTS: Readonly<Record<string, string>> = {
  '/accelerators': '/accelerators?cluster=daejeon&node=npu-worker-1&limit=1',
  '/accelerators/all': '/accelerators/all?cluster=daejeon&node=npu-worker-1&limit=1',
  '/accelerators/summary': '/accelerators/summary?cluster=daejeon',
  '/accelerators/npus': '/accelerators/npus?cluster=daejeon&limit=1',
  '/accelerators/npus/summary': '/accelerators/npus/summary?cluster=daejeon',
  '/accelerators/npus/{id}': '/accelerators/npus/npu-worker-1:furiosa:1?cluster=daejeon',
  '/accelerators/npus/{id}/metrics':
    '/accelerators/npus/npu-worker-1:furiosa:1/metrics?cluster=daejeon',
  '/accelerators/npus/{id}/partitions':
    '/accelerators/npus/npu-worker-1:furiosa:1/partitions?cluster=daejeon',
  '/accelerators/npus/{id}/cores':
    '/accelerators/npus/npu-worker-1:furiosa:1/cores?cluster=daejeon',
  '/accelerators/npus/{id}/power':
    '/accelerators/npus/npu-worker-1:furiosa:1/power?cluster=daejeon&period=3m&step=1m',
  '/accelerators/npus/{id}/temperature':
    '/accelerators/npus/npu-worker-1:furiosa:1/temperature?cluster=daejeon&period=3m&step=1m',
  '/hardware/ipmi/sensors': '/hardware/ipmi/sensors?cluster=busan&node=cpu-worker-1&limit=2',
  '/hardware/ipmi/sensors/{node}': '/hardware/ipmi/sensors/control-plane-1?cluster=busan',
  '/hardware/ipmi/power': '/hardware/ipmi/power?cluster=busan&node=cpu-worker-1',
  '/hardware/ipmi/summary': '/hardware/ipmi/summary?cluster=daejeon',
  '/hardware/ipmi/temperature':
    '/hardware/ipmi/temperature?cluster=busan&node=cpu-worker-1&limit=1',
  '/hardware/ipmi/fans': '/hardware/ipmi/fans?cluster=busan&node=cpu-worker-1&limit=1',
  '/hardware/ipmi/voltage': '/hardware/ipmi/voltage?cluster=busan&node=cpu-worker-1&limit=1',
  '/infrastructure/vms': '/infrastructure/vms?cluster=busan&node=hypervisor-1&limit=2',
  '/infrastructure/vms/summary': '/infrastructure/vms/summary?cluster=busan&project=web-portal',
  '/infrastructure/vms/{id}': '/infrastructure/vms/portal-web-1',
  '/infrastructure/vms/{id}/metrics': '/infrastructure/vms/portal-web-1/metrics',
  '/infrastructure/vms/{id}/power': '/infrastructure/vms/portal-web-1/power?period=3m&step=1m',
  '/accelerators/gpus': '/accelerators/gpus?cluster=seoul&node=gpu-worker-1&limit=1',
  '/accelerators/gpus/summary': '/accelerators/gpus/summary?cluster=daejeon',
  '/accelerators/gpus/{id}': '/accelerators/gpus/gpu-worker-1:nvidia:0?cluster=seoul',
  '/accelerators/gpus/{id}/metrics':
    '/accelerators/gpus/gpu-worker-1:nvidia:0/metrics?cluster=seoul',
  '/accelerators/gpus/{id}/power':
    '/accelerators/gpus/gpu-worker-1:nvidia:0/power?cluster=seoul&period=3m&step=1m',
  '/accelerators/gpus/{id}/temperature':
    '/accelerators/gpus/gpu-worker-1:nvidia:0/temperature?cluster=seoul&period=3m&step=1m',
  '/accelerators/gpus/{id}/partitions':
    '/accelerators/gpus/gpu-worker-1:nvidia:0/partitions?cluster=busan',
  '/infrastructure/nodes': '/infrastructure/nodes?cluster=busan&node=npu-worker-1',
  '/infrastructure/nodes/summary': '/infrastructure/nodes/summary?cluster=daejeon',
  '/infrastructure/nodes/{node}': '/infrastructure/nodes/npu-worker-1?cluster=busan',
  '/infrastructure/nodes/{node}/metrics':
    '/infrastructure/nodes/npu-worker-1/metrics?cluster=busan',
  '/infrastructure/nodes/{node}/power':
    '/infrastructure/nodes/npu-worker-1/power?cluster=busan&period=3m&step=1m',
  '/infrastructure/pods': '/infrastructure/pods?cluster=seoul&namespace=ai-platform&limit=1',
  '/infrastructure/pods/summary': '/infrastructure/pods/summary?cluster=busan&namespace=serving',
  '/infrastructure/pods/{namespace}/{pod}':
    '/infrastructure/pods/ai-platform/asr-train-96tq8-worker-0',
  '/infrastructure/pods/{namespace}/{pod}/metrics':
    '/infrastructure/pods/ai-platform/asr-train-96tq8-worker-0/metrics',
  '/infrastructure/pods/{namespace}/{pod}/power':
    '/infrastructure/pods/ai-platform/asr-train-96tq8-worker-0/power?period=3m&step=1m',
  '/infrastructure/containers':
    '/infrastructure/containers?cluster=seoul&namespace=ai-platform&limit=1',
  '/infrastructure/containers/{id}':
    '/infrastructure/containers/391e126546a8a091121854084c1546f5391e126546a8a091121854084c1546f5',
  '/infrastructure/containers/{id}/metrics':
    '/infrastructure/containers/391e126546a8a091121854084c1546f5391e126546a8a091121854084c1546f5/metrics',
  '/clusters/{name}/power': '/clusters/daejeon/power',
  '/clusters/compare':
    '/clusters/compare?cluster=busan,daejeon&metrics=power,utilization&period=5m&step=5m',
  '/clusters/{name}/summary': '/clusters/daejeon/summary',
  '/clusters/{name}/topology':
    '/clusters/busan/topology?node=npu-worker-1&types=node,accelerator,pod&limit=6',
  '/monitoring/power': '/monitoring/power?cluster=daejeon',
  '/monitoring/power/accelerators': '/monitoring/power/accelerators?cluster=busan',
  '/monitoring/power/infrastructure': '/monitoring/power/infrastructure?cluster=daejeon',
  '/monitoring/power/breakdown': '/monitoring/power/breakdown?by=workload_type&cluster=seoul',
  '/monitoring/power/efficiency': '/monitoring/power/efficiency?cluster=daejeon&period=5m',
  '/monitoring/timeseries/power': '/monitoring/timeseries/power?period=3m&step=1m',
  '/monitoring/timeseries/metrics':
    '/monitoring/timeseries/metrics?metric=power_watts&by=vendor&aggregation=sum&period=3m&step=1m',
  '/monitoring/timeseries/temperature':
    '/monitoring/timeseries/temperature?period=3m&step=1m&cluster=daejeon',
}

/** The routes over the clusters of the demo, at the time of the examples. */
export function demoAnswers(): Promise<EveryDomain> {
  const { clusters, open } = createDemo(() => new Date(EXAMPLE_TIME), 60)
  return everyDomain({ now: EXAMPLE_TIME, sources: SOURCES, clusters, open })
}
