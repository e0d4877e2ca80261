import type { Measure } from '../../catalogue/measures.ts'
import type { SourceSpec } from '../../catalogue/source.ts'
import type { Kind } from '../../kernel/kind.ts'
import { gauge, max, sampledAt, type Vector } from '../../promql/expression.ts'
import type { Labels, Sample } from '../../promql/samples.ts'
import type { Interpretation, Told } from './interpretation.ts'
import { originOf, rowsOf } from './origins.ts'
import { firstOfSome } from './plan.ts'
import type { Question } from './question.ts'
import { matcherSets } from './selections.ts'

/** Samples of the same, of which not all are equal, with what they tell. */
export interface Contest {
  readonly measure: Measure
  readonly samples: readonly Sample[]
}

/** Where the rows that tell the same differ. */
export function contestsIn(
  { answers }: Told,
  { entries, rivals }: Interpretation,
): readonly Contest[] {
  return rivals.flatMap((group) => {
    const samples = group.flatMap(({ answer, place }) => answers[answer]?.samples[place] ?? [])
    const [first] = group
    const measure = first && entries[first.answer]?.[first.place]?.reader.measure
    const isEven = samples.every(({ value }) => Object.is(value, samples[0]?.value))
    return isEven || measure === undefined ? [] : [{ measure, samples }]
  })
}

/** When the values of a measure were sampled, for each row. */
export function planAges(source: SourceSpec, measure: Measure, question: Question): Vector<Kind> {
  const { metrics = [], where = [] } = originOf(source, measure) ?? {}
  const grouping = rowsOf(source, question)
  return firstOfSome(
    metrics.flatMap((name) =>
      matcherSets(source, where, question.where).map((matchers) =>
        max(sampledAt(gauge(name, matchers)), grouping),
      ),
    ),
  )
}

/** The samples of contests that are older than another of the same. */
export function olderIn(
  contests: readonly Contest[],
  ages: readonly Sample[],
  grouping: readonly string[],
): ReadonlySet<Sample> {
  const rowOf = (labels: Labels): string =>
    grouping.map((name) => labels[name] ?? '').join('\u0000')
  const sampled = new Map(ages.map(({ labels, value }) => [rowOf(labels), value]))
  const timeOf = ({ labels }: Sample): number => sampled.get(rowOf(labels)) ?? -Infinity
  return new Set(
    contests.flatMap(({ samples }) => {
      const newest = samples.reduce((latest, sample) => Math.max(latest, timeOf(sample)), -Infinity)
      return samples.filter((sample) => timeOf(sample) < newest)
    }),
  )
}
