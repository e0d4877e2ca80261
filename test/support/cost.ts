import { readDecimal, type Decimal } from '../../src/analysis/cost/decimal.ts'
import { constantIntensity } from '../../src/config-intensities.ts'
import { flatTariff, tariffList } from '../../src/config-tariffs.ts'
import { facilityMeter } from '../../src/catalogue/facility.ts'
import { SOURCES } from '../../src/catalogue/sources/index.ts'
import { cost } from '../../src/domains/cost/index.ts'
import {
  createCostReader,
  fixedIntensities,
  type CostRates,
  type CostReader,
  type IntensitySource,
} from '../../src/services/costs/index.ts'
import type { Grant } from '../../src/kernel/principal.ts'
import { sightOf, type Sight } from '../../src/kernel/sight.ts'
import { createFleetReader } from '../../src/services/fleet/index.ts'
import { createFleet, type Fleet, type FleetMember } from './fleet.ts'
import { NO_RULES, type Read } from './monitoring.ts'
import { createTestApp, fakeClock, type GetOptions, type TestApp } from './test-app.ts'

/** An amount, exactly. */
export function exact(text: string): Decimal {
  const read = readDecimal(text)
  if (read === undefined) throw new Error(`${text} is no amount`)
  return read
}

/** The rates of the documents, in dollars. */
export const RATES: CostRates = {
  model: 'kcloud',
  currency: 'USD',
  kcloud: {
    model: 'kcloud',
    electricity: exact('0.12'),
    coolingFactor: exact('1.3'),
    carbon: exact('0.05'),
  },
  carbonPrice: exact('0.05'),
  tariffs: [flatTariff(exact('0.12'), 'USD')],
  books: [],
  assumedPue: 1.3,
}

const ALL_DAY = [{ from: '00:00', until: '24:00', band: 'all' }]

interface Contract {
  readonly currency: string
  /** Of a kWh, at any time. */
  readonly price: string
  readonly demand: Readonly<Record<string, unknown>>
}

/** A contract of one price for energy, and one for demand as a file of tariffs has it. */
export function contractWith({ currency, price, demand }: Contract): CostRates['tariffs'] {
  const season = {
    name: 'all',
    months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    prices: { all: price },
    days: { weekday: ALL_DAY, weekend: ALL_DAY },
  }
  const schedule = { from: '2026-01-01', verified: true, seasons: [season], demand }
  const name = 'contract'
  return tariffList.parse([{ name, currency, time_zone: 'Asia/Seoul', schedules: [schedule] }])
}

export interface CostApp {
  readonly app: TestApp
  readonly fleet: Fleet
  /** A request below `/api/v1`. */
  readonly get: (path: string, options?: GetOptions) => Promise<Read>
}

export interface CostOptions {
  readonly rates?: Partial<CostRates>
  readonly intensities?: IntensitySource
  readonly mostCharges?: number
  /** What may be seen by everybody who asks; everything without it. */
  readonly scope?: readonly Grant[]
}

/** The costs of a fleet at the rates of the documents. */
export function costsOver(
  reads: Pick<Parameters<typeof createCostReader>[0], 'telemetry' | 'fleet' | 'sight'>,
  { rates, intensities = ONE_INTENSITY, mostCharges }: CostOptions = {},
): CostReader {
  return createCostReader({ ...reads, rates: { ...RATES, ...rates }, intensities, mostCharges })
}

const ONE_INTENSITY = fixedIntensities([constantIntensity(exact('0.4173'))])

/** The routes of costs over clusters made of text; whoever asks for it closes the app. */
export async function serveCost(
  members: Readonly<Record<string, FleetMember>>,
  options: CostOptions = {},
): Promise<CostApp> {
  const clock = fakeClock()
  const { scope = null } = options
  const sight = (): Sight => sightOf(scope, 'namespace')
  const fleet = createFleet(members, clock.now, [...SOURCES, facilityMeter('site_power_watts')])
  const telemetry = fleet.seenBy(sight)
  const reader = createFleetReader({ telemetry, identity: NO_RULES, sight })
  const costs = costsOver({ telemetry, fleet: reader, sight }, options)
  const app = await createTestApp([cost({ costs, now: clock.now })], { clock })
  return {
    app,
    fleet,
    async get(path, options) {
      const reply = await app.get(`/api/v1${path}`, options)
      return { status: reply.statusCode, ...(JSON.parse(reply.body) as Omit<Read, 'status'>) }
    },
  }
}
