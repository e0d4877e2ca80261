import { describe, expect, it } from 'vitest'
import { numberOf, partOf } from '../../src/catalogue/sensor-parts.ts'

describe('partOf', () => {
  it.each([
    ['PSU0_POUT', 'power', 'psu_output'],
    ['PS1 Output Power', 'power', 'psu_output'],
    ['PSU0_PIN', 'power', 'psu_input'],
    ['PS1 Input Power', 'power', 'psu_input'],
    ['Power Supply 1 Input', 'power', 'psu_input'],
    ['PSU1_Power', 'power', 'psu'],
    ['PS1 Voltage', 'voltage', 'psu'],
    ['PS1 Status', 'other', 'psu'],
    ['GPU Power', 'power', 'gpu'],
    ['GPU Total Power', 'power', 'gpu'],
    ['GPU7 Temp', 'temperature', 'gpu'],
    ['Memory Power', 'power', 'memory'],
    ['MEM_Power', 'power', 'memory'],
    ['P1_DIMMA1 Temp', 'temperature', 'memory'],
    ['CPU_Power', 'power', 'cpu'],
    ['CPU Sub-system Power', 'power', 'cpu'],
    ['CPU1 VCORE', 'voltage', 'cpu'],
    ['FAN_Power', 'power', 'fan'],
    ['System Board Fan1A', 'fan', 'fan'],
    ['Pwr Consumption', 'power', 'total'],
    ['System Board Pwr Consumption', 'power', 'total'],
    ['Total_Power', 'power', 'total'],
    ['TotalPower', 'power', 'total'],
    ['Sys Power', 'power', 'total'],
    ['System Power Control', 'power', 'total'],
    ['System Level', 'power', 'total'],
    ['Peak Power Consumption', 'power', 'other'],
    ['System Power Limit', 'power', 'other'],
    ['Total Uptime', 'other', 'other'],
    ['Inlet Temp', 'temperature', 'inlet'],
    ['System Board Inlet Temp', 'temperature', 'inlet'],
    ['Exhaust Temp', 'temperature', 'exhaust'],
    ['Input Voltage', 'voltage', 'other'],
    ['OEM-42', 'power', 'other'],
    ['', 'power', 'other'],
  ] as const)('%s, a sensor of %s, is %s', (name, type, part) => {
    expect(partOf(name, type)).toBe(part)
  })

  it('counts by the first number of a name', () => {
    expect([numberOf('PS12 Input Power'), numberOf('CPU Power')]).toEqual(['12', null])
  })
})
