import { afterEach, describe, expect, it } from 'vitest'
import { accelerators } from '../../../src/domains/accelerators/index.ts'
import { monitoring } from '../../../src/domains/monitoring/index.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import { createFleet } from '../../support/fleet.ts'
import { NO_RULES } from '../../support/monitoring.ts'
import { createTestApp, fakeClock, type TestApp } from '../../support/test-app.ts'

// traps 4.9: one exporter on the host, which knows no pods, and one of Kubernetes, both of the same card.

let app: TestApp | undefined
afterEach(async () => app?.close())

async function serve(host: string, kubernetes: string) {
  const clock = fakeClock()
  const { telemetry } = createFleet(
    {
      lab: `
        kube_node_info{node="n-1",internal_ip="10.0.0.1"} 1
        kube_pod_info{namespace="ml",pod="train-0",uid="u-1",node="n-1"} 1
        kube_pod_status_phase{namespace="ml",pod="train-0",uid="u-1",phase="Running"} 1
        DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="0",Hostname="n-1",instance="10.0.0.1:9400"} ${host}
        DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="0",Hostname="n-1",instance="10.64.0.5:9400",exported_namespace="ml",exported_pod="train-0",exported_container="c"} ${kubernetes}`,
    },
    clock.now,
  )
  const fleet = createFleetReader({ telemetry, identity: NO_RULES })
  const needs = { telemetry, fleet, noteUnmatched: fleet.unmatched.note, assumedPue: null }
  const served = await createTestApp([accelerators(needs), monitoring(needs)], { clock })
  app = served
  return async (path: string) => JSON.parse((await served.get(`/api/v1${path}`)).body)
}

describe('two exporters of one card', () => {
  it.each([
    ['the host', '250', '310 # last 45s', 250],
    ['Kubernetes', '310 # last 45s', '250', 250],
    ['either, where they are of one age: the larger', '250', '310', 310],
  ])('are one card, by the newer reading: of %s', async (_which, host, kubernetes, watts) => {
    const get = await serve(host, kubernetes)
    const { data } = await get('/accelerators/gpus')
    expect(data).toMatchObject([{ gpu_id: 'GPU-1', node: 'n-1', power_watts: watts }])
    expect(data[0].allocated_to).toMatchObject([{ namespace: 'ml', pod: 'train-0' }])
    const { data: total } = await get('/monitoring/power/accelerators')
    expect(total).toMatchObject({ boards: 1, total_power_watts: watts })
    const { data: pods } = await get('/monitoring/power/breakdown?by=pod')
    expect(pods.rows[0]).toMatchObject({ key: { pod: 'train-0' }, power_watts: watts })
  })
})
