import { createHmac } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { newRuleSchema } from '../../../src/domains/alerts/rule-schemas.ts'
import { KCloudError } from '../../../src/kernel/errors.ts'
import { sendingTo, type ReceiverSetup } from '../../../src/services/alerts/index.ts'
import { alertmanagers } from '../../../src/services/outbox/index.ts'
import { openStore } from '../../../src/services/store/index.ts'
import { nodes, POWER_RULE, startAlerts, type AlertsSetup } from '../../support/alerts.ts'
import { ALERTMANAGER, startAlertmanager } from '../../support/real-alertmanager.ts'
import { requireReal } from '../../support/real-prometheus.ts'
import { fakeClock, type FakeClock } from '../../support/test-app.ts'
import { startReceiver } from '../../support/webhook-receiver.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const SECRET = 'a secret that signs webhooks'
const LOUD = nodes(700, 600)
const QUIET = nodes(100, 200)
const DOWN = { fails: new KCloudError('backend_timeout', { detail: 'no answer in time' }) }

const common = { repeatSeconds: 3600, tellsResolved: true } as const

const webhook = (url: string): ReceiverSetup => ({
  name: 'hook',
  type: 'webhook',
  ...common,
  destination: { type: 'webhook', url, secrets: [SECRET] },
})

async function start(
  receivers: readonly ReceiverSetup[],
  clock: FakeClock = fakeClock(),
  setup: AlertsSetup = {},
) {
  const started = await startAlerts({ seoul: LOUD }, clock, { receivers, ...setup })
  closing.push(() => started.close())
  const spec = newRuleSchema.parse({ ...POWER_RULE, receivers: receivers.map(({ name }) => name) })
  const known = await started.alerts.rules.list()
  if (known.length === 0) await started.alerts.rules.add(spec, { user: 'tester', at: clock.now() })
  const turn = async (seconds = 60) => {
    await started.alerts.turn()
    await started.alerts.deliver()
    clock.advance(seconds)
  }
  return { ...started, clock, turn, spec }
}

async function receiver() {
  const started = await startReceiver()
  closing.push(() => started.close())
  return started
}

const bodies = (received: readonly { readonly body: string }[]) =>
  received.map(({ body }) => JSON.parse(body))

