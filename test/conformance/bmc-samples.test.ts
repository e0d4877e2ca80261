import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exposition, haveFixtures } from '../support/fixtures.ts'
import { realPrometheusBinaries, requireReal } from '../support/real-prometheus.ts'
import { scrape, type ScrapingPrometheus } from '../support/scraped.ts'
import { wholeServer, type WholeServer } from '../support/whole-server.ts'

const ready = requireReal('prometheus', 'prometheus')
const target = (job: string, sample: string, instance: string) => ({
  job,
  text: exposition(sample),
  labels: { instance },
})

/** Three servers: one by IPMI, one by Redfish, one whose BMC does not answer. */
describe.skipIf(!ready || !haveFixtures).each(realPrometheusBinaries())(
  'the samples of ipmi_exporter and idrac_exporter in $name',
  ({ path }) => {
    let prometheus: ScrapingPrometheus
    let server: WholeServer
    beforeAll(async () => {
      prometheus = await scrape(
        [
          target('ipmi', 'ipmi-exporter-1.10.0-live.prom', '10.1.0.1'),
          target('ipmi-2', 'ipmi-exporter-1.10.0-live-bmc-down.prom', '10.1.0.2'),
          target('idrac', 'idrac-exporter-2.6.1-server.prom', '10.1.0.3'),
        ],
        path,
      )
      await prometheus.scraped()
      server = await wholeServer([{ name: 'lab', url: prometheus.url }], {
        BMC_NODES: '{"10.1.0.1":"cpu-worker-1"}',
      })
    })
    afterAll(async () => {
      await server.close()
      await prometheus.stop()
    })

    it('draw the watts that the samples state', async () => {
      const { body } = await server.get('/hardware/ipmi/power')
      expect(body.meta.status).toBe('complete')
      expect(
        body.data.map((row: any) => [
          row.node,
          row.status,
          row.power_on,
          row.power_watts,
          row.source,
          row.psu_count,
          row.psu_active,
          row.psu_input_watts,
          row.psu_output_watts,
        ]),
      ).toEqual([
        ['10.1.0.2', 'bmc_unreachable', null, null, null, 0, 0, null, null],
        ['cpu-worker-1', 'critical', true, 5790, 'dcmi', 2, 2, 5790, null],
        ['gpu-worker-1', 'unknown', true, 5790, 'redfish', 6, 4, 5890, 5576],
      ])
      const [, ipmi, redfish] = body.data
      expect(ipmi.parts).toEqual({
        cpu_watts: 513,
        memory_watts: 96,
        gpu_watts: 4220,
        fan_watts: 316,
      })
      expect(ipmi.alternatives.map((each: any) => [each.source, each.power_watts])).toEqual([
        ['psu_input', 5790],
        ['ipmi_sensor', 5775],
      ])
      expect(redfish.parts.cpu_watts).toBe(513)
      expect(redfish.psu_efficiency_percent).toBeCloseTo((100 * 5576) / 5890, 9)
    })

    it('have the sensors that the samples state, as their BMCs judge them', async () => {
      const { body } = await server.get('/hardware/ipmi/summary')
      expect(body.data).toMatchObject({
        servers: 3,
        servers_on: 2,
        bmcs_unreachable: 1,
        power_watts: 11_580,
        power_coverage: 2 / 3,
        inlet_temperature_celsius_max: 24,
        temperature_celsius_max: 95,
        fans: 8,
        suspect_fans: 0,
        psus: 8,
        drive_faults: 0,
        cooling_faults: 0,
      })
      expect(body.data.sensors_by_status).toMatchObject({ critical: 3, warning: 0 })
      expect(body.data.alarms.map((row: any) => [row.name, row.status, row.suspect])).toEqual([
        ['Fan6A', 'critical', null],
        ['PS2 Status', 'critical', null],
        ['GPU7 Temp', 'critical', null],
      ])
    })
  },
)
