import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDemo } from '../../../src/demo.ts'
import { SOURCES } from '../../../src/catalogue/sources/index.ts'
import { COST_EXAMPLES } from '../../../src/domains/predict/cost-examples.ts'
import { predict } from '../../../src/domains/predict/index.ts'
import { createRegistry } from '../../../src/services/clusters/index.ts'
import { createCostForecasts } from '../../../src/services/cost-forecast/index.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import { createTelemetry } from '../../../src/services/telemetry/index.ts'
import { costsOver } from '../../support/cost.ts'
import { EXAMPLE_TIME } from '../../support/demo-answers.ts'
import { startForecasts } from '../../support/forecasts.ts'
import { createTestApp, fakeClock, type TestApp } from '../../support/test-app.ts'

const clock = fakeClock(EXAMPLE_TIME)
let app: TestApp
let close: () => Promise<void>
beforeAll(async () => {
  const { clusters, open } = createDemo(clock.now, 60)
  const registry = createRegistry({
    clusters,
    connect: open,
    healthIntervalSeconds: 0,
    healthTimeoutSeconds: 1,
    now: clock.now,
  })
  const telemetry = createTelemetry({ registry, sources: SOURCES })
  const fleet = createFleetReader({ telemetry, identity: { rewrites: [], bmcs: [] } })
  const started = await startForecasts(fleet, { now: clock.now })
  const costForecasts = createCostForecasts({
    fleet,
    telemetry,
    registry,
    costs: costsOver({ fleet, telemetry }),
  })
  app = await createTestApp([predict({ forecasts: started.forecasts, costForecasts })], { clock })
  close = async () => {
    await app.close()
    await started.close()
    await registry.close()
  }
})
afterAll(() => close())

describe('the example of POST /predict/cost', () => {
  it('is what the demo answers', async () => {
    const reply = await app.send('POST', '/api/v1/predict/cost', { body: COST_EXAMPLES.question })
    expect(reply.json().data).toEqual(COST_EXAMPLES.answer)
  })
})