describe('a webhook of alerts', () => {
  it('is told once of a begin and an end, signed, in the shape of those of Alertmanager', async () => {
    const hook = await receiver()
    const { turn, world } = await start([webhook(`${hook.url}/alerts`)])
    await turn()
    await turn()
    world.set('seoul', QUIET)
    await turn()
    const [first, second, ...more] = bodies(hook.received)
    expect(more).toEqual([])
    expect(first).toMatchObject({
      version: '4',
      reason: 'change',
      status: 'firing',
      receiver: 'hook',
      commonLabels: { alertname: 'much-power', cluster: 'seoul', severity: 'warning' },
      truncatedAlerts: 0,
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'much-power', cluster: 'seoul', severity: 'warning' },
          annotations: {
            summary: 'much-power (cluster seoul)',
            description: 'sum of kcloud_power_watts by cluster: 1300 W, the limit is above 1000 W',
          },
          startsAt: '2026-11-20T00:00:00.000Z',
          endsAt: '0001-01-01T00:00:00Z',
          value: 1300,
          unit: 'W',
        },
      ],
    })
    expect(second.alerts[0]).toMatchObject({
      status: 'resolved',
      startsAt: '2026-11-20T00:00:00.000Z',
      endsAt: '2026-11-20T00:02:00.000Z',
      alert_id: first.alerts[0].alert_id,
      fingerprint: first.alerts[0].fingerprint,
    })
    const [{ headers, body }] = hook.received as [(typeof hook.received)[0]]
    const text = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.')
    const signature = createHmac('sha256', SECRET).update(text).digest('base64')
    expect(headers['webhook-signature']).toBe(`v1,${signature}`)
  })

  it('is told again of what lasts, after its time, and of what is not known', async () => {
    const hook = await receiver()
    const { turn, world } = await start([webhook(hook.url)])
    await turn()
    await turn(3600)
    await turn()
    world.set('seoul', DOWN)
    await turn(400)
    await turn()
    world.set('seoul', LOUD)
    await turn()
    expect(
      bodies(hook.received).map(({ reason, alerts }) => [
        reason,
        alerts[0].kind,
        alerts[0].labels.alertname,
      ]),
    ).toEqual([
      ['change', 'firing', 'much-power'],
      ['repeat', 'firing', 'much-power'],
      ['change', 'no_data', 'KCloudNoData'],
      ['change', 'data_back', 'KCloudNoData'],
    ])
  })

  it('hears of an end only after the begin, however often that had to be tried', async () => {
    const hook = await receiver()
    hook.answer(500)
    const { turn, world, alerts, clock } = await start([webhook(hook.url)])
    await turn(0)
    world.set('seoul', QUIET)
    clock.advance(31)
    await alerts.turn()
    hook.answer(204)
    for (let tries = 0; tries < 3; tries += 1) {
      clock.advance(60)
      await alerts.deliver()
    }
    const told = bodies(hook.received).map(({ status }) => status)
    expect(told).toEqual(['firing', 'firing', 'resolved'])
    const ids = hook.received.map(({ headers }) => headers['webhook-id'])
    expect([ids[0] === ids[1], new Set(ids).size]).toEqual([true, 2])
  })

  it('is given up in the end, visibly, and can be tried again', async () => {
    const hook = await receiver()
    hook.answer(503)
    const { turn, alerts, clock } = await start([webhook(hook.url)])
    await turn(0)
    for (let tries = 0; tries < 12; tries += 1) {
      clock.advance(3600)
      await alerts.deliver()
    }
    const page = { limit: 10, offset: 0 }
    const failed = await alerts.deliveries({ states: ['failed'] }, page)
    expect(failed.deliveries).toMatchObject([
      { receiver: 'hook', problem: 'it answered 503', attempts: 11 },
    ])
    hook.answer(204)
    await alerts.retry(failed.deliveries[0]?.id ?? '')
    await alerts.deliver()
    expect((await alerts.deliveries({ states: ['delivered'] }, page)).total).toBe(1)
    await expect(alerts.retry('nothing')).rejects.toThrow(/no delivery/)
  })

  it('is not flooded: what comes after a thousand that wait is given up at once', async () => {
    const { alerts, clock, store, turn } = await start([webhook('http://127.0.0.1:1')])
    const body = { reason: 'change', alerts: [], truncated: 0 }
    const filled = Array.from({ length: 1000 }, (_, index) => ({
      id: `d${index}`,
      receiver: 'hook',
      body,
      problem: null,
    }))
    const at = new Date(clock.now().getTime() + 1e9)
    await store.alertEvents.note({
      ruleId: 'other',
      state: null,
      events: [],
      deliveries: filled,
      at,
    })
    await turn()
    const page = { limit: 10, offset: 0 }
    const { deliveries } = await alerts.deliveries({ states: ['failed'] }, page)
    expect(deliveries).toMatchObject([
      { rule_id: 'much-power', problem: expect.stringMatching(/1000/) },
    ])
  })
})

describe('servers that share a state store', () => {
  it('evaluate on one of them, and go on where one ended', async () => {
    const hook = await receiver()
    const store = await openStore({ path: ':memory:' })
    closing.push(() => store.close())
    const clock = fakeClock()
    const pending = newRuleSchema.parse({ ...POWER_RULE, for: '3m', receivers: ['hook'] })
    const setup = { store } as const
    const one = await start([webhook(hook.url)], clock, setup)
    await one.alerts.rules.change({ id: 'much-power', version: null }, pending, clock.now())
    const two = await start([webhook(hook.url)], clock, setup)
    expect([await one.alerts.turn(), await two.alerts.turn()]).toEqual([true, false])
    clock.advance(60)
    await one.alerts.turn()
    // The first is no more; the second takes over, and the time that was pending counts.
    clock.advance(91)
    expect(await two.alerts.turn()).toBe(true)
    clock.advance(60)
    await two.alerts.turn()
    await two.alerts.deliver()
    const [told, ...more] = bodies(hook.received)
    expect([told.alerts[0].startsAt, more]).toEqual(['2026-11-20T00:03:31.000Z', []])
    two.world.set('seoul', LOUD)
    clock.advance(60)
    await two.alerts.turn()
    const { total } = await two.alerts.events({}, { limit: 10, offset: 0, newestFirst: true })
    expect(total).toBe(1)
  })

  it('keep one of two evaluations that began from the same state', async () => {
    const { store, alerts, clock } = await start([])
    const [rule] = await alerts.rules.list()
    const version = rule?.state_version ?? 0
    const at = clock.now()
    const note = () =>
      store.alertEvents.note({
        ruleId: 'much-power',
        state: { version, next: {} },
        events: [],
        deliveries: [],
        at,
      })
    expect([await note(), await note()]).toEqual([true, false])
  })
})

