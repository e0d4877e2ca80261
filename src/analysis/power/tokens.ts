import { distinct, groupBy } from './group.ts'
import { meanKnown, stepSums, sumKnown } from './sum.ts'

type Points = readonly (number | null)[]

/** A pod with an inference server in it, step by step: what it does a second, and the watts it is attributed. */
export interface ServingPod {
  readonly cluster: string
  /** Null where nobody says which pod the server is in. */
  readonly namespace: string | null
  readonly pod: string | null
  /** What the server is called by those who scrape it. */
  readonly server: string | null
  readonly models: readonly string[]
  readonly sources: readonly string[]
  readonly generated: Points
  readonly prompted: Points
  readonly inferences: Points
  readonly watts: Points
}

/** Why there is no quotient. */
export const NO_QUOTIENT = ['no_tokens_reported', 'no_pod_named', 'no_attributed_power'] as const
export type NoQuotient = (typeof NO_QUOTIENT)[number]

/**
 * Tokens against joules of some pods. Only steps of a pod in which both are known are in the quotient, so that neither
 * a gap of the server nor one of the meters bends it. Tokens are those that were generated: prompts are read far
 * cheaper and would hide it.
 */
export function tokenFigures(pods: readonly ServingPod[], stepSeconds: number) {
  const related = pods.flatMap((pod) => relatedSteps(pod))
  const tokens = overTime(
    related.map(({ rate }) => rate),
    stepSeconds,
  )
  const joules = overTime(
    related.map(({ watts }) => watts),
    stepSeconds,
  )
  return {
    pods: pods.length,
    pods_related: pods.filter((pod) => relatedSteps(pod).length > 0).length,
    tokens_generated_per_second: together(pods.map(({ generated }) => generated)),
    tokens_prompted_per_second: together(pods.map(({ prompted }) => prompted)),
    inferences_per_second: together(pods.map(({ inferences }) => inferences)),
    tokens_generated: tokens,
    energy_joules: joules,
    tokens_per_joule: quotient(tokens, joules),
    joules_per_token: quotient(joules, tokens),
    reason: reasonOf(pods, related.length),
    sources: distinct(pods.flatMap(({ sources }) => sources)),
  }
}

function relatedSteps({ generated, watts }: ServingPod) {
  return generated.flatMap((rate, step) => {
    const power = watts[step] ?? null
    return rate === null || power === null ? [] : [{ rate, watts: power }]
  })
}

function overTime(rates: readonly number[], stepSeconds: number): number | null {
  const sum = sumKnown(rates)
  return sum === null ? null : sum * stepSeconds
}

/** The mean over the steps of what all do together. */
const together = (series: readonly Points[]): number | null => meanKnown(stepSums(series))

const quotient = (above: number | null, below: number | null): number | null =>
  above === null || below === null || below <= 0 ? null : above / below

function reasonOf(pods: readonly ServingPod[], related: number): NoQuotient | null {
  if (related > 0) return null
  const telling = pods.filter(({ generated }) => generated.some((rate) => rate !== null))
  if (telling.length === 0) return 'no_tokens_reported'
  return telling.every(({ pod }) => pod === null) ? 'no_pod_named' : 'no_attributed_power'
}

/** Tokens against joules in total, of each model and of each pod. */
export function tokensOf(pods: readonly ServingPod[], stepSeconds: number) {
  const byModel = groupBy(pods, ({ models }) => (models.length === 1 ? (models[0] ?? '') : ''))
  return {
    ...tokenFigures(pods, stepSeconds),
    by_model: [...byModel].map(([model, group]) => ({
      model: model === '' ? null : model,
      ...tokenFigures(group, stepSeconds),
    })),
    by_pod: pods.map((pod) => ({
      cluster: pod.cluster,
      namespace: pod.namespace,
      pod: pod.pod,
      server: pod.server,
      models: pod.models,
      ...tokenFigures([pod], stepSeconds),
      power_watts: meanKnown(pod.watts),
      covered_seconds: relatedSteps(pod).length * stepSeconds,
    })),
  }
}
