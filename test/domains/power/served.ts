import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { analyzer } from '../../../src/domains/analyzer/index.ts'
import { infrastructure } from '../../../src/domains/infrastructure/index.ts'
import { monitoring } from '../../../src/domains/monitoring/index.ts'
import { power } from '../../../src/domains/power/index.ts'
import { profile } from '../../../src/domains/profile/index.ts'
import { KCloudError } from '../../../src/kernel/errors.ts'
import { createClassifier } from '../../../src/services/classifier/index.ts'
import { createCollector, storeSink } from '../../../src/services/collector/index.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import { openStore } from '../../../src/services/store/index.ts'
import { costsOver, type CostOptions } from '../../support/cost.ts'
import { createFleet, type FleetMember } from '../../support/fleet.ts'
import { createTestApp, fakeClock, type GetOptions } from '../../support/test-app.ts'

const identity = { rewrites: [], bmcs: [] }

/** A server with the domains of power, profiles, infrastructure and monitoring over clusters made of text. */
export async function servePower(
  members: Readonly<Record<string, FleetMember>>,
  { cost, collects = false }: { readonly cost?: CostOptions; readonly collects?: boolean } = {},
) {
  const clock = fakeClock()
  const { telemetry } = createFleet(members, clock.now)
  const store = await openStore({ path: ':memory:' })
  const fleet = createFleetReader({ telemetry, identity })
  const classifier = createClassifier({
    telemetry,
    fleet,
    models: store.models,
    windows: 1,
    intervalSeconds: 0,
    now: clock.now,
    onTraining: () => undefined,
  })
  const costs = costsOver({ fleet, telemetry }, cost)
  const directory = await mkdtemp(join(tmpdir(), 'served-'))
  const collector = collects
    ? await createCollector({
        ...{ fleet, costs, directory, now: clock.now },
        clusters: () => Object.keys(members),
        sinks: [storeSink({ rollups: store.rollups, keptDays: 1, now: clock.now })],
        mostBytes: 1e6,
        intervalSeconds: 60,
        note: () => undefined,
      })
    : null
  const needs = {
    telemetry,
    fleet,
    identity,
    assumedPue: null,
    classifier,
    collector,
    rollups: store.rollups,
    now: clock.now,
    costs,
  }
  const domains = [
    power(needs),
    analyzer(needs),
    profile(needs),
    infrastructure(needs),
    monitoring(needs),
  ]
  const app = await createTestApp(domains, { clock })
  const read = (response: { readonly statusCode: number; readonly body: string }) => ({
    status: response.statusCode,
    ...(JSON.parse(response.body) as {
      data: any
      meta: any
      errors: any
      candidates: any
      detail: any
    }),
  })
  return {
    store,
    collector,
    get: async (path: string, options?: GetOptions) => read(await app.get(path, options)),
    post: async (path: string, body?: object, options?: GetOptions) =>
      read(await app.send('POST', path, { ...options, ...(body !== undefined && { body }) })),
    async close() {
      await app.close()
      await classifier.close()
      await collector?.close()
      await rm(directory, { recursive: true, force: true })
      await store.close()
    },
  }
}

export type Served = Awaited<ReturnType<typeof servePower>>
export const DOWN = { fails: new KCloudError('backend_unreachable', { detail: 'refused' }) }

/** Two pods and two nodes, of which one has no meter. */
export const SEOUL = `
  kube_node_info{node="node-a",internal_ip="10.0.0.1"} 1
  kube_node_info{node="node-b",internal_ip="10.0.0.2"} 1
  kube_pod_info{namespace="ml",pod="train-0",uid="t",node="node-a",created_by_kind="PyTorchJob",created_by_name="llm-train"} 1
  kube_pod_labels{namespace="ml",pod="train-0",uid="t",label_training_kubeflow_org_job_name="llm-train"} 1
  kube_pod_owner{namespace="ml",pod="train-0",uid="t",owner_kind="PyTorchJob",owner_name="llm-train"} 1
  kube_pod_status_phase{namespace="ml",pod="train-0",uid="t",phase="Running"} 1
  kube_pod_container_info{namespace="ml",pod="train-0",uid="t",container="pytorch",image="reg/train:1"} 1
  kube_pod_info{namespace="llm",pod="chat-0",uid="c",node="node-a",created_by_kind="ReplicaSet",created_by_name="chat"} 1
  kube_pod_status_phase{namespace="llm",pod="chat-0",uid="c",phase="Running"} 1
  kube_pod_container_info{namespace="llm",pod="chat-0",uid="c",container="main",image="reg/chat:1"} 1
  ipmi_dcmi_power_consumption_watts{instance="node-a",node="node-a"} 1200
  kepler_node_cpu_watts{node_name="node-a",zone="package",path="p"} 200
  kepler_node_cpu_watts{node_name="node-a",zone="dram",path="p"} 50
  kepler_pod_cpu_watts{node_name="node-a",pod_id="t",pod_name="train-0",pod_namespace="ml",state="running",zone="package"} 80
  kepler_pod_cpu_watts{node_name="node-a",pod_id="c",pod_name="chat-0",pod_namespace="llm",state="running",zone="package"} 20
  DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="0",Hostname="node-a",modelName="NVIDIA H100",namespace="ml",pod="train-0",container="pytorch"} 600
  DCGM_FI_DEV_POWER_USAGE{UUID="GPU-2",gpu="1",Hostname="node-a",modelName="NVIDIA H100",namespace="llm",pod="chat-0",container="main"} 150
  DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",gpu="0",Hostname="node-a",modelName="NVIDIA H100",namespace="ml",pod="train-0",container="pytorch"} 98
  DCGM_FI_DEV_GPU_UTIL{UUID="GPU-2",gpu="1",Hostname="node-a",modelName="NVIDIA H100",namespace="llm",pod="chat-0",container="main"} 0
  vllm:num_requests_running{namespace="llm",pod="chat-0",instance="10.2.0.9:8000",model_name="llama"} 2
  vllm:generation_tokens_total{namespace="llm",pod="chat-0",instance="10.2.0.9:8000",model_name="llama"} 0 500
`
