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
}

/** The routes over the clusters of the demo, at the time of the examples. */
export function demoAnswers(): Promise<EveryDomain> {
  const { clusters, open } = createDemo(() => new Date(EXAMPLE_TIME), 60)
  return everyDomain({ now: EXAMPLE_TIME, sources: SOURCES, clusters, open })
}
