import type { Classification } from '../../analysis/workloads/classify.ts'
import { idOf } from '../../analysis/workloads/workload-id.ts'
import { invalidRequest } from '../../kernel/errors.ts'
import { windowEnding, type Classifier } from '../../services/classifier/index.ts'
import { findWorkload, type Account, type Needs } from '../../services/workloads/index.ts'
import { featuresOf, isPosted, signsOf } from './posted.ts'
import type { ClassifyBody } from './schemas.ts'

/** What the types of workloads are told by. */
export interface ProfileNeeds extends Needs {
  readonly classifier: Classifier
}

interface When {
  readonly at: Date
  readonly signal: AbortSignal
}

/** The type of a workload of the site, or of what was posted. Rejects with `not_found` and `ambiguous`. */
export async function classifyWorkload(needs: ProfileNeeds, when: When, body: ClassifyBody) {
  const { classification, pods, account } = isPosted(body)
    ? await ofPosted(needs, body)
    : await ofSite(needs, when, body)
  const model = await needs.classifier.model()
  const { type, ...rest } = classification
  const data = {
    workload_id: body.workload_id ?? null,
    workload_type: type,
    ...rest,
    pods,
    model_version: model === null ? null : model.version,
  }
  return { data, observedAt: when.at, ...account }
}

interface Classified {
  readonly classification: Classification
  readonly pods: readonly string[]
  readonly account: Account
}

const NOBODY_ASKED: Account = { clusters: [], warnings: [] }

async function ofPosted({ classifier }: ProfileNeeds, body: ClassifyBody): Promise<Classified> {
  const classification = await classifier.ofSigns(signsOf(body), featuresOf(body))
  return { classification, pods: [], account: NOBODY_ASKED }
}

async function ofSite(needs: ProfileNeeds, when: When, body: ClassifyBody): Promise<Classified> {
  const { workload_id: id, cluster } = body
  if (id === undefined)
    throw invalidRequest('/body/workload_id', 'is needed, or something that tells of the workload')
  const found = await findWorkload(needs, {
    id,
    ...when,
    clusters: cluster === undefined ? undefined : [cluster],
    range: windowEnding(when.at),
  })
  const [first] = found.records
  return {
    classification: await needs.classifier.ofRecord(first),
    pods: found.records.map(idOf),
    account: found,
  }
}
