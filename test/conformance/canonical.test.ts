import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KCloudError } from '../../src/kernel/errors.ts'
import { identityOf } from '../../src/promql/columns.ts'
import {
  createCanonical,
  type AnsweredSeries,
  type Canonical,
} from '../../src/services/canonical/index.ts'
import { serveSiteGrafana, type GrafanaApp } from '../support/grafana.ts'
import {
  realPrometheusBinaries,
  requireReal,
  startPrometheus,
  type RealBinary,
  type RealPrometheus,
} from '../support/real-prometheus.ts'
import { instantQueries, type RandomQuery } from './random-queries.ts'

/*
 * The façade against a real Prometheus that holds the same canonical series, every sample of an hour and a quarter:
 * equal answers to random queries of the accepted part of PromQL. Samples of the façade hold until the next is due, so
 * the server's look-back is as long. What the generations of Prometheus differ in stands in `evaluate.test.ts`.
 */

const SEED = 20_267
const START = '2026-11-20T05:00:00.000Z'
const NOW = Date.parse(START) / 1000
const HISTORY_SECONDS = 4500
const BASE = 15
const NAMES = [
  'kcloud_power_watts',
  'kcloud_component_power_watts',
  'kcloud_workload_power_watts',
  'kcloud_nodes',
  'kcloud_gpu_temperature_celsius',
  'kcloud_gpu_energy_joules_total',
] as const

const real = requireReal('prometheus', 'prometheus') && requireReal('promtool', 'prometheus')
const absent: RealBinary = { name: 'Prometheus', path: 'prometheus', edges: 'closed' }
const servers = real ? realPrometheusBinaries() : [absent]

let site: GrafanaApp | undefined
let history = ''
const asked = {
  clusters: ['site'],
  at: new Date(START),
  now: new Date(START),
  signal: new AbortController().signal,
}

beforeAll(async () => {
  if (!real) return
  const served = await serveSiteGrafana(START)
  site = served
  const times = {
    startMs: (NOW - HISTORY_SECONDS) * 1000,
    stepMs: BASE * 1000,
    steps: HISTORY_SECONDS / BASE + 1,
  }
  const lines: string[] = []
  for (const name of NAMES) {
    const { series } = await served.canonical.query(name, times, asked)
    expect([name, series.length > 0]).toEqual([name, true])
    for (const each of series) lines.push(...exposed(each))
  }
  history = lines.join('\n')
}, 300_000)
afterAll(() => site?.close())

function exposed({
  labels: { __name__: name = '', ...labels },
  values,
}: AnsweredSeries): readonly string[] {
  const text = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`)
  return values.map(([seconds, value]) => `${name}{${text.join(',')}} ${value} ${seconds}`)
}

/** Series by their labels, with the texts of their values read as numbers. */
type Read = ReadonlyMap<string, readonly (readonly [number, number])[]>

const readOf = (rows: readonly { metric: any; values: readonly any[] }[]): Read =>
  new Map(
    rows.map(({ metric, values }) => [
      identityOf(metric),
      values.map(
        ([seconds, value]) => [seconds, Number(String(value).replace('Inf', 'Infinity'))] as const,
      ),
    ]),
  )

describe.skipIf(!real).each(servers)(
  'the façade agrees with $name',
  { timeout: 300_000 },
  ({ path, edges }) => {
    let server: RealPrometheus | undefined
    let canonical: Canonical
    beforeAll(async () => {
      const flags = ['--query.lookback-delta=14s999ms']
      server = await startPrometheus({ binary: path, openMetrics: history, flags })
      canonical = createCanonical({ ...site!.needs, edges })
    }, 120_000)
    afterAll(() => server?.stop())

    const ask = async (call: string, parameters: Record<string, string>) => {
      const reply = await fetch(
        `${server!.url}/api/v1/${call}?${new URLSearchParams(parameters).toString()}`,
      )
      return (await reply.json()) as any
    }
    const ours = async (query: string, times: Parameters<Canonical['query']>[1]) => {
      try {
        return await canonical.query(query, times, asked)
      } catch (error) {
        if (error instanceof KCloudError) return error
        throw error
      }
    }

    it('on random instant and range queries', async () => {
      let answered = 0
      await fc.assert(
        fc.asyncProperty(instantQueries(NOW), async ({ query, ranked, at, step, steps }) => {
          const times = { startMs: at * 1000, stepMs: step * 1000, steps }
          const theirs =
            steps === 1
              ? await ask('query', { query, time: String(at) })
              : await ask('query_range', {
                  query,
                  start: String(at),
                  end: String(at + step * (steps - 1)),
                  step: String(step),
                })
          const own = await ours(query, times)
          if (theirs.status === 'error' || own instanceof KCloudError) {
            const kinds = [theirs.errorType, own instanceof KCloudError ? own.kind : 'answered']
            expect(
              kinds,
              `${query} ${theirs.error ?? ''} ${own instanceof KCloudError ? own.message : ''}`,
            ).toEqual(['execution', 'unprocessable'])
            return
          }
          const { resultType, result } = theirs.data
          const rows =
            resultType === 'matrix'
              ? result
              : result.map(({ metric, value }: any) => ({ metric, values: [value] }))
          const mine = own.series.map(({ labels, values }) => ({ metric: labels, values }))
          if (rows.length > 0) answered += 1
          expectEqual(readOf(mine), readOf(rows), { query, ranked })
        }),
        { seed: SEED, numRuns: 150 },
      )
      // Queries that find nothing prove little.
      expect(answered).toBeGreaterThan(80)
    })
  },
)

function expectEqual(
  mine: Read,
  theirs: Read,
  { query, ranked }: Pick<RandomQuery, 'query' | 'ranked'>,
): void {
  if (ranked) {
    // Which of equal values comes first is free.
    const sorted = (read: Read) =>
      [...read.values()]
        .flat()
        .map(([at, value]) => [at, value] as const)
        .sort((a, b) => (a[0] === b[0] ? a[1] - b[1] : a[0] - b[0]))
    expectPoints(sorted(mine), sorted(theirs), query)
    return
  }
  expect([...mine.keys()].sort(), query).toEqual([...theirs.keys()].sort())
  for (const [key, points] of theirs) expectPoints(mine.get(key) ?? [], points, `${query} ${key}`)
}

function expectPoints(
  mine: readonly (readonly [number, number])[],
  theirs: readonly (readonly [number, number])[],
  what: string,
): void {
  expect(
    mine.map(([at]) => at),
    what,
  ).toEqual(theirs.map(([at]) => at))
  for (const [index, [, value]] of theirs.entries()) {
    const own = mine[index]![1]
    if (Number.isFinite(value) && Math.abs(own - value) <= 1e-9 * Math.max(1, Math.abs(value)))
      continue
    expect(own, what).toBe(value)
  }
}
