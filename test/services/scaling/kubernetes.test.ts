import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newPolicySchema } from '../../../src/domains/scaling/policy-schemas.ts'
import { kubernetesScaler } from '../../../src/services/scaling/index.ts'
import { startFakeKubernetes, type FakeKubernetes } from '../../support/fake-kubernetes.ts'
import { cluster, NEW_POLICY, startScaling } from '../../support/scaling.ts'
import { fakeClock } from '../../support/test-app.ts'

let kubernetes: FakeKubernetes
let close: (() => Promise<void>) | undefined
beforeEach(async () => {
  kubernetes = await startFakeKubernetes()
})
afterEach(async () => {
  await close?.()
  close = undefined
  await kubernetes.close()
})

/** What has become of one change, by a policy that says so much. */
async function changed(more: object = {}, known = 'seoul') {
  const clock = fakeClock()
  const access = { kind: 'kubeconfig', path: kubernetes.kubeconfig, context: null } as const
  const scaler = kubernetesScaler({ clusters: new Map([[known, access]]), timeoutSeconds: 5 })
  const attempts = { webhook: scaler, kubernetes: scaler }
  const started = await startScaling({ seoul: cluster({ replicas: 12, watts: 440 }) }, clock, {
    options: { attempts },
  })
  close = () => started.close()
  const { scaling } = started
  const by = { user: 'tester', at: clock.now() }
  await scaling.policies.add(
    newPolicySchema.parse({ ...NEW_POLICY, mode: 'kubernetes', ...more }),
    by,
  )
  await scaling.turn()
  await scaling.deliver()
  const page = { limit: 1, offset: 0, newestFirst: true }
  const { events } = await scaling.events({ actions: ['scale_in'] }, page)
  return events[0]?.delivery
}

const SCALE = '/apis/apps/v1/namespaces/ml/deployments/web/scale'

describe('the mode kubernetes', () => {
  it('only tries, unless it is told to do it', async () => {
    expect(await changed()).toMatchObject({
      state: 'delivered',
      problem: null,
      note: 'a dry run: it would have gone from 12 to 9 replicas',
    })
    expect(kubernetes.asked).toEqual([`GET ${SCALE}`, `PUT ${SCALE}?dryRun=All`])
    expect(kubernetes.replicas).toBe(12)
  })

  it('changes the scale, and nothing else', async () => {
    expect(await changed({ dry_run: false })).toMatchObject({
      state: 'delivered',
      note: 'from 12 to 9 replicas',
    })
    expect(kubernetes.asked).toEqual([`GET ${SCALE}`, `PUT ${SCALE}`])
    expect(kubernetes.replicas).toBe(9)
  })

  it('leaves alone what is small enough already', async () => {
    kubernetes.replicas = 5
    expect(await changed({ dry_run: false })).toMatchObject({ note: 'it has 5 replicas already' })
    expect(kubernetes.replicas).toBe(5)
  })

  it.each([
    [403, 'failed', 'Kubernetes does not let this server change that scale'],
    [404, 'failed', 'Kubernetes has no such workload'],
    [409, 'waiting', 'somebody else changed the workload at the same time'],
    [401, 'waiting', 'Kubernetes refused the credentials'],
    [500, 'waiting', 'Kubernetes answered 500'],
  ])('says what %i means', async (status, state, problem) => {
    kubernetes.fails = status
    expect(await changed({ dry_run: false })).toMatchObject({ state, problem })
  })

  it('does nothing in a cluster that it has no access to', async () => {
    expect(await changed({}, 'busan')).toMatchObject({ state: 'failed' })
    expect(kubernetes.asked).toEqual([])
  })
})
