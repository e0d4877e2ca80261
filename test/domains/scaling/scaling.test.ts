import { afterEach, describe, expect, it } from 'vitest'
import { scaling } from '../../../src/domains/scaling/index.ts'
import { newPolicySchema } from '../../../src/domains/scaling/policy-schemas.ts'
import { KCloudError } from '../../../src/kernel/errors.ts'
import type { FleetMember } from '../../support/fleet.ts'
import { cluster, NEW_POLICY, startScaling, type ScalingSetup } from '../../support/scaling.ts'
import { createTestApp, fakeClock } from '../../support/test-app.ts'

const DOWN: FleetMember = {
  fails: new KCloudError('backend_unreachable', { detail: 'connection refused' }),
}
const BASE = '/api/v1/scaling'

let close: (() => Promise<void>) | undefined
afterEach(async () => {
  await close?.()
  close = undefined
})

async function serve(
  members: Readonly<Record<string, FleetMember>> = { seoul: cluster({ replicas: 12, watts: 440 }) },
  setup: ScalingSetup = {},
) {
  const clock = fakeClock()
  const started = await startScaling(members, clock, setup)
  const app = await createTestApp([scaling({ scaling: started.scaling, now: clock.now })], {
    clock,
  })
  close = async () => {
    await app.close()
    await started.close()
  }
  const get = async (path: string) => {
    const reply = await app.get(BASE + path)
    return { status: reply.statusCode, headers: reply.headers, ...reply.json() }
  }
  const send = async (
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ) => {
    const reply = await app.send(method, BASE + path, { headers, ...(body && { body }) })
    const read = reply.body === '' ? {} : reply.json()
    return { status: reply.statusCode, headers: reply.headers, ...read }
  }
  return { app, clock, get, send, ...started }
}

