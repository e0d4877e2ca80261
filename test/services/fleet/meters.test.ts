import { describe, expect, it } from 'vitest'
import { powerSensorOf } from '../../../src/analysis/power/power-sensors.ts'
import { meterOf } from '../../../src/services/fleet/meters.ts'

describe('meterOf', () => {
  it.each([
    ['dcmi', 'power_watts', undefined, 'dcmi'],
    ['redfish', 'power_watts', undefined, 'redfish'],
    ['psu_input', 'power_watts', undefined, 'psu_input'],
    ['psu_output', 'power_output_watts', undefined, 'psu_output'],
    ['acpi', 'power_watts', undefined, 'acpi'],
    ['kepler_platform', 'power_watts', undefined, 'kepler_platform'],
    ['kepler_legacy_platform', 'power_watts', undefined, 'kepler_platform'],
    ['kepler_psu_output', 'power_output_watts', undefined, 'psu_output'],
    ['ipmi', 'power_watts', undefined, 'dcmi'],
    ['ipmi', 'power_watts', 'Pwr Consumption', 'ipmi_sensor'],
    ['ipmi', 'power_watts', 'PS1 Input Power', 'psu_input'],
    ['ipmi', 'power_watts', 'PSU0_POUT', 'psu_output'],
    ['ipmi', 'power_watts', 'CPU Power', undefined],
    ['redfish_sensors', 'power_input_watts', '1', 'psu_input'],
    ['redfish_sensors', 'power_watts', '3', undefined],
    ['kepler', 'cpu_power_watts', undefined, undefined],
  ] as const)('%s %s of %s is %s', (source, measure, sensor, expected) => {
    expect(meterOf(source, measure, sensor)?.source).toBe(expected)
  })
})

describe('powerSensorOf', () => {
  it.each([
    ['total', ['Pwr Consumption', 'Total_Power', 'Sys Power', 'System Power', 'Power Meter']],
    ['supply_input', ['PSU0_PIN', 'PS1 Input Power', 'PSU1 Power In', 'Power Supply 1', 'PS2']],
    ['supply_output', ['PSU0_POUT', 'PS1 Output Power', 'PSU2 Power Out']],
    ['part', ['CPU_Power', 'FAN_Power', 'GPU Power', 'MEM_Power', 'P1 DIMM Power', 'Psys']],
  ] as const)('%s', (kind, names) => {
    for (const name of names) expect(powerSensorOf(name), name).toBe(kind)
  })
})
