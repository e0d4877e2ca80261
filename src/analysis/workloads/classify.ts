import type { Judgement } from './classifier.ts'
import { signEvidence, type WorkloadSigns, type WorkloadType } from './workload-type.ts'

/** What speaks for a type: what it is, what it says, and in which words. */
export interface Evidence {
  readonly kind: 'label' | 'owner' | 'serving_metrics' | 'name' | 'model'
  readonly says: WorkloadType
  readonly detail: string
}

/** The type of a workload, how sure that is, and why. */
export interface Classification {
  readonly type: WorkloadType
  /** 0–1; null for `unknown`. */
  readonly probability: number | null
  /** `declared`: somebody said so; `observed`: it behaves so; `model`: it looks so; `none`: nothing decides. */
  readonly method: 'declared' | 'observed' | 'named' | 'model' | 'none'
  /** Everything that was heard, what decided first. */
  readonly evidence: readonly Evidence[]
  /** Why it is unknown; null where it is not. */
  readonly reason: string | null
}

/** What an inference server of a workload reports; null where it has none. */
export interface ServingSigns {
  readonly tokens_per_second: number | null
  readonly inferences_per_second: number | null
  readonly requests_running: number | null
}

/** All that a type can be told from. */
export interface ClassifyInput {
  readonly signs: WorkloadSigns
  readonly serving: ServingSigns | null
  /** Null where there is no model, or nothing that it could judge. */
  readonly judgement: Judgement | null
}

/** Less than this and a judgement of a model is no answer. */
export const LEAST_PROBABILITY = 0.6

/** A label or an owner is a statement; the others are signs, and this is what they are taken for. */
const PROBABILITY = { label: 1, owner: 1, serving_metrics: 0.99, name: 0.8 } as const
const METHOD = {
  label: 'declared',
  owner: 'declared',
  serving_metrics: 'observed',
  name: 'named',
} as const

/**
 * The type of a workload: by what was declared, then by what its inference server reports, then by names, then by a
 * model. What is not sure enough, or unlike everything that the model has seen, is `unknown`.
 */
export function classify({ signs, serving, judgement }: ClassifyInput): Classification {
  const evidence = evidenceOf({ signs, serving, judgement })
  const refused = signs.workload_type?.toLowerCase() === 'unknown'
  const [first] = evidence
  if (refused) return unknown(evidence, 'its own label says unknown')
  if (first === undefined)
    return unknown(evidence, 'no label, owner, server or name tells, and no model could judge')
  if (first.kind !== 'model')
    return {
      type: first.says,
      probability: PROBABILITY[first.kind],
      method: METHOD[first.kind],
      evidence,
      reason: null,
    }
  return byModel(evidence, judgement)
}

function byModel(evidence: readonly Evidence[], judgement: Judgement | null): Classification {
  if (judgement === null) return unknown(evidence, 'there is no model')
  if (judgement.novel !== null) return unknown(evidence, judgement.novel)
  if (judgement.probability < LEAST_PROBABILITY)
    return unknown(
      evidence,
      `the model is not sure enough: ${judgement.probability.toFixed(2)} is below ${LEAST_PROBABILITY}`,
    )
  return {
    type: judgement.type,
    probability: judgement.probability,
    method: 'model',
    evidence,
    reason: null,
  }
}

const unknown = (evidence: readonly Evidence[], reason: string): Classification => ({
  type: 'unknown',
  probability: null,
  method: 'none',
  evidence,
  reason,
})

/** What an inference server reports is stronger than a name, and weaker than a statement. */
function evidenceOf({ signs, serving, judgement }: ClassifyInput): readonly Evidence[] {
  const told = signEvidence(signs)
  const firstName = told.findIndex(({ kind }) => kind === 'name')
  const stated = firstName < 0 ? told.length : firstName
  return [
    ...told.slice(0, stated),
    ...servingEvidence(serving),
    ...told.slice(stated),
    ...(judgement === null ? [] : [modelEvidence(judgement)]),
  ]
}

function servingEvidence(serving: ServingSigns | null): readonly Evidence[] {
  if (serving === null) return []
  const figures = Object.entries(serving).flatMap(([name, value]: [string, number | null]) =>
    value === null ? [] : [`${name}=${Number(value.toPrecision(4))}`],
  )
  if (figures.length === 0) return []
  return [
    {
      kind: 'serving_metrics',
      says: 'serving',
      detail: `an inference server reports ${figures.join(', ')}`,
    },
  ]
}

function modelEvidence({ type, probability, votes, novel }: Judgement): Evidence {
  const shares = votes.slice(0, 3).map((vote) => `${vote.type} ${vote.share.toFixed(2)}`)
  return {
    kind: 'model',
    says: novel === null ? type : 'unknown',
    detail: `trees say ${shares.join(', ')}; right in ${Math.round(probability * 100)} % of such cases${novel === null ? '' : `; ${novel}`}`,
  }
}
