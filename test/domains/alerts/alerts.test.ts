import { afterEach, describe, expect, it } from 'vitest'
import { alerts as alertsDomain } from '../../../src/domains/alerts/index.ts'
import { KCloudError } from '../../../src/kernel/errors.ts'
import type { FleetMember } from '../../support/fleet.ts'
import { nodes, POWER_RULE, startAlerts, type AlertsSetup } from '../../support/alerts.ts'
import { createTestApp, fakeClock } from '../../support/test-app.ts'

const DOWN: FleetMember = {
  fails: new KCloudError('backend_unreachable', { detail: 'connection refused' }),
}
const BASE = '/api/v1/alerts'

let close: (() => Promise<void>) | undefined
afterEach(async () => {
  await close?.()
  close = undefined
})

async function serve(members: Readonly<Record<string, FleetMember>>, setup: AlertsSetup = {}) {
  const clock = fakeClock()
  const started = await startAlerts(members, clock, setup)
  const domain = alertsDomain({ alerts: started.alerts, alertSeconds: 60 })
  const app = await createTestApp([domain], { clock })
  close = async () => {
    await app.close()
    await started.close()
  }
  const send = async (
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
    headers = {},
  ) => {
    const reply = await app.send(method, BASE + path, { headers, ...(body && { body }) })
    return {
      status: reply.statusCode,
      headers: reply.headers,
      ...(reply.body === '' ? {} : reply.json()),
    }
  }
  const get = async (path: string, auth?: false) => {
    const reply = await app.get(BASE + path, auth === false ? { auth } : {})
    return { status: reply.statusCode, headers: reply.headers, ...reply.json() }
  }
  /** Evaluates, and gives what is seen: state by cluster. */
  const turn = async (seconds = 60) => {
    await started.alerts.turn()
    const { data } = await get('')
    clock.advance(seconds)
    return Object.fromEntries(
      data.map((row: any) => [row.labels.cluster ?? 'all', `${row.state} ${row.value}`]),
    )
  }
  const kinds = async () =>
    (await get('/events?sort=at')).data.map((event: any) => [event.kind, event.group.cluster])
  return { app, clock, send, get, turn, kinds, ...started }
}

describe('the rules', () => {
  it('are made with their defaults, listed, replaced and removed', async () => {
    const { send, get } = await serve({ seoul: nodes(400) })
    const made = await send('POST', '/rules', POWER_RULE)
    expect([made.status, made.headers]).toEqual([
      201,
      expect.objectContaining({ location: `${BASE}/rules/much-power`, etag: '"1"' }),
    ])
    expect(made.data).toMatchObject({
      id: 'much-power',
      version: 1,
      origin: 'api',
      created_by: 'tester',
      for: '0s',
      least_coverage: 0.9,
      no_data: { after: '5m', tell: true, forget_after: '1d' },
      condition: { figure: { where: {}, aggregate: 'sum', by: ['cluster'] }, below: null },
      last_evaluation: null,
    })
    expect((await get('/rules')).data).toHaveLength(1)
    expect((await send('POST', '/rules', POWER_RULE)).status).toBe(409)
    const body = { ...POWER_RULE, for: '5m' }
    const stale = await send('PUT', '/rules/much-power', body, { 'if-match': '"7"' })
    expect(stale.status).toBe(412)
    const replaced = await send('PUT', '/rules/much-power', body, { 'if-match': '"1"' })
    expect([replaced.status, replaced.data.version, replaced.data.for]).toEqual([200, 2, '5m'])
    expect((await send('DELETE', '/rules/much-power')).status).toBe(204)
    expect((await get('/rules/much-power')).status).toBe(404)
    expect((await send('PUT', '/rules/much-power', body)).status).toBe(404)
    expect((await get('/rules', false)).status).toBe(401)
  })

  const figure = POWER_RULE.condition.figure
  it.each([
    [{ ...POWER_RULE, name: 'No Spaces' }, '/body/name'],
    [{ ...POWER_RULE, for: '5 minutes' }, '/body/for'],
    [{ ...POWER_RULE, condition: { ...POWER_RULE.condition, below: 3 } }, '/body/condition/above'],
    [
      { ...POWER_RULE, condition: { ...POWER_RULE.condition, clear: 1001 } },
      '/body/condition/clear',
    ],
    [
      {
        ...POWER_RULE,
        condition: {
          ...POWER_RULE.condition,
          figure: { ...figure, metric: 'kcloud_gpu_temperature' },
        },
      },
      '/body/condition/figure/metric',
    ],
    [
      {
        ...POWER_RULE,
        condition: { ...POWER_RULE.condition, figure: { ...figure, by: ['rack'] } },
      },
      '/body/condition/figure/by/0',
    ],
    [
      {
        ...POWER_RULE,
        condition: { ...POWER_RULE.condition, figure: { query: 'kcloud_power_watts > 5' } },
      },
      '/body/condition/figure/query',
    ],
    [
      { ...POWER_RULE, condition: { ...POWER_RULE.condition, figure: { query: 'sum(' } } },
      '/body/condition/figure/query',
    ],
    [{ ...POWER_RULE, receivers: ['nobody'] }, '/body/receivers/0'],
    [{ ...POWER_RULE, labels: { alertname: 'x' } }, '/body/labels/alertname'],
    [{ ...POWER_RULE, nonsense: 1 }, '/body/nonsense'],
  ])('are refused with the place of the mistake: %j', async (rule, pointer) => {
    const { send } = await serve({ seoul: nodes(400) })
    const { status, errors } = await send('POST', '/rules', rule)
    expect([status, errors?.[0]?.pointer]).toEqual([400, pointer])
  })

  it('are at most so many', async () => {
    const { send } = await serve({ seoul: nodes(400) }, { options: { mostRules: 1 } })
    await send('POST', '/rules', POWER_RULE)
    expect((await send('POST', '/rules', { ...POWER_RULE, name: 'second' })).status).toBe(422)
  })

  it('end what they had told when they are replaced by another condition, switched off or removed', async () => {
    const { send, turn, get } = await serve({ seoul: nodes(1200) })
    await send('POST', '/rules', POWER_RULE)
    await turn()
    await send('PUT', '/rules/much-power', { ...POWER_RULE, severity: 'critical' })
    expect(await turn()).toEqual({ seoul: 'firing 1200' })
    await send('PUT', '/rules/much-power', { ...POWER_RULE, enabled: false })
    const { data } = await get('/events')
    expect(data.map(({ kind, reason }: any) => [kind, reason])).toEqual([
      ['resolved', 'the rule was switched off'],
      ['firing', null],
    ])
    expect(data[0].alert_id).toBe(data[1].alert_id)
    expect((await get('')).data).toEqual([])
  })
})

