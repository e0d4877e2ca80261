import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Kind } from '../../src/kernel/kind.ts'
import type { TimeRange } from '../../src/kernel/time-range.ts'
import { identityOf } from '../../src/promql/columns.ts'
import { evaluateInstant, evaluateRange, type PrometheusLike } from '../../src/promql/evaluate.ts'
import type { Vector } from '../../src/promql/expression.ts'
import { render } from '../../src/promql/render.ts'
import type { Series } from '../../src/promql/samples.ts'
import {
  type RealBinary,
  type RealPrometheus,
  realPrometheusBinaries,
  requireReal,
  startPrometheus,
} from '../support/real-prometheus.ts'
import { storeOfSeries } from '../support/series-text.ts'
import { evaluationTimes, expressions, ranges } from './random-expressions.ts'
import { HISTORY, openMetricsOf } from './unruly-history.ts'

/*
 * `evaluate` against the real thing: random expressions at random times, on series with gaps, resets, NaN, late
 * starts and early ends, sampled on several grids. What differs between the two generations of Prometheus:
 *
 * - A window of d seconds before t, and the look-back of five minutes, hold the sample at exactly t − d up to
 *   Prometheus 2 (`closed`), and do not from Prometheus 3 on (`left_open`).
 * - `rate` and `increase` up to 2.51 draw a counter back to where it was zero before they decide whether the
 *   series began inside the window; from 2.52 on they decide first. `closed` stands for 2.42.
 *
 * See docs/decisions/0004-windows-are-left-open.md.
 */

const SEED = 20_261
const real = requireReal('prometheus', 'prometheus') && requireReal('promtool', 'prometheus')
const absent: RealBinary = { name: 'Prometheus', path: 'prometheus', edges: 'closed' }
const servers = real ? realPrometheusBinaries() : [absent]

describe.skipIf(!real).each(servers)(
  'evaluate agrees with $name',
  { timeout: 120_000 },
  ({ path, edges }) => {
    const store: PrometheusLike = { ...storeOfSeries(HISTORY), edges }
    let server: RealPrometheus

    beforeAll(async () => {
      server = await startPrometheus({ binary: path, openMetrics: openMetricsOf(HISTORY) })
    })
    afterAll(() => server.stop())

    it('at one time', async () => {
      const tally = new Tally()
      const property = fc.asyncProperty(expressions, evaluationTimes, async (query, seconds) => {
        const range = {
          start: new Date(seconds * 1000),
          end: new Date(seconds * 1000),
          stepSeconds: 1,
        }
        fc.pre(!isAmbiguous(query, store, range))
        const ours = attempt(() =>
          evaluateInstant(query, store, seconds).map(({ labels, value }) => ({
            labels,
            seconds: Float64Array.of(seconds),
            values: Float64Array.of(value),
          })),
        )
        const path = `/api/v1/query?time=${seconds}`
        tally.compare(ours, await ask(`${server.url}${path}`, query))
      })
      await fc.assert(property, { seed: SEED, numRuns: 1500 })
      tally.expectSubstance()
    })

    it('over a range', async () => {
      const tally = new Tally()
      const property = fc.asyncProperty(expressions, ranges, async (query, range) => {
        fc.pre(!isAmbiguous(query, store, range))
        const ours = attempt(() => evaluateRange(query, store, range))
        const { start, end, stepSeconds } = range
        // A fraction of seconds as step loses a millisecond now and then: Prometheus cuts it off.
        const step = `${Math.round(stepSeconds * 1000)}ms`
        const path = `/api/v1/query_range?start=${start.getTime() / 1000}&end=${end.getTime() / 1000}&step=${step}`
        tally.compare(ours, await ask(`${server.url}${path}`, query))
      })
      await fc.assert(property, { seed: SEED, numRuns: 750 })
      tally.expectSubstance()
    })
  },
)

/** Undefined where the query is refused. */
type Answer = readonly Series[] | undefined

