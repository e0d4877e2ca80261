import { afterEach, describe, expect, it } from 'vitest'
import { budgetPeriod } from '../../../src/analysis/alerts/budget-period.ts'
import { newRuleSchema } from '../../../src/domains/alerts/rule-schemas.ts'
import { KCloudError } from '../../../src/kernel/errors.ts'
import { nodes, startAlerts } from '../../support/alerts.ts'
import { fakeClock } from '../../support/test-app.ts'

let close: (() => Promise<void>) | undefined
afterEach(async () => {
  await close?.()
  close = undefined
})

const DOWN = { fails: new KCloudError('backend_timeout', { detail: 'no answer in time' }) }

async function start(condition: object, at = '2026-11-20T01:00:00Z') {
  const clock = fakeClock(at)
  const started = await startAlerts({ seoul: nodes(1000), busan: nodes(3000) }, clock)
  close = () => started.close()
  const rule = { name: 'budget', condition: { kind: 'budget', period: 'day', ...condition } }
  const spec = newRuleSchema.parse(rule)
  await started.alerts.rules.add(spec, { user: 'tester', at: clock.now() })
  const turn = async () => {
    await started.alerts.turn()
    const { state } = await started.alerts.rules.one('budget')
    return Object.fromEntries(
      [...state.groups.values()].map(({ labels, state: is, value, reason }) => [
        labels['cluster'] ?? 'fleet',
        { is, value: value === null ? null : Math.round(value * 100) / 100, reason },
      ]),
    )
  }
  return { ...started, clock, spec, turn }
}

const minutesOf = (text: string): number => {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return hours * 60 + minutes
}

describe('a budget', () => {
  it('fires at its share of the energy of the day, cluster by cluster', async () => {
    const { turn, alerts } = await start({
      of: 'energy_kwh',
      amount: 4,
      percent: 70,
      by: 'cluster',
    })
    expect(await turn()).toEqual({
      seoul: { is: 'ok', value: 1, reason: null },
      busan: { is: 'firing', value: 3, reason: null },
    })
    const { state } = await alerts.rules.one('budget')
    expect(state.evaluation?.unit).toBe('kWh')
  })

  it('of all clusters may be of money or carbon', async () => {
    const cost = await start({ of: 'carbon_kg', amount: 1.6 })
    const { fleet } = await cost.turn()
    expect(fleet).toMatchObject({ is: 'firing', value: 2.17 })
  })

  it('says what the day will come to at the pace of the last 24 hours', async () => {
    const { turn } = await start({ of: 'energy_kwh', amount: 90, basis: 'projected' })
    const { fleet } = await turn()
    expect(fleet).toMatchObject({ is: 'firing', value: 96 })
  })

  it('is a lower bound while a cluster is silent: it fires by what is known, and is not fine by it', async () => {
    const low = await start({ of: 'energy_kwh', amount: 100, by: 'cluster' })
    low.world.set('busan', DOWN)
    expect(await low.turn()).toMatchObject({ seoul: { is: 'ok' } })
    await close?.()
    const fleet = await start({ of: 'energy_kwh', amount: 100 })
    fleet.world.set('busan', DOWN)
    expect(await fleet.turn()).toMatchObject({ fleet: { is: 'no_data' } })
    await close?.()
    const proven = await start({ of: 'energy_kwh', amount: 0.9 })
    proven.world.set('busan', DOWN)
    expect((await proven.turn())['fleet']).toMatchObject({ is: 'firing', value: 1 })
  })

  it('can be tried on the past, in which each day begins anew', async () => {
    const { alerts, clock, spec } = await start(
      { of: 'energy_kwh', amount: 1.5 },
      '2026-11-20T00:30:00Z',
    )
    const end = clock.now()
    const range = { start: new Date(end.getTime() - 3_600_000), end, stepSeconds: 600 }
    const at = (clockTime: string) =>
      Date.parse('2026-11-19T00:00:00Z') + minutesOf(clockTime) * 60_000
    const { signal } = new AbortController()
    const { groups, episodes } = await alerts.preview(spec, { range, at: end, signal })
    // 4 kW from 23:20 on: what was spent of a day begins anew at midnight.
    expect(groups[0]?.values.map((value) => Math.round((value ?? Number.NaN) * 100) / 100)).toEqual(
      [0.67, 1.33, 2, 0, 0.67, 1.33],
    )
    expect(episodes).toMatchObject([{ startsAt: at('23:50'), endsAt: at('24:00') }])
  })
})

describe('the period of a budget', () => {
  it.each([
    ['day', 'Asia/Seoul', '2026-11-19T15:00:00Z', '2026-11-20T15:00:00Z'],
    ['month', 'Asia/Seoul', '2026-10-31T15:00:00Z', '2026-11-30T15:00:00Z'],
    ['month', 'UTC', '2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z'],
  ] as const)('a %s of %s begins and ends there', (period, zone, from, until) => {
    const { start: begin, end } = budgetPeriod(
      { period, time_zone: zone },
      new Date('2026-11-20T05:00:00Z'),
    )
    expect([begin, end]).toEqual([new Date(from), new Date(until)])
  })
})
