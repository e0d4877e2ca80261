import { describe, expect, it } from 'vitest'
import { createFleet } from '../../support/fleet.ts'
import { fakeClock } from '../../support/test-app.ts'

const clock = fakeClock()

async function owners(text: string) {
  const { telemetry } = createFleet({ seoul: text }, clock.now)
  const { rows } = await telemetry.known({
    entity: 'gpu',
    labels: ['uuid', 'node', 'device_index', 'namespace', 'pod', 'container'],
    at: clock.now(),
    shelf: 'realtime',
  })
  return rows.map(({ labels }) => labels)
}

const power = (labels: string) => `DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="0",${labels}} 300`
const OWN =
  'pod="nvidia-dcgm-exporter-8x",namespace="gpu-operator",container="nvidia-dcgm-exporter"'
const POD = { namespace: 'ml', pod: 'train-0', container: 'main' }
const GPU = { uuid: 'GPU-1', node: 'gpu-1', device_index: '0' }

/** The dialects in which Prometheus holds dcgm-exporter's labels, and what each means. */
describe("dcgm-exporter's labels", () => {
  it.each([
    [
      'honor_labels true',
      power('Hostname="gpu-1",pod="train-0",namespace="ml",container="main"'),
      { ...GPU, ...POD },
    ],
    [
      'hostname since May 2026',
      power('hostname="gpu-1",pod="train-0",namespace="ml",container="main"'),
      { ...GPU, ...POD },
    ],
    [
      'honor_labels false',
      power(
        `Hostname="gpu-1",exported_pod="train-0",exported_namespace="ml",exported_container="main",${OWN}`,
      ),
      { ...GPU, ...POD },
    ],
    ['honor_labels false, nobody uses it', power(`Hostname="gpu-1",${OWN}`), GPU],
    ['labels that are empty', power('Hostname="gpu-1",pod="",namespace="",container=""'), GPU],
    ['no Kubernetes', power('Hostname="gpu-1"'), GPU],
    ['--no-hostname, with the instance as the only name', power('instance="gpu-1:9400"'), GPU],
    ['--no-hostname, with a node label', power('node="gpu-1",instance="10.0.0.1:9400"'), GPU],
    ["the exporter's pod as Hostname", power('Hostname="dcgm-exporter-sn5rp",node="gpu-1"'), GPU],
    [
      'the old namespace',
      'dcgm_power_usage{uuid="GPU-1",gpu="0",Hostname="gpu-1",pod_name="train-0",pod_namespace="ml",container_name="main"} 300',
      { ...GPU, ...POD },
    ],
  ])('%s', async (_dialect, text, expected) => {
    expect(await owners(text)).toEqual([expected])
  })
})

describe('telemetry.latest', () => {
  const ask = async (
    text: string,
    measures: Parameters<ReturnType<typeof createFleet>['telemetry']['latest']>[0]['measures'],
  ) => {
    const { telemetry } = createFleet({ seoul: text }, clock.now)
    return telemetry.latest({
      entity: 'gpu',
      labels: ['uuid'],
      measures,
      at: clock.now(),
      shelf: 'realtime',
    })
  }

  it('brings units to those of the names', async () => {
    const { rows } = await ask('DCGM_FI_PROF_GR_ENGINE_ACTIVE{UUID="GPU-1"} 0.975', [
      'engine_active_percent',
    ])
    expect(rows[0]?.values).toEqual({ engine_active_percent: 97.5 })
  })

  it('takes the first of the names that a measure had', async () => {
    const { rows } = await ask(
      `DCGM_FI_DEV_POWER_MGMT_LIMIT{UUID="GPU-1"} 700
       DCGM_FI_DEV_ENFORCED_POWER_LIMIT{UUID="GPU-1"} 650`,
      ['power_limit_watts'],
    )
    expect(rows[0]?.values).toEqual({ power_limit_watts: 650 })
  })

  it.each([
    ['a blank of DCGM', '9223372036854775794'],
    ['NaN', 'NaN'],
    ['negative watts', '-5'],
    ['milliwatts under a name in watts', '642750'],
    ['infinity', '+Inf'],
  ])('leaves out %s and says so', async (_what, value) => {
    const { rows, warnings } = await ask(
      `DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1"} ${value}
       DCGM_FI_DEV_POWER_USAGE{UUID="GPU-2"} 300`,
      ['power_watts'],
    )
    expect(rows).toEqual([
      expect.objectContaining({ labels: { uuid: 'GPU-2' }, values: { power_watts: 300 } }),
    ])
    expect(warnings).toEqual([
      expect.objectContaining({ code: 'implausible_values', cluster: 'seoul' }),
    ])
  })

  it('keeps zero, and takes the zero of a sensor that is not there for what it is', async () => {
    const { rows, warnings } = await ask(
      `DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1"} 0
       DCGM_FI_DEV_MEMORY_TEMP{UUID="GPU-1"} 0`,
      ['power_watts', 'memory_temperature_celsius'],
    )
    expect(rows[0]?.values).toEqual({ power_watts: 0 })
    expect(warnings).toEqual([])
  })
})

describe('telemetry.history', () => {
  const range = {
    start: new Date('2026-11-19T23:50:00Z'),
    end: new Date('2026-11-20T00:00:00Z'),
    stepSeconds: 300,
  }

  it('has null where nothing was sampled', async () => {
    const { telemetry } = createFleet(
      { seoul: 'DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1"} 300 # last 310s' },
      clock.now,
    )
    const { rows } = await telemetry.history({
      entity: 'gpu',
      labels: ['uuid'],
      measure: 'power_watts',
      summary: 'avg',
      range,
    })
    expect(rows[0]?.values).toEqual([300, 300, null])
  })

  it('shows a counter in base units', async () => {
    const { telemetry } = createFleet(
      { seoul: 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{UUID="GPU-1"} 0 300000' },
      clock.now,
    )
    const { rows } = await telemetry.history({
      entity: 'gpu',
      labels: ['uuid'],
      measure: 'energy_joules',
      summary: 'last',
      range,
    })
    const [first = null, second = null] = rows[0]?.values ?? []
    expect((second ?? 0) - (first ?? 0)).toBeCloseTo(300 * 300, 6)
  })
})
