import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newPolicySchema } from '../../../src/domains/scaling/policy-schemas.ts'
import { webhookSender } from '../../../src/services/outbox/index.ts'
import { cluster, NEW_POLICY, startScaling } from '../../support/scaling.ts'
import { fakeClock } from '../../support/test-app.ts'
import { startReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts'

const SECRETS = [
  'a secret of the old days, long',
  'whsec_' + Buffer.from('the new one').toString('base64'),
]

let receiver: WebhookReceiver
let close: (() => Promise<void>) | undefined
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(async () => {
  await close?.()
  close = undefined
  await receiver.close()
})

async function start(timeoutSeconds = 5) {
  const clock = fakeClock()
  const members = { seoul: cluster({ replicas: 12, watts: 440 }) }
  const allowed = { hosts: true }
  const started = await startScaling(members, clock, {
    options: {
      admit: () => undefined,
      attempts: {
        kubernetes: () => Promise.reject(new Error('not asked for')),
        webhook: webhookSender({
          allows: () => allowed.hosts,
          secrets: SECRETS,
          timeoutSeconds,
          now: clock.now,
        }),
      },
    },
  })
  close = () => started.close()
  const { scaling } = started
  const by = { user: 'tester', at: clock.now() }
  const webhook = { url: `${receiver.url}/scale?team=ml` }
  await scaling.policies.add(newPolicySchema.parse({ ...NEW_POLICY, mode: 'webhook', webhook }), by)
  const delivery = async () => {
    const page = { limit: 10, offset: 0, newestFirst: true }
    const { events } = await scaling.events({ actions: ['scale_in'] }, page)
    return events[0]?.delivery
  }
  return { ...started, clock, delivery, allowed }
}

describe('a webhook', () => {
  it('is sent once for a change, signed by each secret', async () => {
    const { scaling, clock, delivery } = await start()
    await scaling.turn()
    await scaling.deliver()
    clock.advance(60)
    await scaling.turn()
    await scaling.deliver()
    expect(receiver.received).toHaveLength(1)
    const [{ path, headers, body }] = receiver.received as [(typeof receiver.received)[0]]
    expect(path).toBe('/scale?team=ml')
    const id = headers['webhook-id'] as string
    expect(JSON.parse(body)).toMatchObject({
      type: 'scaling.decision',
      timestamp: '2026-11-20T00:00:00.000Z',
      data: {
        event_id: id,
        policy_id: 'web-budget',
        target: NEW_POLICY.target,
        action: 'scale_in',
        current_replicas: 12,
        desired_replicas: 9,
        shed: [{ pod: 'web-7d9f8c6b54-p11' }, {}, {}],
      },
    })
    expect(headers['webhook-timestamp']).toBe(String(Date.parse('2026-11-20T00:00:00Z') / 1000))
    const text = [id, headers['webhook-timestamp'], body].join('.')
    const sign = (key: string) => createHmac('sha256', key).update(text).digest('base64')
    expect(headers['webhook-signature']).toBe(
      `v1,${sign('a secret of the old days, long')} v1,${sign('the new one')}`,
    )
    expect(await delivery()).toMatchObject({ state: 'delivered', attempts: 1, problem: null })
  })

  it('is tried again with longer pauses, under the same id', async () => {
    const { scaling, clock, delivery } = await start()
    receiver.answer(500)
    await scaling.turn()
    await scaling.deliver()
    await scaling.deliver()
    expect(receiver.received).toHaveLength(1)
    expect(await delivery()).toMatchObject({ state: 'waiting', problem: 'it answered 500' })
    clock.advance(2)
    await scaling.deliver()
    clock.advance(4)
    await scaling.deliver()
    expect(receiver.received).toHaveLength(2)
    receiver.answer(202)
    clock.advance(1)
    await scaling.deliver()
    expect(receiver.received).toHaveLength(3)
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(await delivery()).toMatchObject({ state: 'delivered', attempts: 3 })
  })

  it('is given up after the last pause', async () => {
    const { scaling, clock, delivery } = await start()
    receiver.answer(503)
    await scaling.turn()
    for (let tries = 0; tries < 20; tries += 1) {
      await scaling.deliver()
      clock.advance(3600)
    }
    expect(await delivery()).toMatchObject({ state: 'failed', problem: 'it answered 503' })
    expect(receiver.received).toHaveLength(11)
  })

  it('does not follow where it is led', async () => {
    const { scaling, delivery } = await start()
    receiver.answer(307, { location: `${receiver.url}/inside` })
    await scaling.turn()
    await scaling.deliver()
    expect(receiver.received.map(({ path }) => path)).toEqual(['/scale?team=ml'])
    expect((await delivery())?.problem).toMatch(/redirects are not followed/)
  })

  it('does not wait for who does not answer, and says so without an address', async () => {
    const { scaling, delivery } = await start(0.05)
    receiver.answer(null)
    await scaling.turn()
    await scaling.deliver()
    expect((await delivery())?.problem).toBe('it did not answer in time')
    await receiver.close()
  })

  it('is not sent to a host that is not allowed any more', async () => {
    const { scaling, delivery, allowed } = await start()
    await scaling.turn()
    allowed.hosts = false
    await scaling.deliver()
    expect(receiver.received).toEqual([])
    expect(await delivery()).toMatchObject({ state: 'failed' })
  })

  it('that was replaced by a newer change is not sent after it', async () => {
    const { scaling, clock } = await start()
    receiver.answer(500)
    await scaling.turn()
    await scaling.deliver()
    clock.advance(300)
    await scaling.turn()
    receiver.answer(204)
    await scaling.deliver()
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(2)
    const page = { limit: 10, offset: 0, newestFirst: false }
    const { events } = await scaling.events({ actions: ['scale_in'] }, page)
    expect(events.map(({ delivery }) => delivery?.state)).toEqual(['failed', 'delivered'])
  })

  it('of a policy that was switched off or removed is not sent', async () => {
    const { scaling, clock, delivery } = await start()
    await scaling.turn()
    const { spec } = await scaling.policies.one('web-budget')
    const which = { id: 'web-budget', version: null }
    await scaling.policies.change(which, { ...spec, enabled: false }, clock.now())
    await scaling.deliver()
    expect(await delivery()).toMatchObject({
      state: 'failed',
      problem: 'its policy was switched off',
    })
    expect(receiver.received).toEqual([])
  })
})