describe('Slack', () => {
  it('takes a text and an attachment with blocks for each alert, without markup of ours', async () => {
    const slack = await receiver()
    const setup: ReceiverSetup = {
      name: 'chat',
      type: 'slack',
      ...common,
      destination: { type: 'slack', url: `${slack.url}/services/x` },
    }
    const { turn, alerts, clock } = await start([setup])
    const summary = '<!channel> {cluster} & 전력 {value}'
    const spec = newRuleSchema.parse({
      ...POWER_RULE,
      summary,
      receivers: ['chat'],
      severity: 'critical',
    })
    await alerts.rules.change({ id: 'much-power', version: null }, spec, clock.now())
    await turn()
    const [body] = bodies(slack.received)
    expect(body.text).toBe('[FIRING] &lt;!channel&gt; seoul &amp; 전력 1300')
    expect(body.attachments).toEqual([
      {
        color: '#c0392b',
        fallback: '&lt;!channel&gt; seoul &amp; 전력 1300',
        blocks: [
          { type: 'section', text: { type: 'mrkdwn', text: expect.stringContaining('*FIRING*') } },
        ],
      },
    ])
  })
})

describe('a test of a receiver', () => {
  it('tells it at once, and says what became of it', async () => {
    const hook = await receiver()
    const { alerts } = await start([webhook(hook.url)])
    const { signal } = new AbortController()
    expect(await alerts.test('hook', signal)).toEqual({ outcome: 'done' })
    expect(bodies(hook.received)[0]).toMatchObject({ reason: 'test', rule: 'KCloudTest' })
    hook.answer(404)
    expect(await alerts.test('hook', signal)).toEqual({
      outcome: 'later',
      problem: 'it answered 404',
    })
    await expect(alerts.test('nobody', signal)).rejects.toThrow(/no receiver/)
  })

  it('is not sent to a host that is not allowed', async () => {
    const hook = await receiver()
    const receivers = [webhook(hook.url)]
    const attempt = sendingTo({
      receivers,
      allows: () => false,
      mail: null,
      timeoutSeconds: 5,
      now: () => new Date(),
    })
    const { alerts } = await start(receivers, fakeClock(), { options: { attempt } })
    const told = await alerts.test('hook', new AbortController().signal)
    expect(told).toMatchObject({ outcome: 'failed' })
    expect(hook.received).toEqual([])
  })
})

describe.skipIf(!requireReal(ALERTMANAGER, 'prometheus-alertmanager'))(
  'a real Alertmanager',
  () => {
    it('hears what fires, refreshed and ended', async () => {
      const hook = await receiver()
      hook.answer(200)
      const real = await startAlertmanager(hook.url)
      closing.push(() => real.stop())
      const setup: ReceiverSetup = {
        name: 'alertmanager',
        type: 'alertmanager',
        ...common,
        destination: { type: 'alertmanager', addresses: [real.url] },
      }
      const sent: string[] = []
      const tell = alertmanagers({
        addresses: [real.url],
        timeoutSeconds: 5,
        onSent: (outcome) => sent.push(outcome),
      })
      let ahead = 0
      const clock: FakeClock = {
        now: () => new Date(Date.now() + ahead),
        advance: () => undefined,
      }
      const options = { alertmanagers: new Map([['alertmanager', tell]]), intervalSeconds: 60 }
      const { alerts, world } = await start([setup], clock, { options })
      expect(await alerts.test('alertmanager', new AbortController().signal)).toEqual({
        outcome: 'done',
      })
      await alerts.turn()
      const ours = async () =>
        (await real.active()).filter(({ labels }) => labels.alertname === 'much-power')
      const [before] = await ours()
      expect(before.labels).toEqual({
        alertname: 'much-power',
        cluster: 'seoul',
        severity: 'warning',
      })
      await wait(20)
      await alerts.turn()
      const [after] = await ours()
      expect([after.fingerprint, after.startsAt]).toEqual([before.fingerprint, before.startsAt])
      expect(Date.parse(after.endsAt)).toBeGreaterThan(Date.parse(before.endsAt))
      world.set('seoul', QUIET)
      // The readings of the last half minute are kept.
      ahead = 45_000
      await alerts.turn()
      ahead = 0
      expect((await alerts.rules.one('much-power')).state.ended).toHaveLength(1)
      expect(new Set(sent)).toEqual(new Set(['done']))
    }, 30_000)
  },
)
