import { describe, expect, it } from 'vitest'
import { createFleet } from '../../support/fleet.ts'
import { fakeClock } from '../../support/test-app.ts'
import type { Telemetry } from '../../../src/services/telemetry/index.ts'

const clock = fakeClock()

/** A board that two pods share in time: each row repeats its watts. */
const SHARED = ['a', 'b'].map(
  (pod, index) =>
    `DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="0",Hostname="n1",exported_namespace="ml",exported_pod="${pod}",exported_container="c"} ${300 + index}`,
)
const TEXT = [
  ...SHARED,
  'DCGM_FI_DEV_POWER_USAGE{UUID="GPU-2",gpu="1",Hostname="n1"} 90',
  'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",gpu="0",Hostname="n1"} 40',
  'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-2",gpu="1",Hostname="n1"} 0',
].join('\n')

type Question = Parameters<Telemetry['latest']>[0]

const asked = (own: Pick<Question, 'labels' | 'measures'>): Question => ({
  entity: 'gpu',
  at: clock.now(),
  shelf: 'realtime',
  ...own,
})
const WATTS = asked({ labels: ['uuid'], measures: ['power_watts'] })
const BUSY = asked({
  labels: ['uuid', 'node'],
  measures: ['power_watts', 'gpu_utilization_percent'],
})
const OWNERS = asked({ labels: ['uuid', 'pod'], measures: ['power_watts'] })

function lab(text = TEXT) {
  const fleet = createFleet({ seoul: text }, clock.now)
  const figures = () => fleet.queries.filter((query) => !query.includes('count by'))
  return { telemetry: fleet.telemetry, figures }
}

const inOrder = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort()

describe('the questions of one answer', () => {
  it('select no metric twice, and say what they say alone', async () => {
    const alone = lab()
    const expected = []
    for (const question of [WATTS, BUSY, OWNERS])
      expected.push(inOrder((await alone.telemetry.latest(question)).rows))

    const { telemetry, figures } = lab()
    const { signal } = new AbortController()
    const answers = await Promise.all(
      [WATTS, BUSY, OWNERS].map((question) => telemetry.latest({ ...question, signal })),
    )

    expect(answers.map(({ rows }) => inOrder(rows))).toEqual(expected)
    expect(figures().filter((query) => query.includes('DCGM_FI_DEV_POWER_USAGE'))).toHaveLength(1)
    expect(figures().filter((query) => query.includes('DCGM_FI_DEV_GPU_UTIL'))).toHaveLength(1)
  })

  it('take the highest of rows that they do not tell apart', async () => {
    const { telemetry } = lab()
    const { signal } = new AbortController()
    const [watts] = await Promise.all([
      telemetry.latest({ ...WATTS, signal }),
      telemetry.latest({ ...OWNERS, signal }),
    ])
    expect(watts.rows.map(({ labels, values }) => [labels.uuid, values.power_watts])).toEqual([
      ['GPU-1', 301],
      ['GPU-2', 90],
    ])
  })

  it('count an implausible value once that rows repeat', async () => {
    const { telemetry } = lab(SHARED.map((row) => row.replace(/30[01]$/, '99999')).join('\n'))
    const { signal } = new AbortController()
    const [watts] = await Promise.all([
      telemetry.latest({ ...WATTS, signal }),
      telemetry.latest({ ...OWNERS, signal }),
    ])
    expect(watts.warnings.map(({ detail }) => detail)).toEqual([
      '1 value of power_watts left out: DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1"} = 99999',
    ])
  })

  it('do not ask again what an earlier one of them asked with more labels', async () => {
    const { telemetry, figures } = lab()
    const { signal } = new AbortController()
    await telemetry.latest({ ...BUSY, signal })
    const before = figures().length
    const { rows } = await telemetry.latest({ ...WATTS, signal })
    expect(rows.map(({ values }) => values)).toEqual([{ power_watts: 301 }, { power_watts: 90 }])
    expect(figures().slice(before)).toEqual([])
  })

  it('are put each by itself when they belong to different answers', async () => {
    const { telemetry, figures } = lab()
    await Promise.all(
      [WATTS, BUSY].map((question) =>
        telemetry.latest({ ...question, signal: new AbortController().signal }),
      ),
    )
    expect(figures().filter((query) => query.includes('DCGM_FI_DEV_POWER_USAGE'))).toHaveLength(2)
  })
})
