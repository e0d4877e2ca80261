import { fileURLToPath } from 'node:url'
import { credentials, loadPackageDefinition, status } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { afterEach, describe, expect, it } from 'vitest'
import { newPolicySchema } from '../../../src/domains/scaling/policy-schemas.ts'
import { startKeda } from '../../../src/services/scaling/index.ts'
import { cluster, NEW_POLICY, startScaling } from '../../support/scaling.ts'
import { fakeClock } from '../../support/test-app.ts'

const PROTO = fileURLToPath(new URL('../../support/externalscaler.proto', import.meta.url))

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A client made of the published contract, as KEDA is, and what it asks. */
async function connect(text: string) {
  const clock = fakeClock()
  const started = await startScaling({ seoul: text }, clock)
  closing.push(() => started.close())
  const by = { user: 'tester', at: clock.now() }
  await started.scaling.policies.add(newPolicySchema.parse(NEW_POLICY), by)
  const server = await startKeda({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    metric: (policy, signal) => started.scaling.metric(policy, signal),
    watchSeconds: 0.02,
    onError: (error) => expect.unreachable(String(error)),
  })
  closing.push(() => server.close())
  const proto = loadPackageDefinition(loadSync(PROTO, { longs: Number, defaults: true })) as any
  const client = new proto.externalscaler.ExternalScaler(
    `127.0.0.1:${server.port}`,
    credentials.createInsecure(),
  )
  closing.push(() => client.close())
  const call = (method: string, asked: object) =>
    new Promise<any>((resolve) => {
      client[method](asked, (error: any, answer: any) =>
        resolve(error === null ? answer : { code: error.code, details: error.details }),
      )
    })
  return { ...started, clock, client, call }
}

const OVER = cluster({ replicas: 12, watts: 440 })
const ref = (scalerMetadata: Readonly<Record<string, string>> = { policy: 'web-budget' }) => ({
  name: 'web',
  namespace: 'ml',
  scalerMetadata,
})

describe('the external scaler', () => {
  it('says whether a policy is active, what to aim at, and how many replicas there should be', async () => {
    const { call } = await connect(OVER)
    expect(await call('IsActive', ref())).toEqual({ result: true })
    expect(await call('GetMetricSpec', ref())).toEqual({
      metricSpecs: [{ metricName: 'kcloud-web-budget', targetSize: 1, targetSizeFloat: 1 }],
    })
    const asked = { scaledObjectRef: ref(), metricName: 'kcloud-web-budget' }
    expect(await call('GetMetrics', asked)).toEqual({
      metricValues: [{ metricName: 'kcloud-web-budget', metricValue: 9, metricValueFloat: 9 }],
    })
  })

  it('has no number, and never a zero, without a reading', async () => {
    const { call } = await connect('')
    for (const [method, asked] of [
      ['IsActive', ref()],
      ['GetMetrics', { scaledObjectRef: ref(), metricName: 'x' }],
    ] as const)
      expect(await call(method, asked)).toEqual({
        code: status.UNAVAILABLE,
        details: expect.stringMatching(/^(no_reading|replicas_unknown)/),
      })
  })

  it('refuses a trigger without a policy, or with one that there is not', async () => {
    const { call } = await connect(OVER)
    expect((await call('IsActive', ref({}))).code).toBe(status.INVALID_ARGUMENT)
    expect((await call('GetMetricSpec', ref({}))).code).toBe(status.INVALID_ARGUMENT)
    expect((await call('IsActive', ref({ policy: 'other' }))).code).toBe(status.NOT_FOUND)
  })

  it('tells those who watch at once, and again when it changes', async () => {
    const { client, world, clock } = await connect(OVER)
    const stream = client.StreamIsActive(ref())
    stream.on('error', () => undefined)
    const next = () => new Promise<any>((resolve) => stream.once('data', resolve))
    expect(await next()).toEqual({ result: true })
    // Nobody is left, and that is known: the pods of others are told of.
    world.set('seoul', cluster({ replicas: 0, watts: 0 }))
    clock.advance(301)
    expect(await next()).toEqual({ result: false })
    stream.cancel()
  })
})
