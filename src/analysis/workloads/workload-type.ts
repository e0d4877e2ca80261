/** What a workload is for. `unknown` when nothing tells. */
export const WORKLOAD_TYPES = ['training', 'inference', 'batch', 'interactive', 'unknown'] as const

export type WorkloadType = (typeof WORKLOAD_TYPES)[number]

/** What Kubernetes says of a pod; null where it says nothing. */
export interface WorkloadSigns {
  /** What somebody wrote into a label on purpose; it counts before everything else. */
  readonly workload_type: string | null
  /** The job of a training operator that the pod belongs to. */
  readonly training_job: string | null
  /** The KServe service that it belongs to. */
  readonly inference_service: string | null
  /** The Kubernetes job that it belongs to. */
  readonly batch_job: string | null
  readonly owner_kind: string | null
  readonly app: string | null
  readonly pod: string
  readonly container: string | null
}

type Rule = readonly [type: WorkloadType, holds: (signs: WorkloadSigns) => boolean]

const TRAINING_OWNERS = /^(?:PyTorch|TF|MPI|XGBoost|Paddle|JAX|Train)Job$|^JobSet$|^RayJob$/
const SERVING_OWNERS = /^InferenceService$|^RayService$|^LeaderWorkerSet$/
const NOTEBOOK = /(?:^|[^a-z])(?:jupyter|jupyterhub|notebook|vscode|rstudio|workspace)(?:[^a-z]|$)/
const SERVER =
  /(?:^|[^a-z])(?:vllm|triton|tritonserver|sglang|tgi|kserve|predictor|llm|inference|serving)(?:[^a-z]|$)/

const names = ({ app, pod, container }: WorkloadSigns): readonly string[] =>
  [app, pod, container].flatMap((name) => (name === null ? [] : [name.toLowerCase()]))

/** The strongest evidence first: labels of operators, kinds of owners, and then only names. */
const RULES: readonly Rule[] = [
  ['training', ({ training_job: job }) => job !== null],
  ['inference', ({ inference_service: service }) => service !== null],
  ['training', ({ owner_kind: kind }) => TRAINING_OWNERS.test(kind ?? '')],
  ['inference', ({ owner_kind: kind }) => SERVING_OWNERS.test(kind ?? '')],
  ['interactive', (signs) => names(signs).some((name) => NOTEBOOK.test(name))],
  ['batch', ({ batch_job: job }) => job !== null],
  ['batch', ({ owner_kind: kind }) => kind === 'Job' || kind === 'CronJob'],
  ['inference', (signs) => names(signs).some((name) => SERVER.test(name))],
]

/** The type of a workload by its labels, owners and names. (Signals: reference of exporters, workload type signals.) */
export function workloadTypeOf(signs: WorkloadSigns): WorkloadType {
  const said = WORKLOAD_TYPES.find((type) => type === signs.workload_type?.toLowerCase())
  return said ?? RULES.find(([, holds]) => holds(signs))?.[0] ?? 'unknown'
}
