import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { newPolicySchema } from '../../../src/domains/scaling/policy-schemas.ts'
import { alertsTo } from '../../../src/services/scaling/index.ts'
import { ALERTMANAGER, startAlertmanager } from '../../support/real-alertmanager.ts'
import { requireReal } from '../../support/real-prometheus.ts'
import { cluster, NEW_POLICY, startScaling } from '../../support/scaling.ts'
import { fakeClock } from '../../support/test-app.ts'
import { startReceiver } from '../../support/webhook-receiver.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const OVER = cluster({ replicas: 12, watts: 440 })
const UNDER = cluster({ replicas: 4, watts: 440 })

/** A policy whose budget is broken, and who is told of it. */
async function start(addresses: readonly string[], now: () => Date) {
  const sent: string[] = []
  const started = await startScaling(
    { seoul: OVER },
    { now, advance: () => undefined },
    {
      options: {
        afterwards: alertsTo({
          addresses,
          intervalSeconds: 60,
          timeoutSeconds: 5,
          now,
          onSent: (outcome) => sent.push(outcome),
        }),
      },
    },
  )
  closing.push(() => started.close())
  const by = { user: 'tester', at: now() }
  await started.scaling.policies.add(newPolicySchema.parse(NEW_POLICY), by)
  return { ...started, sent }
}

describe('the alert of a broken budget', () => {
  it('is sent at each turn while it lasts, without a reading too, and for a while after its end', async () => {
    const receiver = await startReceiver()
    closing.push(() => receiver.close())
    receiver.answer(200)
    const clock = fakeClock()
    const { scaling, world, sent } = await start([`${receiver.url}/alerts`], clock.now)
    const turn = async (member: string) => {
      world.set('seoul', member)
      await scaling.turn()
      clock.advance(60)
      const last = receiver.received.at(-1)
      return { count: receiver.received.length, alert: JSON.parse(last?.body ?? '[]')[0] }
    }
    const first = await turn(OVER)
    expect(receiver.received[0]?.path).toBe('/alerts/api/v2/alerts')
    expect(first.alert).toEqual({
      labels: {
        alertname: 'PowerBudgetExceeded',
        severity: 'warning',
        policy: 'web-budget',
        scope: 'workload',
        cluster: 'seoul',
        namespace: 'ml',
        workload: 'Deployment/web',
      },
      annotations: {
        summary: 'The power budget of web-budget is broken',
        description: '5346 W of 5000 W',
      },
      startsAt: '2026-11-20T00:00:00.000Z',
      endsAt: '2026-11-20T00:03:00.000Z',
    })
    const refreshed = await turn(OVER)
    expect(refreshed.alert).toMatchObject({
      startsAt: first.alert.startsAt,
      endsAt: '2026-11-20T00:04:00.000Z',
    })
    const unknown = await turn('')
    expect(unknown.alert).toMatchObject({ endsAt: '2026-11-20T00:05:00.000Z' })
    const resolved = await turn(UNDER)
    expect(resolved.alert).toMatchObject({
      startsAt: first.alert.startsAt,
      endsAt: '2026-11-20T00:03:00.000Z',
    })
    clock.advance(900)
    expect((await turn(UNDER)).count).toBe(4)
    const again = await turn(OVER)
    expect(again.alert.startsAt).toBe('2026-11-20T00:20:00.000Z')
    expect(sent).toEqual(['done', 'done', 'done', 'done', 'done'])
  })

  it('is not lost with an Alertmanager that is away, and does not stop decisions', async () => {
    const { scaling, sent, decided } = await start(['http://127.0.0.1:1'], fakeClock().now)
    await scaling.turn()
    expect(sent).toEqual(['failed'])
    expect(decided).toHaveLength(1)
  })
})

describe.skipIf(!requireReal(ALERTMANAGER, 'prometheus-alertmanager'))(
  'a real Alertmanager',
  () => {
    it('fires, is refreshed, and resolves', async () => {
      const receiver = await startReceiver()
      closing.push(() => receiver.close())
      receiver.answer(200)
      const real = await startAlertmanager(receiver.url)
      closing.push(() => real.stop())
      const { scaling, world, sent } = await start([real.url], () => new Date())
      const told = async (status: string) => {
        for (let tries = 0; tries < 200; tries += 1) {
          const all = receiver.received.map(({ body }) => JSON.parse(body))
          const found = all.find((each) => each.status === status)
          if (found !== undefined) return found
          await wait(50)
        }
        throw new Error(`nothing was told to be ${status}`)
      }
      await scaling.turn()
      expect(sent).toEqual(['done'])
      const firing = await told('firing')
      expect(firing.alerts[0].labels).toMatchObject({ policy: 'web-budget', cluster: 'seoul' })
      const [before] = await real.active()
      await wait(20)
      await scaling.turn()
      const [after] = await real.active()
      expect(after.fingerprint).toBe(before.fingerprint)
      expect(Date.parse(after.endsAt)).toBeGreaterThan(Date.parse(before.endsAt))
      expect(after.startsAt).toBe(before.startsAt)
      world.set('seoul', UNDER)
      // The readings of the last half minute are kept.
      await scaling.turn()
      await told('resolved')
      expect(await real.active()).toEqual([])
    }, 30_000)
  },
)