describe('a threshold', () => {
  it('fires for the group that is above it, with hysteresis, and ends', async () => {
    const { send, turn, world, clock, kinds } = await serve({
      seoul: nodes(600, 300),
      busan: nodes(400),
    })
    await send('POST', '/rules', { ...POWER_RULE, for: '1m' })
    expect(await turn()).toEqual({ seoul: 'ok 900', busan: 'ok 400' })
    world.set('seoul', nodes(800, 300))
    expect(await turn()).toEqual({ seoul: 'pending 1100', busan: 'ok 400' })
    expect(await turn()).toEqual({ seoul: 'firing 1100', busan: 'ok 400' })
    world.set('seoul', nodes(650, 300))
    expect((await turn())['seoul']).toBe('firing 950')
    world.set('seoul', nodes(550, 300))
    expect((await turn())['seoul']).toBe('ok 850')
    expect(await kinds()).toEqual([
      ['firing', 'seoul'],
      ['resolved', 'seoul'],
    ])
    expect(clock.now().toISOString()).toBe('2026-11-20T00:05:00.000Z')
  })

  it('is neither ended nor begun by a cluster that does not answer, nor are others disturbed', async () => {
    const { send, turn, world, get, kinds } = await serve({ seoul: nodes(1200), busan: nodes(400) })
    await send('POST', '/rules', { ...POWER_RULE, no_data: { after: '1m' } })
    await turn()
    world.set('seoul', DOWN)
    expect(await turn()).toEqual({ seoul: 'firing 1200', busan: 'ok 400' })
    world.set('busan', nodes(1500))
    expect(await turn()).toEqual({ seoul: 'firing 1200', busan: 'firing 1500' })
    const { data } = await get('?cluster=seoul')
    expect(data[0]).toMatchObject({
      state: 'firing',
      no_data_since: '2026-11-20T00:01:00.000Z',
      reason: 'cluster seoul did not answer in full: unreachable',
    })
    const { data: rules } = await get('/rules')
    expect(rules[0].last_evaluation).toMatchObject({ outcome: 'partial' })
    world.set('seoul', nodes(100))
    expect((await turn())['seoul']).toBe('ok 100')
    expect(await kinds()).toEqual([
      ['firing', 'seoul'],
      ['no_data', 'seoul'],
      ['firing', 'busan'],
      ['data_back', 'seoul'],
      ['resolved', 'seoul'],
    ])
  })

  it('over all clusters is not judged while one of them is silent', async () => {
    const { send, turn, world } = await serve({ seoul: nodes(700), busan: nodes(700) })
    const figure = { metric: 'kcloud_power_watts', by: [] }
    await send('POST', '/rules', {
      ...POWER_RULE,
      condition: { kind: 'threshold', figure, below: 900 },
    })
    expect(await turn()).toEqual({ all: 'ok 1400' })
    world.set('busan', DOWN)
    expect((await turn())['all']).toMatch(/^no_data/)
  })

  it('is not ended by the silence of a part: a sum of less than there should be is not judged', async () => {
    const { send, turn, world, get } = await serve({ seoul: nodes(600, 600) })
    await send('POST', '/rules', POWER_RULE)
    await turn()
    world.set('seoul', nodes(600, null))
    expect(await turn()).toEqual({ seoul: 'firing 1200' })
    expect((await get('')).data[0].reason).toBe('only 1 of the 2 series of the last hour report')
    for (let minutes = 0; minutes < 61; minutes += 1) await turn()
    expect(await turn()).toEqual({ seoul: 'ok 600' })
  })

  it('says that nobody reports what it watches', async () => {
    const { send, turn } = await serve({ seoul: nodes(600) })
    const figure = { metric: 'kcloud_gpu_temperature_celsius', by: ['cluster'] }
    await send('POST', '/rules', {
      name: 'hot',
      condition: { kind: 'threshold', figure, above: 60 },
    })
    expect(await turn()).toEqual({ all: 'no_data null' })
  })

  it('may be of a query', async () => {
    const { send, turn, world, get } = await serve({ seoul: nodes(600, 300) })
    const figure = {
      query: 'max by (cluster) (kcloud_power_watts) / sum by (cluster) (kcloud_power_watts)',
    }
    await send('POST', '/rules', {
      name: 'uneven',
      condition: { kind: 'threshold', figure, above: 0.6 },
    })
    expect((await turn())['seoul']).toMatch(/^firing 0.66/)
    world.set('seoul', nodes(600, 600))
    expect((await turn())['seoul']).toBe('ok 0.5')
    expect((await get('')).data[0].unit).toBeNull()
  })

  it('watches at most so many groups, and says how many it does not', async () => {
    const { send, alerts, get } = await serve(
      { seoul: nodes(1, 2, 3, 4, 5) },
      { options: { mostGroups: 3 } },
    )
    const figure = { metric: 'kcloud_power_watts', by: ['node'] }
    await send('POST', '/rules', { ...POWER_RULE, condition: { ...POWER_RULE.condition, figure } })
    await alerts.turn()
    const { data } = await get('/rules')
    expect(data[0].last_evaluation).toMatchObject({ groups: 3, cut_groups: 2 })
  })
})