describe('the policies', () => {
  it('are made with the defaults of the document, and listed', async () => {
    const { get, send } = await serve()
    const made = await send('POST', '/policies', NEW_POLICY)
    expect(made.status).toBe(201)
    expect(made.headers).toMatchObject({
      location: `${BASE}/policies/web-budget`,
      etag: '"1"',
    })
    expect(made.data).toEqual({
      id: 'web-budget',
      version: 1,
      ...NEW_POLICY,
      description: null,
      enabled: true,
      scope: 'workload',
      min_replicas: 1,
      watts_per_replica: null,
      power_based: {
        enabled: true,
        max_power_budget: 5000,
        scale_out_threshold: 85,
        scale_in_threshold: 60,
        cooldown_period: 300,
      },
      predictive_scaling: { enabled: false, lookahead_minutes: 30, confidence_threshold: 0.8 },
      schedule: null,
      least_coverage: 0.9,
      priority: 100,
      shed_order: 'most_power_first',
      mode: 'advise',
      dry_run: true,
      webhook: null,
      created_by: 'tester',
      created_at: '2026-11-20T00:00:00.000Z',
      updated_at: '2026-11-20T00:00:00.000Z',
    })
    const { data, meta } = await get('/policies')
    expect(data).toEqual([made.data])
    expect(meta.page).toEqual({ total: 1, limit: 100, offset: 0 })
    expect((await get('/policies/web-budget')).headers.etag).toBe('"1"')
  })

  it('are changed and removed only at the version that If-Match names', async () => {
    const { get, send } = await serve()
    await send('POST', '/policies', NEW_POLICY)
    const { name: _, ...body } = { ...NEW_POLICY, max_replicas: 30 }
    const changed = await send('PUT', '/policies/web-budget', body, { 'if-match': '"1"' })
    expect([changed.status, changed.data.version, changed.headers.etag]).toEqual([200, 2, '"2"'])
    const late = await send('PUT', '/policies/web-budget', body, { 'if-match': '"1"' })
    expect([late.status, late.type]).toEqual([412, '/problems/precondition_failed'])
    expect(late.detail).toMatch(/it is at version 2/)
    expect(
      (await send('DELETE', '/policies/web-budget', undefined, { 'if-match': 'W/"x"' })).status,
    ).toBe(412)
    expect((await send('PUT', '/policies/web-budget', body)).data.version).toBe(3)
    expect(
      (await send('DELETE', '/policies/web-budget', undefined, { 'if-match': '*' })).status,
    ).toBe(204)
    expect((await get('/policies/web-budget')).status).toBe(404)
    expect((await send('DELETE', '/policies/web-budget')).status).toBe(404)
    expect((await send('PUT', '/policies/web-budget', body)).status).toBe(404)
  })

  it.each([
    [{ max_replicas: 0 }, '/body/max_replicas'],
    [{ name: 'Web Budget' }, '/body/name'],
    [{ power_based: { max_power_budget: -1 } }, '/body/power_based/max_power_budget'],
    [
      { power_based: { max_power_budget: 1, scale_in_threshold: 90 } },
      '/body/power_based/scale_in_threshold',
    ],
    [{ mode: 'webhook' }, '/body/webhook'],
    [{ mode: 'magic' }, '/body/mode'],
    [{ webhook: { url: 'file:///etc/passwd' } }, '/body/webhook/url'],
    [
      {
        schedule: {
          time_zone: 'Mars/Base',
          windows: [{ days: ['mon'], start: '1', end: '24:00' }],
        },
      },
      '/body/schedule/time_zone',
    ],
    [{ target: { ...NEW_POLICY.target, kind: 'DaemonSet' } }, '/body/target/kind'],
    [{ replicas: 3 }, '/body/replicas'],
  ])('are refused with %j, which names the field', async (wrong, pointer) => {
    const { send } = await serve()
    const { status, errors } = await send('POST', '/policies', { ...NEW_POLICY, ...wrong })
    expect(status).toBe(400)
    expect(errors.map((error: any) => error.pointer)).toContain(pointer)
  })

  it('have one name each, and keep it', async () => {
    const { send } = await serve()
    await send('POST', '/policies', NEW_POLICY)
    const again = await send('POST', '/policies', NEW_POLICY)
    expect([again.status, again.candidates]).toEqual([409, ['web-budget']])
    const renamed = await send('PUT', '/policies/web-budget', { ...NEW_POLICY, name: 'other' })
    expect([renamed.status, renamed.errors[0].pointer]).toEqual([400, '/body/name'])
  })

  it('send webhooks nowhere as long as no host is allowed', async () => {
    const { send } = await serve()
    const webhook = { url: 'http://169.254.169.254/latest/meta-data' }
    const refused = await send('POST', '/policies', { ...NEW_POLICY, mode: 'webhook', webhook })
    expect([refused.status, refused.errors[0].pointer]).toEqual([403, '/body/webhook/url'])
  })

  it('want credentials', async () => {
    const { app } = await serve()
    for (const path of ['/policies', '/policies/x', '/events', '/policies/x/metric'])
      expect((await app.get(BASE + path, { auth: false })).statusCode).toBe(401)
    const posted = await app.send('POST', `${BASE}/policies`, { auth: false, body: NEW_POLICY })
    expect(posted.statusCode).toBe(401)
  })
})

