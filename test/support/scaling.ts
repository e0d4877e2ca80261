import { createFleetReader } from '../../src/services/fleet/index.ts'
import {
  admitBy,
  createScaling,
  type Decided,
  type ScalingOptions,
} from '../../src/services/scaling/index.ts'
import { openStore, type StoreOptions } from '../../src/services/store/index.ts'
import { createFleet, type FleetMember } from './fleet.ts'
import { NO_RULES } from './monitoring.ts'
import type { FakeClock } from './test-app.ts'

/** A Deployment whose replicas hold a GPU each, and a neighbour. */
export function cluster({
  replicas,
  watts,
  more = '',
}: {
  readonly replicas: number
  /** Of each replica. */
  readonly watts: number
  readonly more?: string
}): string {
  const pods = Array.from({ length: replicas }, (_, index) =>
    podLines({
      pod: `web-7d9f8c6b54-p${index}`,
      index,
      watts: watts + index,
      owner: 'web-7d9f8c6b54',
    }),
  )
  const other = podLines({
    pod: 'batch-0',
    index: 50,
    watts: 400,
    owner: 'batch',
    kind: 'StatefulSet',
  })
  return [NODE, ...pods, other, more].join('\n')
}

const NODE = `
kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
ipmi_up{instance="10.1.0.1",node="gpu-1",collector="dcmi"} 1
ipmi_dcmi_power_consumption_watts{instance="10.1.0.1",node="gpu-1"} 7000
`

interface PodOf {
  readonly pod: string
  readonly index: number
  readonly watts: number
  readonly owner: string
  readonly kind?: string
}

function podLines({ pod, index, watts, owner, kind = 'ReplicaSet' }: PodOf): string {
  const of = `namespace="ml",pod="${pod}"`
  return `
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-${index}",gpu="${index}",Hostname="gpu-1",modelName="NVIDIA H100 80GB HBM3",${of},container="main"} ${watts}
kube_pod_info{${of},node="gpu-1",uid="u-${pod}",created_by_kind="${kind}",created_by_name="${owner}"} 1
kube_pod_owner{${of},owner_kind="${kind}",owner_name="${owner}"} 1
kube_pod_status_phase{${of},phase="Running"} 1`
}

export const NEW_POLICY = {
  name: 'web-budget',
  target: { cluster: 'seoul', namespace: 'ml', kind: 'Deployment', name: 'web' },
  max_replicas: 20,
  power_based: { max_power_budget: 5000 },
} as const

export interface ScalingSetup {
  readonly place?: StoreOptions
  readonly options?: Partial<ScalingOptions>
}

const done = () => Promise.resolve({ outcome: 'done' } as const)

/** Scaling over clusters of text, with a store; whoever asks for it closes it. */
export async function startScaling(
  members: Readonly<Record<string, FleetMember>>,
  clock: FakeClock,
  { place = { path: ':memory:' }, options = {} }: ScalingSetup = {},
) {
  const world = createFleet(members, clock.now)
  const fleet = createFleetReader({ telemetry: world.telemetry, identity: NO_RULES })
  const store = await openStore(place)
  const decided: Decided[] = []
  const errors: unknown[] = []
  const scaling = createScaling({
    fleet,
    now: clock.now,
    policies: store.policies,
    events: store.scalingEvents,
    deliveries: store.deliveries,
    leases: store.leases,
    forecast: () =>
      Promise.resolve({ peak_power_watts: null, confidence: null, model: null, problem: 'none' }),
    attempts: { webhook: done, kubernetes: done },
    onAttempt: () => undefined,
    price: { currency: 'USD', at: () => 0.12 },
    intervalSeconds: 60,
    hasClock: false,
    keepSeconds: 90 * 86_400,
    keepHoldsSeconds: 7 * 86_400,
    admit: admitBy({
      allows: null,
      canSign: false,
      hostsSetting: 'WEBHOOK_URL_ALLOW',
      secretSetting: 'WEBHOOK_SECRET',
      reaches: () => true,
      kubernetesSetting: 'KUBERNETES_CLUSTERS',
    }),
    onDecision: (_, made) => decided.push(made),
    onError: (error) => errors.push(error),
    ...options,
  })
  return {
    scaling,
    store,
    world,
    decided,
    errors,
    async close() {
      await scaling.close()
      await store.close()
    },
  }
}
