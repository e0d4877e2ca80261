import { afterEach, describe, expect, it } from 'vitest'
import { newRuleSchema } from '../../../src/domains/alerts/rule-schemas.ts'
import { nodes, POWER_RULE, startAlerts } from '../../support/alerts.ts'
import { fakeClock } from '../../support/test-app.ts'

let close: (() => Promise<void>) | undefined
afterEach(async () => {
  await close?.()
  close = undefined
})

async function start() {
  const clock = fakeClock()
  const started = await startAlerts({ seoul: nodes(1200) }, clock)
  close = () => started.close()
  return { ...started, clock }
}

const spec = (more: object = {}) => newRuleSchema.parse({ ...POWER_RULE, ...more })
const which = { id: 'much-power', version: null }

describe('the rules of a file', () => {
  it('are made what the file says, keep what they have seen, and are not changed elsewhere', async () => {
    const { alerts, clock } = await start()
    await alerts.rules.follow([spec()], clock.now())
    await alerts.turn()
    clock.advance(60)
    // The next start, with the same file and with one that only tells others.
    await alerts.rules.follow([spec()], clock.now())
    await alerts.rules.follow([spec({ severity: 'critical' })], clock.now())
    const rule = await alerts.rules.one('much-power')
    expect([rule.version, rule.origin, rule.spec.severity]).toEqual([2, 'file', 'critical'])
    expect([...rule.state.groups.values()].map(({ state }) => state)).toEqual(['firing'])
    await expect(alerts.rules.change(which, spec(), clock.now())).rejects.toThrow(/rule file/)
    await expect(alerts.rules.remove(which, clock.now())).rejects.toThrow(/rule file/)
  })

  it('take the place of one that was made by the API, and leave others alone', async () => {
    const { alerts, clock } = await start()
    const by = { user: 'tester', at: clock.now() }
    await alerts.rules.add(spec(), by)
    await alerts.rules.add(spec({ name: 'mine' }), by)
    await alerts.rules.follow([spec({ for: '5m' })], clock.now())
    const rules = await alerts.rules.list()
    expect(rules.map(({ id, origin }) => [id, origin])).toEqual([
      ['mine', 'api'],
      ['much-power', 'file'],
    ])
  })

  it('that the file has no more are removed, and what fired ends', async () => {
    const { alerts, clock } = await start()
    await alerts.rules.follow([spec()], clock.now())
    await alerts.turn()
    clock.advance(60)
    await alerts.rules.follow([], clock.now())
    expect(await alerts.rules.list()).toEqual([])
    const page = { limit: 10, offset: 0, newestFirst: false }
    const { events } = await alerts.events({}, page)
    expect(events.map(({ kind, body }) => [kind, body['reason']])).toEqual([
      ['firing', null],
      ['resolved', 'the rule was removed'],
    ])
  })
})

describe('the episodes of alerts', () => {
  it('are those that ended in a window or later, and those that go on', async () => {
    const { alerts, clock, world } = await start()
    await alerts.rules.follow([spec()], clock.now())
    const began = clock.now()
    await alerts.turn()
    clock.advance(600)
    const soon = new Date(began.getTime() + 60_000)
    expect(await alerts.episodes(began, soon)).toMatchObject([
      { at: began, until: null, cluster: 'seoul', title: 'much-power' },
    ])
    world.set('seoul', nodes(10))
    await alerts.turn()
    const ended = clock.now()
    clock.advance(3600)
    expect(await alerts.episodes(began, soon)).toMatchObject([{ at: began, until: ended }])
    expect(await alerts.episodes(clock.now(), clock.now())).toEqual([])
  })
})
