import type { NonEmpty } from '../kernel/kind.ts'
import { hash, letters, pick, uuid } from './hash.ts'
import { occupanciesWithin, occupancyAt, type Lane, type Occupancy } from './lane.ts'
import type { Span } from './spans.ts'
import type { WorkloadKind } from './workloads.ts'

/** A label as a name and a value; lists of them keep the order in which an exporter prints them. */
export type LabelPair = readonly [name: string, value: string]

/** A pod with one container. It runs from `from` until `until`, in unix seconds. */
export interface Pod extends Span {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly container: string
  readonly image: string
  /** Empty for a pod that nobody owns. */
  readonly ownerKind: string
  readonly ownerName: string
  /** Its Kubernetes labels, as kube-state-metrics spells them. */
  readonly labels: readonly LabelPair[]
  /** Whether it ends by itself and then stays listed for a while. */
  readonly completes: boolean
  readonly lane: Lane
}

type Identity = Pick<
  Pod,
  'name' | 'namespace' | 'container' | 'image' | 'ownerKind' | 'ownerName' | 'labels'
>

/** The letters that Kubernetes makes names of: no vowels, so no words. */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789'
const suffix = (seed: number, length = 5): string => letters(LETTERS, length, seed)

const JOBS: NonEmpty<string> = ['llm-pretrain', 'vlm-finetune', 'asr-train', 'rec-train', 'llm-dpo']
const MODELS: NonEmpty<string> = ['llama-70b', 'qwen-32b', 'exaone-32b', 'whisper-large', 'bge-m3']
const USERS: NonEmpty<string> = ['minji', 'junho', 'seoyeon', 'dohyun', 'hana', 'jiwoo']
const BATCHES: NonEmpty<string> = ['preprocess', 'embed-docs', 'evaluate', 'transcode']
const SERVICES: NonEmpty<string> = ['gateway', 'search', 'catalog', 'feature-store', 'web']

const IDENTITIES: Readonly<Record<WorkloadKind, (lane: Lane, key: number) => Identity>> = {
  training: trainingIdentity,
  serving: servingIdentity,
  reserved: (lane, key) => deployed('research', `workspace-${suffix(lane.seed, 3)}`, key),
  batch: batchIdentity,
  interactive: interactiveIdentity,
  service: (lane, key) =>
    deployed(pick(['web', 'platform'], lane.seed), pick(SERVICES, lane.seed, 1), key),
  daemon: (lane) => ({
    name: `node-agent-${suffix(lane.seed, 8)}`,
    namespace: 'kube-system',
    container: 'agent',
    image: 'registry.example/agent:1.9',
    ownerKind: 'DaemonSet',
    ownerName: 'node-agent',
    labels: [['label_k8s_app', 'node-agent']],
  }),
}

/** The pod of one occupancy of a lane. */
export function podOf(lane: Lane, { index, from, until }: Occupancy): Pod {
  // Every pod of a gang has the same key, so that they name the same job.
  const key = hash(lane.gang.seed, index)
  return {
    ...IDENTITIES[lane.kind](lane, key),
    uid: uuid(hash(lane.seed, index, 7)),
    completes: lane.kind === 'training' || lane.kind === 'batch',
    from,
    until,
    lane,
  }
}

/** The pod that holds a lane at a time. */
export function podAt(lane: Lane, seconds: number): Pod | undefined {
  const held = occupancyAt(lane, seconds)
  return held === undefined ? undefined : podOf(lane, held)
}

/** The pods that hold a lane for some of a stretch of time, in order. */
export function podsWithin(lane: Lane, span: Span): readonly Pod[] {
  return occupanciesWithin(lane, span).map((held) => podOf(lane, held))
}

function trainingIdentity(lane: Lane, key: number): Identity {
  const job = `${pick(JOBS, key)}-${suffix(key)}`
  const replica = String(lane.gang.replica)
  return {
    name: `${job}-worker-${replica}`,
    namespace: pick(['ai-research', 'ai-platform'], lane.gang.seed),
    container: 'pytorch',
    image: 'registry.example/train:2.7',
    ownerKind: 'PyTorchJob',
    ownerName: job,
    labels: [
      ['label_training_kubeflow_org_job_name', job],
      ['label_training_kubeflow_org_operator_name', 'pytorchjob-controller'],
      ['label_training_kubeflow_org_replica_index', replica],
      ['label_training_kubeflow_org_replica_type', 'worker'],
      ['label_kueue_x_k8s_io_queue_name', 'research-lq'],
    ],
  }
}

/** Graphics cards are served by KServe; NPU cards by a stateful set, whose pods keep their name. */
function servingIdentity(lane: Lane, key: number): Identity {
  if (lane.resource?.name.startsWith('nvidia') !== true) return statefulIdentity(lane)
  const service = pick(MODELS, lane.seed)
  const revision = `${service}-predictor-${String(key % 100).padStart(5, '0')}`
  const set = `${revision}-deployment-${suffix(hash(key, 1), 9)}`
  return {
    name: `${set}-${suffix(hash(key, 2))}`,
    namespace: 'serving',
    container: 'kserve-container',
    image: 'registry.example/vllm:0.11',
    ownerKind: 'ReplicaSet',
    ownerName: set,
    labels: [
      ['label_serving_kserve_io_inferenceservice', service],
      ['label_component', 'predictor'],
      ['label_serving_knative_dev_revision', revision],
    ],
  }
}

function statefulIdentity(lane: Lane): Identity {
  const set = `npu-llm-${suffix(lane.seed)}`
  return {
    name: `${set}-0`,
    namespace: 'serving',
    container: 'npu-llm',
    image: 'registry.example/npu-llm:2025.3',
    ownerKind: 'StatefulSet',
    ownerName: set,
    labels: [['label_app_kubernetes_io_name', 'npu-llm']],
  }
}

function batchIdentity(_lane: Lane, key: number): Identity {
  const job = `${pick(BATCHES, key)}-${String(20_000_000 + (key % 9_999_999))}`
  return {
    name: `${job}-${suffix(key)}`,
    namespace: 'data',
    container: 'main',
    image: 'registry.example/batch:4',
    ownerKind: 'Job',
    ownerName: job,
    labels: [
      ['label_job_name', job],
      ['label_batch_kubernetes_io_job_name', job],
    ],
  }
}

/** A notebook is a bare pod of its user, with the same name every day. */
function interactiveIdentity(lane: Lane): Identity {
  return {
    name: `jupyter-${pick(USERS, lane.seed)}-${suffix(lane.seed)}`,
    namespace: 'jupyter',
    container: 'notebook',
    image: 'registry.example/notebook:5',
    ownerKind: '',
    ownerName: '',
    labels: [['label_app', 'jupyterhub']],
  }
}

function deployed(namespace: string, name: string, key: number): Identity {
  const set = `${name}-${suffix(hash(key, 1), 9)}`
  return {
    name: `${set}-${suffix(hash(key, 2))}`,
    namespace,
    container: name,
    image: `registry.example/${name}:1`,
    ownerKind: 'ReplicaSet',
    ownerName: set,
    labels: [['label_app', name]],
  }
}
