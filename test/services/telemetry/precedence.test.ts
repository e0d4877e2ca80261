import { describe, expect, it } from 'vitest'
import { mergeSources, type Reading } from '../../../src/services/telemetry/index.ts'
import { createFleet } from '../../support/fleet.ts'
import { fakeClock } from '../../support/test-app.ts'

const byNode = ({ cluster, labels }: Reading) =>
  labels.node === undefined ? null : `${cluster}/${labels.node}`

describe('mergeSources', () => {
  it('takes each measure from the most trusted source that has it', async () => {
    const clock = fakeClock()
    const { telemetry } = createFleet(
      {
        seoul: `
          kepler_node_cpu_watts{node_name="a",zone="package"} 90
          node_rapl_package_joules_total{index="0",node="a"} 1e6 80
          node_rapl_dram_joules_total{index="0",node="a"} 1e6 9
          idrac_power_control_consumed_watts{id="0",node="a"} 510
          ipmi_dcmi_power_consumption_watts{node="a"} 500
          ipmi_dcmi_power_consumption_watts{node="b"} 300`,
      },
      clock.now,
    )
    const { rows } = await telemetry.latest({
      entity: 'node',
      labels: ['node'],
      measures: ['power_watts', 'cpu_power_watts', 'dram_power_watts'],
      at: clock.now(),
      shelf: 'realtime',
    })
    expect(mergeSources(rows, byNode)).toEqual([
      {
        cluster: 'seoul',
        vendor: null,
        labels: { node: 'a' },
        values: { power_watts: 500, cpu_power_watts: 90, dram_power_watts: expect.closeTo(9, 6) },
        sources: ['dcmi', 'redfish', 'kepler', 'rapl'],
        origins: { power_watts: 'dcmi', cpu_power_watts: 'kepler', dram_power_watts: 'rapl' },
      },
      expect.objectContaining({ labels: { node: 'b' }, values: { power_watts: 300 } }),
    ])
  })

  it('completes the labels of a thing, and leaves out rows without a key', () => {
    const row = (source: string, labels: Reading['labels']): Reading => ({
      source,
      vendor: null,
      cluster: 'seoul',
      labels,
      values: {},
    })
    const merged = mergeSources(
      [
        row('first', { node: 'a', role: 'worker' }),
        row('second', { node: 'a', role: 'other', hostname: 'a.local' }),
        row('third', { hostname: 'nobody' }),
      ],
      byNode,
    )
    expect(merged).toEqual([
      expect.objectContaining({
        labels: { node: 'a', role: 'worker', hostname: 'a.local' },
        sources: ['first', 'second'],
      }),
    ])
  })
})
