import { describe, expect, it, onTestFinished } from 'vitest'
import { numberOf } from '../../../src/analysis/cost/decimal.ts'
import { intensityPeriods } from '../../../src/analysis/cost/intensity.ts'
import { constantIntensity } from '../../../src/config-intensities.ts'
import {
  electricityMaps,
  fixedIntensities,
  providedIntensities,
  wattTime,
  type IntensitySource,
} from '../../../src/services/costs/index.ts'
import {
  electricityMapsServer,
  wattTimeServer,
  type CarbonServer,
  type MapsOptions,
} from '../../support/carbon-servers.ts'
import { exact, serveCost } from '../../support/cost.ts'
import { fakeClock } from '../../support/test-app.ts'

const KEY = 'the-key-of-the-site'
const NOON = Date.UTC(2026, 10, 20, 12)
const seconds = (time: string): number => Date.parse(time) / 1000
const closing = (server: CarbonServer): CarbonServer => {
  onTestFinished(() => server.stop())
  return server
}

interface Read {
  readonly clusters?: readonly string[]
  readonly from: string
  readonly until: string
}

const read = async (source: IntensitySource, { clusters = ['seoul'], from, until }: Read) =>
  await source.read({
    clusters,
    from: seconds(from),
    until: seconds(until),
    signal: new AbortController().signal,
  })

/** The intensities of a time as `[seconds, kg, estimated]`. */
async function periods(source: IntensitySource, question: Read) {
  const { byCluster, missing } = await read(source, question)
  const series = byCluster.get('seoul')
  if (series === undefined) throw new Error('no series')
  const span = { from: seconds(question.from), until: seconds(question.until) }
  return {
    missing,
    series,
    told: intensityPeriods(series, span).map(({ from, until, value }) => [
      until - from,
      value === null ? null : numberOf(value.kgPerKwh),
      value?.estimated ?? null,
    ]),
  }
}

async function maps(options: Partial<MapsOptions> = {}, key = KEY) {
  const clock = fakeClock('2026-11-20T12:30:00Z')
  const server = closing(
    await electricityMapsServer({
      key: KEY,
      now: clock.now,
      grams: (time) => (time < NOON - 3_600_000 * 5 ? 400 : 600),
      ...options,
    }),
  )
  const provider = electricityMaps({
    url: server.url,
    key,
    emissionFactors: 'lifecycle',
    timeoutSeconds: 5,
  })
  const source = providedIntensities([{ provider, zones: new Map([['seoul', 'KR']]) }], {
    timeoutSeconds: 5,
    now: clock.now,
    otherwise: fixedIntensities([constantIntensity(exact('0.1'))]),
  })
  return { clock, server, source }
}

