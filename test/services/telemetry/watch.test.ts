import { describe, expect, it } from 'vitest'
import { createFleet } from '../../support/fleet.ts'
import { fakeClock } from '../../support/test-app.ts'

/** What an answer about the things of one kind is told beside their figures. */
async function warningsOf(text: string, entity: 'gpu' | 'npu' | 'node' = 'gpu') {
  const clock = fakeClock()
  const { telemetry } = createFleet({ lab: text }, clock.now)
  const { warnings } = await telemetry.latest({
    entity,
    labels: ['node'],
    measures: ['power_watts'],
    at: clock.now(),
    shelf: 'realtime',
    signal: new AbortController().signal,
  })
  return warnings
}

const ENERGY = 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{UUID="GPU-1",Hostname="n-1"} 5e9'

describe('an exporter that stands still', () => {
  it('is told by an energy counter that adds nothing', async () => {
    const text = `
      DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",Hostname="n-1"} 68.25
      ${ENERGY}`
    expect(await warningsOf(text)).toEqual([
      {
        code: 'stale_data',
        cluster: 'lab',
        detail:
          'dcgm has repeated the same values for 900 s on n-1: energy_joules does not move, as it does in whatever is on',
      },
    ])
  })

  it.each([
    ['an idle card whose reading is rightly constant, while it counts', `${ENERGY} 68250`],
    ['a counter that nobody collects', ''],
    ['an exporter that is gone', `${ENERGY} # last 700s`],
  ])('is not %s', async (_what, energy) => {
    const text = `
      DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",Hostname="n-1"} 68.25
      ${energy}`
    expect(await warningsOf(text)).toEqual([])
  })

  const npu = (watts: number, percent: number): string => `
    furiosa_npu_hw_power{label="rms",device="npu0",uuid="F-0",core="0-7",hostname="n-2"} ${watts}
    furiosa_npu_core_utilization{device="npu0",uuid="F-0",core="0",hostname="n-2"} ${percent}`

  it('is told by a reading that does not move at work, where nothing counts', async () => {
    const [warning] = await warningsOf(npu(52.731, 40), 'npu')
    expect(warning).toMatchObject({ code: 'stale_data', cluster: 'lab' })
    expect(warning?.detail).toContain('n-2')
  })

  it.each([
    ['idle', npu(31.204, 0)],
    ['read in whole watts', npu(52, 40)],
  ])('cannot be told of a chip that is %s', async (_what, text) => {
    expect(await warningsOf(text, 'npu')).toEqual([])
  })
})

describe('an exporter that does not answer', () => {
  const POWER = 'DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",Hostname="n-1"} 300'

  it('is told by its scrape target', async () => {
    const text = `
      ${POWER}
      up{job="nvidia-dcgm-exporter",instance="10.0.0.1:9400"} 1
      up{job="nvidia-dcgm-exporter",instance="10.0.0.2:9400"} 0`
    expect(await warningsOf(text)).toEqual([
      {
        code: 'silent_entities',
        cluster: 'lab',
        detail: '1 exporter does not answer: nvidia-dcgm-exporter at 10.0.0.2:9400',
      },
    ])
  })

  it('is told of a BMC of which its exporter gets nothing', async () => {
    const text = `
      ${POWER}
      ipmi_up{job="ipmi",instance="10.9.0.1",collector="dcmi"} 0
      ipmi_up{job="ipmi",instance="10.9.0.1",collector="ipmi"} 0
      ipmi_up{job="ipmi",instance="10.9.0.2",collector="dcmi"} 1
      ipmi_up{job="ipmi",instance="10.9.0.2",collector="sel"} 0`
    const [warning, ...others] = await warningsOf(text, 'node')
    expect(warning?.detail).toBe('1 exporter does not answer: ipmi at 10.9.0.1')
    expect(others).toEqual([])
  })

  it.each([
    ['somebody else’s program', 'job="checkout",instance="10.0.0.2:80"'],
    ['one that tells nothing of what is asked', 'job="libvirt-exporter",instance="10.0.0.2:9177"'],
  ])('is not told of %s', async (_what, labels) => {
    expect(await warningsOf(`${POWER}\n up{${labels}} 0`)).toEqual([])
  })
})
