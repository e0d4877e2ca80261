import type { Figure, MetricFigure, RuleSpec } from '../../analysis/alerts/rule.ts'
import { invalidRequest, KCloudError } from '../../kernel/errors.ts'
import type { CanonicalNames, Metadata } from '../canonical/index.ts'
import type { Receivers } from './receivers.ts'

export interface AdmissionNeeds {
  readonly canonical: CanonicalNames
  readonly receivers: Pick<Receivers, 'has' | 'keys'>
}

/** Rejects what could never be evaluated or told, with the place of the mistake. */
export function admitRule({ canonical, receivers }: AdmissionNeeds, spec: RuleSpec): void {
  for (const [index, name] of spec.receivers.entries())
    if (!receivers.has(name)) throw unknownReceiver(index, receivers)
  const { condition } = spec
  if (condition.kind === 'budget') return
  if (condition.kind === 'quality') {
    admitMetric(canonical, condition.metric, '/body/condition/metric')
    return
  }
  admitFigure(canonical, condition.figure)
}

function unknownReceiver(index: number, receivers: AdmissionNeeds['receivers']): KCloudError {
  const names = [...receivers.keys()]
  const known = names.length === 0 ? 'none is configured' : `must be one of ${names.join(', ')}`
  return invalidRequest(`/body/receivers/${index}`, known)
}

function admitFigure(canonical: AdmissionNeeds['canonical'], figure: Figure): void {
  if ('query' in figure) admitQuery(canonical, figure.query)
  else admitLabels(admitMetric(canonical, figure.metric, METRIC), figure)
}

const METRIC = '/body/condition/figure/metric'

function admitMetric({ metadata }: AdmissionNeeds['canonical'], name: string, pointer: string) {
  const found = metadata.find((each) => each.name === name)
  if (found === undefined)
    throw invalidRequest(pointer, `must be a canonical metric${likeIt(metadata, name)}`)
  if (found.type === 'counter')
    throw invalidRequest(pointer, `is a counter: a query of its rate can be watched`)
  return found
}

const MOST_LIKE = 5

/** The metrics whose names have a word of it. */
function likeIt(metadata: readonly Metadata[], name: string): string {
  const words = name.split('_').filter((word) => word.length > 2 && word !== 'kcloud')
  const like = metadata
    .map((each) => ({ each, hits: words.filter((word) => each.name.includes(word)).length }))
    .filter(({ hits }) => hits > 0)
    .sort((a, b) => b.hits - a.hits)
    .slice(0, MOST_LIKE)
  const names = like.map(({ each }) => each.name).join(', ')
  return names === '' ? ', as /prometheus/api/v1/metadata lists them' : ` such as ${names}`
}

function admitLabels({ labels }: Metadata, { where, by }: MetricFigure): void {
  for (const label of Object.keys(where))
    if (!labels.includes(label))
      throw invalidRequest(
        `/body/condition/figure/where/${label}`,
        `must be one of ${labels.join(', ')}`,
      )
  for (const [index, label] of (by ?? []).entries())
    if (!labels.includes(label))
      throw invalidRequest(
        `/body/condition/figure/by/${index}`,
        `must be one of ${labels.join(', ')}`,
      )
}

/** A query that leaves out what is fine would never let an alert end. */
function admitQuery(canonical: AdmissionNeeds['canonical'], query: string): void {
  const pointer = '/body/condition/figure/query'
  const { isFilter, isScalar } = checked(canonical, query, pointer)
  if (isScalar) throw invalidRequest(pointer, 'must give series, and gives one number')
  if (isFilter)
    throw invalidRequest(
      pointer,
      'must not leave out series by their values, or an alert could not end: the limit belongs into the condition; within the query write > bool',
    )
}

function checked(canonical: CanonicalNames, query: string, pointer: string) {
  try {
    return canonical.check(query)
  } catch (error) {
    if (!(error instanceof KCloudError)) throw error
    throw invalidRequest(pointer, error.detail)
  }
}