describe('other conditions', () => {
  it('an absence fires for what reported and does not, not for what cannot be asked', async () => {
    const { send, alerts, get, world, clock } = await serve({ seoul: nodes(600, 300) })
    const figure = { metric: 'kcloud_power_watts', by: ['cluster', 'node'] }
    const no_data = { forget_after: '1h' }
    await send('POST', '/rules', {
      name: 'gone',
      for: '2m',
      no_data,
      condition: { kind: 'absence', figure },
    })
    const turn = async (seconds = 60) => {
      await alerts.turn()
      clock.advance(seconds)
      return Object.fromEntries(
        (await get('')).data.map((row: any) => [row.labels.node, row.state]),
      )
    }
    expect(await turn()).toEqual({ n0: 'ok', n1: 'ok' })
    world.set('seoul', DOWN)
    for (let turns = 0; turns < 4; turns += 1) await turn()
    expect(await turn()).toEqual({ n0: 'no_data', n1: 'no_data' })
    world.set('seoul', nodes(600, null))
    await turn()
    await turn()
    expect(await turn()).toEqual({ n0: 'ok', n1: 'firing' })
    world.set('seoul', nodes(600, 300))
    expect(await turn()).toEqual({ n0: 'ok', n1: 'ok' })
    world.set('seoul', nodes(600, null))
    for (let minutes = 0; minutes < 62; minutes += 1) await turn()
    expect(await turn()).toEqual({ n0: 'ok' })
    const { data } = await get('/events?limit=1')
    expect(data[0]).toMatchObject({
      kind: 'resolved',
      reason: expect.stringMatching(/not waited for/),
    })
  })

  it('a change is held against what was, and is no share of nothing', async () => {
    const member = `${nodes(null)}
ipmi_up{instance="10.1.0.0",node="n0",collector="dcmi"} 1
ipmi_dcmi_power_consumption_watts{instance="10.1.0.0",node="n0"} 1000 1`
    const { send, turn, get } = await serve({ seoul: member })
    const { figure } = POWER_RULE.condition
    await send('POST', '/rules', {
      name: 'jump',
      condition: { kind: 'change', figure, window: '30m', direction: 'up', percent: 60 },
    })
    // A watt a second: 2800 before, 4600 now.
    expect(await turn()).toEqual({ seoul: expect.stringMatching(/^firing 64.2/) })
    expect((await get('')).data[0].unit).toBe('%')
    const nothing = { query: 'sum by (cluster) (kcloud_power_watts) * 0' }
    const condition = { kind: 'change', figure: nothing, window: '30m', percent: 60 }
    await send('PUT', '/rules/jump', { condition })
    expect(await turn()).toEqual({ seoul: 'no_data null' })
    expect((await get('')).data[0].reason).toMatch(/it was 0 a window ago/)
  })

  it('the quality of data: a silent cluster, and too little coverage', async () => {
    const { send, turn, world, alerts, get } = await serve({
      seoul: nodes(600, null),
      busan: nodes(5),
    })
    await send('POST', '/rules', {
      name: 'coverage',
      condition: { kind: 'quality', check: 'coverage' },
    })
    expect(await turn()).toEqual({ seoul: 'firing 0.5', busan: 'ok 1' })
    await send('DELETE', '/rules/coverage')
    await send('POST', '/rules', {
      name: 'silent',
      condition: { kind: 'quality', check: 'cluster_silent' },
    })
    expect(await turn()).toEqual({ seoul: 'ok 0', busan: 'ok 0' })
    world.set('busan', DOWN)
    expect(await turn()).toEqual({ seoul: 'ok 0', busan: 'firing 1' })
    world.set('seoul', DOWN)
    expect(await turn()).toEqual({ seoul: 'firing 1', busan: 'firing 1' })
    await send('POST', '/rules', {
      name: 'implausible',
      condition: { kind: 'quality', check: 'implausible_values' },
    })
    world.set('seoul', `${nodes(600)}\n${nodes(-5).replaceAll('n0', 'n9')}`)
    await alerts.turn()
    const { data } = await get('?rule=implausible')
    expect(data.map(({ labels, state }: any) => [labels.cluster, state])).toEqual([
      ['seoul', 'firing'],
    ])
  })
})

