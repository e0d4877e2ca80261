import { afterEach, describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import type { FleetMember } from '../../support/fleet.ts'
import { ofBmc, serveHardware } from './served.ts'

const NODES = `
kube_node_info{node="gpu-worker-1",internal_ip="10.0.0.1"} 1
kube_node_info{node="gpu-worker-2",internal_ip="10.0.0.2"} 1
kube_node_info{node="cpu-worker-1",internal_ip="10.0.0.3"} 1
`
/** The shape of a large Dell server, whose sensors of power add up to 16,710 W. */
const DELL = `
ipmi_up{collector="bmc"} 1
ipmi_up{collector="ipmi"} 1
ipmi_up{collector="dcmi"} 0
ipmi_chassis_power_state 1
ipmi_chassis_drive_fault_state 1
ipmi_chassis_cooling_fault_state 0
ipmi_temperature_celsius{id="1",name="Inlet Temp"} 24
ipmi_temperature_state{id="1",name="Inlet Temp"} 0
ipmi_temperature_celsius{id="2",name="Exhaust Temp"} 49
ipmi_temperature_state{id="2",name="Exhaust Temp"} 1
ipmi_temperature_celsius{id="3",name="Temp"} 61
ipmi_temperature_state{id="3",name="Temp"} 0
ipmi_temperature_celsius{id="4",name="Temp"} 58
ipmi_temperature_state{id="4",name="Temp"} NaN
ipmi_fan_speed_rpm{id="13",name="Fan1A"} 9120
ipmi_fan_speed_state{id="13",name="Fan1A"} 0
ipmi_fan_speed_rpm{id="14",name="Fan2A"} 9000
ipmi_fan_speed_state{id="14",name="Fan2A"} 0
ipmi_fan_speed_rpm{id="15",name="Fan3A"} 8880
ipmi_fan_speed_state{id="15",name="Fan3A"} 0
ipmi_fan_speed_rpm{id="16",name="Fan10A"} 0
ipmi_fan_speed_state{id="16",name="Fan10A"} 0
ipmi_power_watts{id="24",name="Pwr Consumption"} 5775
ipmi_power_watts{id="25",name="PS1 Input Power"} 2910
ipmi_power_watts{id="26",name="PS2 Input Power"} 2880
ipmi_power_watts{id="27",name="CPU Power"} 513
ipmi_power_watts{id="28",name="Memory Power"} 96
ipmi_power_watts{id="29",name="Fan Power"} 316
ipmi_power_watts{id="30",name="GPU Power"} 4220
ipmi_power_state{id="24",name="Pwr Consumption"} 0
ipmi_voltage_volts{id="19",name="12V"} 12.06
ipmi_voltage_state{id="19",name="12V"} 0
ipmi_current_amperes{id="22",name="PS1 Current"} 12.4
ipmi_current_state{id="22",name="PS1 Current"} 0
ipmi_sensor_value{id="33",name="PS2 Status",type="Power Supply"} NaN
ipmi_sensor_state{id="33",name="PS2 Status",type="Power Supply"} 2
`
const REDFISH = `
idrac_system_power_on 1
idrac_system_health{status="OK"} 0
idrac_system_machine_info{manufacturer="Dell Inc.",model="PowerEdge XE9680",serial="X",sku="Y",hostname="gpu-worker-2.dc.example"} 1
idrac_sensors_temperature{id="0",name="System Board Inlet Temp",units="celsius"} 23
idrac_sensors_fan_speed{id="0",name="System Board Fan1A",units="rpm"} 9120
idrac_sensors_fan_speed{id="1",name="System Board Fan1B",units="percent"} 55
idrac_sensors_fan_health{id="1",name="System Board Fan1B",status="Warning"} 1
idrac_power_supply_input_watts{id="0"} 1500
idrac_power_supply_input_watts{id="1"} 500
idrac_power_supply_output_watts{id="0"} 1425
idrac_power_supply_output_watts{id="1"} 475
idrac_power_supply_capacity_watts{id="0"} 2800
idrac_power_supply_health{id="1",status="Critical"} 2
idrac_power_control_consumed_watts{id="0",name="System Power Control"} 1990
idrac_power_control_consumed_watts{id="1",name="CPU Sub-system Power"} 513
`
const DOWN = `
ipmi_up{collector="bmc"} 0
ipmi_up{collector="ipmi"} 0
ipmi_up{collector="dcmi"} 0
`
const SEOUL = [
  NODES,
  ofBmc('10.1.0.1:623', DELL),
  ofBmc('10.1.0.2', REDFISH),
  ofBmc('10.1.0.9', DOWN),
].join('\n')
const MAP = [{ cluster: null, bmc: '10.1.0.1', node: 'gpu-worker-1' }]
const OFF = new KCloudError('backend_unreachable', { detail: 'connection refused' })

let close: (() => Promise<void>) | undefined
afterEach(async () => close?.())

async function serve(
  members: Readonly<Record<string, FleetMember>> = { seoul: SEOUL },
  bmcNodes: Parameters<typeof serveHardware>[1] = MAP,
) {
  const served = await serveHardware(members, bmcNodes)
  close = served.close
  return served
}

const codes = (meta: { readonly warnings: readonly { code: string }[] }) =>
  meta.warnings.map(({ code }) => code).sort()

describe('GET /hardware/ipmi/sensors', () => {
  it('lists every sensor of IPMI and Redfish in one shape', async () => {
    const { get } = await serve()
    const { status, data, meta } = await get('/sensors?limit=1000')
    expect(status).toBe(200)
    expect(data.find((row: any) => row.name === 'Inlet Temp')).toEqual({
      cluster: 'seoul',
      node: 'gpu-worker-1',
      bmc: '10.1.0.1',
      name: 'Inlet Temp',
      sensor_id: '1',
      sensor_type: 'temperature',
      part: 'inlet',
      watches: null,
      value: 24,
      unit: 'celsius',
      status: 'nominal',
      suspect: null,
      source: 'ipmi',
    })
    expect(data.find((row: any) => row.name === 'System Board Fan1B')).toEqual({
      cluster: 'seoul',
      node: 'gpu-worker-2',
      bmc: '10.1.0.2',
      name: 'System Board Fan1B',
      sensor_id: '1',
      sensor_type: 'fan',
      part: 'fan',
      watches: null,
      value: 55,
      unit: 'percent',
      status: 'warning',
      suspect: null,
      source: 'redfish_sensors',
    })
    expect(meta.page).toMatchObject({ total: data.length })
    expect(codes(meta)).toEqual(['bmc_unreachable', 'unmatched_names'])
  })

  it('takes the status from the state of the BMC: NaN and absent are unknown', async () => {
    const { get } = await serve()
    const { data } = await get('/sensors?node=gpu-worker-1&limit=1000')
    const statusOf = (name: string) =>
      data.filter((row: any) => row.name === name).map((row: any) => row.status)
    expect(statusOf('Exhaust Temp')).toEqual(['warning'])
    expect(statusOf('PS2 Status')).toEqual(['critical'])
    expect(statusOf('CPU Power')).toEqual(['unknown'])
  })

  it('keeps two sensors apart that share a name, and shows a discrete one without a value', async () => {
    const { get } = await serve()
    const { data } = await get('/sensors?node=gpu-worker-1&limit=1000')
    expect(
      data
        .filter((row: any) => row.name === 'Temp')
        .map((row: any) => [row.sensor_id, row.value, row.status]),
    ).toEqual([
      ['3', 61, 'nominal'],
      ['4', 58, 'unknown'],
    ])
    expect(data.find((row: any) => row.name === 'PS2 Status')).toMatchObject({
      value: null,
      unit: null,
      watches: 'Power Supply',
      part: 'psu',
    })
  })

  it('filters by node or BMC, type and status, sorts and pages', async () => {
    const { get } = await serve()
    const fans = await get('/sensors?node=10.1.0.1&sensor_type=fan&sort=-value&limit=2')
    expect(fans.data.map((row: any) => row.name)).toEqual(['Fan1A', 'Fan2A'])
    expect(fans.meta.page).toEqual({ total: 4, limit: 2, offset: 0 })
    const critical = await get('/sensors?status=critical')
    expect(critical.data.map((row: any) => row.name)).toEqual([
      'PS2 Status',
      'PSU 1 input power',
      'PSU 1 output power',
    ])
    expect((await get('/sensors?node=cpu-worker-1')).data).toEqual([])
  })

  it('reads only the measures of the type that is asked for', async () => {
    const { fleet, get } = await serve()
    await get('/sensors?sensor_type=voltage')
    expect(fleet.queries.some((query) => query.includes('ipmi_voltage_volts'))).toBe(true)
    expect(fleet.queries.some((query) => query.includes('ipmi_fan_speed_rpm'))).toBe(false)
  })
})

describe('GET /hardware/ipmi/sensors/{node}', () => {
  it('shows one server with its sensors, faults and the collectors that failed', async () => {
    const { get } = await serve()
    const { data } = await get('/sensors/gpu-worker-1')
    expect(data).toMatchObject({
      cluster: 'seoul',
      node: 'gpu-worker-1',
      bmcs: ['10.1.0.1'],
      status: 'critical',
      power_on: true,
      failed_collectors: ['dcmi'],
      drive_fault: false,
      cooling_fault: true,
    })
    expect(data.sensors).toHaveLength(18)
    expect((await get('/sensors/10.1.0.1')).data.node).toBe('gpu-worker-1')
  })

  it('says that a BMC does not answer instead of inventing figures', async () => {
    const { get } = await serve()
    const { status, data, meta } = await get('/sensors/10.1.0.9')
    expect(status).toBe(200)
    expect(data).toEqual({
      cluster: 'seoul',
      node: '10.1.0.9',
      bmcs: ['10.1.0.9'],
      status: 'bmc_unreachable',
      power_on: null,
      failed_collectors: [],
      drive_fault: null,
      cooling_fault: null,
      sensors: [],
    })
    expect(meta.warnings).toEqual([
      {
        code: 'bmc_unreachable',
        cluster: 'seoul',
        detail: 'the BMC 10.1.0.9 does not answer',
      },
      {
        code: 'unmatched_names',
        cluster: 'seoul',
        detail: 'the BMC 10.1.0.9 belongs to no known node: BMC_NODES can name it',
      },
    ])
  })

  it('knows no BMC of a node without one, and asks for the cluster when several have it', async () => {
    const { get } = await serve({ seoul: SEOUL, busan: SEOUL })
    expect(await get('/sensors/cpu-worker-1')).toMatchObject({ status: 404 })
    expect(await get('/sensors/gpu-worker-1')).toMatchObject({
      status: 409,
      candidates: ['busan/gpu-worker-1', 'seoul/gpu-worker-1'],
    })
    expect(await get('/sensors/gpu-worker-1?cluster=busan')).toMatchObject({ status: 200 })
  })
})

describe('GET /hardware/ipmi/power', () => {
  it('never adds up what shares a name: 5,790 W by the supplies of a server whose sensors sum to 16,710', async () => {
    const { get } = await serve()
    const { data } = await get('/power?node=gpu-worker-1')
    expect(data).toEqual([
      {
        cluster: 'seoul',
        node: 'gpu-worker-1',
        bmcs: ['10.1.0.1'],
        status: 'critical',
        power_on: true,
        power_watts: 5790,
        source: 'psu_input',
        method: 'measured',
        parts: { cpu_watts: 513, memory_watts: 96, gpu_watts: 4220, fan_watts: 316 },
        psu_count: 2,
        psu_active: 2,
        psu_input_watts: 5790,
        psu_output_watts: null,
        psu_efficiency_percent: null,
        psus: [
          {
            psu: '1',
            input_watts: 2910,
            output_watts: null,
            capacity_watts: null,
            efficiency_percent: null,
            status: 'nominal',
            source: 'ipmi',
          },
          {
            psu: '2',
            input_watts: 2880,
            output_watts: null,
            capacity_watts: null,
            efficiency_percent: null,
            status: 'critical',
            source: 'ipmi',
          },
        ],
        alternatives: [{ source: 'ipmi_sensor', power_watts: 5775, ratio: 5775 / 5790 }],
      },
    ])
  })

  it('reads the total sensor where nothing better is there, and DCMI before everything', async () => {
    const plain = DELL.replaceAll(/^.*PS\d Input Power.*$/gm, '')
    const { get } = await serve({
      seoul: `${ofBmc('a', plain)}\n${ofBmc('b', `${DELL}\nipmi_dcmi_power_consumption_watts 5800`)}`,
    })
    const { data } = await get('/power')
    expect(data.map((row: any) => [row.source, row.power_watts])).toEqual([
      ['ipmi_sensor', 5775],
      ['dcmi', 5800],
    ])
    expect(data[1].alternatives.map((each: any) => each.source)).toEqual([
      'psu_input',
      'ipmi_sensor',
    ])
  })

  it('takes 0 W of DCMI for no reading, unless the server is off', async () => {
    const zero = 'ipmi_up{collector="dcmi"} 1\nipmi_dcmi_power_consumption_watts 0'
    const { get } = await serve({
      seoul: `${ofBmc('a', `${zero}\nipmi_chassis_power_state 1`)}\n${ofBmc('b', `${zero}\nipmi_chassis_power_state 0`)}`,
    })
    const { data, meta } = await get('/power')
    expect(data.map((row: any) => [row.power_on, row.power_watts])).toEqual([
      [true, null],
      [false, 0],
    ])
    expect(meta.warnings).toEqual([])
  })

  it('shows Redfish with inputs, outputs, efficiency and capacity of its supplies', async () => {
    const { get } = await serve()
    const [row] = (await get('/power?node=gpu-worker-2')).data
    expect(row).toMatchObject({
      power_watts: 1990,
      source: 'redfish',
      status: 'critical',
      parts: { cpu_watts: 513, memory_watts: null, gpu_watts: null, fan_watts: null },
      psu_count: 2,
      psu_active: 2,
      psu_input_watts: 2000,
      psu_output_watts: 1900,
      psu_efficiency_percent: 95,
      alternatives: [
        { source: 'psu_input', power_watts: 2000 },
        { source: 'psu_output', power_watts: 1900 },
      ],
    })
    expect(row.psus[0]).toMatchObject({ psu: '0', capacity_watts: 2800, efficiency_percent: 95 })
  })

  it('counts supplies once that two exporters report, and calls an output an estimate', async () => {
    const both = `${ofBmc('10.1.0.1', DELL)}\n${ofBmc('10.1.0.1', REDFISH.replaceAll(/^idrac_power_control.*$/gm, ''))}`
    const output = 'idrac_system_power_on 1\nidrac_power_supply_output_watts{id="0"} 400'
    const { get } = await serve({ seoul: both, busan: ofBmc('x', output) })
    const [busan, seoul] = (await get('/power')).data
    expect(busan).toMatchObject({ power_watts: 400, source: 'psu_output', method: 'estimated' })
    expect(seoul).toMatchObject({ power_watts: 5790, psu_count: 2 })
  })

  it('does not take some supplies for all of them', async () => {
    const { get } = await serve({
      seoul: ofBmc(
        'x',
        `${REDFISH}\nidrac_power_supply_health{id="2",status="OK"} 0`.replaceAll(
          /^idrac_power_control.*$/gm,
          '',
        ),
      ),
    })
    const [row] = (await get('/power')).data
    expect(row).toMatchObject({ power_watts: null, psu_count: 3, psu_input_watts: null })
  })

  it('tells readings that contradict one another, and values that cannot be', async () => {
    const odd = `${DELL}\nipmi_dcmi_power_consumption_watts 900\nipmi_power_watts{id="90",name="Sys Power"} -5`
    const { get } = await serve({ seoul: ofBmc('x', odd) })
    const { data, meta } = await get('/power')
    expect(data[0]).toMatchObject({ power_watts: 900, source: 'dcmi' })
    expect(codes(meta)).toEqual(['implausible_values', 'inconsistent_sources'])
  })

  it('lists a server whose BMC is down without figures, and sorts it last', async () => {
    const { get } = await serve()
    const { data } = await get('/power?sort=-power_watts')
    expect(data.map((row: any) => [row.node, row.power_watts])).toEqual([
      ['gpu-worker-1', 5790],
      ['gpu-worker-2', 1990],
      ['10.1.0.9', null],
    ])
    expect(data[2]).toMatchObject({ status: 'bmc_unreachable', source: null, psus: [] })
    expect((await get('/power?status=bmc_unreachable')).data).toHaveLength(1)
  })
})

describe('GET /hardware/ipmi/temperature, /fans and /voltage', () => {
  it('shows the temperatures of each server', async () => {
    const { get } = await serve()
    const { data } = await get('/temperature')
    expect(data).toHaveLength(3)
    expect(data.find((row: any) => row.node === 'gpu-worker-1')).toMatchObject({
      status: 'warning',
      inlet_temperature_celsius: 24,
      exhaust_temperature_celsius: 49,
      temperature_celsius_max: 61,
    })
    expect(data.find((row: any) => row.node === '10.1.0.9')).toMatchObject({
      status: 'bmc_unreachable',
      temperature_celsius_max: null,
    })
  })

  it('flags the fan that stands while others turn, and leaves the word of the BMC as it is', async () => {
    const { get } = await serve()
    const [row] = (await get('/fans?node=gpu-worker-1')).data
    expect(row).toMatchObject({ fans: 4, suspect_fans: 1, fan_speed_rpm_min: 0, status: 'nominal' })
    expect(row.sensors.map((fan: any) => [fan.name, fan.status, fan.suspect])).toEqual([
      ['Fan1A', 'nominal', null],
      ['Fan2A', 'nominal', null],
      ['Fan3A', 'nominal', null],
      ['Fan10A', 'nominal', 'standing'],
    ])
  })

  it('suspects no fan of a server that is off', async () => {
    const off = DELL.replace('ipmi_chassis_power_state 1', 'ipmi_chassis_power_state 0')
    const { get } = await serve({ seoul: ofBmc('x', off) })
    const [row] = (await get('/fans')).data
    expect(row).toMatchObject({ power_on: false, suspect_fans: 0 })
  })

  it('shows the voltages', async () => {
    const { get } = await serve()
    const [row] = (await get('/voltage?node=gpu-worker-1')).data
    expect(row).toMatchObject({ rails: 1, status: 'nominal' })
    expect(row.sensors[0]).toMatchObject({ name: '12V', value: 12.06, unit: 'volts' })
  })
})

describe('GET /hardware/ipmi/summary', () => {
  it('puts all servers into a few figures', async () => {
    const { get } = await serve()
    const { data } = await get('/summary')
    expect(data).toMatchObject({
      servers: 3,
      servers_on: 2,
      servers_off: 0,
      bmcs_unreachable: 1,
      power_watts: 7780,
      power_coverage: 2 / 3,
      by_status: { nominal: 0, warning: 0, critical: 2, unknown: 0, bmc_unreachable: 1 },
      power_by_source: [
        { source: 'psu_input', servers: 1, power_watts: 5790 },
        { source: 'redfish', servers: 1, power_watts: 1990 },
      ],
      inlet_temperature_celsius_avg: 23.5,
      inlet_temperature_celsius_max: 24,
      temperature_celsius_max: 61,
      fans: 6,
      suspect_fans: 1,
      psus: 4,
      drive_faults: 0,
      cooling_faults: 1,
      by_cluster: [{ cluster: 'seoul', servers: 3, power_watts: 7780 }],
    })
    expect(data.alarms.map((row: any) => [row.status, row.suspect])).toEqual([
      ['critical', null],
      ['critical', null],
      ['critical', null],
      ['warning', null],
      ['warning', null],
      ['nominal', 'standing'],
    ])
  })

  it('has no figure where nothing is reported, and no zero', async () => {
    const { get } = await serve({ seoul: NODES })
    expect((await get('/summary')).data).toMatchObject({
      servers: 0,
      power_watts: null,
      power_coverage: null,
      inlet_temperature_celsius_avg: null,
    })
  })
})

describe('the node of a BMC', () => {
  const bmc = ofBmc('10.1.0.7:623', 'ipmi_up{collector="bmc"} 1')

  it('is what the map says, for its own cluster before all clusters', async () => {
    const { get } = await serve({ seoul: `${NODES}\n${bmc}`, busan: `${NODES}\n${bmc}` }, [
      { cluster: null, bmc: '10.1.0.7', node: 'gpu-worker-1' },
      { cluster: 'busan', bmc: '10.1.0.7', node: 'gpu-worker-2' },
    ])
    const { data, meta } = await get('/power')
    expect(data.map((row: any) => [row.cluster, row.node])).toEqual([
      ['busan', 'gpu-worker-2'],
      ['seoul', 'gpu-worker-1'],
    ])
    expect(meta.warnings).toEqual([])
  })

  it('is believed when the map names a node that the cluster does not know, and told', async () => {
    const { get } = await serve({ seoul: `${NODES}\n${bmc}` }, [
      { cluster: null, bmc: '10.1.0.7', node: 'gpu-worker-77' },
    ])
    const { data, meta } = await get('/power')
    expect(data[0].node).toBe('gpu-worker-77')
    expect(codes(meta)).toEqual(['unmatched_names'])
  })

  it('is what a label of its target says, or its own address', async () => {
    const { get } = await serve({
      seoul: [
        NODES,
        ofBmc('10.1.0.8', 'ipmi_up{collector="bmc"} 1', 'node="gpu-worker-1"'),
        ofBmc('10.0.0.2:9290', 'ipmi_up{collector="bmc"} 1'),
      ].join('\n'),
    })
    const { data, meta } = await get('/power')
    expect(data.map((row: any) => [row.node, row.bmcs])).toEqual([
      ['gpu-worker-1', ['gpu-worker-1']],
      ['gpu-worker-2', ['10.0.0.2']],
    ])
    expect(meta.warnings).toEqual([])
  })

  it('is its own name in a cluster that names no nodes', async () => {
    const { get } = await serve({ seoul: bmc })
    const { data, meta } = await get('/power')
    expect(data[0]).toMatchObject({ node: '10.1.0.7', status: 'unknown' })
    expect(meta.warnings).toEqual([])
  })

  it('makes one server of two BMCs of one node, which is reached as long as one is', async () => {
    const { get } = await serve(
      {
        seoul: [NODES, ofBmc('10.1.0.3', DOWN), ofBmc('10.1.0.2', REDFISH)].join('\n'),
      },
      [{ cluster: 'seoul', bmc: '10.1.0.3', node: 'gpu-worker-2' }],
    )
    const { data, meta } = await get('/power')
    expect(data).toHaveLength(1)
    expect(data[0]).toMatchObject({
      node: 'gpu-worker-2',
      bmcs: ['10.1.0.2', '10.1.0.3'],
      power_watts: 1990,
    })
    expect(codes(meta)).toEqual(['bmc_unreachable'])
  })
})

describe('a BMC that hangs', () => {
  it('is listed by the failed scrape of its target', async () => {
    const { get } = await serve({ seoul: 'up{job="ipmi",instance="10.1.0.5"} 0' })
    expect((await get('/power')).data).toMatchObject([
      { node: '10.1.0.5', status: 'bmc_unreachable', power_watts: null },
    ])
  })

  it('stays in the list when it falls silent', async () => {
    const { fleet, clock, get } = await serve({ seoul: ofBmc('10.1.0.5', DELL) })
    await get('/power')
    fleet.set('seoul', '')
    clock.advance(60)
    expect((await get('/power')).data).toMatchObject([
      { node: '10.1.0.5', status: 'bmc_unreachable', power_watts: null },
    ])
  })

  it('is not an exporter that is scraped for itself', async () => {
    const { get } = await serve({ seoul: 'up{job="ipmi",instance="exporter:9290"} 1' })
    expect((await get('/power')).data).toEqual([])
  })

  it('comes into the list as soon as it says something', async () => {
    const { fleet, clock, get } = await serve({ seoul: ofBmc('10.1.0.5', DELL) })
    await get('/power')
    fleet.set('seoul', `${ofBmc('10.1.0.5', DELL)}\n${ofBmc('10.1.0.6', DELL, 'node="new"')}`)
    clock.advance(60)
    expect((await get('/power')).data.map((row: any) => row.node)).toEqual(['10.1.0.5', 'new'])
  })
})

const ROUTES = [
  '/sensors',
  '/sensors/gpu-worker-1',
  '/power',
  '/temperature',
  '/fans',
  '/voltage',
  '/summary',
]

describe.each(ROUTES)('GET /hardware/ipmi%s', (route) => {
  const joined = (query: string) => `${route}${query}`

  it('is 400 for a parameter that it does not know', async () => {
    const { get } = await serve()
    const { status, errors } = await get(joined('?colour=red'))
    expect(status).toBe(400)
    expect(errors[0]?.pointer).toBe('/query/colour')
  })

  it('is 401 without credentials', async () => {
    const { get } = await serve()
    expect((await get(route, { auth: false })).status).toBe(401)
  })

  it('is 404 for a cluster that nobody knows', async () => {
    const { get } = await serve()
    expect((await get(joined('?cluster=nowhere'))).status).toBe(404)
  })

  it('is partial when a cluster does not answer', async () => {
    const { get } = await serve({ seoul: SEOUL, busan: { fails: OFF } })
    const { status, meta } = await get(route)
    expect(status).toBe(200)
    expect(meta.status).toBe('partial')
    expect(meta.clusters).toContainEqual({ name: 'busan', status: 'unreachable' })
    expect(codes(meta)).toContain('cluster_unavailable')
    expect((await get(joined('?partial=deny'))).status).toBe(503)
  })

  it('is 502 when no cluster answers', async () => {
    const { get } = await serve({ seoul: { fails: OFF } })
    expect((await get(route)).status).toBe(502)
  })
})

describe.each(ROUTES.filter((route) => !route.includes('gpu-worker')))(
  'the node of GET /hardware/ipmi%s',
  (route) => {
    it('is 404 when every cluster answered, and 502 when one did not', async () => {
      const { fleet, clock, get } = await serve({ seoul: SEOUL, busan: ofBmc('10.1.0.1', DELL) })
      expect((await get(`${route}?node=nobody`)).status).toBe(404)
      fleet.set('busan', { fails: OFF })
      clock.advance(60)
      expect((await get(`${route}?node=nobody`)).status).toBe(502)
    })
  },
)

describe.each(['/sensors', '/power', '/temperature', '/fans', '/voltage'])(
  'the list of GET /hardware/ipmi%s',
  (route) => {
    it('is 400 for a field that it lacks and a status that there is not', async () => {
      const { get } = await serve()
      expect((await get(`${route}?sort=colour`)).errors[0]?.pointer).toBe('/query/sort')
      expect((await get(`${route}?status=fine`)).errors[0]?.pointer).toBe('/query/status')
    })

    it('asks a number of questions that does not grow with the servers', async () => {
      const one = await serve({ seoul: ofBmc('10.1.0.1', DELL) })
      await one.get(route)
      await one.close()
      const many = await serve({
        seoul: Array.from({ length: 40 }, (_, index) => ofBmc(`10.1.1.${index}`, DELL)).join('\n'),
      })
      await many.get(route)
      expect(many.fleet.queries).toHaveLength(one.fleet.queries.length)
    })
  },
)
