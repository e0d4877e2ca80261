/**
 * What a workload is for. `serving`: a server that answers requests; `inference`: a model that works through data
 * without anybody waiting. `unknown` when nothing tells.
 */
export const WORKLOAD_TYPES = [
  'training',
  'inference',
  'serving',
  'batch',
  'interactive',
  'unknown',
] as const

export type WorkloadType = (typeof WORKLOAD_TYPES)[number]
export type KnownType = Exclude<WorkloadType, 'unknown'>

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
  readonly image?: string | null
  readonly command?: string | null
}

/** What one sign says of a workload, and which sign that is. */
export interface SignEvidence {
  readonly kind: 'label' | 'owner' | 'name'
  readonly says: KnownType
  readonly detail: string
}

type Sign = keyof WorkloadSigns
type Rule = readonly [says: KnownType, kind: SignEvidence['kind'], sign: Sign, holds: RegExp]

const ANYTHING = /./
const TRAINING_OWNERS = /^(?:PyTorch|TF|MPI|XGBoost|Paddle|JAX|Train)Job$|^JobSet$|^RayJob$/
const SERVING_OWNERS = /^InferenceService$|^RayService$|^LeaderWorkerSet$/
const word = (names: string): RegExp => new RegExp(`(?:^|[^a-z])(?:${names})(?:[^a-z]|$)`, 'i')
const NOTEBOOK = word('jupyter|jupyterhub|notebook|vscode|rstudio|workspace')
const SERVER = word('vllm|triton|tritonserver|sglang|tgi|kserve|predictor|llm|inference|serving')
const TRAINER = word('torchrun|deepspeed|horovodrun|train|trainer|training|finetune|pretrain')

const NAMES = ['app', 'pod', 'container'] as const
const MADE_OF = ['image', 'command'] as const

const byName = (says: KnownType, signs: readonly Sign[], pattern: RegExp): readonly Rule[] =>
  signs.map((sign) => [says, 'name', sign, pattern] as const)

/** The strongest evidence first: labels of operators, kinds of owners, and then only names. */
const RULES: readonly Rule[] = [
  ['training', 'label', 'training_job', ANYTHING],
  ['serving', 'label', 'inference_service', ANYTHING],
  ['training', 'owner', 'owner_kind', TRAINING_OWNERS],
  ['serving', 'owner', 'owner_kind', SERVING_OWNERS],
  ...byName('interactive', NAMES, NOTEBOOK),
  ['batch', 'label', 'batch_job', ANYTHING],
  ['batch', 'owner', 'owner_kind', /^(?:Cron)?Job$/],
  ...byName('serving', NAMES, SERVER),
  ...byName('interactive', MADE_OF, NOTEBOOK),
  ...byName('serving', MADE_OF, SERVER),
  ...byName('training', [...NAMES, ...MADE_OF], TRAINER),
]

/** The type that somebody declared in a label, or null. */
function declaredType({ workload_type: said }: WorkloadSigns): SignEvidence | null {
  const type = WORKLOAD_TYPES.find((one) => one === said?.toLowerCase())
  if (type === undefined || type === 'unknown') return null
  return { kind: 'label', says: type, detail: `workload_type=${said ?? ''}` }
}

/** Everything that labels, owners and names say, the strongest first. */
export function signEvidence(signs: WorkloadSigns): readonly SignEvidence[] {
  const declared = declaredType(signs)
  const told = RULES.flatMap(([says, kind, sign, holds]): readonly SignEvidence[] => {
    const text = signs[sign] ?? null
    return text !== null && holds.test(text) ? [{ kind, says, detail: `${sign}=${text}` }] : []
  })
  return declared === null ? told : [declared, ...told]
}

/** The type of a workload by its labels, owners and names. (Signals: reference of exporters, workload type signals.) */
export function workloadTypeOf(signs: WorkloadSigns): WorkloadType {
  // `unknown` in the label of the workload is an answer too.
  if (signs.workload_type?.toLowerCase() === 'unknown') return 'unknown'
  return signEvidence(signs)[0]?.says ?? 'unknown'
}