describe('a preview', () => {
  it('says when a rule would have fired, for how long, and of what', async () => {
    // A watt a second from 1000 W an hour ago: above 2800 W in the second half.
    const member = `${nodes(null)}
ipmi_up{instance="10.1.0.0",node="n0",collector="dcmi"} 1
ipmi_dcmi_power_consumption_watts{instance="10.1.0.0",node="n0"} 1000 1`
    const { send } = await serve({ seoul: member, busan: nodes(5) })
    const { figure } = POWER_RULE.condition
    const rule = { condition: { kind: 'threshold', figure, above: 2800 }, for: '5m' }
    const { status, data, meta } = await send('POST', '/rules/preview', {
      rule,
      period: '1h',
      step: '5m',
    })
    expect([status, meta.status]).toEqual([200, 'complete'])
    expect(data).toMatchObject({
      step_seconds: 300,
      unit: 'W',
      thresholds: { above: 2800, below: null, clear: null },
      fired: 1,
      firing_seconds: 1200,
      episodes: [
        { labels: { cluster: 'seoul' }, starts_at: '2026-11-19T23:40:00.000Z', ends_at: null },
      ],
      cut_series: 0,
    })
    expect(data.series[0]).toMatchObject({ labels: { cluster: 'seoul' }, fired: 1 })
    expect(data.series[0].points.at(-1)).toEqual([1795132500, 4300, 'firing'])
  })

  it('of a rule that there is keeps nothing, and says which cluster is missing', async () => {
    const { send, get } = await serve({ seoul: nodes(1200), busan: DOWN })
    await send('POST', '/rules', POWER_RULE)
    const { data, meta } = await send('POST', '/rules/much-power/preview', { period: '1h' })
    expect([meta.status, data.fired]).toEqual(['partial', 1])
    expect((await get('/events')).data).toEqual([])
    expect((await send('POST', '/rules/nothing/preview', {})).status).toBe(404)
  })

  it.each([
    [{ period: '90d' }, 400],
    [{ period: '1d', step: '20s' }, 400],
    [{ start: 'yesterday' }, 400],
  ])('is bounded: %j', async (window, expected) => {
    const { send } = await serve({ seoul: nodes(1200) })
    await send('POST', '/rules', POWER_RULE)
    expect((await send('POST', '/rules/much-power/preview', window)).status).toBe(expected)
  })

  it('refuses what has no past', async () => {
    const { send } = await serve({ seoul: nodes(1200) })
    const rule = { condition: { kind: 'quality', check: 'stale_data' } }
    expect((await send('POST', '/rules/preview', { rule })).status).toBe(422)
  })
})
