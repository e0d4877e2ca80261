import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { realPrometheusBinaries, requireReal, startPrometheus } from '../support/real-prometheus.ts'
import { until } from '../support/scraped.ts'
import { haveSimulatedBmcs, startBmcs, type BmcSite } from '../support/simulated-bmc.ts'
import { wholeServer, type WholeServer } from '../support/whole-server.ts'

const ready = [requireReal('prometheus', 'prometheus'), haveSimulatedBmcs()].every(Boolean)

const temperature = (value: number) =>
  ({ kind: 'temperature', step: 1, critical: 45, value }) as const
const fan = (value: number) => ({ kind: 'fan', step: 100, critical: 24_000, value }) as const
const watts = (value: number) => ({ kind: 'power', step: 20, critical: 5000, value }) as const

const SENSORS = {
  'Inlet Temp': temperature(24),
  FAN1: fan(8400),
  FAN2: fan(8300),
  FAN3: fan(8500),
  P12V: { kind: 'voltage', step: 0.1, critical: 13.2, value: 12.1 },
  'Pwr Consumption': watts(1240),
  'PS1 Input Power': watts(640),
  'PS2 Input Power': watts(620),
  'GPU Power': watts(600),
} as const

const COLLECTORS = 5

/** Whether each of three BMCs has been asked once. */
async function isScraped(url: string): Promise<boolean> {
  const reply = await fetch(`${url}/api/v1/query?query=count(ipmi_up)`)
  const { data } = (await reply.json()) as any
  return Number(data.result[0]?.value[1]) === 3 * COLLECTORS
}

describe.skipIf(!ready).each(realPrometheusBinaries())(
  'the real ipmi_exporter on simulated BMCs, in $name',
  ({ path }) => {
    let site: BmcSite
    let server: WholeServer
    const closers: (() => Promise<void>)[] = []
    beforeAll(async () => {
      site = await startBmcs([
        { sensors: SENSORS, dcmiWatts: 1260 },
        { sensors: SENSORS, dcmiWatts: null },
        { sensors: SENSORS, dcmiWatts: null, refuses: true },
      ])
      closers.push(() => site.stop())
      const prometheus = await startPrometheus({ config: site.config, binary: path })
      closers.push(() => prometheus.stop())
      // A source that a cluster lacks is looked for again after half a minute only.
      await until(() => isScraped(prometheus.url))
      const [first] = site.bmcs
      server = await wholeServer([{ name: 'lab', url: prometheus.url }], {
        CACHE_TTL_REALTIME: '0',
        CACHE_TTL_STATIC: '0',
        BMC_NODES: JSON.stringify({ [first?.host ?? '']: 'gpu-worker-1' }),
      })
      closers.push(() => server.close())
      await untilRow(1, (row) => row.power_watts === 1260)
    })
    afterAll(async () => {
      for (const close of closers.reverse()) await close()
    })

    const rowOf = async (number: number) => {
      const { body } = await server.get('/hardware/ipmi/power')
      const host = site.bmcs[number - 1]?.host
      return { row: body.data.find((each: any) => each.bmcs.includes(host)), meta: body.meta }
    }
    const untilRow = (number: number, test: (row: any) => boolean) =>
      until(async () => {
        const { row } = await rowOf(number)
        return row !== undefined && test(row)
      })

    it('reads DCMI, supplies and sensors of a BMC by the name of its node', async () => {
      const { row } = await rowOf(1)
      expect(row).toMatchObject({
        cluster: 'lab',
        node: 'gpu-worker-1',
        status: 'nominal',
        power_on: true,
        power_watts: 1260,
        source: 'dcmi',
        psu_count: 2,
        psu_input_watts: 1260,
        parts: { gpu_watts: 600, cpu_watts: null },
        alternatives: [
          { source: 'psu_input', power_watts: 1260 },
          { source: 'ipmi_sensor', power_watts: 1240 },
        ],
      })
      const { body } = await server.get('/hardware/ipmi/sensors?node=gpu-worker-1')
      expect(body.data.map((sensor: any) => [sensor.name, sensor.value, sensor.status])).toEqual([
        ['FAN1', 8400, 'nominal'],
        ['FAN2', 8300, 'nominal'],
        ['FAN3', 8500, 'nominal'],
        ['GPU Power', 600, 'nominal'],
        ['PS1 Input Power', 640, 'nominal'],
        ['PS2 Input Power', 620, 'nominal'],
        ['Pwr Consumption', 1240, 'nominal'],
        ['Inlet Temp', 24, 'nominal'],
        ['P12V', 12.1, 'nominal'],
      ])
    })

    it('reads the supplies of a BMC without DCMI', async () => {
      await untilRow(2, ({ power_watts: power }) => power !== null)
      const { row } = await rowOf(2)
      expect(row).toMatchObject({
        power_watts: 1260,
        source: 'psu_input',
        node: site.bmcs[1]?.host,
      })
    })

    it('lists a BMC that refuses every collector as one that does not answer', async () => {
      await untilRow(3, ({ status }) => status === 'bmc_unreachable')
      const { row, meta } = await rowOf(3)
      expect(row).toMatchObject({ power_watts: null, power_on: null, psus: [] })
      expect(meta.warnings.map(({ code }: any) => code)).toContain('bmc_unreachable')
    })

    it('shows what a sensor beyond its limit is called by its BMC', async () => {
      await site.bmcs[0]?.set('Inlet Temp', 60)
      await until(async () => {
        const { body } = await server.get('/hardware/ipmi/temperature?node=gpu-worker-1')
        return body.data[0].status === 'critical' && body.data[0].inlet_temperature_celsius === 60
      })
    })

    it('suspects a fan that stands while the others turn', async () => {
      await site.bmcs[0]?.set('FAN2', 0)
      await until(async () => {
        const { body } = await server.get('/hardware/ipmi/fans?node=gpu-worker-1')
        return body.data[0].sensors[1].suspect === 'standing'
      })
    })

    it('shows a server that is switched off', async () => {
      await site.bmcs[0]?.powerOff()
      await site.bmcs[0]?.setDcmi(0)
      await untilRow(1, (row) => row.power_on === false && row.power_watts === 0)
      const { body } = await server.get('/hardware/ipmi/summary')
      expect(body.data).toMatchObject({ servers: 3, servers_on: 1, servers_off: 1 })
    })

    it('shows a BMC that goes away as one that does not answer', async () => {
      await site.bmcs[1]?.stop()
      await untilRow(2, ({ status }) => status === 'bmc_unreachable')
      const { row } = await rowOf(2)
      expect(row).toMatchObject({ power_watts: null, power_on: null })
    })
  },
)
