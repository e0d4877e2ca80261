import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { KCloudError, type BackendErrorKind } from '../../../src/kernel/errors.ts'
import { gauge } from '../../../src/promql/expression.ts'
import { ask, type Cluster, type Told } from '../../../src/services/clusters/index.ts'
import { withDeadline, type PrometheusClient } from '../../../src/services/prometheus/index.ts'

const never: PrometheusClient = {
  instant: () => new Promise(() => undefined),
  range: () => new Promise(() => undefined),
}
const cluster = (name: string, client = never): Cluster => ({
  name,
  region: null,
  description: null,
  flavour: 'prometheus',
  client,
})
const SEOUL = cluster('seoul')
const BUSAN = cluster('busan')
const JEJU = cluster('jeju')

type Script = Readonly<Record<string, Told<string> | Error>>
/** Puts a question to which each cluster has its prepared answer. */
const askAll = (script: Script, clusters = [SEOUL, BUSAN, JEJU]) =>
  ask(clusters, ({ name }) => {
    const told = script[name]!
    return told instanceof Error ? Promise.reject(told) : Promise.resolve(told)
  })
const rows = (...values: string[]): Told<string> => ({ rows: values, warnings: [] })
const failure = (kind: BackendErrorKind, detail: string) => new KCloudError(kind, { detail })

describe('a question to many clusters', () => {
  it('collects the rows of all, in the order of the clusters', async () => {
    expect(await askAll({ seoul: rows('a', 'b'), busan: rows(), jeju: rows('c') })).toEqual({
      rows: ['a', 'b', 'c'],
      warnings: [],
      clusters: [
        { name: 'seoul', status: 'ok' },
        { name: 'busan', status: 'ok' },
        { name: 'jeju', status: 'ok' },
      ],
    })
  })

  it('names a cluster that could not be asked, and why', async () => {
    const answer = await askAll({
      seoul: rows('a'),
      busan: failure('backend_timeout', 'did not answer within 5 s'),
      jeju: failure('backend_unreachable', 'connection refused'),
    })
    expect(answer.rows).toEqual(['a'])
    expect(answer.clusters.map(({ status }) => status)).toEqual(['ok', 'timeout', 'unreachable'])
    expect(answer.warnings).toEqual([
      { code: 'cluster_unavailable', cluster: 'busan', detail: 'did not answer within 5 s' },
      { code: 'cluster_unavailable', cluster: 'jeju', detail: 'connection refused' },
    ])
  })

  it.each<[string, string]>([
    ['results truncated due to limit', 'its answer was cut off at a limit'],
    [
      'remote_read: error sending request: Post "http://10.0.0.7:9090/api/v1/read": refused',
      'a remote storage that it reads did not answer',
    ],
    ['isPartial: a part of the storage did not answer', 'a part of its storage did not answer'],
    [
      'receive series from Addr: 10.0.0.8:10901 LabelSets: {...}: no such host (partial response)',
      'a part of its storage did not answer',
    ],
    ['native histograms left out of 3 series', 'native histograms were left out'],
    ['something about sum(secret_metric)', 'it says that its answer is incomplete'],
  ])('marks a cluster partial that warns "%s", in words of ours', async (warning, detail) => {
    const answer = await askAll({
      seoul: { rows: ['a'], warnings: [warning, warning] },
      busan: rows('b'),
      jeju: rows(),
    })
    expect(answer.rows).toEqual(['a', 'b'])
    expect(answer.clusters[0]).toEqual({ name: 'seoul', status: 'partial' })
    expect(answer.warnings).toEqual([{ code: 'cluster_incomplete', cluster: 'seoul', detail }])
  })

  it('has nothing to say where no cluster is asked', async () => {
    expect(await askAll({}, [])).toEqual({ rows: [], warnings: [], clusters: [] })
  })

  it('is a fault of ours when a cluster breaks in another way', async () => {
    const bug = new TypeError('a fault of ours')
    await expect(askAll({ seoul: rows(), busan: bug, jeju: rows() })).rejects.toBe(bug)
  })

  it('passes on what a caller asked wrongly', async () => {
    const wrong = new KCloudError('invalid_request', { detail: 'x' })
    await expect(askAll({ seoul: rows(), busan: wrong, jeju: rows() })).rejects.toBe(wrong)
  })

  it.each<[string, BackendErrorKind, BackendErrorKind, BackendErrorKind]>([
    ['timed out', 'backend_timeout', 'backend_timeout', 'backend_timeout'],
    ['failed, one by time', 'backend_timeout', 'backend_rejected', 'backend_unreachable'],
    ['refused us', 'backend_unauthorized', 'backend_unauthorized', 'backend_unreachable'],
  ])('fails when all %s', async (_, one, other, kind) => {
    const script = { seoul: failure(one, 'first'), busan: failure(other, 'second') }
    await expect(askAll(script, [SEOUL, BUSAN])).rejects.toMatchObject({
      kind,
      detail: 'no cluster answered (seoul: first; busan: second)',
    })
  })

  it('fails for one cluster alone as for many', async () => {
    const script = { seoul: failure('backend_invalid', 'its answer is not whole JSON') }
    await expect(askAll(script, [SEOUL])).rejects.toMatchObject({
      kind: 'backend_unreachable',
      detail: 'no cluster answered (seoul: its answer is not whole JSON)',
    })
  })
})

describe('a cluster that hangs', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('holds the answer up for its own timeout and no longer', async () => {
    const hung = cluster('hung', withDeadline(never, { timeoutSeconds: 5 }))
    const ends = vi.fn()
    const answer = ask([SEOUL, hung], async ({ name, client }) => {
      if (name === 'seoul') return rows('a')
      await client.instant(gauge('up'), new Date(), { shelf: 'realtime' })
      return rows()
    })
    void answer.then(ends)
    await vi.advanceTimersByTimeAsync(4999)
    expect(ends).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect((await answer).clusters).toEqual([
      { name: 'seoul', status: 'ok' },
      { name: 'hung', status: 'timeout' },
    ])
  })
})
