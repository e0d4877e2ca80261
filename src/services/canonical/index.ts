import { isComplete, type Answer } from '../../kernel/answer.ts'
import { KCloudError } from '../../kernel/errors.ts'
import { hasValues, type Column, type Grid } from '../../promql/columns.ts'
import type { Labels } from '../../promql/samples.ts'
import type { Edges } from '../../promql/windows.ts'
import { evaluateQuery, type Result } from './evaluate.ts'
import { FAMILIES } from './families.ts'
import type { Needs } from './family.ts'
import type { FoundSeries, FoundValues, ValuesQuestion, Window } from './found.ts'
import { written } from './literals.ts'
import { leavesOut } from './leaves-out.ts'
import { isScalar, parseQuery } from './parse.ts'
import { familiesBy, readSamples, type ReadAsked } from './reading.ts'
import { findSeries, selectorsOf, valuesOfLabel } from './series.ts'

export type { ReadAsked } from './reading.ts'

/** When a query is evaluated. */
export interface QueryTimes {
  readonly startMs: number
  readonly stepMs: number
  readonly steps: number
}

/** One series of an answer: times in unix seconds, values as texts. */
export interface AnsweredSeries {
  readonly labels: Labels
  readonly values: readonly (readonly [seconds: number, value: string])[]
}

export interface QueryAnswer extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  /** A number at each time, or series. */
  readonly type: 'scalar' | 'vector'
  readonly series: readonly AnsweredSeries[]
  readonly infos: readonly string[]
}

/** What is known of a canonical metric. */
export interface Metadata {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly unit: string
  readonly labels: readonly string[]
}

/**
 * The figures of the API as series that PromQL can ask: named by what they are, the same from every vendor. All reads
 * reject with `invalid_request` for what is not answered, with `unprocessable` for what cannot be carried out, and as
 * telemetry does.
 */
export interface Canonical extends CanonicalNames {
  query(text: string, times: QueryTimes, asked: ReadAsked): Promise<QueryAnswer>
  /** The label sets of series that some selectors take, with a sample in a window. */
  series(selectors: readonly string[], window: Window, asked: ReadAsked): Promise<FoundSeries>
  /** The values of a label in a window, sorted. */
  values(label: string, question: ValuesQuestion, asked: ReadAsked): Promise<FoundValues>
  /** The labels that series can have, sorted. */
  labels(selectors: readonly string[]): readonly string[]
}

/** What is known without asking anybody. */
export interface CanonicalNames {
  readonly metadata: readonly Metadata[]
  /** What a query would give. Rejects with `invalid_request` for one that is not answered. */
  check(text: string): Checked
}

interface Checked {
  readonly isScalar: boolean
  /** Whether it leaves out series by their values: what is not there may be fine, or unknown. */
  readonly isFilter: boolean
}

interface Options extends Needs {
  /** The generation of Prometheus whose windows are meant; 3 when left out. */
  readonly edges?: Edges
}

/** The names of canonical series, and what queries of them would give. */
export const canonicalNames: CanonicalNames = {
  metadata: FAMILIES.map(({ name, type, help, unit, labels }) => ({
    name,
    type,
    help,
    unit,
    labels,
  })),
  check(text) {
    const expression = parseQuery(text)
    return { isScalar: isScalar(expression), isFilter: leavesOut(expression) }
  },
}

/** The canonical series over what the API is made of. */
export function createCanonical({ edges = 'left_open', ...needs }: Options): Canonical {
  return {
    ...canonicalNames,
    async query(text, grid, asked) {
      const expression = parseQuery(text)
      const { samplesOf, infos, ...account } = await readSamples(needs, expression, { grid, asked })
      const context = {
        grid,
        edges,
        samplesOf: (use: typeof expression) => samplesOf.get(use) ?? [],
      }
      const result = evaluateQuery(expression, context)
      refuseNothingOfSome(result, account)
      return { ...answered(result, grid), infos, ...account }
    },
    series: (selectors, window, asked) => findSeries(needs, { selectors, window }, asked),
    values: (label, question, asked) => valuesOfLabel(needs, { label, ...question }, asked),
    labels: labelsBy,
  }
}

/** Nothing is only said when everyone answered: whoever scales by it would take it for zero. */
function refuseNothingOfSome(result: Result, account: Pick<Answer<never>, 'clusters'>): void {
  if (typeof result === 'number' || result.length > 0 || isComplete(account)) return
  const silent = account.clusters.filter(({ status }) => status !== 'ok').map(({ name }) => name)
  throw new KCloudError('partial_refused', {
    detail: `nothing was found, and ${silent.join(', ')} did not answer in full`,
  })
}

function answered(result: Result, grid: Grid): Pick<QueryAnswer, 'type' | 'series'> {
  const timeOf = (step: number): number => (grid.startMs + step * grid.stepMs) / 1000
  if (typeof result === 'number') {
    const values = Array.from(
      { length: grid.steps },
      (_, step) => [timeOf(step), written(result)] as const,
    )
    return { type: 'scalar', series: [{ labels: {}, values }] }
  }
  const series = result.filter(hasValues).map((column) => ({
    labels: column.labels,
    values: pointsOf(column, timeOf),
  }))
  return { type: 'vector', series: grid.steps === 1 ? series : series.sort(byLabels) }
}

function pointsOf({ values, has }: Column, timeOf: (step: number) => number) {
  const points: (readonly [number, string])[] = []
  for (const [step, present] of has.entries())
    if (present === 1) points.push([timeOf(step), written(values[step] ?? Number.NaN)])
  return points
}

const textOf = ({ labels }: AnsweredSeries): string => JSON.stringify(Object.entries(labels).sort())

function byLabels(a: AnsweredSeries, b: AnsweredSeries): number {
  return textOf(a) < textOf(b) ? -1 : 1
}

function labelsBy(selectors: readonly string[]): readonly string[] {
  const families =
    selectors.length === 0
      ? FAMILIES
      : selectorsOf(selectors).flatMap(({ where }) => familiesBy(where))
  return [...new Set(['__name__', ...families.flatMap(({ labels }) => labels)])].sort()
}