describe('the events', () => {
  it('say what was decided and all that it rests on', async () => {
    const { get, send, scaling: service, clock } = await serve()
    await send('POST', '/policies', NEW_POLICY)
    expect(await service.turn()).toBe(true)
    clock.advance(60)
    await service.turn()
    const { data, meta } = await get('/events')
    expect(meta.page.total).toBe(2)
    expect(data[0]).toMatchObject({ action: 'hold', rule: 'cooldown', desired_replicas: 9 })
    expect(data[1]).toMatchObject({
      policy_id: 'web-budget',
      policy_version: 1,
      at: '2026-11-20T00:00:00.000Z',
      mode: 'advise',
      action: 'scale_in',
      rule: 'over_budget',
      current_replicas: 12,
      desired_replicas: 9,
      permitted_replicas: 9,
      watts_per_replica: 445.5,
      expected_change_watts: -1336.5,
      inputs: {
        power_watts: 5346,
        coverage: 1,
        complete: true,
        stale: false,
        replicas: 12,
        workload_power_watts: 5346,
        budget_watts: 5000,
        upper_threshold_watts: 4250,
        lower_threshold_watts: 3000,
        schedule_active: true,
      },
      forecast: null,
      delivery: null,
      shed: [
        { pod: 'web-7d9f8c6b54-p11', power_watts: 451 },
        { pod: 'web-7d9f8c6b54-p10', power_watts: 450 },
        { pod: 'web-7d9f8c6b54-p9', power_watts: 449 },
      ],
    })
    expect(data[1].reason).toMatch(/^the power is above the budget \(5346 W of 5000 W/)
  })

  it('are filtered and paged', async () => {
    const { get, send, scaling: service, clock } = await serve()
    await send('POST', '/policies', NEW_POLICY)
    await send('POST', '/policies', { ...NEW_POLICY, name: 'second', enabled: false })
    for (let turn = 0; turn < 4; turn += 1) {
      await service.turn()
      clock.advance(120)
    }
    const totals = async (query: string) => (await get(`/events?${query}`)).meta.page.total
    expect(await totals('')).toBe(4)
    expect(await totals('action=scale_in')).toBe(2)
    expect(await totals('action=scale_in,hold')).toBe(4)
    expect(await totals('rule=cooldown')).toBe(2)
    expect(await totals('policy=second')).toBe(0)
    expect(await totals('period=4m')).toBe(2)
    expect(await totals('start=2026-11-20T00:02:00Z&end=2026-11-20T00:06:00Z')).toBe(2)
    const page = await get('/events?limit=1&offset=1&sort=at')
    expect(page.data.map((event: any) => event.at)).toEqual(['2026-11-20T00:02:00.000Z'])
    for (const [query, pointer] of [
      ['action=explode', '/query/action'],
      ['sort=rule', '/query/sort'],
      ['period=never', '/query/period'],
      ['colour=red', '/query/colour'],
    ]) {
      const refused = await get(`/events?${query}`)
      expect([refused.status, refused.errors[0].pointer]).toEqual([400, pointer])
    }
  })

  it('outlive their policy', async () => {
    const { get, send, scaling: service } = await serve()
    await send('POST', '/policies', NEW_POLICY)
    await service.turn()
    await send('DELETE', '/policies/web-budget')
    expect((await get('/events?policy=web-budget')).meta.page.total).toBe(1)
  })
})

describe('the number for an autoscaler', () => {
  it('is there at once, at the top, and stays until it is too old', async () => {
    const { app, send, clock, decided } = await serve()
    await send('POST', '/policies', NEW_POLICY)
    const reply = await app.get(`${BASE}/policies/web-budget/metric`)
    expect(reply.statusCode).toBe(200)
    expect(reply.json()).toEqual({
      value: 9,
      active: true,
      rule: 'over_budget',
      reason: expect.stringMatching(/from 12 to 9 replicas$/),
      coverage: 1,
      decided_at: '2026-11-20T00:00:00.000Z',
      valid_until: '2026-11-20T00:02:30.000Z',
    })
    await app.get(`${BASE}/policies/web-budget/metric`)
    expect(decided).toHaveLength(1)
    clock.advance(60)
    const later = (await app.get(`${BASE}/policies/web-budget/metric`)).json()
    expect([later.value, later.rule]).toEqual([9, 'cooldown'])
  })

  it.each([
    ['the cluster is down', { seoul: DOWN }],
    ['nobody knows the cluster', { busan: cluster({ replicas: 1, watts: 100 }) }],
    [
      'a board of a replica is not measured',
      {
        seoul: cluster({ replicas: 12, watts: 440 }).replace(
          /(DCGM_FI_DEV_POWER_USAGE\{UUID="GPU-[01]".*\}) \d+/g,
          '$1 9223372036854775794',
        ),
      },
    ],
    [
      'nobody tells of pods',
      { seoul: cluster({ replicas: 12, watts: 440 }).replace(/^kube_pod.*$/gm, '') },
    ],
  ] as const)('is none, and never zero, when %s', async (_, members) => {
    const { get, send, scaling: service } = await serve(members)
    await send('POST', '/policies', NEW_POLICY)
    const { status, type, value } = await get('/policies/web-budget/metric')
    expect([status, type, value]).toEqual([503, '/problems/partial_refused', undefined])
    await service.turn()
    const { data } = await get('/events?limit=1')
    expect(data[0]).toMatchObject({ action: 'hold', desired_replicas: null })
  })

  it('is none for a policy that is switched off or not there', async () => {
    const { get, send } = await serve()
    await send('POST', '/policies', { ...NEW_POLICY, enabled: false })
    expect((await get('/policies/web-budget/metric')).status).toBe(503)
    expect((await get('/policies/nobody/metric')).status).toBe(404)
  })

  it('of a cluster among others does not wait for those that are silent', async () => {
    const seoul = cluster({ replicas: 12, watts: 440 })
    const { get, send } = await serve({ seoul, busan: DOWN })
    await send('POST', '/policies', NEW_POLICY)
    await send('POST', '/policies', { ...NEW_POLICY, name: 'all', scope: 'fleet' })
    expect((await get('/policies/web-budget/metric')).status).toBe(200)
    const all = await get('/policies/all/metric')
    expect([all.status, all.detail]).toEqual([503, expect.stringMatching(/^partial_reading/)])
  })
})

describe('policies that share a budget', () => {
  it('shed the lowest priority first, and no more than is needed', async () => {
    const { get, send, scaling: service } = await serve()
    const shared = {
      scope: 'cluster',
      power_based: { max_power_budget: 6500, cooldown_period: 300 },
    }
    const batch = { ...NEW_POLICY.target, kind: 'StatefulSet', name: 'batch' }
    await send('POST', '/policies', { ...NEW_POLICY, ...shared, name: 'aa-web', priority: 200 })
    await send('POST', '/policies', {
      ...NEW_POLICY,
      ...shared,
      name: 'zz-batch',
      target: batch,
      priority: 10,
      min_replicas: 0,
    })
    await service.turn()
    const latest = async (policy: string) => (await get(`/events?policy=${policy}`)).data[0]
    // 7000 W of the node are 1475 W too many: 400 W of the one, and three of the others.
    expect(await latest('zz-batch')).toMatchObject({
      action: 'scale_in',
      desired_replicas: 0,
      inputs: { power_watts: 7000, others_shedding_watts: 0 },
    })
    expect(await latest('aa-web')).toMatchObject({
      action: 'scale_in',
      desired_replicas: 9,
      inputs: { power_watts: 7000, others_shedding_watts: 400 },
    })
  })
})

describe('POST /scaling/policies/{id}/simulate', () => {
  it('replays what comes along, and says what it would have come to', async () => {
    const { send } = await serve()
    await send('POST', '/policies', NEW_POLICY)
    const { status, data } = await send('POST', '/policies/web-budget/simulate', {
      trace: {
        start: '2026-11-20T00:00:00Z',
        step_seconds: 300,
        power_watts: [4000, 6000, null, 6000, 2000],
        replicas: [10, 10, 10, 10, 10],
      },
      price_per_kwh: 0.1,
    })
    expect(status).toBe(200)
    expect(data).toMatchObject({ source: 'posted', decisions: 5, step_seconds: 300 })
    expect(
      data.changes.map((change: any) => [change.at, change.rule, change.desired_replicas]),
    ).toEqual([
      ['2026-11-20T00:05:00.000Z', 'over_budget', 7],
      ['2026-11-20T00:20:00.000Z', 'under_budget', 20],
    ])
    expect(data.recorded).toMatchObject({ energy_joules: 18_000 * 300, violation_seconds: 600 })
    // 4000 and 6000 W from ten replicas, then 600 and 200 W from each of seven.
    expect(data.simulated).toMatchObject({
      energy_joules: (4000 + 6000 + 4200 + 1400) * 300,
      covered_seconds: 1200,
      violation_seconds: 300,
      violations: [
        {
          start: '2026-11-20T00:05:00.000Z',
          end: '2026-11-20T00:10:00.000Z',
          peak_power_watts: 6000,
          budget_watts: 5000,
        },
      ],
    })
    expect(data.cost_saved.currency).toBe('USD')
    expect(data.cost_saved.amount).toBeCloseTo(((2400 * 300) / 3.6e6) * 0.1, 12)
    expect(data.points[2]).toEqual([Date.parse('2026-11-20T00:10:00Z') / 1000, null, null, 10, 7])
    expect(data.decisions_by_rule).toContainEqual({ rule: 'no_reading', count: 1 })
  })

  it('replays what was recorded', async () => {
    const { send } = await serve()
    await send('POST', '/policies', NEW_POLICY)
    const { status, data, meta } = await send('POST', '/policies/web-budget/simulate', {
      period: '30m',
      step: '5m',
    })
    expect(status).toBe(200)
    expect(meta.clusters).toEqual([{ name: 'seoul', status: 'ok' }])
    expect(data.source).toBe('recorded')
    expect(data.changes[0]).toMatchObject({ rule: 'over_budget', desired_replicas: 9 })
    expect(data.simulated.cost.amount).toBeLessThan(data.recorded.cost.amount)
  })

  it.each([
    [{ period: 'soon' }, '/body/period'],
    [{ start: '2026-11-20T00:00:00Z', period: '1h' }, '/body/period'],
    [{ period: '30d', step: '1m' }, '/body/step'],
    [{ trace: { step_seconds: 60, power_watts: [1, 2], replicas: [1] } }, '/body/trace/replicas'],
    [{ trace: { step_seconds: 60, power_watts: [], replicas: [] } }, '/body/trace/power_watts'],
    [{ speed: 2 }, '/body/speed'],
  ])('refuses %j, and names the field', async (body, pointer) => {
    const { send } = await serve()
    await send('POST', '/policies', NEW_POLICY)
    const { status, errors } = await send('POST', '/policies/web-budget/simulate', body)
    expect([status, errors[0].pointer]).toEqual([400, pointer])
  })

  it('says that there was no such workload, or that no cluster answers', async () => {
    const { send, world } = await serve()
    const target = { ...NEW_POLICY.target, name: 'nobody' }
    await send('POST', '/policies', { ...NEW_POLICY, target })
    const simulate = () => send('POST', '/policies/web-budget/simulate', { period: '10m' })
    expect((await simulate()).status).toBe(404)
    world.set('seoul', DOWN)
    expect((await simulate()).status).toBe(502)
    expect((await send('POST', '/policies/none/simulate', {})).status).toBe(404)
  })
})

describe('several servers over one store', () => {
  it('decide once', async () => {
    const clock = fakeClock()
    const members = { seoul: cluster({ replicas: 12, watts: 440 }) }
    const first = await startScaling(members, clock)
    const shared = {
      policies: first.store.policies,
      events: first.store.scalingEvents,
      leases: first.store.leases,
    }
    const second = await startScaling(members, clock, { options: shared })
    close = async () => {
      await second.close()
      await first.close()
    }
    const spec = newPolicySchema.parse(NEW_POLICY)
    await first.scaling.policies.add(spec, { user: 'tester', at: clock.now() })
    expect(await Promise.all([first.scaling.turn(), second.scaling.turn()])).toEqual([true, false])
    clock.advance(60)
    expect(await Promise.all([second.scaling.turn(), first.scaling.turn()])).toEqual([false, true])
    await first.scaling.close()
    clock.advance(60)
    expect(await second.scaling.turn()).toBe(true)
    const { total } = await second.scaling.events({}, { limit: 1, offset: 0, newestFirst: true })
    expect(total).toBe(3)
  })
})
