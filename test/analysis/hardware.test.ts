import { describe, expect, it } from 'vitest'
import { suspectFans } from '../../src/analysis/hardware/fans.ts'
import { statusOf, worstOf, type Sensor } from '../../src/analysis/hardware/sensor.ts'
import { suppliesOf } from '../../src/analysis/hardware/supplies.ts'

const sensor = (name: string, rest: Partial<Sensor> = {}): Sensor => ({
  bmc: 'b',
  source: 'ipmi',
  name,
  id: null,
  type: 'fan',
  part: 'fan',
  number: null,
  watches: null,
  value: 9000,
  unit: 'rpm',
  status: 'nominal',
  ...rest,
})

const TURNING = [sensor('Fan1'), sensor('Fan2', { value: 8800 }), sensor('Fan3', { value: 9200 })]

describe('suspectFans', () => {
  it.each([
    ['stands while another turns', sensor('x', { value: 0 }), true, 'standing'],
    ['is slow beside three peers', sensor('x', { value: 1000 }), true, 'slow'],
    [
      'is slow, and nobody judges it',
      sensor('x', { value: 1000, status: 'unknown' }),
      true,
      'slow',
    ],
    ['turns a little slower', sensor('x', { value: 2300 }), true, undefined],
    [
      'stands, and the BMC says so itself',
      sensor('x', { value: 0, status: 'critical' }),
      true,
      undefined,
    ],
    ['stands in a server that is off', sensor('x', { value: 0 }), false, undefined],
    [
      'stands, and nobody knows whether the server is on',
      sensor('x', { value: 0 }),
      null,
      undefined,
    ],
    ['has no reading', sensor('x', { value: null }), true, undefined],
    ['rests in a power supply', sensor('x', { value: 0, part: 'psu' }), true, undefined],
    ['is of another kind', sensor('x', { value: 1000, part: 'cpu' }), true, undefined],
    ['is given in percent', sensor('x', { value: 20, unit: 'percent' }), true, undefined],
  ] as const)('a fan that %s', (_, fan, powerOn, suspicion) => {
    expect(suspectFans([...TURNING, fan], powerOn).get(fan)).toBe(suspicion)
  })

  it('suspects none when all stand, or when there are too few to say what is usual', () => {
    const standing = [sensor('a', { value: 0 }), sensor('b', { value: 0 })]
    expect(suspectFans(standing, true).size).toBe(0)
    const pair = [sensor('a', { value: 900 }), sensor('b'), sensor('c')]
    expect(suspectFans(pair, true).size).toBe(0)
  })
})

describe('the judgement of a BMC', () => {
  it('is its state and nothing else', () => {
    expect([0, 1, 2, 3, undefined].map(statusOf)).toEqual([
      'nominal',
      'warning',
      'critical',
      'unknown',
      'unknown',
    ])
  })

  it('is as bad as the worst of several', () => {
    expect(worstOf(['nominal', 'critical', 'unknown'])).toBe('critical')
    expect(worstOf(['nominal', 'unknown'])).toBe('nominal')
    expect(worstOf(['unknown'])).toBe('unknown')
    expect(worstOf([])).toBe('unknown')
  })
})

describe('suppliesOf', () => {
  const watts = (name: string, part: string, number: string, value: number, source = 'ipmi') =>
    sensor(name, { type: 'power', part, number, value, unit: 'watts', source })

  it('adds up inputs and outputs, and rates the whole by both', () => {
    const found = suppliesOf(
      [
        watts('PSU0_PIN', 'psu_input', '0', 1000),
        watts('PSU0_POUT', 'psu_output', '0', 940),
        watts('PSU10_PIN', 'psu_input', '10', 0),
        watts('PSU10_POUT', 'psu_output', '10', 0),
        watts('PSU2_PIN', 'psu_input', '2', 500),
        watts('PSU2_POUT', 'psu_output', '2', 470),
      ],
      [],
    )
    expect(found).toMatchObject({
      count: 3,
      active: 2,
      input_watts: 1500,
      output_watts: 1410,
      efficiency_percent: 94,
    })
    expect(found.supplies.map(({ psu }) => psu)).toEqual(['0', '2', '10'])
    expect(found.supplies[2]?.efficiency_percent).toBeNull()
  })

  it('does not mix two ways of counting the same supplies', () => {
    const found = suppliesOf(
      [
        sensor('PS1 Status', { type: 'other', part: 'psu', number: '1', value: null }),
        sensor('PS2 Status', { type: 'other', part: 'psu', number: '2', value: null }),
        sensor('PSU Fan 3', { part: 'psu', number: '3' }),
        watts('PSU0_PIN', 'psu_input', '0', 300),
        watts('PSU1_PIN', 'psu_input', '1', 310),
      ],
      [],
    )
    expect(found).toMatchObject({ count: 2, input_watts: 610 })
  })

  it('takes one source of several that count the same supplies', () => {
    const found = suppliesOf(
      [
        watts('PS1 Status', 'psu', '1', 0),
        watts('PSU 0 input power', 'psu_input', '0', 700, 'redfish_sensors'),
        watts('PSU 1 input power', 'psu_input', '1', 800, 'redfish_sensors'),
      ],
      [],
    )
    expect(found).toMatchObject({ count: 2, input_watts: 1500, output_watts: null })
  })
})