describe('Electricity Maps', () => {
  it('gives each hour from its beginning on, in kg, and other clusters what is configured for them', async () => {
    const { source, server } = await maps()
    const { told, series, missing } = await periods(source, {
      from: '2026-11-20T06:30:00Z',
      until: '2026-11-20T07:30:00Z',
    })
    expect(told).toEqual([
      [1800, 0.4, false],
      [1800, 0.6, false],
    ])
    expect(series).toMatchObject({ name: 'Electricity Maps, KR', kind: 'average' })
    expect(missing).toEqual([])
    expect(server.asked).toEqual([
      '/v3/carbon-intensity/past-range?zone=KR&start=2026-11-20T00%3A00%3A00.000Z&end=2026-11-21T00%3A00%3A00.000Z&emissionFactorType=lifecycle',
    ])
    const { byCluster } = await read(source, {
      clusters: ['busan'],
      from: '2026-11-20T06:30:00Z',
      until: '2026-11-20T07:30:00Z',
    })
    expect(byCluster.get('busan')?.name).toBe('constant')
  })

  it('says what is estimated, takes the newest hours from the forecast, and leaves unknown ones open', async () => {
    const { source } = await maps({
      grams: (time) => (time === NOON - 3 * 3_600_000 ? null : 500),
      estimated: (time) => time === NOON - 4 * 3_600_000,
    })
    const { told } = await periods(source, {
      from: '2026-11-20T08:00:00Z',
      until: '2026-11-20T14:00:00Z',
    })
    expect(told).toEqual([
      [3600, 0.5, true],
      [3600, null, null],
      [3600, 0.5, false],
      [3600, 0.5, false],
      [3600, 0.5, false],
      [3600, 0.5, true],
    ])
  })

  it('asks once for what many ask, again for what may change, and never for what is settled', async () => {
    let grams = 500
    const { source, server, clock } = await maps({ grams: () => grams, estimated: () => true })
    const days = { from: '2026-11-15T00:00:00Z', until: '2026-11-20T06:00:00Z' }
    await Promise.all([read(source, days), read(source, days), read(source, days)])
    expect(server.asked).toHaveLength(6)
    await read(source, days)
    expect(server.asked).toHaveLength(6)
    grams = 450
    clock.advance(1800)
    // The 15th and 16th are settled; of the other days estimates may have been replaced.
    await read(source, days)
    expect(server.asked).toHaveLength(10)
    const { told } = await periods(source, {
      from: '2026-11-20T05:00:00Z',
      until: '2026-11-20T06:00:00Z',
    })
    expect(told).toEqual([[3600, 0.45, true]])
  })

  it('keeps what it said while it is away, and says that it is', async () => {
    const { source, server, clock } = await maps()
    const hour = { from: '2026-11-20T08:00:00Z', until: '2026-11-20T09:00:00Z' }
    await read(source, hour)
    server.fail(500)
    clock.advance(3600)
    const { told, missing } = await periods(source, hour)
    expect(told).toEqual([[3600, 0.6, false]])
    expect(missing).toEqual(['Electricity Maps for the zone KR answered with status 500'])
    const before = server.asked.length
    await read(source, hour)
    expect(server.asked).toHaveLength(before)
    server.fail(null)
    clock.advance(60)
    expect((await read(source, hour)).missing).toEqual([])
  })

  it('does without forecasts where the contract has none', async () => {
    const { source } = await maps({ forecasts: false })
    const { told, missing } = await periods(source, {
      from: '2026-11-20T12:00:00Z',
      until: '2026-11-20T13:00:00Z',
    })
    expect([told, missing]).toEqual([[[3600, 0.6, false]], []])
  })

  it('shows its key to nobody', async () => {
    const { source, server } = await maps({}, 'a-wrong-key')
    const { missing } = await read(source, {
      from: '2026-11-20T08:00:00Z',
      until: '2026-11-20T09:00:00Z',
    })
    expect(missing).toEqual(['Electricity Maps for the zone KR refuses the credentials (401)'])
    expect(server.asked.join()).not.toContain('a-wrong-key')
  })

  it('is a partial answer of a cost where it is away, and never another intensity in its place', async () => {
    const { source, server } = await maps()
    server.fail(503)
    const node = `
      kube_node_info{node="node-a"} 1
      ipmi_dcmi_power_consumption_watts{instance="node-a",node="node-a"} 1000
    `
    const served = await serveCost({ seoul: node }, { intensities: source })
    onTestFinished(() => served.app.close())
    const reply = await served.get(
      '/cost/hourly?start=2026-11-19T23:00:00Z&end=2026-11-20T00:00:00Z&model=facility',
    )
    expect(reply.status).toBe(200)
    expect(JSON.stringify(reply.data)).toContain('"carbon_kg":null')
    expect(reply.meta.warnings).toContainEqual(
      expect.objectContaining({
        code: 'rates_missing',
        detail: 'Electricity Maps for the zone KR answered with status 503',
      }),
    )
  })
})

describe('WattTime', () => {
  async function watt(options: { readonly units?: string; readonly password?: string } = {}) {
    const clock = fakeClock('2026-11-20T12:30:00Z')
    const server = closing(
      await wattTimeServer(
        {
          username: 'site',
          password: 'its password',
          pounds: (time) => (time % 600_000 === 0 ? 1000 : 2000),
          ...(options.units !== undefined && { units: options.units }),
        },
        2,
      ),
    )
    const provider = wattTime({
      url: `${server.url}/`,
      username: 'site',
      password: options.password ?? 'its password',
      timeoutSeconds: 5,
    })
    const source = providedIntensities([{ provider, zones: new Map([['*', 'BPA']]) }], {
      timeoutSeconds: 5,
      now: clock.now,
      otherwise: fixedIntensities([]),
    })
    return { server, source }
  }

  it('gives marginal values of five minutes, of which 1000 lb for a MWh are 453.59237 g for a kWh', async () => {
    const { source, server } = await watt()
    const { told, series } = await periods(source, {
      from: '2026-11-20T08:00:00Z',
      until: '2026-11-20T08:10:00Z',
    })
    expect(told).toEqual([
      [300, 0.45359237, false],
      [300, 0.90718474, false],
    ])
    expect(series.kind).toBe('marginal')
    expect(server.asked).toEqual(
      [
        '/login?',
        '/v3/historical?region=BPA&start=2026-11-20T00%3A00%3A00.000Z&end=2026-11-21T00%3A00%3A00.000Z&signal_type=co2_moer',
      ].map((path) => path.replace(/\?$/, '')),
    )
  })

  it('logs in once for all, and again when the token has ended', async () => {
    const { source, server } = await watt()
    const { missing } = await read(source, {
      from: '2026-11-14T00:00:00Z',
      until: '2026-11-18T00:00:00Z',
    })
    expect(missing).toEqual([])
    const logins = server.asked.filter((path) => path.startsWith('/login'))
    expect(logins).toHaveLength(2)
  })

  it('takes nothing in another unit, and no wrong password for an outage', async () => {
    const hour = { from: '2026-11-20T08:00:00Z', until: '2026-11-20T09:00:00Z' }
    const other = await watt({ units: 'kg_co2_per_mwh' })
    expect((await read(other.source, hour)).missing).toEqual([
      'WattTime for the zone BPA answered something that is not its contract',
    ])
    const wrong = await watt({ password: 'guessed' })
    expect((await read(wrong.source, hour)).missing).toEqual([
      'WattTime for the zone BPA refuses the credentials (403)',
    ])
  })
})