function attempt(evaluated: () => readonly Series[]): Answer {
  try {
    return evaluated()
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

interface Reply {
  readonly error?: string
  readonly data?: {
    readonly result: readonly {
      readonly metric: Record<string, string>
      readonly value?: [number, string]
      readonly values?: [number, string][]
    }[]
  }
}

async function ask(url: string, query: Vector<Kind>): Promise<Answer> {
  const body = new URLSearchParams({ query: render(query) })
  const reply = (await (await fetch(url, { method: 'POST', body })).json()) as Reply
  if (reply.error?.includes('same labelset') === true) return undefined
  if (reply.data === undefined) throw new Error(reply.error)
  return reply.data.result.map(({ metric, value, values = [value!] }) => ({
    labels: metric,
    seconds: Float64Array.from(values, ([seconds]) => seconds),
    values: Float64Array.from(values, ([, text]) => Number(text.replace('Inf', 'Infinity'))),
  }))
}

/** Compares answers, and counts them, so that a test of nothing but empty answers does not pass. */
class Tally {
  private refused = 0
  private empty = 0
  private points = 0
  private compared = 0

  compare(ours: Answer, theirs: Answer): void {
    this.compared++
    if (ours === undefined || theirs === undefined) {
      this.refused++
      expect(ours, 'both refuse it, or neither').toBe(theirs)
      return
    }
    if (theirs.length === 0) this.empty++
    this.points += theirs.reduce((sum, { values }) => sum + values.length, 0)
    expect(differences(ours, theirs)).toEqual([])
  }

  expectSubstance(): void {
    expect(this.points).toBeGreaterThan(this.compared)
    expect(this.refused).toBeGreaterThan(0)
    expect(this.refused + this.empty).toBeLessThan(this.compared / 2)
  }
}

function differences(ours: readonly Series[], theirs: readonly Series[]): unknown[] {
  const [mine, real] = [ours, theirs].map(
    (answer) => new Map(answer.map((series) => [identityOf(series.labels), series])),
  ) as [Map<string, Series>, Map<string, Series>]
  return [...new Set([...mine.keys(), ...real.keys()])].flatMap((key) => {
    const [a, b] = [mine.get(key), real.get(key)]
    if (a !== undefined && b !== undefined && isSame(a, b)) return []
    return [{ labels: key, evaluate: pointsOf(a), prometheus: pointsOf(b) }]
  })
}

function isSame(a: Series, b: Series): boolean {
  if (a.seconds.length !== b.seconds.length) return false
  return a.seconds.every(
    (seconds, i) => seconds === b.seconds[i] && isClose(a.values[i]!, b.values[i]!),
  )
}

function isClose(a: number, b: number): boolean {
  return Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b))
}

function pointsOf(series: Series | undefined): string {
  if (series === undefined) return 'no such series'
  return Array.from(series.seconds, (seconds, i) => `${seconds}s:${series.values[i]!}`).join(' ')
}

/**
 * Whether the answer hangs on the last bit of a value, or on the order of series, which Prometheus leaves free:
 * equal values at the end of a `topk`, and values that all but equal the bound of a comparison.
 */
function isAmbiguous(query: Vector<Kind>, store: PrometheusLike, range: TimeRange): boolean {
  if (query.op === 'first_of' || query.op === 'divided' || query.op === 'provided')
    return query.of.some((part) => isAmbiguous(part, store, range))
  if (query.op === 'scaled' || query.op === 'aggregated') return isAmbiguous(query.of, store, range)
  if (query.op !== 'kept' && query.op !== 'topped') return false
  if (isAmbiguous(query.of, store, range)) return true
  const operand = attempt(() => evaluateRange(query.of, store, range)) ?? []
  if (query.op === 'kept')
    return operand.some((series) => series.values.some((value) => isNear(value, query.bound)))
  return [...valuesByTime(operand).values()].some((values) => endsInTie(values, query.count))
}

function isNear(value: number, bound: number): boolean {
  return value !== bound && isClose(value, bound)
}

function valuesByTime(answer: readonly Series[]): Map<number, number[]> {
  const values = new Map<number, number[]>()
  for (const series of answer)
    for (const [i, seconds] of series.seconds.entries())
      values.set(seconds, [...(values.get(seconds) ?? []), series.values[i]!])
  return values
}

function endsInTie(values: readonly number[], count: number): boolean {
  const ranked = values
    .map((value) => (Number.isNaN(value) ? -Infinity : value))
    .sort((a, b) => b - a)
  const [last, next] = [ranked[count - 1], ranked[count]]
  return last !== undefined && next !== undefined && isClose(last, next)
}
