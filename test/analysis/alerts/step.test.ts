import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stepGroup, unseen, type StepTimes } from '../../../src/analysis/alerts/step.ts'
import type { GroupState, Verdict } from '../../../src/analysis/alerts/state.ts'

const START = Date.parse('2026-11-20T00:00:00Z')
const LABELS = { cluster: 'seoul' }

const times = (seconds: number, more: Partial<StepTimes> = {}): StepTimes => ({
  now: START + seconds * 1000,
  intervalSeconds: 60,
  forSeconds: 120,
  keepFiringSeconds: 0,
  noDataSeconds: 120,
  forgetSeconds: 3600,
  tellsNoData: true,
  ...more,
})

/** What a group does while it is seen so: a verdict with its time, one after the other. */
function run(
  seen: readonly (readonly [seconds: number, verdict: Verdict])[],
  more: Partial<StepTimes> = {},
) {
  let state: GroupState | null = unseen(LABELS, START)
  const states: string[] = []
  const told: string[] = []
  for (const [seconds, verdict] of seen) {
    const from: GroupState = state ?? unseen(LABELS, START + seconds * 1000)
    const value = verdict === 'unknown' ? null : 1
    const judged = { labels: LABELS, verdict, value, reason: null }
    const stepped = stepGroup(from, judged, times(seconds, more))
    state = stepped.state
    states.push(state?.state ?? 'forgotten')
    told.push(...stepped.changes.map(({ kind }) => `${kind}@${seconds}`))
  }
  return { states, told, state }
}

const series = (text: string): readonly (readonly [number, Verdict])[] => {
  const verdicts = { '+': 'active', '-': 'inactive', '~': 'between', '?': 'unknown' } as const
  return Array.from(text, (sign, index) => [index * 60, verdicts[sign as keyof typeof verdicts]])
}

describe('a group of a rule', () => {
  it.each([
    [
      'fires once the condition has held, and ends when it is over',
      '-++++-',
      'ok pending pending firing firing ok',
      'firing@180 resolved@300',
    ],
    [
      'begins anew when the condition is over before its time',
      '+-++-',
      'pending ok pending pending ok',
      '',
    ],
    [
      'goes on firing between the threshold and the level that ends it',
      '+++~~-',
      'pending pending firing firing firing ok',
      'firing@120 resolved@300',
    ],
    ['does not begin between them', '~~~~', 'ok ok ok ok', ''],
    [
      'neither ends nor begins by what is not known, which is told by itself',
      '+++????+-',
      'pending pending firing firing firing firing firing firing ok',
      'firing@120 no_data@300 data_back@420 resolved@480',
    ],
    [
      'is not known rather than fine',
      '-???-',
      'ok no_data no_data no_data ok',
      'no_data@180 data_back@240',
    ],
    [
      'has not held while nobody knew',
      '+?+?+++',
      'pending no_data pending no_data pending pending firing',
      'firing@360',
    ],
  ])('%s', (_, seen, states, told) => {
    const ran = run(series(seen))
    expect([ran.states.join(' '), ran.told.join(' ')]).toEqual([states, told])
  })

  it('fires at once without a duration', () => {
    expect(run(series('+'), { forSeconds: 0 }).told).toEqual(['firing@0'])
  })

  it('goes on firing for a while after the condition is over, and through a short relapse', () => {
    const ran = run(series('+++-+----'), { keepFiringSeconds: 120 })
    expect(ran.told).toEqual(['firing@120', 'resolved@420'])
  })

  it('gains nothing by a clock that jumps ahead, and loses nothing by one that is put back', () => {
    const ahead = run(
      [
        [0, 'active'],
        [86_400, 'active'],
        [86_460, 'active'],
      ],
      { forSeconds: 600 },
    )
    expect([ahead.states.at(-1), ahead.state?.heldSeconds]).toEqual(['pending', 360])
    const back = run([
      [0, 'active'],
      [60, 'active'],
      [-7200, 'active'],
      [-7140, 'active'],
    ])
    expect(back.told).toEqual(['firing@-7140'])
    expect(back.state?.since).toBe(START - 7140 * 1000)
  })

  it('waits for nobody for ever: what was silent too long ends, with that reason', () => {
    const ran = run([...series('+++'), [180, 'unknown'], [4000, 'unknown']])
    expect(ran.told).toEqual(['firing@120', 'resolved@4000'])
    expect(ran.state).toBeNull()
  })

  it('never ends an alert without having seen its end, whatever comes', () => {
    const verdict = fc.constantFrom<Verdict>('active', 'inactive', 'between', 'unknown')
    fc.assert(
      fc.property(fc.array(verdict, { maxLength: 60 }), (verdicts) => {
        const seen = verdicts.map((each, index) => [index * 60, each] as const)
        const { told } = run(seen, { forgetSeconds: 1e9 })
        const alerts = told.filter((each) => /^(firing|resolved)/.test(each))
        alerts.forEach((each, index) => {
          const [kind, seconds] = each.split('@')
          expect(kind).toBe(index % 2 === 0 ? 'firing' : 'resolved')
          const verdictThen = verdicts[Number(seconds) / 60]
          expect(verdictThen).toBe(kind === 'firing' ? 'active' : 'inactive')
        })
      }),
    )
  })
})
